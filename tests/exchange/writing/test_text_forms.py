"""Boundary points, DXF, KML and registers, as other programs read them."""

from __future__ import annotations

import csv
from typing import Any
from xml.etree import ElementTree as ET

import geopandas as gpd
import hypothesis.strategies as st
import numpy as np
import openpyxl
import pyogrio
import pyproj
import pytest
import shapely
from ezdxf import filemanagement, recover
from hypothesis import given, settings

from exchange.errors import NotWritable
from exchange.writing import boundary_points
from exchange.writing.forms import FORMS
from exchange.writing.outgoing import OutColumn
from geo.zones import numbered, zone_of
from tests.exchange.writing import rows

KML = "{http://www.opengis.net/kml/2.2}"


def written(tmp_path, form, made=None, *, epsg=4549, lang="zh"):
    out = tmp_path / f"p{FORMS[form].suffix}"
    notes = FORMS[form].write(made or rows.outgoing(), out, epsg=epsg, lang=lang)
    assert [path.name for path in tmp_path.iterdir()] == [out.name]
    return out, {note.code: note.values for note in notes}


def parsed(text):
    return ET.fromstring(text)  # noqa: S314 - our own file


def blocks(text: str) -> list[tuple[list[str], list[list[str]]]]:
    """The parcels of a TXT by the grammar alone: the line that ends in @, then its points."""
    found: list[tuple[list[str], list[list[str]]]] = []
    for line in text.partition("[地块坐标]\r\n")[2].removesuffix("\r\n").split("\r\n"):
        cells = line.split(",")
        if cells[-1] == "@":
            found.append((cells, []))
        else:
            found[-1][1].append(cells)
    return found


def shape_of(points: list[list[str]]) -> Any:
    """Even-odd over the rings by their numbers: what readers of the format do."""
    rings: dict[str, list[tuple[float, float]]] = {}
    for _, ring, north, east in points:
        rings.setdefault(ring, []).append((float(east), float(north)))
    return shapely.build_area(shapely.MultiLineString(list(rings.values())))


def test_boundary_points_follow_the_format(tmp_path):
    out, notes = written(tmp_path, "txt", epsg=4528)
    body = out.read_bytes()
    assert body.count(b"\r\n") == body.count(b"\n")
    text = body.decode("gb18030")
    head = dict(line.split("=", 1) for line in text.split("\r\n") if "=" in line)
    assert (head["坐标系"], head["几度分带"], head["带号"], head["精度"]) == ("2000国家大地坐标系", "3", "40", "0.001")
    assert (head["转换参数"], head["数据产生日期"], head["方案"], head["数据标记"]) == (
        ",,,,,,", "2026-11-26", "方案一", "示例数据",
    )  # fmt: skip
    found = blocks(text)
    assert [cells[2] for cells, _ in found] == ["T0103", "001", "A-2", "A 3", "A-4"]
    assert [len(cells) for cells, _ in found] == [9] * 5
    # the square of a hectare; the name with commas, line end and signs of the format itself
    assert found[0][0] == ["5", "1.0000", "T0103", "=1+1", "面", "", "二类工业用地", "100102", "@"]
    assert found[2][0][3] == "甲，乙，丙 丁＠【戊】"
    assert found[0][1] == [
        ["J1", "1", "3243100.000", "40507000.000"],
        ["J2", "1", "3243100.000", "40507100.000"],
        ["J3", "1", "3243000.000", "40507100.000"],
        ["J4", "1", "3243000.000", "40507000.000"],
        ["J1", "1", "3243100.000", "40507000.000"],
    ]
    # a hole: points are counted on, and it runs the other way
    assert [point[:2] for point in found[1][1][5:]] == [["J5", "2"], ["J6", "2"], ["J7", "2"], ["J8", "2"], ["J5", "2"]]
    assert [int(cells[0]) for cells, points in found] == [len(points) for _, points in found]
    assert notes["text_beyond_gbk"] == {"characters": "㙦𠮷", "count": 2}


def test_boundary_points_come_back_to_the_millimetre(tmp_path):
    out, _ = written(tmp_path, "txt", epsg=4549)
    back = [shape_of(points) for _, points in blocks(out.read_bytes().decode("gb18030"))]
    assert rows.same_shapes(rows.shapes(), back, 0.001)


