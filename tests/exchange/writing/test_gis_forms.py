"""GeoPackage, Shapefile, geodatabase, FlatGeobuf and GeoParquet, as other programs read them."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
import zipfile
from datetime import date
from xml.etree import ElementTree as ET

import numpy as np
import pyarrow.parquet as pq
import pyogrio
import pyproj
import pytest
import shapely

from exchange.errors import NotWritable
from exchange.writing import dbase, looks
from exchange.writing.forms import FORMS, form_of_name
from exchange.writing.outgoing import OutColumn
from exchange.writing.short_names import initials, short_names
from layers.clusters import Cluster
from tests.exchange.writing import rows


def written(tmp_path, form, given=None, *, epsg=4549, lang="zh"):
    out = tmp_path / f"p{FORMS[form].suffix}"
    notes = FORMS[form].write(given or rows.outgoing(), out, epsg=epsg, lang=lang)
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    return out, {note.code: note.values for note in notes}


def parsed(text):
    return ET.fromstring(text)  # noqa: S314 - our own files


def read(out, layer=None):
    meta, _, wkb, columns = pyogrio.raw.read(str(out), layer=layer)
    table = dict(zip(meta["fields"].tolist(), (column.tolist() for column in columns), strict=True))
    return meta, shapely.from_wkb(wkb), table


@pytest.mark.parametrize(("form", "layer", "tolerance_m"), [
    ("gpkg", "parcels", 1e-9), ("shp", None, 1e-9), ("gdb", None, 1e-4), ("fgb", None, 1e-9),
])  # fmt: skip
def test_gdal_reads_every_shape_and_value_as_they_were(tmp_path, form, layer, tolerance_m):
    out, _ = written(tmp_path, form)
    meta, shapes, table = read(out, layer)
    codes = table["DKBH" if form == "shp" else "code"]
    order = [codes.index(code) for code in rows.CODES]
    assert rows.same_shapes(rows.shapes(), shapes[order], tolerance_m)
    assert pyproj.CRS.from_user_input(meta["crs"]).to_epsg() == 4549
    names = table["DKMC" if form == "shp" else "name"]
    assert [names[at] for at in order] == list(rows.NAMES)
    areas = table["DKMJ" if form == "shp" else "area_m2"]
    assert [None if np.isnan(areas[at]) else areas[at] for at in order] == list(rows.AREAS)
    days = table["JDRQ" if form == "shp" else "ready_date"]
    assert [None if (day := days[at]) is None else str(day)[:10] for at in order] == list(rows.DATES)
    numbers = table["ORDER" if form == "shp" else "order_" if form == "gdb" else "order"]
    assert [None if np.isnan(numbers[at]) else numbers[at] for at in order] == [1, None, 3, 2**40, -5]


@pytest.mark.parametrize("form", ["gpkg", "fgb"])
def test_facts_are_the_layers_metadata(tmp_path, form):
    out, _ = written(tmp_path, form)
    facts = pyogrio.read_info(str(out), layer="parcels" if form == "gpkg" else None)["layer_metadata"]
    assert (facts["scenario"], facts["date"], facts["crs"]) == ("方案一", "2026-11-26", "EPSG:4549")
    assert facts["notice"] == "示例数据"


def test_a_geopackage_conforms_and_holds_its_style(tmp_path):
    out, _ = written(tmp_path, "gpkg")
    with sqlite3.connect(out) as db:
        assert db.execute("PRAGMA application_id").fetchone()[0] == 0x47504B47
        assert db.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        contents = dict(db.execute("SELECT table_name, data_type FROM gpkg_contents").fetchall())
        extensions = {row[0] for row in db.execute("SELECT extension_name FROM gpkg_extensions")}
        aliases = dict(db.execute("SELECT column_name, name FROM gpkg_data_columns").fetchall())
        boxes = db.execute("SELECT minx, maxx FROM rtree_parcels_geom ORDER BY id").fetchall()
        metadata = db.execute(
            "SELECT reference_scope, table_name, metadata FROM gpkg_metadata_reference JOIN gpkg_metadata"
            " ON md_file_id = gpkg_metadata.id"
        ).fetchall()
        style = db.execute(
            "SELECT styleQML, styleSLD FROM layer_styles WHERE useAsDefault AND f_table_schema = ''"
            " AND f_table_catalog = '' AND f_table_name = 'parcels' AND f_geometry_column = 'geom'"
        ).fetchone()
    db.close()
    assert contents == {"parcels": "features", "layer_styles": "attributes"}
    assert {"gpkg_rtree_index", "gpkg_schema", "gpkg_metadata"} <= extensions
    assert (aliases["code"], aliases["area_m2"]) == ("编号", "面积（平面）（㎡）")
    assert [(round(low), round(high)) for low, high in boxes[:2]] == [(507000, 507100), (507200, 507300)]
    assert [row[:2] for row in metadata] == [("table", "parcels")]
    assert "方案一" in metadata[0][2]
    qml, sld = (parsed(text) for text in style)
    categories = {one.get("value"): one.get("label") for one in qml.iter("category")}
    assert categories == {"chips": "芯片半导体", "health": "大健康", "": "未分配"}
    colors = [one.get("value") for one in qml.iter("Option") if one.get("name") == "color"]
    assert colors[0] == "91,143,249,255"
    assert {one.get("field"): one.get("name") for one in qml.iter("alias")}["stage"] == "储备阶段"
    terms = {one.get("value"): one.get("name") for field in qml.iter("editWidget") for one in field.iter("Option")}
    assert terms["ready"] == "净地待供"
    assert "#5B8FF9" in {one.text for one in sld.iter("{http://www.opengis.net/sld}CssParameter")}


def test_names_from_data_cannot_break_a_style(tmp_path):
    cluster = Cluster("a\"'<&", '甲"<x>&\x07', "A]]>", "甲", "#112233")
    given = rows.outgoing()
    object.__setattr__(given, "clusters", (cluster,))
    out, _ = written(tmp_path, "gpkg", given)
    with sqlite3.connect(out) as db:
        qml, sld = db.execute("SELECT styleQML, styleSLD FROM layer_styles").fetchone()
    db.close()
    assert next(parsed(qml).iter("category")).get("value") == cluster.code
    assert "甲" in ET.tostring(parsed(sld), encoding="unicode")


@pytest.mark.parametrize("layer", ["roads", "facilities", "constraints", "parks", "towns", "landscape", "remainder"])
def test_every_layer_has_looks_whose_colours_are_colours(layer):
    columns = tuple(OutColumn(key, "text", key, key) for key in ("code", "kind", "state", "cluster"))
    found = looks.looks_of(rows.outgoing(columns=(rows.COLUMNS[0],), layer=layer))
    assert found.by == ""
    object.__setattr__(given := rows.outgoing(columns=(rows.COLUMNS[0],), layer=layer), "columns", columns)
    for look in (*looks.looks_of(given).each, looks.looks_of(given).other):
        assert max(looks.rgb(look.fill)) <= 255
        assert 0 <= look.opacity <= 1


def test_a_shapefile_is_gbk_where_all_text_fits_and_utf8_where_not(tmp_path):
    plain = rows.outgoing(names=["芯片", "", None, "甲乙", "x"])
    out, notes = written(tmp_path, "shp", plain)
    with zipfile.ZipFile(out) as archive:
        body, cpg = archive.read("parcels.dbf"), archive.read("parcels.cpg")
    assert (cpg, body[29]) == (b"GBK", 0x4D)
    assert "芯片".encode("gbk") in body
    assert "text_is_utf8" not in notes
    out.unlink()
    out, notes = written(tmp_path, "shp")
    with zipfile.ZipFile(out) as archive:
        body, cpg = archive.read("parcels.dbf"), archive.read("parcels.cpg")
    assert (cpg, body[29]) == (b"UTF-8", 0)
    assert notes["text_is_utf8"] == {"characters": "㙦䶮𠮷", "count": 3}


def test_text_is_cut_between_characters_and_told(tmp_path):
    out, notes = written(tmp_path, "shp")
    _, _, table = read(out)
    # 254 bytes of UTF-8 are 84 characters of three bytes
    assert table["YS"][2] == "蓝" * 84
    assert (notes["text_cut"]["column"], notes["text_cut"]["rows"]) == ("颜色", 1)
    assert dbase.cut("甲乙", 3, "gbk").decode("gbk") == "甲"


def test_a_shapefile_brings_its_dictionary_and_its_facts(tmp_path):
    out, _ = written(tmp_path, "shp")
    with zipfile.ZipFile(out) as archive:
        members = set(archive.namelist())
        dictionary = list(csv.DictReader(io.StringIO(archive.read("fields.csv").decode("utf-8-sig"))))
        about = parsed(archive.read("parcels.shp.xml"))
        prj = archive.read("parcels.prj").decode("ascii")
    assert {"parcels.shp", "parcels.shx", "parcels.dbf", "parcels.prj", "parcels.cpg"} <= members
    named = {row["字段名 Field"]: row["中文名"] for row in dictionary}
    assert (named["DKBH"], named["YS"], named["ORDER"]) == ("编号", "颜色", "order")
    assert all(name.isascii() and len(name) <= 10 for name in named)
    text = "".join(about.itertext())
    assert all(part in text for part in ("方案一", "2026-11-26", "EPSG:4549", "示例数据"))
    assert prj.startswith('PROJCS["CGCS2000_3_Degree_GK_CM_120E"')


def test_shapes_of_several_kinds_are_a_set_each(tmp_path):
    mixed = [shapely.Point(507_000, 3_243_000), shapely.box(0, 0, 1, 1), shapely.LineString([(0, 0), (1, 1)])]
    for form in ("shp", "gdb"):
        out, notes = written(tmp_path, form, rows.outgoing(geoms=mixed))
        assert notes["split_by_shape"] == {"files": 3}
        names = sorted(pyogrio.list_layers(str(out))[:, 0])
        assert names == ["parcels_line", "parcels_point", "parcels_polygon"]
        assert read(out, "parcels_line")[2]["DKBH" if form == "shp" else "code"] == ["A-2"]
        out.unlink()


def test_what_a_shapefile_cannot_hold_is_refused(tmp_path):
    many = tuple(OutColumn("code", "text", f"c{n}", "c") for n in range(256))
    with pytest.raises(NotWritable) as refused:
        written(tmp_path, "shp", rows.outgoing(columns=many))
    assert refused.value.code == "too_wide_for_shapefile"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", [0.01, 1e-20, 1.7976931348623157e308, -123456789.12, 0.1 + 0.2, 5e-324, 1e15, -0.0])
def test_a_number_of_any_size_is_read_back_as_it_was(value):
    column = dbase.measured(OutColumn("n", "number", "n", "n"))
    column.look([value, 1.5])
    width = column.width("gbk")
    told = dbase._number(value, width, min(column.decimals, 15))
    assert len(told) == width <= 24
    assert float(told) == value


def test_names_are_short_ascii_and_never_alike():
    keys = ["颜色", "颜涩", "é", "1st", "", "ysb", "长名字长名字长名字长名字", "code", "DKBH"]
    names = short_names([OutColumn(key, "text", key, key) for key in keys])
    assert len({name.casefold() for name in names.values()}) == len(keys)
    assert all(name.isascii() and 0 < len(name) <= 10 and name[0].isalpha() for name in names.values())
    assert (initials("义乌江"), initials("规划用途"), names["code"]) == ("YWJ", "GHYT", "DKBH")


def test_a_geodatabase_has_aliases_terms_by_name_and_its_facts(tmp_path):
    out, notes = written(tmp_path, "gdb")
    info = pyogrio.read_info(str(out))
    assert info["layer_metadata"]["ALIAS_NAME"] == "[示例数据] 储备地块 · 方案一"
    assert notes["columns_renamed"] == {"count": 1, "names": {"order": "order_"}}
    _, _, table = read(out)
    assert table["stage"] == ["净地待供", None, "供应", "净地待供", "谋划"]
    assert table["is_sample"] == [None, "示例数据", None, None, None]
    with zipfile.ZipFile(out) as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    # field aliases are kept as UTF-16, the documentation as UTF-8
    assert "储备阶段".encode("utf-16-le") in whole
    assert all(part.encode() in whole for part in ("方案一", "2026-11-26", "EPSG:4549"))


def test_geoparquet_is_what_its_specification_says(tmp_path):
    out, _ = written(tmp_path, "geoparquet")
    file = pq.ParquetFile(out)
    meta = file.metadata.metadata
    geo, facts = json.loads(meta[b"geo"]), json.loads(meta[b"chantu"])
    column = geo["columns"][geo["primary_column"]]
    assert geo["version"] == "1.1.0"
    assert column["geometry_types"] == ["MultiPolygon"]
    assert pyproj.CRS.from_json_dict(column["crs"]).to_epsg() == 4549
    table = file.read()
    shapes = shapely.from_wkb(np.asarray(table["geometry"].to_pylist(), dtype=object))
    assert rows.same_shapes(rows.shapes(), shapes, 0.0)
    boxes = [tuple(box.values()) for box in table["bbox"].to_pylist()]
    assert boxes == [tuple(row) for row in shapely.bounds(shapes).tolist()]
    assert file.num_row_groups == 2
    assert table["ready_date"].to_pylist()[0] == date(2026, 1, 31)
    assert table.schema.field("code").metadata[b"zh"].decode() == "编号"
    assert (facts["scenario"], facts["notice"], facts["crs"]) == ("方案一", "示例数据", "EPSG:4549")


def test_a_files_name_says_its_form():
    names = {"a.shp.zip": "shp", "a.zip": "shp", "A.GDB.ZIP": "gdb", "a.txt": "txt", "a.dxf": "dxf", "a.shp": None,
             "a.parquet": "geoparquet", "a.json": "geojson", "a.fgb": "fgb", "a.kml": "kml"}  # fmt: skip
    assert {name: form_of_name(name) for name in names} == names


@pytest.mark.parametrize("form", ["gpkg", "shp", "gdb", "fgb", "geoparquet", "txt"])
def test_no_rows_are_refused_and_leave_nothing(tmp_path, form):
    with pytest.raises(NotWritable) as refused:
        written(tmp_path, form, rows.outgoing(geoms=[]))
    assert refused.value.code == "nothing_to_write"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["gpkg", "shp", "gdb", "fgb", "geoparquet", "dxf", "txt"])
def test_a_crs_that_cannot_take_the_places_is_refused(tmp_path, form):
    far = [shapely.box(1e30, 1e30, 2e30, 2e30)]
    with pytest.raises(NotWritable) as refused:
        FORMS[form].write(rows.outgoing(geoms=far), tmp_path / "p", epsg=4528 if form != "txt" else 4529, lang="zh")
    assert refused.value.code == "coordinates_not_finite"
    assert list(tmp_path.iterdir()) == []
