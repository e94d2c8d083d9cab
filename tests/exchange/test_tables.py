"""CSV and XLSX with coordinates: what is written stays as written, and the geometry is where its columns say."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile

import openpyxl
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from exchange.errors import FileRefused
from exchange.formats import tables
from exchange.formats.opened import Wanted
from exchange.sniff import kind_of_bytes

ANY = Wanted(("polygon", "line", "point"))
SHAPES = {"shapes": ("polygon", "line", "point"), "crs": "EPSG:4490"}
BOX = "POLYGON ((120 29.3, 120.001 29.3, 120.001 29.301, 120 29.301, 120 29.3))"


def opened(tmp_path, rows, wanted=ANY, **how):
    body = io.StringIO(newline="")
    csv.writer(body, **how).writerows(rows)
    path = tmp_path / "table.csv"
    path.write_bytes(body.getvalue().encode())
    return tables.read_csv(path, wanted)


def workbook(tmp_path, **sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    path = tmp_path / "book.xlsx"
    book.save(path)
    return path


def spots(found):
    return [None if wkb is None else shapely.from_wkb(wkb).coords[0] for wkb in found.wkb]


def refusal(read, source, **options):
    with pytest.raises(FileRefused) as refused:
        read(source, **SHAPES | options)
    return refused.value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_text_of_any_kind_keeps_every_letter(tmp_path, encoding, delimiter):
    path = tmp_path / "a"
    rows = ["编号", "名称", "备注", "WKT"], ["001", "䶮𠮷㙦", '两行\n"引号"', BOX], ["1-2", "T0103", "", BOX]
    body = io.StringIO(newline="")
    csv.writer(body, delimiter=delimiter).writerows(rows)
    path.write_bytes(body.getvalue().encode(encoding))
    assert kind_of_bytes(path.read_bytes()) == "csv"
    found = tables.read_csv(path, ANY)
    assert {name: cells.to_pylist() for name, cells in found.columns} == {
        "编号": ["001", "1-2"], "名称": ["䶮𠮷㙦", "T0103"], "备注": ['两行\n"引号"', None],
    }  # fmt: skip
    assert [shapely.from_wkb(wkb).geom_type for wkb in found.wkb] == ["Polygon", "Polygon"]
    assert found.encoding == encoding


@pytest.mark.parametrize(
    ("names", "values", "evidence"),
    [
        (("经度", "纬度"), (120.1, 29.3), {"looks_like_degrees"}),
        (("lon", "lat"), (120.1, 29.3), {"looks_like_degrees"}),
        (("经度", "纬度"), (29.3, 120.1), {"looks_like_degrees", "axes_swapped"}),
        (("Y坐标", "X坐标"), (507286.292, 3243188.176), {"looks_like_metres"}),
        (("X坐标", "Y坐标"), (507286.292, 3243188.176), {"looks_like_metres", "axes_swapped"}),
        (("Y坐标(东)", "X坐标(北)"), (40507286.292, 3243188.176), {"zone_prefix"}),
        (("横坐标(m)", "纵坐标(m)"), (507286.292, 3243188.176), {"looks_like_metres"}),
        (("经度", "纬度"), ("120°06′00″", "29°18′0.0″"), {"looks_like_degrees"}),
        (("东", "北"), (507286.292, 3243188.176), {"looks_like_metres"}),
        (("Easting", "Northing"), (507286.292, 3243188.176), {"looks_like_metres"}),
        (("x", "y"), (507286.292, 3243188.176), {"looks_like_metres"}),
        (("X", "Y"), (3243188.176, 507286.292), {"looks_like_metres", "axes_swapped"}),
        (("x", "y"), (1234.5, 2345.6), {"looks_like_metres"}),
    ],
)
def test_points_lie_where_their_columns_say(tmp_path, names, values, evidence):
    found = opened(tmp_path, [("code", *names), ("a", *values)])
    places = {120.1: 29.3, 507286.292: 3243188.176, 40507286.292: 3243188.176, 1234.5: 2345.6, "120°06′00″": 29.3}
    east = next(value for value in values if value in places)
    assert spots(found) == [(pytest.approx(120.1 if isinstance(east, str) else east), places[east])]
    assert {note.code for note in found.evidence} == evidence
    assert (found.crs, found.crs_how) == (None, "none")


def test_bare_letters_that_the_ranges_do_not_settle_are_told(tmp_path):
    found = opened(tmp_path, [("x", "y"), ("1234.5", "2345.6")])
    assert [(note.code, dict(note.values)) for note in found.notes] == [("axes_by_name", {"east": "x", "north": "y"})]


def test_an_srid_before_the_wkt_declares_the_crs(tmp_path):
    found = opened(tmp_path, [("geom",), (f"SRID=4490;{BOX}",), (f"SRID=4490;{BOX}",)])
    assert (found.crs, found.crs_how) == ("EPSG:4490", "file")
    with pytest.raises(FileRefused) as refused:
        opened(tmp_path, [("geom",), (f"SRID=4490;{BOX}",), (f"SRID=4326;{BOX}",)])
    assert refused.value.code == "crs_inside_feature"


def test_wkb_in_hexadecimal_is_read(tmp_path):
    found = opened(tmp_path, [("id", "geom"), ("1", shapely.to_wkb(shapely.from_wkt(BOX), hex=True))])
    assert shapely.from_wkb(found.wkb[0]).equals(shapely.from_wkt(BOX))


def test_rows_that_cannot_be_placed_are_refused_alone(tmp_path):
    rows = [
        ("name", "lon", "lat"),
        ("a", "120.1", "29.3"),
        ("b", "east", "29.3"),
        ("c", "", ""),
        ("d", "nan", "29.3"),
        ("e", "29.3", "120.1"),
        ("f", "1e308", "1"),
        ("g", "120.1", "29.3", "too many"),
        ("h", "120.2", "29.3"),
    ]
    found = opened(tmp_path, rows)
    assert [(note.row, note.code) for note in found.refusals] == [
        (1, "coordinate_not_a_number"), (3, "coordinate_not_a_number"), (4, "axes_mixed"),
        (5, "coordinate_not_a_number"), (6, "cells_beyond_header"),
    ]  # fmt: skip
    assert [wkb is not None for wkb in found.wkb] == [True, False, False, False, False, False, False, True]


def test_broken_wkt_is_refused_alone(read):
    found = read(f'编号,wkt\n1,"{BOX}"\n2,"POLYGON ((120 29.3, 120"\n3,\n'.encode(), **SHAPES)
    assert [(item.row, item.code) for item in found.items] == [(2, "wkt_unreadable"), (3, "geometry_missing")]


def test_boundary_points_one_a_row_become_areas(read):
    hole = [(50, 50), (50, 60), (60, 60), (60, 50)]
    square = [(0, 0), (0, 100), (100, 100), (100, 0)]
    rows = ["地块编号,地块名称,点号,圈号,X坐标,Y坐标"]
    for code, rings in (("A", [square, hole]), ("B", [square])):
        east = 503_000 if code == "A" else 504_000
        rows += [f"{code},{code}地,J{at},{ring},{3_239_000 + x},{east + y}"
                 for ring, corners in enumerate(rings, 1) for at, (x, y) in enumerate(corners, 1)]  # fmt: skip
    found = read("\n".join(rows).encode(), shapes=("polygon",), crs="EPSG:4549")
    assert [geom.area for geom in found.geoms] == pytest.approx([10_000 - 100, 10_000])
    assert found.table["地块名称"].tolist() == ["A地", "B地"]
    assert "点号" not in found.table


def test_merged_cells_hold_their_code_once(read, tmp_path):
    corners = [(0, 0), (0, 100), (100, 100), (100, 0)]
    rows: list[list[object]] = [["地块编号", "名称", "界址点号", "X坐标", "Y坐标"]]
    for code in ("A", "B"):
        for at, (x, y) in enumerate(corners):
            own = (code, f"{code}地") if at == 0 else (None, None)
            rows.append([*own, f"J{at + 1}", 3_239_000 + x, (503_000 if code == "A" else 504_000) + y])
    found = read(workbook(tmp_path, 界址点=rows), shapes=("polygon",), crs="EPSG:4549")
    assert [geom.area for geom in found.geoms] == pytest.approx([10_000, 10_000])
    assert found.table["名称"].tolist() == ["A地", "B地"]


def test_an_order_column_puts_points_in_order(read):
    corners = [(0, 0), (100, 100), (0, 100), (100, 0)]
    rows = ["宗地号,点号,顺序,X坐标,Y坐标"]
    rows += [
        f"A,J{at},{order},{3_239_000 + x},{503_000 + y}"
        for at, ((x, y), order) in enumerate(zip(corners, (1, 3, 2, 4), strict=True))
    ]
    found = read("\n".join(rows).encode(), shapes=("polygon",), crs="EPSG:4549")
    assert [geom.area for geom in found.geoms] == pytest.approx([10_000])


@pytest.mark.parametrize("spoiled", ["oops", ""])
def test_a_bad_boundary_point_refuses_its_parcel_alone(read, spoiled):
    rows = ["code,点号,x,y"]
    for code in "AB":
        rows += [
            f"{code},{at},{x},{y}"
            for at, (x, y) in enumerate([(503000, 3239000), (503100, 3239000), (503100, 3239100)])
        ]
    rows[2] = rows[2].replace("503100", spoiled)
    found = read("\n".join(rows).encode(), shapes=("polygon",), crs="EPSG:4549")
    assert [(item.row, item.code) for item in found.items] == [(1, "coordinate_not_a_number")]
    assert found.geoms[1].area == pytest.approx(5_000)


@given(st.lists(st.lists(st.text(st.characters(codec="utf-8"), max_size=5), min_size=1, max_size=4), max_size=8))
def test_any_table_ends_well(tmp_path_factory, rows):
    try:
        found = opened(tmp_path_factory.mktemp("any"), [["lon", "lat"], *rows])
    except FileRefused:
        return
    assert len(found.wkb) == len(found.columns[0][1]) if found.columns else True


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"a,b\n1,2\n", "table_without_geometry"),
        (b"lon,lat\n\n", "no_rows"),
        (b"lon,lat\n" + b"1,2," * 10_000_000, "too_many_cells"),
        (b'id,wkt\n1,"POLYGON((' + b"1 1," * 6_000_000 + b'"\n', "cell_too_long"),
        (b"lon,lat\n" + b'"' * 60_000_000, "cell_too_long"),
        (b"lon,lat\n1,2\n" + b"3,4\n" * 2_100_000, "too_many_rows"),
    ],
)
def test_hostile_text_ends_as_a_refusal(read, source, code):
    assert refusal(read, source).code == code


def test_a_table_without_coordinates_names_its_columns(read):
    assert refusal(read, "编号,名称\n1,甲\n".encode()).values["columns"] == ["编号", "名称"]


def test_cells_of_a_workbook_come_as_they_are_shown(read, tmp_path):
    moment = dt.datetime.fromisoformat("2026-03-01T08:30")
    rows = [["储备地块一览"], ["编号", "代码", "日期", "时刻", "面积", "是否", "备注", "经度", "纬度"],
            ["001", 7, dt.date(2026, 3, 1), moment, 57200.02, True, "1-2", 120.1, 29.3],
            ["T0103", 12, None, None, 3, False, "=1+1", 120.2, 29.3]]  # fmt: skip
    path = workbook(tmp_path, 地块=rows)
    book = openpyxl.load_workbook(path)
    book["地块"]["B3"].number_format = "000"
    book.save(path)
    found = read(path, **SHAPES)
    first = found.table.iloc[0].to_dict()
    assert first | {"经度": "", "纬度": ""} == {
        "编号": "001", "代码": "007", "日期": "2026-03-01", "时刻": "2026-03-01T08:30:00",
        "面积": "57200.02", "是否": "true", "备注": "1-2", "经度": "", "纬度": "",
    }  # fmt: skip
    assert found.table["编号"].tolist() == ["001", "T0103"]
    assert [note.code for note in found.notes] == ["header_row_found"]
    assert found.format == "xlsx"


def test_the_sheet_with_coordinates_is_read_and_two_are_asked_for(read, tmp_path):
    points, words = [["lon", "lat"], [120.1, 29.3]], [["说明"], ["无坐标"]]
    found = read(workbook(tmp_path, 说明=words, 地块=points), **SHAPES)
    assert (found.sublayer, found.sublayers) == ("地块", ("说明", "地块"))
    two = workbook(tmp_path, 甲=points, 乙=points)
    assert refusal(read, two).values["sublayers"] == ["甲", "乙"]
    assert read(two, **SHAPES, sublayer="乙").sublayer == "乙"
    assert refusal(read, two, sublayer="丙").code == "sublayer_unknown"


def test_numbers_that_a_spreadsheet_has_shortened_are_told(read, tmp_path):
    found = read(workbook(tmp_path, a=[["宗地", "lon", "lat"], [330782001001000012, 120.1, 29.3]]), **SHAPES)
    assert "numbers_too_long" in [note.code for note in found.notes]


def rewritten(path, member, change):
    target = path.with_name("changed.xlsx")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as out:
        for info in source.infolist():
            body = source.read(info)
            out.writestr(info.filename, change(body) if info.filename == member else body)
    return target


BOMB = b'<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'
FAR = b'<row r="99999999"><c r="XFD99999999"><v>1</v></c></row></sheetData>'


def in_utf16(_):
    return ("<?xml version='1.0' encoding='utf-16'?>" + BOMB.decode() + "<w/>").encode("utf-16")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(lambda body: body.replace(b"<worksheet", BOMB + b"<worksheet", 1), "xlsx_doctype", id="entities"),
        pytest.param(in_utf16, "xlsx_doctype", id="entities in UTF-16"),
        pytest.param(lambda body: body[: len(body) // 2], "unreadable", id="cut short"),
        pytest.param(lambda _: b"no xml", "unreadable", id="no XML"),
        pytest.param(lambda body: body.replace(b"</sheetData>", FAR), "too_many_rows", id="a row far down"),
        pytest.param(lambda body: body.replace(b"120.1", b"1" * 400), "unreadable", id="a number of 400 digits"),
    ],
)
def test_hostile_workbooks_end_as_refusals(read, tmp_path, change, code):
    path = workbook(tmp_path, a=[["lon", "lat"], [120.1, 29.3]])
    assert refusal(read, rewritten(path, "xl/worksheets/sheet1.xml", change)).code == code


def test_a_table_beside_a_map_in_a_zip_is_left_alone_unless_named(read, make_collection, make_square):
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w") as archive:
        archive.writestr("a.geojson", make_collection(make_square()))
        archive.writestr("fields.csv", "lon,lat\n120.1,29.3\n")
    assert read(body.getvalue()).format == "geojson"
    assert read(body.getvalue(), **SHAPES, sublayer="fields.csv").format == "csv"
