"""The 界址点 text of survey offices: what its words and numbers declare; a bad parcel costs that parcel alone."""

from __future__ import annotations

import numpy as np
import pytest
import shapely

from exchange.errors import FileRefused
from exchange.formats import boundary_txt
from exchange.formats.boundary_crs import declared
from exchange.formats.opened import Wanted
from exchange.formats.rings import area_of
from tests.exchange.boundary_samples import A, B, C, D

HEAD = "[属性描述]\n坐标系=2000国家大地坐标系\n几度分带=3\n计量单位=米\n带号={zone}\n[地块坐标]\n"
SQUARE = [(3239600.0, 40503000.0), (3239600.0, 40503200.0), (3239400.0, 40503200.0), (3239400.0, 40503000.0)]


def points(corners, *, first=1, ring="1"):
    return "".join(f"J{first + at},{ring},{x:.3f},{y:.3f}\n" for at, (x, y) in enumerate(corners))


def parcel(corners=SQUARE, *, code="P1", area="4.0000", count=4):
    return f"{count},{area},{code},名称,面,,工业用地,100102,@\n" + points(corners)


def opened(tmp_path, text, **wanted):
    path = tmp_path / "parcels.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return boundary_txt.read(path, Wanted(("polygon",), **wanted))


def column(found, name):
    return dict(found.columns)[name].to_pylist()


def refusals(found):
    return [(note.row, note.code, note.values.get("line")) for note in found.refusals]


def codes(notes):
    return [note.code for note in notes]


# areas that the format's description works out by hand from the same points
@pytest.mark.parametrize(
    ("source", "crs", "areas", "declared_m2"),
    [
        (A, None, [57_200.02, 68_999.86, 24_000 + 12_480], [57_200.0, 69_000.0, 36_480.0]),
        (B, "EPSG:4549", [57_200.02, 68_999.86], [57_200.0, 69_000.0]),
        (C, None, [57_200.02], [57_200.0]),
    ],
)
def test_worked_examples(read, source, crs, areas, declared_m2):
    found = read(source, crs=crs)
    assert np.round(shapely.area(found.geoms), 2).tolist() == areas
    assert found.table["申报面积"].tolist() == declared_m2
    assert found.format == "boundary_txt"
    assert not found.items


def test_a_hole_is_a_hole_and_a_second_part_a_part(read):
    plain, holed, parts = read(A).geoms
    assert [len(shapely.get_parts([each])) for each in (plain, holed, parts)] == [1, 1, 2]
    assert [shapely.get_num_interior_rings(each) for each in (plain, holed)] == [0, 1]


def test_old_datums_are_refused_for_want_of_parameters(read):
    with pytest.raises(FileRefused) as refused:
        read(D)
    assert refused.value.code == "crs_needs_parameters"


def test_axes_that_were_turned_are_told(read):
    found = read(C)
    assert "axes_swapped" in codes(found.notes)
    assert {note.code for note in found.evidence} == {"header_crs", "header_zone", "axes_swapped", "zone_prefix"}


def test_rings_that_cross_are_cut_by_the_even_odd_rule():
    one = np.array([(0, 0), (10, 0), (10, 10), (0, 10), (0, 0)], dtype=float)
    area, cut = area_of([one, one + 5.0])
    assert (cut, area.area) == (True, 150.0)


def test_real_areas_of_rings_in_any_order():
    """A published sample holds such a parcel of six rings: outer third, hole fourth, two islands in it, two parts."""
    boxes = [
        (200, 0, 210, 10),
        (300, 0, 310, 10),
        (0, 0, 100, 100),
        (10, 10, 90, 90),
        (20, 20, 30, 30),
        (50, 50, 60, 60),
    ]
    rings = [np.array(shapely.box(*box).exterior.coords) for box in boxes]
    assert area_of(rings)[0].area == 100 + 100 + 10_000 - 6_400 + 100 + 100


@pytest.mark.parametrize(
    ("bad", "code", "line"),
    [
        ("J3,1,3239400.000\n", "boundary_line_unreadable", 9),
        ("J3,1,三百,40503200.000\n", "coordinate_not_a_number", 9),
        ("J3,1,NaN,40503200.000\n", "coordinate_not_a_number", 9),
        ("J3,1,1e308,40503200.000\n", "coordinate_not_a_number", 9),
        ("J3,1,40503200.000,3239400.000\n", "axes_mixed", 9),
        ("J3,1,3239400.000,39503200.000\n", "zone_differs", 9),
        ("J3,1,3239400.000,503200.000\n", "zone_differs", 9),
    ],
)
def test_a_bad_point_refuses_its_parcel_alone(tmp_path, bad, code, line):
    corners = SQUARE[:2], SQUARE[3:]
    text = HEAD.format(zone=40) + "4,4,X,,面,,,,@\n" + points(corners[0]) + bad + points(corners[1], first=4)
    text += parcel(code="P1") + parcel(code="P2")
    found = opened(tmp_path, text)
    assert refusals(found) == [(0, code, line + 1)]
    assert [wkb is None for wkb in found.wkb] == [True, False, False]