@st.composite
def star_with_hole(draw):
    """A star-shaped polygon of any vertices with a hole in it, anywhere in a zone."""
    count = draw(st.integers(3, 12))
    radii = np.array(draw(st.lists(st.floats(20, 400), min_size=count, max_size=count)))
    turn = np.sort(np.array(draw(st.lists(st.floats(0, 0.9), min_size=count, max_size=count))) + np.arange(count))
    angle = turn * 2 * np.pi / count
    at = np.array([draw(st.floats(300_000, 700_000)), draw(st.floats(2_000_000, 5_000_000))])
    spokes = np.column_stack([np.cos(angle), np.sin(angle)])
    return shapely.Polygon(at + spokes * radii[:, None]).buffer(1.0), at


@given(star_with_hole())
@settings(max_examples=60, deadline=None)
def test_any_ring_starts_north_west_and_runs_clockwise(drawn):
    shape, _ = drawn
    rings, dropped = boundary_points._rings(shape)
    assert dropped == 0
    for ring in rings:
        assert ring[0].tolist() == ring[-1].tolist()
        assert (ring[:, 1] - ring[:, 0]).max() == pytest.approx(ring[0, 1] - ring[0, 0], abs=1e-6)
    assert not shapely.LinearRing(rings[0]).is_ccw
    assert all(shapely.LinearRing(ring).is_ccw for ring in rings[1:])
    told = shapely.build_area(shapely.MultiLineString([ring.tolist() for ring in rings]))
    assert shapely.hausdorff_distance(told.boundary, shape.boundary) < 0.001
    assert abs(told.area - shape.area) <= 0.0005 * shape.length + 0.001


def test_zones_are_those_of_the_epsg_database():
    for number in range(25, 46):
        for epsg in (4513 + number - 25, 4534 + number - 25):
            zone, crs = zone_of(epsg), pyproj.CRS.from_epsg(epsg)
            assert crs.coordinate_operation is not None
            assert zone is not None
            assert zone.epsg == epsg
            parameters = {one.name: one.value for one in crs.coordinate_operation.params}
            assert float(parameters["Longitude of natural origin"]) == zone.central_meridian == 3 * number
            assert float(parameters["False easting"]) == 500_000 + zone.numbered * 1_000_000 * number
            assert "3-degree" in crs.name
    assert (numbered(4549), numbered(4528), numbered(3857), zone_of(4512), zone_of(4555)) == (4528, 4528, None) + (
        None,
    ) * 2


@pytest.mark.parametrize(("epsg", "geoms", "code"), [
    (32651, None, "txt_needs_zone"), (4490, None, "txt_needs_zone"),
    (4528, [shapely.Point(507_000, 3_243_000)], "txt_needs_polygons"),
    (4528, [shapely.box(507_000, 3_243_000, 507_000.0001, 3_243_100)], "txt_ring_collapses"),
])  # fmt: skip
def test_what_boundary_points_cannot_say_is_refused(tmp_path, epsg, geoms, code):
    with pytest.raises(NotWritable) as refused:
        written(tmp_path, "txt", rows.outgoing(geoms=geoms), epsg=epsg)
    assert refused.value.code == code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("form", "version"), [("dxf", "AC1015"), ("dxf-r2010", "AC1024")])
def test_a_drawing_is_sound_and_says_what_the_rows_say(tmp_path, form, version):
    out, notes = written(tmp_path, form)
    doc: Any = filemanagement.readfile(out)
    audit = doc.audit()
    assert (audit.errors, audit.fixes) == ([], [])
    assert (doc.dxfversion, doc.units) == (version, 6)
    space = doc.modelspace()
    layers = {layer.dxf.name: layer for layer in doc.layers}
    # the true colour, and the nearest of the index for versions that have no other: 151 is (127, 159, 255) there
    assert layers["芯片半导体"].rgb == ((0x5B, 0x8F, 0xF9) if form == "dxf-r2010" else None)
    assert layers["芯片半导体"].color in {151, 161}
    lines = space.query("LWPOLYLINE")
    assert [len(line) for line in lines][:3] == [4, 4, 4]
    drawn = shapely.multipolygons(
        [shapely.Polygon(line.get_points("xy")) for line in lines if line.get_xdata("CHANTU")[0].value == "code=A-2"]
    )
    assert rows.same_shapes([rows.shapes()[2]], [drawn], 1e-9)
    texts = [text.plain_text() for text in space.query('TEXT[layer=="标注"]')]
    assert texts[:4] == ["T0103", "15.00亩", "001", "13.65亩"]
    assert all(line.closed for line in lines)
    assert {line.dxf.layer for line in lines} == {"芯片半导体", "大健康", "未分配"}
    told = [text.plain_text() for text in space.query('TEXT[layer=="图面说明"]')]
    assert all(part in told[0] for part in ("方案一", "2026-11-26", "EPSG:4549", "示例数据"))
    named = {value for line in lines for _, value in line.get_xdata("CHANTU")}
    assert "name=甲，乙,丙 丁@[戊]" in named
    if version == "AC1015":
        # GBK lacks three of the four: UTF-16 units, as AutoCAD writes them
        assert "name=\\U+4DAE庄\\U+D842\\U+DFB7\\U+3666" in named
        assert notes["text_escaped"] == {"characters": "㙦䶮𠮷", "count": 3}
        assert "999\r\nscenario=方案一\r\n".encode("gbk") in out.read_bytes()
    else:
        assert notes == {}
        assert "name=䶮庄𠮷㙦" in named
        assert ("chantu_scenario", "方案一") in list(doc.header.custom_vars)


