"""What leaves is whole: the same bytes each time, no character missing, text that can be read out, sizes as asked."""

from __future__ import annotations

import io
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader

from briefing import faces as type_faces
from briefing import rendering
from briefing.faces import FontsDamaged
from briefing.rendering import SIZES, CharactersMissing, Order
from briefing.slide import Imprint
from briefing.snapshot import Shapes, SnapshotRefused, packed, unpacked
from briefing.templates.catalogue import TEMPLATES, named
from tests.conftest import REPOSITORY

GOLDEN = REPOSITORY / "tests" / "briefing" / "golden"


def other_of(template, pair):
    return pair[0] if TEMPLATES[template].takes_other else None


@pytest.mark.parametrize("size", SIZES)
def test_a_picture_has_the_size_asked_for_and_no_transparency(snapshot, size) -> None:
    picture = Image.open(io.BytesIO(rendering.png(snapshot, Order(size=size)).body))
    assert picture.size == (SIZES[size].width_px, SIZES[size].height_px)
    assert picture.mode == "RGB"


def test_the_same_snapshot_makes_the_same_bytes_and_another_makes_others(pair) -> None:
    order = Order(size="1920x1080")
    before, after = (rendering.png(one, order) for one in pair)
    assert rendering.png(unpacked(packed(pair[0])), order).body == before.body
    assert before.snapshot_id != after.snapshot_id
    assert before.body != after.body


@pytest.mark.parametrize("template", TEMPLATES)
def test_slides_look_as_they_did_when_somebody_looked_at_them(pair, template) -> None:
    # golden pictures are made again by tools/golden_slides.py, and looked at
    sheet, _, _ = rendering.sheet_of(pair[1], Order(template), other_of(template, pair))
    drawn = sheet.picture(640).astype(np.int16)
    held = np.asarray(Image.open(GOLDEN / f"{template}.png")).astype(np.int16)
    assert drawn.shape == held.shape
    # another processor may round a pixel of an edge otherwise
    assert (np.abs(drawn - held).max(axis=2) > 8).mean() < 0.0005


def test_a_kept_snapshot_comes_back_whole_and_a_spoiled_one_does_not(snapshot) -> None:
    kept = packed(snapshot)
    assert unpacked(kept).id == snapshot.id
    for spoiled in (b"", kept[:100], kept[:-5000], b"x" + kept, kept[:200] + b"\x00\x01" + kept[202:]):
        with pytest.raises(SnapshotRefused):
            unpacked(spoiled)


def test_a_character_that_the_font_lacks_is_named_and_nothing_is_drawn(snapshot) -> None:
    columns = dict(snapshot.layers["parks"].columns)
    columns["name"] = ("𠮷祥产业园", *columns["name"][1:])
    layers = dict(snapshot.layers) | {"parks": Shapes(snapshot.layers["parks"].geoms, MappingProxyType(columns))}
    with pytest.raises(CharactersMissing) as refused:
        rendering.png(replace(snapshot, layers=layers), Order())
    assert refused.value.characters == ("𠮷",)


def test_a_changed_font_is_never_replaced_by_another(tmp_path, monkeypatch, snapshot) -> None:
    for path in type_faces.FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "ChantuSansSC-Bold.ttf").write_bytes(b"no font")
    monkeypatch.setattr(type_faces, "FOLDER", tmp_path)
    type_faces.faces.cache_clear()
    with pytest.raises(FontsDamaged) as refused:
        rendering.png(snapshot, Order())
    type_faces.faces.cache_clear()
    assert refused.value.names == ("ChantuSansSC-Bold.ttf",)


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_pdf_has_its_text_as_text_in_embedded_fonts_of_ours(pair, template) -> None:
    made = rendering.pdf(pair[1], Order(template), other_of(template, pair))
    page = PdfReader(io.BytesIO(made.body)).pages[0]
    assert [float(one) for one in page.mediabox[2:]] == [960.0, 540.0]
    text = page.extract_text().replace(" ", "").replace("\n", "")
    assert made.title.replace(" ", "") in text
    assert made.snapshot_id in text
    assert "示例数据" in text
    resources: Any = page["/Resources"]
    fonts = [one.get_object() for one in resources["/Font"].values()]
    assert fonts
    for font in fonts:
        below = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        assert "ChantuSansSC" in below["/BaseFont"]
        assert "/FontFile2" in below["/FontDescriptor"]


def test_a_pdf_is_the_same_bytes_each_time(snapshot) -> None:
    assert rendering.pdf(snapshot, Order()).body == rendering.pdf(snapshot, Order()).body


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("template", ["overview", "clusters", "conflicts", "progress", "roads"])
def test_every_park_is_named_and_none_is_dropped(pair, template, size) -> None:
    snapshot = pair[1]
    sheet, _, dropped = rendering.sheet_of(snapshot, Order(template, size))
    texts = set(sheet.texts)
    parks = [name.partition("(")[0] for name in snapshot.layers["parks"].columns["name"]]
    assert [name for name in parks if name not in texts] == []
    assert set(dropped) & set(parks) == set()


def test_what_a_person_writes_is_what_stands_there(snapshot) -> None:
    order = Order(title=" 另拟标题  $x$ ", imprint=Imprint(office="示例办公室", secrecy="会商"))
    sheet, slide, _ = rendering.sheet_of(snapshot, order)
    assert slide.title == "另拟标题 $x$"
    assert slide.title in sheet.texts
    assert any("示例办公室" in text for text in sheet.texts)
    assert any(text.startswith("会商") for text in sheet.texts)


@pytest.mark.parametrize("name", ["总览", "overview", "OVERVIEW"])
def test_templates_are_found_by_their_names(name) -> None:
    found = named(name)
    assert found is not None
    assert found.key == "overview"