def test_parcels_without_points_or_with_two_are_refused_alone(tmp_path):
    found = opened(tmp_path, HEAD.format(zone=40) + "0,1,E,,面,,,,@\n" + parcel(SQUARE[:2] * 3, code="T") + parcel())
    assert refusals(found) == [(0, "boundary_no_points", 7), (1, "ring_too_few_points", 8)]


def test_forged_counts_and_areas_are_notes(tmp_path):
    found = opened(tmp_path, HEAD.format(zone=40) + parcel(count=999_999_999, area="7.5") + parcel(code="P2"))
    assert not found.refusals
    assert {"point_counts_differ", "areas_differ"} <= set(codes(found.notes))


def test_an_area_that_fits_no_unit_is_not_converted(tmp_path):
    found = opened(tmp_path, HEAD.format(zone=40) + parcel(area="123.4"))
    assert column(found, "申报面积") == [None]
    assert column(found, "地块面积") == ["123.4"]
    assert "area_unit_unknown" in codes(found.notes)


@pytest.mark.parametrize(
    ("header", "frame", "crs"),
    [
        ({"坐标系": "2000国家大地坐标系", "几度分带": "3", "带号": "40"}, 40, "EPSG:4528"),
        ({"坐标系": "CGCS2000", "分带": "3度带"}, 40, "EPSG:4528"),
        ({"坐标系": "2000国家大地坐标系", "几度分带": "3", "带号": "40"}, 0, "EPSG:4549"),
        ({"坐标系": "2000国家大地坐标系", "几度分带": "3", "带号": "120"}, 0, "EPSG:4549"),
        ({"坐标系": "2000国家大地坐标系", "几度分带": "3", "中央子午线": "120"}, 0, "EPSG:4549"),
        ({"坐标系": "2000国家大地坐标系", "几度分带": "6"}, 20, "EPSG:4498"),
        ({"坐标系": "2000国家大地坐标系", "几度分带": "6", "带号": "20"}, 0, "EPSG:4509"),
        ({"坐标系": "80国家大地坐标系", "几度分带": "3"}, 40, "EPSG:2364"),
        ({"坐标系": "1980西安坐标系", "几度分带": "3", "带号": "40"}, 0, "EPSG:2385"),
        ({"坐标系": "1954年北京坐标系", "几度分带": "3"}, 40, "EPSG:2416"),
        ({"坐标系": "北京54", "几度分带": "3", "带号": "40"}, 0, "EPSG:2437"),
        ({"坐标系": "2000国家大地坐标系", "计量单位": "度"}, -1, "EPSG:4490"),
        ({"坐标系": "2000国家大地坐标系", "计量单位": "米"}, -1, None),
        ({"坐标系": "2000国家大地坐标系", "几度分带": "3"}, 0, None),
        ({"坐标系": "2000国家大地坐标系", "几度分带": "1.5", "带号": "40"}, 0, None),
        ({"坐标系": "义乌2000独立坐标系", "几度分带": "3", "带号": "40"}, 0, None),
        ({}, 40, None),
    ],
)
def test_header_and_eastings_declare_the_crs_together(header, frame, crs):
    assert declared(header, frame, None).crs == crs


@pytest.mark.parametrize(
    ("header", "frame", "code"),
    [
        ({"坐标系": "2000国家大地坐标系", "带号": "39"}, 40, "zone_contradicted"),
        ({"坐标系": "2000国家大地坐标系", "几度分带": "6", "带号": "40"}, 40, "zone_of_other_width"),
        ({"坐标系": "2000国家大地坐标系", "带号": "24"}, 0, "zone_of_other_width"),
        ({"坐标系": "1980西安坐标系"}, 0, "crs_datum_needs_parameters"),
    ],
)
def test_what_contradicts_itself_is_refused(header, frame, code):
    with pytest.raises(FileRefused) as refused:
        declared(header, frame, None)
    assert refused.value.code == code


def test_the_words_of_a_contradiction_come_along(read):
    with pytest.raises(FileRefused) as refused:
        read((HEAD.format(zone=39) + parcel()).encode())
    values = refused.value.values
    assert (values["header"], values["prefix"], values["example"]) == (39, 40, 40503000.0)


def test_two_headers_that_differ_are_refused(tmp_path):
    with pytest.raises(FileRefused) as refused:
        opened(tmp_path, HEAD.format(zone=40) + parcel() + HEAD.format(zone=39) + parcel())
    assert refused.value.code == "boundary_headers_differ"


def test_degrees_without_a_header(read):
    """Latitude first as the format has it, and longitude first: the same land, and a person says the CRS."""
    corners = [(29.3, 120.0), (29.3, 120.001), (29.301, 120.001), (29.301, 120.0)]
    lands = [
        read(f"4,1,a,,面,,,,@\n{points(order)}".encode(), crs="EPSG:4490").geoms[0]
        for order in (corners, [pair[::-1] for pair in corners])
    ]
    assert lands[0].symmetric_difference(lands[1]).area < 0.01 < lands[0].area
    with pytest.raises(FileRefused) as refused:
        read(f"4,1,a,,面,,,,@\n{points(corners)}".encode())
    assert refused.value.code == "crs_unknown"


