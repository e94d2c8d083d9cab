"""The files as other programs read them: poppler, GDAL, python-pptx; a program that is not there is named."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from pptx import Presentation

from briefing import a3, rendering, tally
from briefing.atlas import choosing, index
from briefing.faces import faces
from briefing.rendering import Order
from briefing.snapshot import Snapshot
from briefing.templates.catalogue import TEMPLATES
from briefing.templates.parts import park_name
from layers.draw.paper.view import View
from tests.briefing.frozen import Frozen
from tests.nightly.deck import every_shape
from tests.nightly.looks import IMPRINT

_CLOSE_M: Final = 0.1
_NEATLINE: Final = re.compile(r"NEATLINE=POLYGON \(\(([^)]*)\)\)")
_MU: Final = 0.0015


@dataclass(frozen=True, slots=True)
class Made:
    """A file, what it is called, and the texts that have to be in it."""

    path: Path
    texts: tuple[str, ...]


def made(sample: Frozen, folder: Path) -> list[Made]:
    """Every kind of PDF there is, and the deck."""
    snapshot, base = sample.after, sample.base
    parks = tuple(park_name(name) for name in snapshot.layers["parks"].columns["name"])
    report = rendering.report(snapshot, Order(imprint=IMPRINT), base)
    atlas = rendering.atlas(snapshot, Order(imprint=IMPRINT), choosing.parks(snapshot))
    deck = rendering.deck(snapshot, Order(imprint=IMPRINT), base)
    found = [("report.pdf", report, parks), ("atlas.pdf", atlas, parks), ("deck.pptx", deck, ())]
    for key, template in TEMPLATES.items():
        one = rendering.pdf(snapshot, Order(key, imprint=IMPRINT), base if template.takes_other else None)
        found.append((f"{key}.pdf", one, () if key in {"park", "comparison"} else parks))
    sheet = rendering.a3(snapshot, Order("overview", size=rendering.A3, imprint=IMPRINT))
    found.append(("a3.pdf", sheet, parks))
    out = []
    for name, file, names in found:
        (folder / name).write_bytes(file.body)
        title = () if name == "atlas.pdf" else (file.title,)
        # the report tells both snapshots of a comparison whole
        marks = (snapshot.id, base.id) if name == "report.pdf" else (file.snapshot_id,)
        out.append(Made(folder / name, (*title, *names, *marks)))
    return out


def checks(sample: Frozen, files: list[Made]) -> Iterator[tuple[str, list[str]]]:
    """What was looked at, and what is wrong with it."""
    pdfs = [one for one in files if one.path.suffix == ".pdf"]
    folder = pdfs[0].path.parent
    yield from _with("pdffonts", "every font of every PDF is ours and embedded", lambda: _every(_fonts, pdfs))
    yield from _with("pdftotext", "titles, parks and snapshot ids are text in every PDF", lambda: _every(_text, pdfs))
    yield "python-pptx opens the deck again: titles, names, alt text, charts = snapshot", _deck(sample, folder)
    yield from _with(
        "gdalinfo", "GDAL finds A3 sheet and atlas page within 0.1 m", lambda: _places(sample.after, folder)
    )


def _with(program: str, what: str, look: Callable[[], list[str]]) -> Iterator[tuple[str, list[str]]]:
    if shutil.which(program) is None:
        yield f"not done, {program} is not installed: {what}", []
    else:
        yield f"{program}: {what}", look()


def _every(look: Callable[[Made], list[str]], files: list[Made]) -> list[str]:
    return [fault for one in files for fault in look(one)]


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def _fonts(one: Made) -> list[str]:
    rows = _run("pdffonts", str(one.path)).splitlines()[2:]
    return [f"{one.path.name}: {row}" for row in rows if not re.search(r"ChantuSansSC.* yes yes yes ", row)]


def _text(one: Made) -> list[str]:
    held = re.sub(r"\s", "", _run("pdftotext", str(one.path), "-"))
    return [f"{one.path.name}: no {text}" for text in one.texts if re.sub(r"\s", "", text) not in held]


def _deck(sample: Frozen, folder: Path) -> list[str]:
    snapshot, faults = sample.after, []
    slides = list(Presentation(str(folder / "deck.pptx")).slides)
    names: set[str] = set()
    plots = []
    for nth, slide in enumerate(slides, 1):
        if not slide.shapes.title.text.strip():
            faults.append(f"deck {nth}: no title")
        for one in every_shape(slide.shapes):
            names.add(one.name.split(" ")[0])
            if not one.name.strip():
                faults.append(f"deck {nth}: a shape without a name")
            if (one.shape_type == 13 or getattr(one, "has_chart", False)) and not _alt(one):
                faults.append(f"deck {nth}: {one.name} has no alt text")
            if getattr(one, "has_chart", False):
                plots.append(one.chart.plots[0])
    faults += [f"deck: no shape of {code}" for code in snapshot.parcels.columns["code"] if code not in names]
    available = tally.available(snapshot)
    for mask, plot in zip((available, available | True), plots, strict=True):
        wanted = float(snapshot.centi_m2[mask].sum()) / 100 * _MU
        if sum(plot.series[0].values) != pytest.approx(wanted, abs=1e-6):
            faults.append(f"deck: a chart holds {sum(plot.series[0].values)} 亩 of {wanted}")
    return faults


def _alt(shape: object) -> str:
    return str(shape._element.xpath(".//p:cNvPr")[0].get("descr") or "")  # type: ignore[attr-defined]


def _places(snapshot: Snapshot, folder: Path) -> list[str]:
    order = Order("overview", size=rendering.A3, imprint=IMPRINT)
    sheet = a3.draw(rendering.composed(snapshot, order), snapshot, IMPRINT, faces())[1]
    # GDAL reads the first page of an atlas, its index
    page = index.draw(snapshot, choosing.parks(snapshot), IMPRINT, faces())[0].view
    assert page is not None
    return [*_place(folder / "a3.pdf", sheet, snapshot.epsg), *_place(folder / "atlas.pdf", page, snapshot.epsg)]


def _place(path: Path, view: View, epsg: int) -> list[str]:
    told = _run("gdalinfo", str(path))
    found = _NEATLINE.search(told)
    if f'ID["EPSG",{epsg}]' not in told or found is None:
        return [f"{path.name}: GDAL finds no place"]
    places = [tuple(map(float, one.split())) for one in found.group(1).split(",")]
    west, south, east, north = view.bounds
    off = max(map(abs, (
        min(x for x, _ in places) - west, min(y for _, y in places) - south,
        max(x for x, _ in places) - east, max(y for _, y in places) - north,
    )))  # fmt: skip
    return [] if off < _CLOSE_M else [f"{path.name}: the frame is {off:.2f} m off"]
