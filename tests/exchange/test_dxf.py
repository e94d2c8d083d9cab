"""DXF: outlines of every kind with their area, Chinese in every code page, and drawings made to do harm."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from ezdxf.filemanagement import new

from exchange import limits
from exchange.errors import FileRefused

X, Y = 507286.0, 3243188.0
CRS = "EPSG:4549"


@pytest.fixture
def drawing():
    """A drawing of AutoCAD 2010 (text is UTF-8)."""
    made = new("R2010")
    made.layers.add("JZD界址", color=1)
    made.appids.add("SOUTH")
    return made


def saved(drawing, tmp_path, name="a.dxf", *, binary=False):
    path = tmp_path / name
    drawing.saveas(path, fmt="bin" if binary else "asc")
    return path


def box(x=0.0, y=0.0, size=100.0):
    return [(X + x, Y + y), (X + x + size, Y + y), (X + x + size, Y + y + size), (X + x, Y + y + size)]


def refusal(read, *arguments, **options):
    with pytest.raises(FileRefused) as refused:
        read(*arguments, **options)
    return refused.value


def told(found):
    return {note.code: dict(note.values) for note in found.notes}


def areas(found):
    return [None if geom is None else geom.area for geom in found.geoms]


class TestOutlines:
    def test_a_parcel_of_cass_with_its_record_and_texts(self, read, drawing, tmp_path):
        space = drawing.modelspace()
        parcel = space.add_lwpolyline(box(), close=True, dxfattribs={"layer": "JZD界址"})
        parcel.set_xdata("SOUTH", [(1000, "300000"), (1000, "330782001"), (1000, "某公司"), (1000, "061")])
        space.add_text("大䶮村", dxfattribs={"insert": (X + 10, Y + 60)})
        space.add_mtext(r"{\fSimSun|b0;\C1;第二}\P行 𠮷㙦", dxfattribs={"insert": (X + 10, Y + 30)})
        space.add_text("外面", dxfattribs={"insert": (X - 10, Y)})
        found = read(saved(drawing, tmp_path), crs=CRS)
        row = found.table.iloc[0]
        assert (found.format, areas(found)) == ("dxf", [10_000])
        assert (row["layer"], row["type"], row["color"]) == ("JZD界址", "LWPOLYLINE", 1)
        assert row["SOUTH"] == "300000,330782001,某公司,061"
        assert row["text"] == "大䶮村；第二 行 𠮷㙦"
        assert row["handle"] == parcel.dxf.handle

    def test_text_counts_for_the_smallest_polygon_around_it(self, read, drawing, tmp_path):
        space = drawing.modelspace()
        space.add_lwpolyline(box(size=1000), close=True)
        space.add_lwpolyline(box(100, 100), close=True)
        space.add_text("内", dxfattribs={"insert": (X + 150, Y + 150)})
        assert read(saved(drawing, tmp_path), crs=CRS).table["text"].tolist() == [None, "内"]

    def test_every_closed_thing_has_its_area(self, read, drawing, tmp_path):
        space = drawing.modelspace()
        space.add_lwpolyline([*box(), box()[0]])
        space.add_polyline2d(box(), close=True)
        space.add_polyline3d([(x, y, 12.5) for x, y in box()], close=True)
        space.add_circle((X, Y), 50)
        space.add_ellipse((X, Y), major_axis=(100, 0), ratio=0.5)
        (x0, y0), (x1, y1), *_ = box()
        space.add_lwpolyline([(x0, y0, 1), (x1, y1, 1)], format="xyb", close=True)
        half = space.add_hatch()
        edges = half.paths.add_edge_path()
        edges.add_arc((X, Y), 50, 0, 180)
        edges.add_line((X - 50, Y), (X + 50, Y))
        expected = [1e4, 1e4, 1e4, math.pi * 2500, math.pi * 5000, math.pi * 2500, math.pi * 1250]
        found = read(saved(drawing, tmp_path), crs=CRS)
        # an inscribed chain that leaves the curve by 1 mm loses two thirds of 1 mm along it at most
        assert areas(found) == pytest.approx(expected, abs=2 / 3 * 0.001 * 500)
        assert all(area <= whole + 1e-6 for area, whole in zip(areas(found), expected, strict=True))
        assert told(found)["arcs_flattened"] == {"rows": 4, "tolerance_mm": 1}
        assert told(found)["heights_dropped"]["rows"] == 1

    @pytest.mark.parametrize("bulge", [0.1, -0.3, 0.9, 1.5, -2.0])
    def test_a_bulge_is_the_arc_that_ezdxf_makes_of_it(self, read, drawing, tmp_path, bulge):
        table = [(X, Y, bulge), (X + 100, Y, 0), (X + 50, Y + 200, 0)]
        drawing.modelspace().add_lwpolyline(table, format="xyb", close=True)
        chord, sector = 100.0, 4 * math.atan(bulge)
        radius = chord * (1 + bulge**2) / (4 * abs(bulge))
        segment = radius**2 / 2 * (abs(sector) - math.sin(abs(sector)))
        found = read(saved(drawing, tmp_path), crs=CRS, strict=False)
        if found.geoms[0].is_valid and not found.items:
            assert found.geoms[0].area == pytest.approx(10_000 + math.copysign(segment, bulge), abs=0.7)

    def test_a_hatch_is_filled_by_the_even_odd_rule(self, read, drawing, tmp_path):
        hatch = drawing.modelspace().add_hatch()
        for ring in (box(size=100), box(20, 20, 60), box(40, 40, 20), box(200, 0, 10)):
            hatch.paths.add_polyline_path(ring, is_closed=True)
        assert areas(read(saved(drawing, tmp_path), crs=CRS)) == pytest.approx([10_000 - 3_600 + 400 + 100])

    def test_a_hatch_upon_its_outline_is_not_taken_twice(self, read, drawing, tmp_path):
        space = drawing.modelspace()
        space.add_lwpolyline(box(), close=True)
        space.add_hatch().paths.add_polyline_path(box(), is_closed=True)
        found = read(saved(drawing, tmp_path), crs=CRS)
        assert (len(found.geoms), told(found)["dxf_fills_left"]) == (1, {"rows": 1})

    def test_blocks_come_to_lie_where_ezdxf_puts_them(self, read, drawing, tmp_path):
        block = drawing.blocks.new("块", base_point=(3, 4))
        block.add_lwpolyline([(0, 0), (20, 0), (20, 10)], close=True)
        block.add_lwpolyline([(0, 0), (20, 0), (20, 10)], close=True, dxfattribs={"extrusion": (0, 0, -1)})
        outer = drawing.blocks.new("外")
        outer.add_blockref("块", (5, 6), dxfattribs={"rotation": 20, "yscale": -2})
        insert = drawing.modelspace().add_blockref("外", (X, Y), dxfattribs={"xscale": 3, "yscale": 3, "layer": "Q"})
        expected = [
            shapely.Polygon([(point[0], point[1]) for point in entity.vertices_in_wcs()])
            for inner in insert.virtual_entities()
            for entity in inner.virtual_entities()
        ]
        found = read(saved(drawing, tmp_path), crs=CRS)
        assert shapely.equals_exact(shapely.normalize(found.geoms), shapely.normalize(expected), tolerance=1e-6).all()
        assert (found.table["layer"].tolist(), found.table["block"].tolist()) == (["Q"] * 2, ["外"] * 2)

    def test_a_block_that_is_sheared_is_placed_by_its_matrices(self, read, drawing, tmp_path):
        """Turned inside and stretched outside: ezdxf's own way of opening it loses the shear."""
        drawing.blocks.new("块").add_lwpolyline(corners := [(0, 0), (20, 0), (20, 10)], close=True)
        drawing.blocks.new("外").add_blockref("块", (5, 6), dxfattribs={"rotation": 30})
        drawing.modelspace().add_blockref("外", (X, Y), dxfattribs={"xscale": 3, "yscale": 0.5})
        turned = np.array(corners) @ [[math.sqrt(3) / 2, 0.5], [-0.5, math.sqrt(3) / 2]] + (5, 6)
        expected = shapely.Polygon(turned * (3, 0.5) + (X, Y))
        found = read(saved(drawing, tmp_path), crs=CRS)
        assert shapely.equals_exact(found.geoms[0].normalize(), expected.normalize(), tolerance=1e-6)

    def test_lines_and_points_for_layers_that_take_them(self, read, drawing, tmp_path):
        space = drawing.modelspace()
        space.add_lwpolyline(box())
        space.add_line(*box()[:2])
        space.add_point(box()[0])
        block = drawing.blocks.new("路灯")
        block.add_circle((0, 0), 1)
        space.add_blockref("路灯", box()[2]).add_attrib("名", "甲路", box()[2])
        path = saved(drawing, tmp_path)
        lines = read(path, crs=CRS, shapes=("line",))
        assert lines.table["type"].tolist() == ["LWPOLYLINE", "LINE", "CIRCLE"]
        points = read(path, crs=CRS, shapes=("point",))
        assert points.table["type"].tolist() == ["POINT", "INSERT"]
        assert points.table["text"].tolist() == [None, "甲路"]

    def test_one_layer_of_the_drawing_may_be_asked_for(self, read, drawing, tmp_path):
        space = drawing.modelspace()
        space.add_lwpolyline(box(), close=True, dxfattribs={"layer": "JZD界址"})
        space.add_lwpolyline(box(200), close=True, dxfattribs={"layer": "房屋"})
        path = saved(drawing, tmp_path)
        whole = read(path, crs=CRS)
        assert told(whole)["all_layers_read"]["layers"] == [
            {"name": name, "rows": 1, "kind": "polygon"} for name in ("JZD界址", "房屋")
        ]
        assert read(path, crs=CRS, sublayer="房屋").table["layer"].tolist() == ["房屋"]
        assert refusal(read, path, crs=CRS, sublayer="无").code == "sublayer_unknown"

    def test_nothing_closed_says_what_there_is(self, read, drawing, tmp_path):
        drawing.modelspace().add_line(*box()[:2])
        error = refusal(read, saved(drawing, tmp_path), crs=CRS)
        assert (error.code, error.values["found"]) == ("dxf_nothing_fits", "LINE (line) 1")