def test_ezdxf_writes_the_same_tags(tmp_path):
    """The library reads the drawing, writes it again, and nothing of an entity has changed."""
    out, _ = written(tmp_path, "dxf")
    first: Any = filemanagement.readfile(out)
    again = tmp_path / "again.dxf"
    first.saveas(again)
    second: Any = filemanagement.readfile(again)
    for one, other in zip(first.modelspace(), second.modelspace(), strict=True):
        assert one.dxfattribs() == other.dxfattribs()
        assert one.dxf.handle == other.dxf.handle
    handles = [entity.dxf.handle for entity in first.modelspace()]
    assert len(set(handles)) == len(handles)
    assert int(first.header["$HANDSEED"], 16) > max(int(handle, 16) for handle in handles)


@pytest.mark.parametrize("form", ["dxf", "dxf-r2010"])
def test_a_drawing_fills_every_parcel_in_its_layer_beneath_its_outline(tmp_path, form):
    out, _ = written(tmp_path, form)
    doc, auditor = recover.readfile(out)
    assert not auditor.has_errors
    entities: list[Any] = list(doc.modelspace())
    fills = [one for one in entities if one.dxftype() == "HATCH"]
    # one a part: a fill with two outer boundaries is no valid polygon where GDAL and QGIS read it
    shapes = shapely.get_parts(rows.shapes()).tolist()
    assert len(fills) == len(shapes) > len(rows.shapes())
    for fill, shape in zip(fills, shapes, strict=True):
        filled: Any = shapely.Polygon()
        for path in fill.paths:
            filled = filled.symmetric_difference(shapely.Polygon([(x, y) for x, y, *_ in path.vertices]))
        assert shapely.symmetric_difference(filled, shape).area < 0.01
        assert fill.dxf.solid_fill == 1
        above = next(one for one in entities[entities.index(fill) + 1 :] if one.dxftype() != "HATCH")
        assert (above.dxftype(), above.dxf.layer) == ("LWPOLYLINE", fill.dxf.layer)


def test_gdal_reads_the_fills_of_a_drawing_as_valid_areas(tmp_path):
    out, _ = written(tmp_path, "dxf")
    seen = gpd.read_file(out)
    fills = seen[seen.geom_type.isin({"Polygon", "MultiPolygon"})]
    assert fills.is_valid.all()
    assert fills.area.sum() == pytest.approx(shapely.area(rows.shapes()).sum(), abs=0.01)


def test_a_drawing_labels_every_parcel_inside_it(tmp_path):
    out, _ = written(tmp_path, "dxf")
    texts = filemanagement.readfile(out).modelspace().query('TEXT[layer=="标注"]')
    places = {text.dxf.text: shapely.Point(*text.dxf.align_point.vec2) for text in texts}
    for code, shape in zip(rows.CODES, rows.shapes(), strict=True):
        assert shape.contains(places[code])


def test_a_drawing_is_plane_and_takes_the_zone_asked_for(tmp_path):
    with pytest.raises(NotWritable) as refused:
        written(tmp_path, "dxf", epsg=4490)
    assert refused.value.code == "dxf_needs_metres"
    out, _ = written(tmp_path, "dxf", epsg=4528)
    line = filemanagement.readfile(out).modelspace().query("LWPOLYLINE")[0]
    assert 40_507_000 <= line.get_points("xy")[0][0] <= 40_507_100


