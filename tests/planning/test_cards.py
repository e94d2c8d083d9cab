"""The parcel card and the summary of a selection, held against the board that was painted."""

from __future__ import annotations

from decimal import Decimal

import geopandas as gpd
import pytest
import shapely
from pyproj import Geod, Transformer
from shapely import LineString, MultiPolygon, box

from planning import assigning, cards
from planning.errors import Refused
from tests.planning.board import DRAFT, LI, add, parcels

WEST, SOUTH = 500_000.0, 3_240_000.0


def layer(name, *rows):
    """Rows of (code, geometry, other columns) of a layer."""
    frame = [{"code": code, "name": f"{name} {code}", **more} for code, _, more in rows]
    return gpd.GeoDataFrame(frame, geometry=[geom for _, geom, _ in rows], crs=4549)


def ids(atlas, *codes):
    return atlas.parcels().ids_of(codes).tolist()


def card(atlas, code):
    return cards.parcel_card(atlas, ids(atlas, code)[0], atlas.scenario(DRAFT))


def test_a_card_tells_area_in_three_units_from_the_same_figure(atlas):
    shown = card(atlas, "P00")
    assert (shown.plane.m2, shown.plane.mu, shown.plane.hectare) == (Decimal("10000.00"), Decimal(15), Decimal(1))
    assert shown.perimeter_m == pytest.approx(400.0)
    assert (shown.stage, shown.cluster, shown.name) == ("reserved", "chips", "地块00")


def test_the_ellipsoid_area_and_its_difference_are_those_of_geographiclib(atlas):
    shown = card(atlas, "P09")
    lonlat = Transformer.from_crs(4549, 4490, always_xy=True)
    corners = shapely.get_coordinates(box(WEST + 900, SOUTH, WEST + 1000, SOUTH + 100))
    area = abs(Geod(a=6_378_137.0, rf=298.257222101).polygon_area_perimeter(*lonlat.transform(*corners.T))[0])
    assert float(shown.ellipsoid.m2) == pytest.approx(area, abs=0.006)
    assert shown.difference_m2 == shown.ellipsoid.m2 - shown.plane.m2


def test_neighbours_come_with_kind_length_and_gap(db, atlas):
    # P00 has P01 to the east; put one to the north-east corner, one across a lane, one on top
    extra = parcels("...", prefix="Q")
    extra = extra.set_geometry(
        gpd.GeoSeries(
            [
                box(WEST + 100, SOUTH + 100, WEST + 200, SOUTH + 200),
                box(WEST, SOUTH - 62, WEST + 100, SOUTH - 12),
                box(WEST + 20, SOUTH + 20, WEST + 50, SOUTH + 50),
            ],
            crs=4549,
        )
    )
    add(db, extra)
    told = [(one.code, one.kind, round(one.length_m, 3), round(one.gap_m, 3)) for one in card(atlas, "P00").neighbours]
    assert told == [
        ("Q02", "overlap", 0.0, 0.0),
        ("P01", "edge", 100.0, 0.0),
        ("Q00", "corner", 0.0, 0.0),
        ("Q01", "near", 0.0, 12.0),
    ]


def test_frontage_is_told_by_road_with_its_distance(db, atlas):
    street = LineString([(WEST - 100, SOUTH - 15), (WEST + 2000, SOUTH - 15)])
    lane = LineString([(WEST - 5, SOUTH - 100), (WEST - 5, SOUTH + 60)])
    road = layer("roads", ("R1", street, {"width_m": 20.0, "state": "built"}), ("R2", lane, {"state": "planned"}))
    add(db, road, "roads")
    shown = card(atlas, "P00")
    told = [(one.code, one.state, round(one.length_m, 3), round(one.distance_m, 3)) for one in shown.frontages]
    assert told == [("R1", "built", 100.0, 5.0), ("R2", "planned", 60.0, 5.0)]
    assert shown.frontage_m == pytest.approx(160.0)
    assert [one.code for one in card(atlas, "P05").frontages] == ["R1"]


