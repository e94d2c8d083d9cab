"""Red lines less conflicts: accounts, sources, and the file of boundary points."""

from __future__ import annotations

import json
from decimal import Decimal

import geopandas as gpd
import pytest
import shapely

from planning import exporting, remainders
from planning.atlas import Atlas
from planning.errors import Refused
from tests.planning.board import add


@pytest.fixture
def land(db):
    """A park over the first four parcels (400 m × 100 m), farmland on a quarter of it and a river over the half."""
    add(db, gpd.GeoDataFrame({"code": ["Y1", "Y2"], "name": ["甲园", None]}, geometry=[
        shapely.box(500_000, 3_240_000, 500_400, 3_240_100), shapely.Point(500_000, 3_240_000),
    ], crs=4549), "parks")  # fmt: skip
    add(db, gpd.GeoDataFrame({"code": ["C1", "C2"], "kind": ["farmland", "river"]}, geometry=[
        shapely.box(500_000, 3_240_000, 500_100, 3_240_100), shapely.box(500_050, 3_239_900, 500_200, 3_240_200),
    ], crs=4549), "constraints")  # fmt: skip
    return Atlas(db)


def test_each_kind_takes_what_is_left_by_those_before(land):
    lines = remainders.red_lines_of_layer(land, "parks", land.layer("parks").ids[:1])
    (account,) = remainders.remainders(land, lines).accounts
    taken = dict(account.taken_m2)
    assert (taken["farmland"], taken["river"], taken["ecology"]) == (Decimal(10_000), Decimal(10_000), Decimal(0))
    assert (account.area_m2, account.left_m2, account.removed_m2) == (Decimal(40_000), Decimal(20_000), Decimal(20_000))
    (river,) = remainders.remainders(land, lines, kinds=["river"]).accounts
    assert river.left_m2 == Decimal(25_000)
    assert len(river.pieces) == 2


def test_parcels_take_too_but_not_from_themselves(land):
    lines = remainders.red_lines_of_layer(land, "parks", land.layer("parks").ids[:1])
    (account,) = remainders.remainders(land, lines, less_parcels=True).accounts
    assert (account.left_m2, len(account.pieces)) == (Decimal(0), 0)
    some = remainders.red_lines_of_layer(land, "parcels", land.parcels().ids[:3])
    accounts = remainders.remainders(land, some, less_parcels=True).accounts
    assert [one.left_m2 for one in accounts] == [Decimal(0), Decimal(0), Decimal(10_000)]


def test_the_pieces_go_out_as_boundary_points(land, tmp_path):
    lines = remainders.red_lines_of_layer(land, "parks", land.layer("parks").ids[:1])
    found = remainders.remainders(land, lines, kinds=["river"])
    out = tmp_path / "r.txt"
    done = remainders.export(land, found, form="txt", out=out, scenario_id=1)
    told = out.read_bytes().decode("gb18030")
    assert (done.rows, done.crs) == (2, "EPSG:4528")
    assert "5,2.0000,Y1-S1,甲园剩余1,面,,,,@\r\nJ1,1,3240100.000,40500200.000\r\n" in told
    assert "方案=现状" in told
    page_path = tmp_path / "r.geojson"
    remainders.export(land, found, form="geojson-cgcs2000", out=page_path, scenario_id=1)
    rows = [feature["properties"] for feature in json.loads(page_path.read_text("utf-8"))["features"]]
    assert [row["area_m2"] for row in rows] == [20_000.0, 5_000.0]
    assert rows[0]["taken_by"] == "河道管理范围 15000.00㎡"
    assert (rows[0]["red_line_m2"], rows[0]["taken_m2"], rows[0]["area_mu"]) == (40_000.0, 15_000.0, 30.0)


@pytest.mark.parametrize("form", list(exporting.FORMS))
def test_every_form_takes_them(land, tmp_path, form):
    lines = remainders.red_lines_of_layer(land, "parks", land.layer("parks").ids[:1])
    out = tmp_path / f"r{exporting.FORMS[form].suffix}"
    done = remainders.export(land, remainders.remainders(land, lines), form=form, out=out)
    assert done.rows == 1
    assert done.size_bytes > 0


def test_a_file_in_english_names_what_took_land_in_english(land, tmp_path):
    lines = remainders.red_lines_of_layer(land, "parks", land.layer("parks").ids[:1])
    found = remainders.remainders(land, lines, kinds=["river"])
    out = tmp_path / "r.csv"
    remainders.export(land, found, form="csv", out=out, scenario_id=1, lang="en")
    rows = out.read_text(encoding="utf-8-sig")
    assert "River control 15000.00㎡" in rows
    assert "remainder 1" in rows
    assert "河" not in rows


def test_red_lines_come_from_a_file(land, tmp_path):
    path = tmp_path / "红线.geojson"
    gpd.GeoDataFrame(geometry=[shapely.box(500_150, 3_240_000, 500_250, 3_240_100)], crs=4549).to_file(path)
    (account,) = remainders.remainders(land, remainders.red_lines_of_file(land, path)).accounts
    assert account.red_line.code == "红线-1"
    assert account.left_m2 == Decimal(5_000)


def test_what_cannot_be_a_red_line_is_refused(land):
    with pytest.raises(Refused) as refused:
        remainders.red_lines_of_layer(land, "parks", land.layer("parks").ids)
    assert refused.value.faults[0].values == {"code": "Y2"}
    with pytest.raises(Refused) as refused:
        remainders.remainders(land, [])
    assert refused.value.faults[0].code == "nothing_selected"
    lines = remainders.red_lines_of_layer(land, "parks", land.layer("parks").ids[:1])
    with pytest.raises(Refused) as refused:
        remainders.remainders(land, lines, kinds=["nope"], least_m2=-1)
    assert [fault.code for fault in refused.value.faults] == ["unknown_constraint_kind", "least_area_negative"]


def test_parks_to_choose_from_are_polygons(land):
    assert list(remainders.parks_of(land).values()) == ["Y1 甲园"]