class TestText:
    @pytest.mark.parametrize(
        ("version", "encoding"), [("R2000", "gbk"), ("R12", "gbk"), ("R2010", "utf-8"), ("R2018", "utf-8")]
    )
    @pytest.mark.parametrize("binary", [False, True])
    def test_chinese_of_every_version(self, read, tmp_path, version, encoding, binary):
        made = new(version)
        made.encoding = encoding
        made.layers.add("地块界线")
        made.modelspace().add_polyline2d(box(), close=True, dxfattribs={"layer": "地块界线"})
        made.modelspace().add_text("崇山产业园", dxfattribs={"insert": (X + 1, Y + 1)})
        found = read(saved(made, tmp_path, binary=binary), crs=CRS)
        assert found.table[["layer", "text"]].to_numpy().tolist() == [["地块界线", "崇山产业园"]]

    @pytest.mark.parametrize(("page", "written", "read_as"), [
        ("ANSI_1252", "utf-8", "utf-8"), ("ANSI_1252", "gb18030", "gb18030"), ("ANSI_936", "utf-8", "utf-8"),
        ("ANSI_950", "gb18030", "gb18030"), ("ANSI_936", "big5", "big5"),
    ])  # fmt: skip
    def test_a_wrong_code_page_is_found_out_and_said(self, read, page, written, read_as):
        words = {"big5": "工業區臺北"}.get(written, "储备地块崇山产业园")
        content = plain(words, page).encode(written)
        found = read(content, crs=CRS)
        assert (found.table["layer"].tolist(), found.encoding) == ([words], read_as)
        assert "encoding_found" in told(found)
        assert found.encodings[0].encoding == read_as

    def test_the_person_has_the_last_word(self, read):
        content = plain("工業區臺北", "ANSI_936").encode("big5")
        found = read(content, crs=CRS, encoding="gbk")
        assert found.encoding == "gb18030"
        assert {each.encoding for each in found.encodings} >= {"gb18030", "big5", "utf-8"}