def test_points_alone_are_one_parcel(read):
    """Neither header nor @ line, the number of the ring left out."""
    text = "".join(f"{at},{x:.3f},{y:.3f}\n" for at, (x, y) in enumerate(SQUARE, 1))
    found = read(text.encode(), crs="EPSG:4528")
    assert [geom.area for geom in found.geoms] == pytest.approx([40_000], abs=1e-3)


def test_a_parcel_of_too_many_rings_is_refused_alone(tmp_path):
    tiny = "".join(points([(3239000 + at, 40503000), (3239000 + at, 40503000.5), (3239000.5 + at, 40503000)], ring=at)
                   for at in range(5_001))  # fmt: skip
    found = opened(tmp_path, HEAD.format(zone=40) + f"15003,1,R,,面,,,,@\n{tiny}" + parcel())
    assert refusals(found) == [(0, "too_many_rings", 7)]


def test_separating_lines_and_explanations_are_passed_over(tmp_path):
    text = parcel().replace("J1,", "点号,地块圈号,X坐标,Y坐标\nJ1,", 1) + "--------\n" + parcel(code="P2")
    assert not opened(tmp_path, HEAD.format(zone=40) + text).refusals


def test_lines_and_points_by_their_kind(tmp_path):
    text = HEAD.format(zone=40) + parcel().replace(",面,", ",线,") + parcel().replace(",面,", ",点,")
    kinds = [shapely.from_wkb(wkb).geom_type for wkb in opened(tmp_path, text).wkb]
    assert kinds == ["LineString", "MultiPoint"]


def test_a_comma_in_the_name_pushes_nothing_aside(tmp_path):
    found = opened(tmp_path, HEAD.format(zone=40) + parcel().replace("名称", "一期,北"))
    assert (column(found, "地块名称"), column(found, "地类编码")) == (["一期,北"], ["100102"])


def test_one_code_on_several_lines_is_several_rows(tmp_path):
    moved = [(x, y + 300) for x, y in SQUARE]
    found = opened(tmp_path, HEAD.format(zone=40) + parcel() + parcel(moved))
    assert column(found, "地块编号") == ["P1", "P1"]


def test_the_persons_word_on_the_encoding_stands(tmp_path):
    text = (HEAD.format(zone=40) + parcel()).encode("gb18030")
    assert column(opened(tmp_path, text), "地块名称") == ["名称"]
    wrong = opened(tmp_path, text, encoding="big5")
    assert wrong.encoding == "big5"
    assert {each.encoding: each.share for each in wrong.encodings}["gb18030"] == 1.0


def test_a_broken_character_does_not_turn_utf8_into_gbk(tmp_path):
    text = (HEAD.format(zone=40) + parcel()).encode().replace("名称".encode(), b"\xe5\x90")
    found = opened(tmp_path, text)
    assert found.encoding == "utf-8"
    assert "encoding_doubtful" in codes(found.notes)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"[\xb5\xd8\xbf\xe9\xd7\xf8\xb1\xea]\n" + b"1\n" * 10_000_000, "text_too_many_lines"),
        ("[地块坐标]\n".encode() + b"J1,1,".ljust(100 << 20, b"9"), "line_too_long"),
        ("[地块坐标]\n".encode() + b"\r" * 10_000_000, "text_too_many_lines"),
        ("[地块坐标]\n".encode() + b"@\n" * 2_100_000, "too_many_rows"),
        ("[属性描述]\n坐标系=2000\n".encode(), "no_rows"),
    ],
)
def test_hostile_texts_end_as_refusals(read, source, code):
    with pytest.raises(FileRefused) as refused:
        read(source)
    assert refused.value.code == code


def test_the_five_values_more_of_the_long_form_are_columns_and_any_other_number_of_them_is_kept_as_it_is(tmp_path):
    long = "4,4.0000,P1,名称,面,H50G,工业用地,100102,图斑,0101,10.5,,备注,@\n" + points(SQUARE)
    east = [(x, y + 300) for x, y in SQUARE]
    odd = "4,4.0000,P2,名称,面,,工业用地,100102,一,二,@\n" + points(east)
    found = opened(tmp_path, HEAD.format(zone=40) + long + odd)
    told = {name: column(found, name) for name, _ in found.columns}
    assert {name: told[name] for name in ("图斑类型", "地类", "质量等别GZQ", "备注", "其余属性")} == {
        "图斑类型": ["图斑", None], "地类": ["0101", None], "质量等别GZQ": ["10.5", None], "备注": ["备注", None],
        "其余属性": [None, "一,二"],
    }  # fmt: skip
    assert told["图幅号"] == ["H50G", None]
    assert "质量等别GZH" not in told
