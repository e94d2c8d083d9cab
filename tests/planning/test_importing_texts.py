"""What survey offices hand over as text comes into the database: codes, names, stated areas, and the land itself."""

from __future__ import annotations

import json

import pytest

from planning import importing
from planning.actors import Actor
from planning.atlas import Atlas
from planning.errors import Refused
from tests.exchange.boundary_samples import A, B, C, D

ACTOR = Actor("甲", "test")
# the three files describe the same land in part, so each goes into a database of its own
FILES = [
    (A, None, ["义经开2026-01", "义经开2026-02", "义经开2026-03"], [57_200.02, 68_999.86, 36_480.0]),
    (B, "EPSG:4549", ["1", "2"], [57_200.02, 68_999.86]),
    (C, None, ["1"], [57_200.02]),
]


@pytest.mark.parametrize(("content", "crs", "codes", "areas"), FILES, ids=["A", "B", "C"])
def test_a_text_is_entered_with_its_stated_areas(empty, content, crs, codes, areas):
    staged = importing.stage(empty, content, "宗地.txt", "parcels", crs=crs)
    importing.accept(empty, staged, actor=ACTOR)
    frame = Atlas(empty).parcels().frame
    assert frame["code"].tolist() == codes
    assert frame["area_m2"].tolist() == areas
    assert frame["declared_area_m2"].round(-1).tolist() == [round(area, -1) for area in areas]
    assert staged.report.mapped["地块编号"] == "code"
    assert "地块面积" in json.loads(frame["extra"].iloc[0])


def test_an_old_datum_is_refused_and_nothing_is_entered(empty):
    with pytest.raises(Refused) as refused:
        importing.stage(empty, D, "旧坐标.txt", "parcels")
    assert refused.value.faults[0].code == "crs_needs_parameters"


def test_a_bad_parcel_does_not_take_the_others_with_it(empty):
    broken = A.decode("gb18030").replace("J2,1,3239617.956", "J2,1,三二三").encode("gb18030")
    report = importing.stage(empty, broken, "宗地.txt", "parcels").report
    assert (report.taken, report.refused) == (2, 1)
    told = report.items[0]
    assert (told.code, told.detail["line"], told.where) == ("coordinate_not_a_number", 21, "义经开2026-02")


def test_one_code_on_two_lines_becomes_two_parcels(empty):
    twice = A.decode("gb18030").replace("义经开2026-02", "义经开2026-01").encode("gb18030")
    staged = importing.stage(empty, twice, "宗地.txt", "parcels")
    assert staged.frame["code"].tolist() == ["义经开2026-01", "义经开2026-01-2", "义经开2026-03"]


def test_a_table_keeps_its_codes_as_text(empty):
    wkt = "POLYGON ((503000 3239000, 503100 3239000, 503100 3239100, 503000 3239100, 503000 3239000))"
    content = f'编号,名称,用地代码,WKT\n001,䶮地,0601,"{wkt}"\n'.encode("gb18030")
    staged = importing.stage(empty, content, "表.csv", "parcels", crs="EPSG:4549")
    importing.accept(empty, staged, actor=ACTOR)
    row = Atlas(empty).parcels().frame.iloc[0]
    assert (row["code"], row["name"], row["land_use"], row["area_m2"]) == ("001", "䶮地", "0601", 10_000.0)