def plain(layer, page, points=None, version="AC1015"):
    """A drawing as text: header and one closed polyline."""
    rows = ["0", "SECTION", "2", "HEADER", "9", "$ACADVER", "1", version, "9", "$DWGCODEPAGE", "3", page, "0", "ENDSEC"]
    rows += ["0", "SECTION", "2", "ENTITIES", "0", "LWPOLYLINE", "5", "A1", "100", "AcDbEntity", "8", layer, "100",
             "AcDbPolyline", "90", "4", "70", "1"]  # fmt: skip
    for x, y in points or box():
        rows += ["10", str(x), "20", str(y)]
    return "\r\n".join([*rows, "0", "ENDSEC", "0", "EOF", ""])


class TestTheCrs:
    def test_nothing_says_it_and_the_numbers_are_evidence(self, read):
        zoned = [(x + 40_000_000, y) for x, y in box()]
        swapped = [(y, x) for x, y in box()]
        assert refusal(read, plain("0", "ANSI_936").encode()).code == "crs_unknown"
        for points, code, values in (
            (zoned, "zone_prefix", {"zone": 40, "share": 1.0, "example": 40507286.0}),
            (swapped, "axes_swapped", {"x_range": [Y, Y + 100], "y_range": [X, X + 100]}),
            (box(), "looks_like_metres", {"bounds": [X, Y, X + 100, Y + 100]}),
        ):
            found = read(
                plain("0", "ANSI_936", points).encode(), crs="EPSG:4528" if points is zoned else CRS, storage_epsg=None
            )
            assert {note.code: dict(note.values) for note in found.evidence}[code] == values


