"""Totals: equal to an independent sum, exact at any size, complete."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra.numpy import arrays

from planning import assigning, ruling
from planning.atlas import Atlas
from planning.ledger import cluster_totals, summed_by
from planning.seeding import create
from tests.planning.board import DRAFT, LI

# the effective cluster by the database's own arithmetic: the draft's row when there is one, else the base's
BY_SQL = """
    SELECT c.code, COUNT(*), SUM(CAST(ROUND(p.area_m2 * 100) AS INTEGER)) FROM parcels p
    LEFT JOIN assignment own ON own.parcel_id = p.id AND own.scenario_id = 2 AND own.inherits = 0
    LEFT JOIN assignment base ON base.parcel_id = p.id AND base.scenario_id = 1 AND base.inherits = 0
    LEFT JOIN cluster c ON c.id = CASE WHEN own.parcel_id IS NOT NULL THEN own.cluster_id ELSE base.cluster_id END
    WHERE p.valid_to IS NULL GROUP BY c.code
"""


def test_totals_of_the_sample_equal_an_independent_sum(tmp_path):
    db = create(f"sqlite:///{tmp_path}/sample.sqlite", sample=True, actor=LI)
    atlas = Atlas(db)
    ids = atlas.parcels().ids
    # a few of the sample lie on red lines, or are supplied already: the rules let the others through
    free = ruling.clean_part(atlas, atlas.scenario(DRAFT), ids[::3], "knitwear")
    assert len(free) > 100
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=free, cluster="knitwear")
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=ids[::5], cluster=None)
    assigning.revert(db, actor=LI, scenario_id=DRAFT, parcel_ids=ids[::7])
    totals = cluster_totals(atlas.parcels(), atlas.scenario(DRAFT))
    with db.read() as conn:
        expected = {code: (count, Decimal(area) / 100) for code, count, area in conn.exec_driver_sql(BY_SQL)}
    assert {one.cluster: (one.parcels, one.area_m2) for one in totals if one.parcels} == expected
    # 亩 by the definition 1 hm² = 15 亩, not by the product's factor
    for one in totals:
        assert one.mu == one.area_m2 / 10_000 * 15
    assert sum(one.parcels for one in totals) == len(ids)
    db.close()


def test_every_cluster_has_a_line_and_the_unassigned_come_last(atlas):
    totals = cluster_totals(atlas.parcels(), atlas.scenario(DRAFT))
    assert [one.cluster for one in totals] == [*(one.code for one in atlas.clusters()), None]
    assert {one.cluster: (one.parcels, one.area_m2, one.mu) for one in totals if one.parcels} == {
        "chips": (2, Decimal(20_000), Decimal(30)),
        "health": (1, Decimal(10_000), Decimal(15)),
        None: (7, Decimal(70_000), Decimal(105)),
    }


@given(
    arrays(np.int64, 40, elements=some.integers(0, 2**55)),
    arrays(np.uint8, 40),
)
def test_sums_are_exact_where_floats_are_not(areas, groups):
    sums = summed_by(groups, areas)
    for group in range(256):
        assert sums[group] == sum(int(area) for area, of in zip(areas, groups, strict=True) if of == group)
