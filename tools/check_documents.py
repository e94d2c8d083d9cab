"""Deck, report and atlas of the sample as other programs read them: ``.venv/bin/python tools/check_documents.py``.

Needs Debian's ``libreoffice-impress``, ``poppler-utils`` and ``gdal-bin``. LibreOffice must show every page of the deck
with its title; every font of the PDFs must be embedded; GDAL must find the frame of an atlas page within 0.1 m.
Ends with 1 when something differs.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from pptx import Presentation  # noqa: E402 - the folder above is known only now

from briefing.atlas import choosing, pages  # noqa: E402 - as above
from briefing.atlas.facts import Measured  # noqa: E402 - as above
from briefing.faces import faces  # noqa: E402 - as above
from briefing.rendering import Order  # noqa: E402 - as above
from briefing.slide import Imprint  # noqa: E402 - as above
from briefing.snapshot import Snapshot  # noqa: E402 - as above
from planning import brief_documents, briefings, seeding  # noqa: E402 - as above
from planning.actors import Actor  # noqa: E402 - as above
from planning.atlas import Atlas  # noqa: E402 - as above

PARK: Final = "芯片产业园"
_NEATLINE: Final = re.compile(r"NEATLINE=POLYGON \(\(([^)]*)\)\)")
_CLOSE_M: Final = 0.1


def main() -> int:
    """Make the three and look at each."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        db = seeding.create(f"sqlite:///{scratch}/s.sqlite", sample=True, actor=Actor("check", "tools"))
        atlas = Atlas(db)
        snapshot, base = briefings.freeze(atlas, 2), briefings.freeze(atlas, 1)
        db.close()
        for kind, suffix in brief_documents.DOCUMENTS.items():
            other = None if kind == "atlas" else base
            made = brief_documents.document(snapshot, kind, Order(), other, of=[PARK])
            (folder / f"{kind}{suffix}").write_bytes(made.body)
        faults = [
            *_deck(folder),
            *_fonts(folder / "report.pdf"),
            *_fonts(folder / "atlas.pdf"),
            *_frame(folder, snapshot),
        ]
    print("\n".join(faults) or "LibreOffice, poppler and GDAL agree")
    return 1 if faults else 0


def _run(*command: str, home: str = "") -> str:
    told = {**os.environ, "HOME": home} if home else dict(os.environ)
    return subprocess.run(command, env=told, check=True, capture_output=True, text=True).stdout


def _deck(folder: Path) -> list[str]:
    _run(
        "soffice",
        "--headless",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(folder / "deck.pptx"),
        home=str(folder),
    )
    slides = Presentation(io.BytesIO((folder / "deck.pptx").read_bytes())).slides
    shown = _run("pdftotext", str(folder / "deck.pdf"), "-").split("\f")
    faults = [] if len(shown) - 1 == len(slides) else [f"deck: {len(shown) - 1} pages shown of {len(slides)}"]
    for slide, text in zip(slides, shown, strict=False):
        title = slide.shapes.title.text
        if title.replace(" ", "") not in re.sub(r"\s", "", text):
            faults.append(f"deck: no title {title}")
    return faults


def _fonts(path: Path) -> list[str]:
    rows = _run("pdffonts", str(path)).splitlines()[2:]
    return [f"{path.name}: {row}" for row in rows if not re.search(r"ChantuSansSC.* yes yes yes ", row)]


def _frame(folder: Path, snapshot: Snapshot) -> list[str]:
    told = _run("gdalinfo", str(folder / "atlas.pdf"))
    found = _NEATLINE.search(told)
    if 'ID["EPSG",4549]' not in told or found is None:
        return ["atlas: GDAL finds no place"]
    places = [tuple(map(float, one.split())) for one in found.group(1).split(",")]
    chosen = choosing.found(snapshot, [PARK])[0][0]
    _, view, _ = pages.draw(
        snapshot, chosen, Measured(snapshot, "park").of(chosen.row), Imprint(), faces(), pages.Numbered(1, 1)
    )
    west, south, east, north = view.bounds
    edges = (min(x for x, _ in places) - west, min(y for _, y in places) - south,
             max(x for x, _ in places) - east, max(y for _, y in places) - north)  # fmt: skip
    off = max(map(abs, edges))
    print(f"atlas: the frame that GDAL reads is {off:.4f} m off")
    return [] if off < _CLOSE_M else [f"atlas: {off:.2f} m off"]


if __name__ == "__main__":
    sys.exit(main())