class TestHarm:
    def test_blocks_that_never_end_are_not_opened(self, read, drawing, tmp_path):
        block = drawing.blocks.new("A")
        block.add_blockref("A", (0, 0))
        block.add_lwpolyline([(0, 0), (1, 0), (1, 1)], close=True)
        for level in range(7):
            block = drawing.blocks.new(f"B{level}")
            for _ in range(12):
                block.add_blockref(f"B{level - 1}", (0, 0)) if level else block.add_circle((0, 0), 1)
        many = {"row_count": 30_000, "column_count": 30_000, "row_spacing": 1, "column_spacing": 1}
        for name, more in (("A", {}), ("B6", {}), ("B0", many)):
            space = drawing.modelspace()
            space.delete_all_entities()
            space.add_lwpolyline(box(), close=True)
            space.add_blockref(name, (X, Y), dxfattribs=more)
            found = read(saved(drawing, tmp_path), crs=CRS)
            assert (areas(found), told(found)["dxf_blocks_closed"]["inserts"]) == ([10_000], 1), name

    def test_a_reference_to_another_drawing_is_left(self, read, drawing, tmp_path):
        other = new("R2010")
        other.modelspace().add_circle((0, 0), 1)
        other.saveas(tmp_path / "other.dxf")
        drawing.add_xref_def(str(tmp_path / "other.dxf"), "外部")
        space = drawing.modelspace()
        space.add_blockref("外部", (X, Y))
        space.add_lwpolyline(box(), close=True)
        found = read(saved(drawing, tmp_path), crs=CRS)
        assert (len(found.geoms), told(found)["dxf_left"]) == (1, {"found": "INSERT 1"})

    @pytest.mark.parametrize("wild", ["1e300", "nan", "-inf", "1e12", "x"])
    def test_numbers_that_are_no_places_cost_one_row_or_the_file(self, read, wild):
        content = plain("0", "ANSI_936").replace(str(X + 100), wild, 1).encode()
        try:
            found = read(content, crs=CRS)
            ended = all(item.outcome == "refused" for item in found.items) or found.geoms[0] is not None
        except FileRefused as refused:
            ended = refused.code in {"no_geometry", "outside_storage_crs", "unreadable", "dxf_nothing_fits"}
        assert ended

    def test_circles_of_any_size_have_an_end(self, read, drawing, tmp_path):
        for radius in (1e-9, 1e10, 1e300, -5):
            drawing.modelspace().add_circle((X, Y), radius)
        drawing.modelspace().add_lwpolyline([(X, Y, 1e9), (X + 1, Y, 1e-12)], format="xyb", close=True)
        drawing.modelspace().add_lwpolyline(box(), close=True)
        found = read(saved(drawing, tmp_path), crs=CRS, strict=False)
        assert found.geoms[-1].area == 10_000

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
    def test_a_cut_drawing_is_read_or_refused(self, read, drawing, tmp_path, share):
        drawing.modelspace().add_lwpolyline(box(), close=True)
        whole = saved(drawing, tmp_path).read_bytes()
        try:
            ended = len(read(whole[: int(len(whole) * share)], crs=CRS).geoms) == 1
        except FileRefused as refused:
            ended = refused.code in {"unreadable", "dxf_nothing_fits", "crs_unknown"}
        assert ended

    def test_too_large_a_drawing_is_not_begun(self, read, tmp_path):
        path = tmp_path / "big.dxf"
        with path.open("wb") as file:
            file.write(plain("0", "ANSI_936").encode())
            file.truncate(limits.MOST_DXF_BYTES + 1)
        assert refusal(read, path, crs=CRS).code == "file_too_large"

    def test_dwg_is_told_what_to_do(self, read):
        assert refusal(read, b"AC1032" + b"\0" * 100).code == "dwg_not_taken"