def test_points_and_lines_are_drawn_too(tmp_path):
    mixed = [shapely.Point(507_000, 3_243_000), shapely.LineString([(507_000, 3_243_000), (507_100, 3_243_000)])]
    out, _ = written(tmp_path, "dxf", rows.outgoing(geoms=mixed, layer="roads"), lang="en")
    doc = filemanagement.readfile(out)
    assert doc.audit().errors == []
    assert sorted(each.dxftype() for each in doc.modelspace()) == ["CIRCLE", "LWPOLYLINE", "TEXT", "TEXT", "TEXT"]


@given(st.text(max_size=40))
@settings(max_examples=40, deadline=None)
def test_any_text_leaves_a_drawing_sound(tmp_path_factory, text):
    out = tmp_path_factory.mktemp("dxf") / "p.dxf"
    FORMS["dxf"].write(rows.outgoing(names=[text] * 5, facts={"scenario": text}), out, epsg=4549, lang="zh")
    assert recover.readfile(out)[1].errors == []


def test_kml_is_typed_styled_and_in_degrees(tmp_path):
    out, _ = written(tmp_path, "kml")
    page = parsed(out.read_bytes())
    facts = {one.get("name"): one.findtext(f"{KML}value") for one in page.iter(f"{KML}Data")}
    assert (facts["scenario"], facts["date"], facts["crs"], facts["notice"]) == (
        "方案一", "2026-11-26", "EPSG:4326", "示例数据",
    )  # fmt: skip
    styles = {one.get("id"): one.findtext(f".//{KML}PolyStyle/{KML}color") for one in page.iter(f"{KML}Style")}
    places = list(page.iter(f"{KML}Placemark"))
    assert styles[str(places[0].findtext(f"{KML}styleUrl")).removeprefix("#")] == "b2f98f5b"
    types = {one.get("name"): one.get("type") for one in page.iter(f"{KML}SimpleField")}
    assert (types["code"], types["area_m2"]) == ("string", "double")
    values = [{one.get("name"): one.text for one in place.iter(f"{KML}SimpleData")} for place in places]
    assert [row["code"] for row in values] == list(rows.CODES)
    assert [row.get("name") for row in values][:2] == ["=1+1", "䶮庄𠮷㙦"]
    assert values[3]["name"] == "<b>&\"'%%c^J"
    meta, _, wkb, _ = pyogrio.raw.read(str(out))
    assert meta["crs"] == "EPSG:4326"
    plane = pyproj.Transformer.from_crs(4490, 4549, always_xy=True)
    back = shapely.transform(
        shapely.force_2d(shapely.from_wkb(wkb)), lambda xy: np.column_stack(plane.transform(xy[:, 0], xy[:, 1]))
    )
    assert rows.same_shapes(rows.shapes(), back, 0.001)


@given(st.text(max_size=60))
@settings(max_examples=40, deadline=None)
def test_any_text_leaves_kml_well_formed(tmp_path_factory, text):
    out = tmp_path_factory.mktemp("kml") / "p.kml"
    FORMS["kml"].write(rows.outgoing(names=[text] * 5, facts={"scenario": text}), out, epsg=4326, lang="zh")
    assert len(list(parsed(out.read_bytes()).iter(f"{KML}Placemark"))) == 5


def test_registers_say_what_they_are_of(tmp_path):
    out, _ = written(tmp_path, "xlsx")
    book = openpyxl.load_workbook(out)
    about = {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert (about["方案"], about["日期"], about["坐标系"]) == ("方案一", "2026-11-26", "EPSG:4549")
    assert "示例数据" in {about.get("数据标记"), *about}
    assert "方案一" in str(book.properties.title)
    cells = [row[1] for row in book.worksheets[0].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == ["=1+1", "䶮庄𠮷㙦", "甲，乙,丙\n丁@[戊]", "<b>&\"'%%c^J", None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    out.unlink()
    out, _ = written(tmp_path, "csv")
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert [row["编号"] for row in csv.DictReader(file)] == list(rows.CODES)


def test_a_register_holds_columns_named_by_anybody(tmp_path):
    columns = (OutColumn("code", "text", "=HYPERLINK(1)", "x"), rows.COLUMNS[1])
    out, _ = written(tmp_path, "xlsx", rows.outgoing(columns=columns))
    assert openpyxl.load_workbook(out).worksheets[0]["A1"].data_type == "s"
