"""Comparing two scenarios: the parcels that differ, and totals that add up to the hundredth."""

from __future__ import annotations

from decimal import Decimal

import pytest

from planning import assigning, comparing, families, scenarios
from planning.errors import Refused
from tests.planning.board import DRAFT, LI, WANG, add, parcels


def test_parcels_that_differ_and_their_totals(db, atlas):
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[1, 5, 6], cluster="health")
    found = comparing.compare(atlas, 1, DRAFT)
    assert found.ids.tolist() == [1, 5, 6]
    # each parcel is 100 m by 100 m: 15 亩
    assert found.area_m2 == Decimal(30_000)
    by = {one.cluster: one for one in found.totals}
    assert (by["health"].mu_a, by["health"].mu_b, by["health"].mu_more) == (Decimal(15), Decimal(60), Decimal(45))
    assert (by["chips"].parcels_a, by["chips"].parcels_b, by["chips"].mu_more) == (2, 1, Decimal(-15))
    assert by[None].mu_more == -30
    assert sum(one.mu_more for one in found.totals) == 0


def test_a_scenario_differs_from_itself_in_nothing(atlas):
    assert comparing.compare(atlas, DRAFT, DRAFT).rows.size == 0
    with pytest.raises(Refused):
        comparing.compare(atlas, DRAFT, 77)


def test_parcels_of_today_in_both(db, atlas):
    atlas.scenario(DRAFT)
    add(db, parcels("c", prefix="Q", east=700_000.0))
    assert len(comparing.compare(atlas, 1, DRAFT).a.ids) == 11


def test_the_tree_is_read_from_the_top(db, atlas):
    child = scenarios.new(db, actor=LI, name="子方案", base=DRAFT).id
    sister = scenarios.new(db, actor=WANG, name="方案二").id
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[1, 5], cluster="health")
    # the same cluster as below: painted, and no difference
    assigning.assign(db, actor=LI, scenario_id=child, parcel_ids=[5, 6], cluster="health")
    found = families.tree(atlas)
    assert [(one.scenario.id, one.depth, one.differs, int(one.mu)) for one in found] == [
        (1, 0, 0, 0), (DRAFT, 1, 2, 30), (child, 2, 1, 15), (sister, 1, 0, 0),
    ]  # fmt: skip
    assert found[0].heirs == (DRAFT, sister)