def test_a_spline_keeps_within_a_millimetre(read, drawing, tmp_path):
    turn = np.linspace(0, 2 * math.pi, 9)[:-1]
    points = [(X + 100 * math.cos(t), Y + 60 * math.sin(t)) for t in turn]
    spline = drawing.modelspace().add_spline()
    spline.set_closed([(x, y, 0) for x, y in points], degree=3)
    found = read(saved(drawing, tmp_path), crs=CRS)
    fine = np.array([point.xyz[:2] for point in spline.construction_tool().approximate(20_000)])
    assert shapely.hausdorff_distance(shapely.LinearRing(fine), found.geoms[0].exterior) < 0.0015


def test_a_drawing_without_a_model_space_is_refused(read, drawing, tmp_path):
    drawing.modelspace().add_lwpolyline(box(), close=True)
    path = saved(drawing, tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\nModel\n", b"\nModul\n"))
    assert refusal(read, path, crs=CRS).code == "unreadable"


def test_a_drawing_without_a_header_is_read(read):
    rows = ["0", "SECTION", "2", "ENTITIES", "0", "POLYLINE", "8", "L", "66", "1", "70", "1"]
    for x, y in box():
        rows += ["0", "VERTEX", "8", "L", "10", str(x), "20", str(y)]
    found = read("\n".join([*rows, "0", "SEQEND", "0", "ENDSEC", "0", "EOF", ""]).encode(), crs=CRS)
    assert areas(found) == [10_000]


class TestLooseLines:
    """Lines that meet end to end are an outline; where a third one meets them they are not."""

    @pytest.fixture
    def corners(self):
        return [(0, 0), (100, 0), (100, 80), (0, 80)]

    def test_lines_that_close_are_a_parcel_whatever_their_order_and_direction(self, read, drawing, tmp_path, corners):
        page = drawing.modelspace()
        sides = list(zip(corners, corners[1:] + corners[:1], strict=True))
        for begin, end in (sides[2], sides[0][::-1], sides[3], sides[1][::-1]):
            page.add_line(begin, end, dxfattribs={"layer": "JZD界址"})
        # one that is not of it, and half a parcel in another layer
        page.add_line((500, 0), (600, 0), dxfattribs={"layer": "JZD界址"})
        page.add_line((0, 0), (100, 80), dxfattribs={"layer": "0"})
        found = read(saved(drawing, tmp_path), crs="EPSG:4549", strict=False)
        assert areas(found) == pytest.approx([8000.0])
        notes = {note.code: dict(note.values) for note in found.notes}
        assert notes["dxf_lines_joined"] == {"rows": 1}
        assert "LINE (line) 2" in notes["dxf_left"]["found"]

    def test_a_net_of_lines_stays_lines(self, read, drawing, tmp_path, corners):
        page = drawing.modelspace()
        for begin, end in (*zip(corners, corners[1:] + corners[:1], strict=True), (corners[0], corners[2])):
            page.add_line(begin, end)
        assert refusal(read, saved(drawing, tmp_path)).code == "dxf_nothing_fits"
