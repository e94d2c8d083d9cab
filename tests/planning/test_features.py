"""New rows: measured here, placed in their town, refused whole when one cannot be taken."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from planning.errors import Refused
from store.rtree import ids_in_box
from tests.planning.board import LETTERS, add, parcels


def test_areas_are_computed_and_never_taken_from_the_frame(db, atlas):
    frame = parcels("..", prefix="Q", east=600_000.0)
    frame["area_m2"] = 1.0
    add(db, frame)
    assert atlas.parcels().frame["area_m2"].tolist()[-2:] == [10_000.0, 10_000.0]


def test_an_empty_town_is_that_which_holds_most_of_the_parcel(db, atlas):
    towns = gpd.GeoDataFrame(
        {"code": ["T1", "T2"], "name": ["西镇", "东镇"]},
        geometry=[
            shapely.box(700_000, 3_239_000, 700_140, 3_241_000),
            shapely.box(700_140, 3_239_000, 700_190, 3_241_000),
        ],
        crs=4549,
    )
    add(db, towns, "towns")
    frame = parcels("....", prefix="Q", east=700_000.0)
    frame["town"] = [None, "", None, "外镇"]
    add(db, frame)
    # the second lies 40 m in the west and 50 m in the east; the third touches neither
    assert atlas.parcels().frame["town"].tolist()[-4:] == ["西镇", "东镇", None, "外镇"]


@pytest.mark.parametrize(
    ("codes", "clusters", "faults"),
    [
        (["Q1", "Q1"], [None, None], ["code_twice"]),
        (["Q1", None], [None, None], ["code_missing"]),
        (["Q1", "P03"], [None, None], ["code_in_use"]),
        (["Q1", "Q2"], ["chips", "flowers"], ["unknown_cluster"]),
    ],
)
def test_one_bad_row_refuses_all(db, atlas, codes, clusters, faults):
    frame = parcels("..", east=600_000.0).assign(code=codes, cluster=clusters)
    with pytest.raises(Refused) as caught:
        add(db, frame)
    assert [fault.code for fault in caught.value.faults] == faults
    assert len(atlas.parcels()) == 10


def test_a_box_finds_the_rows_that_meet_it(db):
    with db.read() as conn:
        assert ids_in_box(conn, "parcels", (500_150, 3_240_010, 500_250, 3_240_020)) == [2, 3]


def test_letters_are_clusters_of_the_office(atlas):
    assert {code for code in LETTERS.values() if code} <= {one.code for one in atlas.clusters()}
