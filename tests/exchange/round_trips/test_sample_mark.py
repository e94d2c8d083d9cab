"""The mark of sample data comes back from every form that bears it, and the pages beside the data are no layers."""

from __future__ import annotations

import json
import zipfile

import ezdxf
import numpy as np
import openpyxl
import pytest
import shapely

from exchange.columns import map_columns
from exchange.errors import FileRefused
from exchange.writing import sidecar
from exchange.writing.forms import FORMS
from layers.schema import LAYERS
from tests.exchange.round_trips.land import COLUMNS, Land
from tests.exchange.round_trips.test_out_and_in import KEPT
from tests.exchange.writing import rows

SQUARE = shapely.box(507_000, 3_243_000, 507_100, 3_243_100)


def one_row():
    return Land(np.array([SQUARE], dtype=object), {
        column.key: ["T0103" if column.key == "code" else None] for column in COLUMNS
    })  # fmt: skip


def codes_of(found):
    return [note.code for note in found.notes]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", KEPT)
def test_the_file_says_so_without_the_column(read, tmp_path, name, lang):
    out = tmp_path / f"p{FORMS[name].suffix}"
    FORMS[name].write(one_row().outgoing(sample=True), out, epsg=KEPT[name].epsg, lang=lang)
    crs = "EPSG:4549" if name.startswith("dxf") else None
    found = read(out, out.name, crs=crs)
    assert codes_of(found).count("sample_mark_in_file") == 1


def test_a_drawing_that_lost_its_comments_still_says_so_below_its_outlines(read, tmp_path):
    out = tmp_path / "p.dxf"
    FORMS["dxf"].write(one_row().outgoing(sample=True), out, epsg=4549, lang="zh")
    document = ezdxf.filemanagement.readfile(out)
    document.header.custom_vars.clear()
    document.saveas(out)
    assert b"\n999\nnotice" not in out.read_bytes()
    assert "sample_mark_in_file" in codes_of(read(out, "p.dxf", crs="EPSG:4549"))


@pytest.mark.parametrize(("lang", "code"), [("zh", "编号"), ("en", "Code")])
def test_a_register_with_shapes_added_keeps_its_mark_and_its_fields(read, tmp_path, lang, code):
    out = tmp_path / "p.xlsx"
    columns = (*rows.COLUMNS, *(column for column in COLUMNS if column.key == "declared_area_m2"))
    made = rows.outgoing(columns=tuple(column for column in columns if column.key in {"code", "name", "area_m2"}))
    FORMS["xlsx"].write(made, out, epsg=4549, lang=lang)
    book = openpyxl.load_workbook(out)
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet["A"]] == [code, *rows.CODES]
    sheet["D1"] = "WKT"
    for number, shape in enumerate(rows.shapes(), start=2):
        sheet.cell(number, 4, shape.wkt)
    book.save(out)
    found = read(out, "p.xlsx", crs="EPSG:4549")
    assert "sample_mark_in_file" in codes_of(found)
    mapped = map_columns(found.table, LAYERS["parcels"], None)
    assert mapped.frame["code"].tolist() == list(rows.CODES)


def test_the_dictionary_of_a_shapefile_is_no_layer(read, tmp_path):
    out = tmp_path / "p.shp.zip"
    mixed = rows.outgoing(geoms=[SQUARE, shapely.Point(507_000, 3_243_000)], layer="parks")
    FORMS["shp"].write(mixed, out, epsg=4549, lang="zh")
    with zipfile.ZipFile(out) as archive:
        assert "fields.csv" in archive.namelist()
    with pytest.raises(FileRefused) as refused:
        read(out, "p.shp.zip", shapes=("polygon", "point"), sublayer="fields")
    assert refused.value.code == "sublayer_needed"
    assert refused.value.values["sublayers"] == ["parks_point.shp", "parks_polygon.shp"]
    assert len(read(out, "p.shp.zip", sublayer="parks_polygon").geoms) == 1


def test_the_page_beside_geojson_may_be_sent_along(read, tmp_path):
    out = tmp_path / "p.geojson"
    made = one_row().outgoing()
    FORMS["geojson"].write(made, out, epsg=4326, lang="zh")
    page = sidecar.write_sidecar(made, out)
    assert json.loads(page.read_text("utf-8"))["layer"] == "parcels"
    with zipfile.ZipFile(tmp_path / "p.zip", "w") as archive:
        archive.write(out, out.name)
        archive.write(page, page.name)
    found = read(tmp_path / "p.zip", "p.zip")
    assert found.table["code"].tolist() == ["T0103"]


def test_the_label_of_a_placemark_is_not_its_name(read, tmp_path):
    out = tmp_path / "p.kml"
    FORMS["kml"].write(rows.outgoing(), out, epsg=4326, lang="zh")
    found = read(out, "p.kml")
    assert found.table["name"].tolist() == ["=1+1", "䶮庄𠮷㙦", "甲，乙,丙\n丁@[戊]", "<b>&\"'%%c^J", None]
    assert found.table["placemark_name"].isna().all()
