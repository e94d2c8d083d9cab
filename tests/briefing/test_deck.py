"""The deck: opened again it says what the snapshot says, keeps to the schema, and is the same bytes each time."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
import shapely
from lxml import etree
from openpyxl import load_workbook
from openxml_audit import OpenXmlValidator
from pptx import Presentation
from pptx.util import Pt

from briefing import rendering, tally
from briefing.deck import vector
from briefing.deck.theme import LATIN, TYPEFACE
from briefing.rendering import CharactersMissing, Order
from briefing.slide import Imprint
from briefing.snapshot import Shapes, packed, unpacked
from briefing.templates.parts import park_name

ORDER = Order(imprint=Imprint(office="示例编制单位"))
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@pytest.fixture(scope="module")
def body(pair: Any) -> bytes:
    """A deck of the draft against what it was before, with quotas."""
    before, after = pair
    return rendering.deck(replace(after, quotas=(("chips", 500_000), ("equipment", 90_000))), ORDER, before).body


@pytest.fixture(scope="module")
def deck(body: bytes) -> Any:
    return Presentation(io.BytesIO(body))


def shapes_of(slide: Any) -> list[Any]:
    """All shapes, those in groups too."""
    out, todo = [], list(slide.shapes)
    while todo:
        one = todo.pop(0)
        out.append(one)
        if one.shape_type == 6:
            todo += list(one.shapes)
    return out


def tables(deck: Any) -> list[list[list[str]]]:
    return [
        [[cell.text for cell in row.cells] for row in shape.table.rows]
        for slide in deck.slides
        for shape in slide.shapes
        if shape.has_table
    ]


def mu(centi_m2: int) -> Decimal:
    return Decimal(int(centi_m2)) * 15 / 1_000_000


def charts(deck: Any) -> list[Any]:
    return [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]


def test_it_keeps_to_the_schemas_of_office_files(body, tmp_path) -> None:
    path = tmp_path / "deck.pptx"
    path.write_bytes(body)
    result = OpenXmlValidator(max_errors=50).validate(path)
    assert [str(one) for one in result.errors] == []


def test_the_package_is_whole(body) -> None:
    with zipfile.ZipFile(io.BytesIO(body)) as held:
        names = held.namelist()
        assert len(names) == len(set(names))
        assert names[0] == "[Content_Types].xml"
        told = etree.fromstring(held.read("[Content_Types].xml"))
        kinds = {one.get("Extension") for one in told} | {one.get("PartName") for one in told}
        for name in names[1:]:
            assert f"/{name}" in kinds or name.rpartition(".")[2] in kinds
            if name.endswith((".xml", ".rels")):
                etree.fromstring(held.read(name))
        for name in names:
            if name.endswith(".rels"):
                folder = posixpath.dirname(posixpath.dirname(name))
                for one in etree.fromstring(held.read(name)).iter(RELATIONS):
                    assert one.get("TargetMode") != "External"
                    target = one.get("Target", "")
                    there = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
                    assert there in names
        for name in names:
            if re.fullmatch(r"ppt/slides/slide\d+\.xml", name):
                ids = [one.get("id") for one in etree.fromstring(held.read(name)).iter("{*}cNvPr")]
                assert len(ids) == len(set(ids))


def test_the_same_snapshot_makes_the_same_bytes_and_no_hour_is_told(snapshot) -> None:
    first = rendering.deck(snapshot, ORDER)
    again = rendering.deck(unpacked(packed(snapshot)), ORDER)
    assert first.body == again.body
    with zipfile.ZipFile(io.BytesIO(first.body)) as held:
        assert {one.date_time for one in held.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    told = Presentation(io.BytesIO(first.body)).core_properties
    assert told.created == told.modified
    assert told.created.isoformat()[:19] == snapshot.data_at[:19]
    assert told.subject == snapshot.id == first.snapshot_id


def test_charts_hold_the_figures_of_the_snapshot(deck, pair) -> None:
    snapshot = pair[1]
    clusters, stages = charts(deck)
    available = tally.available(snapshot)
    found = {part.key: mu(part.centi_m2) for part in tally.by_cluster(snapshot, available)}
    names = {one.name_zh: one.code for one in snapshot.clusters} | {"未定集群": ""}
    plot = clusters.plots[0]
    said = dict(zip([names[one] for one in plot.categories], plot.series[0].values, strict=True))
    assert said == pytest.approx({key: float(value) for key, value in found.items()}, abs=1e-9)
    assert sum(said.values()) == pytest.approx(float(mu(snapshot.centi_m2[available].sum())), abs=1e-6)
    assert sum(stages.plots[0].series[0].values) == pytest.approx(float(mu(snapshot.centi_m2.sum())), abs=1e-6)
    # the workbook behind a chart says the same as the chart
    rows = load_workbook(io.BytesIO(clusters.part.chart_workbook.xlsx_part.blob)).active
    assert [row[1].value for row in list(rows)[1:]] == pytest.approx(list(plot.series[0].values), abs=1e-9)


def test_bars_are_in_the_colours_of_the_map(deck, pair) -> None:
    colors = {one.name_zh: one.color[1:] for one in pair[1].clusters}
    plot = charts(deck)[0].plots[0]
    for nth, name in enumerate(plot.categories):
        if name in colors:
            assert str(plot.series[0].points[nth].format.fill.fore_color.rgb) == colors[name]


def test_key_figures_totals_and_tables_agree(deck, pair) -> None:
    snapshot = pair[1]
    available = tally.available(snapshot)
    whole = tally.summed(snapshot, available)
    shown = {one.name: one.text_frame.text for one in deck.slides[1].shapes if one.has_text_frame}
    assert shown["可用储备"] == f"{mu(whole.centi_m2) / 10_000:.2f} 万亩"
    worst = tally.in_conflict(snapshot, available)
    assert shown["压占管控线"] == f"{len(worst)} 宗"
    totals = [row[-1] for row in tables(deck) if row[-1][0] == "合计"]
    assert any(f"{round(mu(whole.centi_m2)):,}" in row and str(whole.parcels) in row for row in totals)
    conflicts = next(one for one in tables(deck) if "建议" in one[0])
    codes = [snapshot.parcels.columns["code"][one.row] for one in worst]
    assert [row[0] for row in conflicts[1:-1]] == codes[:16]
    assert conflicts[-1][4] == f"{mu(sum(one.centi_m2 for one in worst)):.1f}"


def test_quotas_stand_beside_what_is_there(deck, pair) -> None:
    snapshot = pair[1]
    rows = {row[0]: row for row in next(one for one in tables(deck) if "配额（亩）" in one[0])}
    name = {one.code: one.name_zh for one in snapshot.clusters}
    land = {part.key: mu(part.centi_m2) for part in tally.by_cluster(snapshot, tally.available(snapshot))}
    assert rows[name["chips"]][4:6] == ["5,000", f"{round(5000 - land['chips']):,}"]
    assert rows[name["equipment"]][5] == f"{round(900 - land['equipment']):,}"
    assert any("超出配额" in slide.shapes.title.text for slide in deck.slides)


def test_every_parcel_is_a_shape_named_by_its_code(deck, pair) -> None:
    snapshot = pair[1]
    page = next(one for one in deck.slides if any(shape.name == "地块" for shape in one.shapes))
    group = next(one for one in page.shapes if one.name == "地块")
    names = [one.name for one in group.shapes]
    assert [name.split()[0] for name in names] == list(snapshot.parcels.columns["code"])
    colors = {one.name_zh: one.color for one in snapshot.clusters}
    for one in group.shapes:
        cluster = next((name for name in colors if f" {name} " in one.name), None)
        if cluster:
            assert str(one.fill.fore_color.rgb) == colors[cluster][1:]


def test_a_shape_lies_where_its_parcel_lies(deck, pair) -> None:
    snapshot = pair[1]
    page = next(one for one in deck.slides if any(shape.name == "地块" for shape in one.shapes))
    group = next(one for one in page.shapes if one.name == "地块")
    boxes = np.array([(one.left, one.top, one.width, one.height) for one in group.shapes]) / Pt(1)
    west, south, east, north = shapely.bounds(snapshot.parcels.geoms).T
    # one scale for all: metres a point, the same across and up, and places in a straight relation
    across = np.polyfit(boxes[:, 0] + boxes[:, 2] / 2, (west + east) / 2, 1)
    down = np.polyfit(boxes[:, 1] + boxes[:, 3] / 2, (south + north) / 2, 1)
    assert across[0] == pytest.approx(-down[0], rel=1e-3)
    assert np.polyval(across, boxes[:, 0] + boxes[:, 2] / 2) == pytest.approx((west + east) / 2, abs=0.1 * across[0])
    assert np.polyval(down, boxes[:, 1] + boxes[:, 3] / 2) == pytest.approx((south + north) / 2, abs=0.1 * across[0])


def test_too_many_parcels_are_joined_and_no_area_is_lost(snapshot) -> None:
    rows = np.arange(len(snapshot.centi_m2))
    for most in (len(rows), 300, 40):
        units = vector.units_of(snapshot, rows, most)
        assert len(units) <= most
        assert sorted(row for one in units for row in one.rows.tolist()) == rows.tolist()
        for one in units:
            assert set(snapshot.cluster[one.rows].tolist()) == {one.fill}


def test_type_is_the_theme_s(body, deck) -> None:
    for slide in deck.slides:
        assert not list(slide._element.iter(f"{A}latin", f"{A}ea"))
    with zipfile.ZipFile(io.BytesIO(body)) as held:
        themes = [name for name in held.namelist() if "/theme/" in name]
        assert len(themes) == 2
        for name in themes:
            fonts = etree.fromstring(held.read(name)).find(f".//{A}fontScheme")
            assert {one.get("typeface") for one in fonts.iter(f"{A}ea")} == {TYPEFACE}
            assert {one.get("typeface") for one in fonts.iter(f"{A}latin")} == {LATIN}
            assert {one.get("typeface") for one in fonts.iter(f"{A}font")} == {TYPEFACE}


def test_every_page_has_a_title_a_number_and_notes_that_say_where_figures_are_from(deck, pair) -> None:
    snapshot = replace(pair[1], quotas=(("chips", 500_000), ("equipment", 90_000)))
    assert len(deck.slides) >= 10
    for nth, slide in enumerate(deck.slides):
        assert slide.shapes.title.text.strip()
        notes = slide.notes_slide.notes_text_frame.text
        assert snapshot.id in notes
        assert "数据截至 2026-01-05" in notes
        assert snapshot.scenario in notes
        assert str(snapshot.revision) in notes
        if nth:
            kinds = {one.placeholder_format.type for one in slide.placeholders}
            assert len(kinds) >= 5
            text = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
            assert snapshot.id in text
            assert "示例编制单位" in text


def test_sample_data_is_marked_where_no_page_loses_it(deck, snapshot) -> None:
    for holder in (deck.slide_master, deck.slide_layouts[0]):
        assert any(one.name == "示例标记" and "示例数据" in one.text_frame.text for one in holder.shapes)
    true = rendering.deck(replace(snapshot, has_sample=False), ORDER)
    master = Presentation(io.BytesIO(true.body)).slide_master
    assert not any("示例" in one.name for one in master.shapes)


def test_pictures_say_what_they_show(deck) -> None:
    pictures = [one for slide in deck.slides for one in slide.shapes if one.shape_type == 13]
    assert pictures
    assert all("亩" in one._element.xpath(".//p:cNvPr")[0].get("descr") for one in pictures)


def test_nothing_hangs_over_the_page(deck) -> None:
    for slide in deck.slides:
        for one in shapes_of(slide):
            if one.width is not None and one.shape_type != 6:
                assert one.left >= -Pt(13)
                assert one.left + one.width <= deck.slide_width + Pt(13)
                assert one.top + one.height <= deck.slide_height + 1


def test_another_title_stands_on_the_cover(snapshot) -> None:
    made = rendering.deck(snapshot, replace(ORDER, title="另拟  题名"))
    assert made.title == "另拟 题名"
    assert Presentation(io.BytesIO(made.body)).slides[0].shapes.title.text == "另拟 题名"


def test_a_character_outside_the_repertoire_is_named_and_nothing_is_written(snapshot) -> None:
    columns = dict(snapshot.parcels.columns)
    worst = tally.in_conflict(snapshot, tally.available(snapshot))[0]
    columns["code"] = tuple("𠮷1" if row == worst.row else code for row, code in enumerate(columns["code"]))
    with pytest.raises(CharactersMissing) as refused:
        rendering.deck(replace(snapshot, parcels=Shapes(snapshot.parcels.geoms, MappingProxyType(columns))), ORDER)
    assert refused.value.characters == ("𠮷",)


def test_a_scenario_without_anything_to_say_still_makes_a_deck(snapshot) -> None:
    bare = replace(
        snapshot, cluster=np.full_like(snapshot.cluster, 255), stage=np.zeros_like(snapshot.stage),
        conflicts=replace(snapshot.conflicts, row=np.zeros(0, np.int64), centi_m2=np.zeros(0, np.int64), kinds=(),
                          geoms=np.zeros(0, dtype=object)),
    )  # fmt: skip
    deck = Presentation(io.BytesIO(rendering.deck(bare, ORDER).body))
    titles = [slide.shapes.title.text for slide in deck.slides]
    assert "没有储备地块压占管控线" in titles
    assert "还没有地块分到产业集群" in titles


def test_parks_are_named_on_the_vector_map(deck, pair) -> None:
    page = next(one for one in deck.slides if any(shape.name == "地块" for shape in one.shapes))
    names = {one.name for one in shapes_of(page)}
    assert {f"注记 {park_name(name)}" for name in pair[1].layers["parks"].columns["name"]} <= names