def test_what_a_parcel_lies_in_and_on_is_told_with_its_share(db, atlas):
    add(
        db,
        layer(
            "towns",
            ("T1", box(WEST - 900, SOUTH - 900, WEST + 30, SOUTH + 900), {}),
            ("T2", box(WEST + 30, SOUTH - 900, WEST + 3000, SOUTH + 900), {}),
        ),
        "towns",
    )
    add(db, layer("parks", ("K1", box(WEST - 50, SOUTH - 50, WEST + 150, SOUTH + 150), {})), "parks")
    red = MultiPolygon([box(WEST, SOUTH, WEST + 10, SOUTH + 100), box(WEST + 90, SOUTH, WEST + 100, SOUTH + 50)])
    sliver = box(WEST, SOUTH, WEST + 100, SOUTH + 0.001)
    add(db, layer("constraints", ("C1", red, {"kind": "farmland"}), ("C2", sliver, {"kind": "river"})), "constraints")
    shown = card(atlas, "P00")
    assert [(one.code, one.share) for one in shown.towns] == [("T2", 0.7), ("T1", 0.3)]
    assert [(one.code, one.share) for one in shown.parks] == [("K1", 1.0)]
    # 0.10 m² of a sliver of digitising is not told
    assert [(one.code, one.kind, one.area.m2, one.area.mu) for one in shown.constraints] == [
        ("C1", "farmland", Decimal("1500.00"), Decimal("2.25"))
    ]


def test_a_card_says_how_its_figures_came_about(atlas):
    method = card(atlas, "P00").method
    assert (method.crs, method.ellipsoid, method.inverse_flattening) == ("EPSG:4549", "CGCS2000", 298.257222101)
    assert (method.tolerance_m, method.frontage_distance_m, method.mu_per_m2) == (0.1, 20.0, Decimal("0.0015"))


def test_locks_and_versions_are_those_of_the_scenario(db, atlas):
    one = ids(atlas, "P03")
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=one, cluster="health", reason="", seen=None)
    assigning.lock(db, actor=LI, scenario_id=DRAFT, parcel_ids=one)
    shown = card(atlas, "P03")
    assert (shown.cluster, shown.is_own, shown.is_locked) == ("health", True, True)
    assert (shown.version, shown.assignment_version) == (1, 1)
    untouched = card(atlas, "P04")
    assert (untouched.is_own, untouched.is_locked, untouched.assignment_version) == (False, False, 0)


def test_a_parcel_that_is_not_there_is_refused(atlas):
    with pytest.raises(Refused):
        cards.parcel_card(atlas, 999_999, atlas.scenario(DRAFT))
    with pytest.raises(Refused):
        cards.selection_summary(atlas, [999_999], atlas.scenario(DRAFT))


def summary(atlas, *codes):
    return cards.selection_summary(atlas, ids(atlas, *codes), atlas.scenario(DRAFT))


def test_a_selection_is_split_by_cluster_and_stage_and_adds_up(atlas):
    told = summary(atlas, "P00", "P01", "P02", "P03")
    assert (told.parcels, told.area.m2, told.area.mu) == (4, Decimal("40000.00"), Decimal(60))
    assert [(part.key, part.parcels, part.area.mu) for part in told.by_cluster] == [
        ("health", 1, Decimal(15)),
        ("chips", 2, Decimal(30)),
        (None, 1, Decimal(15)),
    ]
    assert [(part.key, part.parcels) for part in told.by_stage] == [("reserved", 4)]
    assert sum((part.area.m2 for part in told.by_cluster), Decimal(0)) == told.area.m2


@pytest.mark.parametrize(
    ("codes", "blocks"),
    [(("P00", "P01", "P02"), 1), (("P00", "P02"), 2), (("P00",), 1), (("P00", "P01", "P05", "P07", "P08"), 3), ((), 0)],
)
def test_a_selection_knows_whether_it_is_one_block(atlas, codes, blocks):
    told = summary(atlas, *codes)
    assert told.blocks == blocks
    assert told.is_one_block == (blocks == 1)
    # the whole layer's pairs give the same answer as those of the members alone
    assert atlas.parcels().adjacency is not None
    assert summary(atlas, *codes).blocks == blocks


def test_a_parcel_given_twice_counts_once(atlas):
    assert summary(atlas, "P00", "P00").area.m2 == Decimal("10000.00")
