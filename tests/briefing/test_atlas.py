"""The atlas: a page for each subject, found by bookmark, lying where it says, with the facts of the parcel's card."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import shapely
from pypdf import PdfReader
from pyproj import Geod

from briefing import a3, rendering, tally
from briefing.atlas import choosing, index, pages
from briefing.atlas.facts import Measured
from briefing.faces import faces
from briefing.rendering import Order
from briefing.slide import Imprint
from briefing.snapshot import packed, unpacked
from briefing.templates.parts import park_name
from geo.crs import converter, storage_crs
from planning import briefings, cards, seeding
from planning.actors import Actor
from planning.atlas import Atlas

ORDER = Order(imprint=Imprint(office="示例编制单位"))
PARK = "城西针织产业园(原琳多地块)"


@pytest.fixture(scope="module")
def chosen(snapshot: Any) -> tuple[choosing.Chosen, ...]:
    found, missing = choosing.found(snapshot, ["芯片产业园", "示例DK-336", PARK, "示例DK-024", "示例DK-024"])
    assert missing == ()
    return found


@pytest.fixture(scope="module")
def made(snapshot: Any, chosen: Any) -> rendering.Made:
    return rendering.atlas(snapshot, ORDER, chosen)


@pytest.fixture(scope="module")
def read(made: rendering.Made) -> PdfReader:
    return PdfReader(io.BytesIO(made.body))


def text_of(page: Any) -> str:
    return str(page.extract_text()).replace(" ", "").replace("\n", "")


def test_each_subject_has_its_page_of_a3(read, chosen) -> None:
    assert [one.kind for one in chosen] == ["park", "parcel", "park", "parcel"]
    assert len(read.pages) == 1 + len(chosen)
    for page, one in zip(read.pages[1:], chosen, strict=True):
        width, height = (float(edge) / 72 * 25.4 for edge in page.mediabox[2:])
        assert (width, height) == pytest.approx((420.0, 297.0), abs=0.01)
        assert pages.title(one).replace(" ", "") in text_of(page)


def test_bookmarks_name_every_page_and_parcels_stand_below_their_park(read, snapshot, chosen) -> None:
    flat: list[tuple[int, str, int]] = []

    def walk(items: Any, depth: int) -> None:
        for one in items:
            if isinstance(one, list):
                walk(one, depth + 1)
            else:
                flat.append((depth, str(one.title), read.get_destination_page_number(one)))

    walk(read.outline, 0)
    parks = {one.name: park_name(one.name) for one in chosen if one.kind == "park"}
    assert flat[0] == (0, index.TITLE, 0)
    assert (0, parks["芯片产业园"], 1) in flat
    assert (0, parks[PARK], 3) in flat
    assert (1, "示例DK-024", 4) in flat
    assert (1, "示例DK-336", 2) in flat
    above = [title for depth, title, _ in flat if depth == 0]
    assert park_name(snapshot.parcels.columns["park"][chosen[1].row]) in above


def test_a_page_says_what_a_drawing_has_to_say(read, snapshot) -> None:
    for page in read.pages[1:]:
        text = text_of(page)
        for word in ("比例尺", "坐标系", "CGCS2000", "编制单位", "示例编制单位", "审图号", "制图", "图例", "区位示意",
                     "平面面积", "椭球面积", "临路", "示例数据", snapshot.id):  # fmt: skip
            assert word in text
    assert "依据" in text_of(read.pages[2])
    assert "142号" in text_of(read.pages[2])


def test_the_index_names_every_page_and_leads_to_it(read, snapshot, chosen) -> None:
    first = read.pages[0]
    text = text_of(first)
    for word in (
        "图册索引",
        "比例尺",
        "坐标系",
        "审图号",
        "示例数据",
        snapshot.id,
        *(park_name(one.name) for one in chosen),
    ):
        assert word in text
    # each page is reached from the list and from the map, and leads back
    goals: Counter[int] = Counter()
    for note in first["/Annots"]:
        goal = note.get_object()["/Dest"][0]
        goals[goal if isinstance(goal, int) else read.get_page_number(goal.get_object())] += 1
    assert goals == dict.fromkeys(range(1, len(chosen) + 1), 2)
    assert all(len(page["/Annots"]) == 1 for page in read.pages[1:])
    assert "/VP" in first


def test_the_frames_of_the_index_are_the_ground_that_the_pages_show(snapshot, chosen) -> None:
    for one in chosen:
        facts = Measured(snapshot, one.kind).of(one.row)
        drawn = pages.draw(snapshot, one, facts, ORDER.imprint, faces(), pages.Numbered(1, 1))[1]
        assert pages.view_of(snapshot, one).bounds == drawn.bounds


def test_sums_of_the_index_are_those_of_the_parks(snapshot) -> None:
    chosen = choosing.parks(snapshot)
    listed = index.entries(snapshot, chosen, 2)
    assert [one.page for one in listed] == list(range(2, 2 + len(chosen)))
    areas = [int(one.mu.replace(",", "")) for one in listed]
    assert areas == sorted(areas, reverse=True)
    inside = tally.available(snapshot) & (snapshot.parcels.column("park").astype(str) != "")
    assert sum(int(one.parcels.removesuffix(" 宗")) for one in listed) == int(inside.sum())
    assert sum(areas) == pytest.approx(tally.summed(snapshot, inside).centi_m2 * 0.000015, abs=len(areas) / 2)


@pytest.mark.parametrize("count", [1, 2, 40, 300])
def test_an_index_of_any_length_lists_every_page_once(snapshot, count) -> None:
    codes = snapshot.parcels.columns["code"][:count]
    chosen = choosing.found(snapshot, codes)[0]
    leaves = index.draw(snapshot, chosen, ORDER.imprint, faces())
    assert len(leaves) == index.length(count, beside_sample=True)
    texts = [text for leaf in leaves for text in leaf.sheet.texts]
    if count > 1:
        assert {text for text in texts if text in codes} == set(codes)
        goals = Counter(page for leaf in leaves for _, page in leaf.links)
        assert goals == {len(leaves) + nth: 2 for nth in range(1, count + 1)}


def test_type_is_embedded_and_ours(read) -> None:
    for page in read.pages:
        resources: Any = page["/Resources"]
        for held in resources["/Font"].values():
            font = held.get_object()
            below = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
            assert "ChantuSansSC" in below["/BaseFont"]
            assert "/FontFile2" in below["/FontDescriptor"]


def test_each_page_lies_where_it_says(read, snapshot, chosen) -> None:
    crs = storage_crs(snapshot.epsg)
    back = converter(4490, crs)
    for page, one in zip(read.pages[1:], chosen, strict=True):
        measure = page["/VP"][0]["/Measure"]
        degrees = np.array([float(number) for number in measure["/GPTS"]]).reshape(-1, 2)
        east, north = back.points(degrees[:, 1], degrees[:, 0])
        geom = (snapshot.layers["parks"] if one.kind == "park" else snapshot.parcels).geoms[one.row]
        assert shapely.box(min(east), min(north), max(east), max(north)).covers(geom)
        wide = [float(number) for number in page["/VP"][0]["/BBox"]]
        scale = (max(east) - min(east)) / (wide[2] - wide[0]) * 72 / 0.0254
        assert f"1:{round(scale):,}".replace(",", "") in text_of(page).replace(" ", "")
        assert scale == pytest.approx(round(scale, -2), rel=1e-6)


def test_facts_are_those_of_the_parcel_s_card(tmp_path) -> None:
    db = seeding.create(f"sqlite:///{tmp_path}/s.sqlite", sample=True, actor=Actor("t", "test"))
    atlas = Atlas(db)
    snapshot, state = briefings.freeze(atlas, 2), atlas.scenario(2)
    measured = Measured(snapshot, "parcel")
    codes = snapshot.parcels.columns["code"]
    for code in ("示例DK-336", "示例DK-024", "示例DK-101", "示例DK-007"):
        row = codes.index(code)
        facts = measured.of(row)
        card = cards.parcel_card(atlas, int(atlas.parcels().ids[row]), state)
        assert facts.plane_centi_m2 == card.plane.m2 * 100
        assert facts.ellipsoid_centi_m2 == card.ellipsoid.m2 * 100
        assert [(codes[one.row], one.kind, one.length_m) for one in facts.neighbours] == [
            (one.code, one.kind, one.length_m) for one in card.neighbours
        ]
        roads = snapshot.layers["roads"].columns["code"]
        assert [(roads[one.road], one.length_m) for one in facts.frontages] == [
            (one.code, one.length_m) for one in card.frontages
        ]
        told = {one.code: one.area.m2 * 100 for one in card.constraints if one.kind != "growth_boundary"}
        constraints = snapshot.layers["constraints"].columns["code"]
        assert {constraints[one.constraint]: one.centi_m2 for one in facts.lying} == told
    db.close()


def test_the_ellipsoid_s_area_is_geographiclib_s(snapshot) -> None:
    row = snapshot.layers["parks"].columns["name"].index("芯片产业园")
    geom = snapshot.layers["parks"].geoms[row]
    crs = storage_crs(snapshot.epsg)
    to_degrees = converter(crs, 4490)
    geod = Geod(a=6378137, rf=298.257222101)
    whole = sum(
        abs(geod.polygon_area_perimeter(*to_degrees.points(*np.array(part.exterior.coords).T))[0])
        - sum(
            abs(geod.polygon_area_perimeter(*to_degrees.points(*np.array(ring.coords).T))[0]) for ring in part.interiors
        )
        for part in shapely.get_parts(geom)
    )
    assert Measured(snapshot, "park").of(row).ellipsoid_centi_m2 == pytest.approx(whole * 100, abs=2)


def test_a_park_s_page_counts_what_the_snapshot_counts(read, snapshot) -> None:
    inside = snapshot.parcels.column("park").astype(str) == "芯片产业园"
    whole = tally.summed(snapshot, tally.available(snapshot) & inside)
    text = text_of(read.pages[1])
    assert f"{whole.parcels}宗" in text
    assert f"{round(whole.centi_m2 * 15 / 1_000_000):,}亩" in text


def test_it_is_the_same_bytes_each_time(snapshot, made, chosen) -> None:
    assert rendering.atlas(unpacked(packed(snapshot)), ORDER, chosen).body == made.body


def test_progress_is_told_page_by_page_and_it_ends_at_a_word(snapshot, chosen) -> None:
    told = []

    class Enough(Exception):
        pass

    def watch(done: int, of: int) -> None:
        told.append((done, of))
        if done == 2:
            raise Enough

    with pytest.raises(Enough):
        rendering.atlas(snapshot, ORDER, chosen, watch)
    assert told == [(0, 4), (1, 4), (2, 4)]
    # the turn to draw was given back
    assert rendering.png(snapshot, Order(size="1920x1080")).body


def test_all_parks_are_offered_the_largest_first(snapshot) -> None:
    parks = choosing.parks(snapshot)
    assert {one.name for one in parks} == set(snapshot.layers["parks"].columns["name"])
    assert parks[0].name == "高科技产业园"
    assert choosing.found(snapshot, ["没有的"])[1] == ("没有的",)
    assert len(choosing.parcels_of(snapshot, "芯片产业园")) == list(snapshot.parcels.columns["park"]).count(
        "芯片产业园"
    )


def test_no_fact_is_given_up_and_no_table_runs_into_the_block(snapshot) -> None:
    for one in choosing.parks(snapshot)[:6] + choosing.found(snapshot, ["示例DK-101", "示例DK-093"])[0]:
        facts = Measured(snapshot, one.kind).of(one.row)
        sheet, view, _ = pages.draw(snapshot, one, facts, ORDER.imprint, faces(), pages.Numbered(1, 1))
        assert {"平面面积", "椭球面积", "周长", "临路", "图例"} <= set(sheet.texts)
        end = pages.beside(sheet, snapshot, one, facts, view)
        assert end <= a3.HEIGHT - a3.EDGE - 13.0 - a3.BLOCK


def test_a_snapshot_of_earlier_days_has_an_atlas_too(snapshot) -> None:
    roads = snapshot.layers["roads"]
    columns = {name: values for name, values in roads.columns.items() if name != "width_m"}
    old = replace(snapshot, quotas=(), bases=(), layers={**snapshot.layers, "roads": replace(roads, columns=columns)})
    again = unpacked(packed(old))
    assert again.id == old.id != snapshot.id
    assert rendering.atlas(again, ORDER, choosing.parks(again)[:1]).body
