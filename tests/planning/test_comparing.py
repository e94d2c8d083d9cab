"""Comparing two scenarios: the parcels that differ, and totals that add up to the hundredth."""

from __future__ import annotations

import io
from decimal import Decimal

import pandas as pd
import pytest
import shapely
from sqlalchemy import text

from planning import assigning, comparing, families, people, publishing, reshaping, reviewing, scenarios
from planning.atlas import Atlas
from planning.errors import Refused
from store import revisions
from tests.people_here import WORDS, enter
from tests.planning.board import DRAFT, LI, WANG, add, parcels

SIGNERS = (("李工", "planner"), ("王工", "reviewer"))


def test_parcels_that_differ_and_their_totals(db, atlas):
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[1, 5, 6], cluster="health")
    found = comparing.compare(atlas, 1, DRAFT)
    assert found.changed.ids.tolist() == [1, 5, 6]
    # each parcel is 100 m by 100 m: 15 亩
    assert found.changed.area_m2 == Decimal(30_000)
    by = {one.cluster: one for one in found.totals}
    assert (by["health"].mu_a, by["health"].mu_b, by["health"].mu_more) == (Decimal(15), Decimal(60), Decimal(45))
    assert (by["chips"].parcels_a, by["chips"].parcels_b, by["chips"].mu_more) == (2, 1, Decimal(-15))
    assert by[None].mu_more == -30
    assert sum(one.mu_more for one in found.totals) == 0


def test_a_scenario_differs_from_itself_in_nothing(atlas):
    assert comparing.compare(atlas, DRAFT, DRAFT).changed.ids.size == 0
    with pytest.raises(Refused):
        comparing.compare(atlas, DRAFT, 77)


def test_parcels_of_today_in_both(db, atlas):
    atlas.scenario(DRAFT)
    add(db, parcels("c", prefix="Q", east=700_000.0))
    assert len(comparing.compare(atlas, 1, DRAFT).a.ids) == 11


def test_a_published_scenario_is_compared_as_on_its_day(db, atlas):
    """Afterwards one of its parcels is split, one is ended, one is cut smaller, and its base is painted.

    What it said is taken from the file by pandas, which knows nothing of us.
    """
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[5, 6, 7], cluster="digital")
    enter(db, {"李工": ["planner"], "王工": ["reviewer"]})
    signed = {role: people.sign(db, name=name, passphrase=WORDS, role=role) for name, role in SIGNERS}
    reviewing.submit(db, actor=LI, scenario_id=DRAFT, signature=signed["planner"])
    reviewing.publish(db, actor=WANG, scenario_id=DRAFT, signature=signed["reviewer"])
    two = scenarios.new(db, actor=LI, name="方案二", base=DRAFT).id
    with db.write() as conn:
        conn.execute(text("UPDATE parcels SET valid_to = valid_from WHERE id = 7"))
        revisions.raise_one(conn, "parcels")
    west, south, _, north = atlas.parcels().geoms[4].bounds
    line = shapely.LineString([(west + 40, south - 1), (west + 40, north + 1)])
    reshaping.split_by_line(db, actor=LI, scenario_id=two, parcel_id=5, line=line)
    west, south, east, north = atlas.parcels().geoms[atlas.parcels().ids.tolist().index(6)].bounds
    reshaping.replace_geometries(db, actor=LI, scenario_id=two, shapes={6: shapely.box(west, south, east - 50, north)})
    frame = pd.read_parquet(io.BytesIO(publishing.published_file(db, DRAFT)))
    by = {one.cluster: one for one in comparing.compare(atlas, DRAFT, two).totals}
    told = frame.groupby(frame["cluster"].fillna("")).agg(parcels=("id", "size"), area=("area_centi_m2", "sum"))
    said = {code or "": (one.parcels_a, int(one.area_a_m2 * 100)) for code, one in by.items() if one.parcels_a}
    assert said == {str(code): (int(row.parcels), int(row.area)) for code, row in told.iterrows()}
    found = comparing.compare(atlas, DRAFT, two)
    assert found.day_a is not None
    assert found.day_b is None
    rows = {
        code: pair
        for code, *pair in zip(
            found.changed.codes.tolist(),
            found.changed.cluster_a.tolist(),
            found.changed.cluster_b.tolist(),
            strict=True,
        )
    }
    # split: gone, and its two pieces new; ended: gone; cut smaller: the same cluster, another area
    assert rows["P04"] == rows["P06"] == ["digital", comparing.ABSENT]
    assert rows["P05"] == ["digital", "digital"]
    assert [one for code, one in rows.items() if code not in {"P04", "P05", "P06"}] == [
        [comparing.ABSENT, "digital"]
    ] * 2
    # the other way round it is the same, with the signs turned
    back = comparing.compare(atlas, two, DRAFT)
    assert [one.mu_more for one in back.totals] == [-one.mu_more for one in found.totals]
    assert comparing.compare(atlas, DRAFT, DRAFT).changed.ids.size == 0


def test_what_is_published_keeps_its_clusters_when_its_base_is_painted(db, atlas):
    """The base of a published scenario may be a draft that goes on."""
    child = scenarios.new(db, actor=LI, name="子方案", base=DRAFT).id
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[5], cluster="digital")
    enter(db, {"李工": ["planner"], "王工": ["reviewer"]})
    signed = {role: people.sign(db, name=name, passphrase=WORDS, role=role) for name, role in SIGNERS}
    reviewing.submit(db, actor=LI, scenario_id=child, signature=signed["planner"])
    reviewing.publish(db, actor=WANG, scenario_id=child, signature=signed["reviewer"])
    before = atlas.scenario(child).cluster.copy()
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[5, 6], cluster="health")
    for one in (atlas, Atlas(db)):
        assert (one.scenario(child).cluster == before).all()
    assert publishing.drift(db, child).reassigned == ("P04", "P05")
    assert comparing.compare(atlas, DRAFT, child).changed.codes.tolist() == ["P04", "P05"]


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
