"""Make the pictures of docs/guide/briefings.md from the sample.

``.venv/bin/python tools/brief_pictures.py [--documents]``; ``--documents`` makes those of deck, report and atlas only.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from briefing import a3 as sheets  # noqa: E402
from briefing import rendering  # noqa: E402 - the folder above is known only now
from briefing.atlas import choosing, index, pages  # noqa: E402
from briefing.atlas.facts import Measured  # noqa: E402
from briefing.faces import faces  # noqa: E402
from briefing.rendering import Order  # noqa: E402
from briefing.report import composing  # noqa: E402
from briefing.slide import Imprint  # noqa: E402
from briefing.snapshot import Snapshot  # noqa: E402
from briefing.templates.catalogue import TEMPLATES  # noqa: E402
from layers.land_theme import THEME as LAND_USE  # noqa: E402
from planning import assigning, briefings, scenarios, seeding  # noqa: E402
from planning.actors import Actor  # noqa: E402
from planning.atlas import Atlas  # noqa: E402
from planning.snapshots import NONE  # noqa: E402
from tests.nightly.deck import shown  # noqa: E402

TARGET: Final = ROOT / "docs" / "images" / "briefings"
ME: Final = Actor("sample", "tools")
DECIDED: Final = (("芯片产业园", "chips"), ("稠江崇山产业园", "equipment"), ("义乌高层次人才创业园", "digital"))


def main() -> None:
    """Draw each template on a draft that decides three parks, and compare it with the base."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        db = seeding.create(f"sqlite:///{folder}/s.sqlite", sample=True, actor=ME)
        atlas = Atlas(db)
        draft = scenarios.duplicate(db, actor=ME, scenario_id=2, name="推荐方案").id
        parcels, state = atlas.parcels(), atlas.scenario(draft)
        parks = parcels.frame["park"].to_numpy(dtype=object)
        for park, cluster in DECIDED:
            ids = parcels.ids[(parks == park) & (state.cluster == NONE)].tolist()
            assigning.assign(db, actor=ME, scenario_id=draft, parcel_ids=ids, cluster=cluster, reason="试")
        base, recommended = briefings.freeze(atlas, 1), briefings.freeze(atlas, draft)
        db.close()
        _documents(recommended, base)
        if "--documents" in sys.argv:
            return
        for key, template in TEMPLATES.items():
            _write(key, rendering.png(recommended, Order(key), base if template.takes_other else None).body)
        for key in ("overview", "park"):
            order = Order(key, park="稠江崇山产业园", theme=LAND_USE)
            _write(f"land-use-{key}", rendering.png(recommended, order).body)
        order = Order("park", park="稠江崇山产业园")
        sheet, _, _ = sheets.draw(rendering.composed(recommended, order), recommended, order.imprint, faces())
        _write("a3", sheet.png(3200, {}))
        _write("overview-4x3", rendering.png(recommended, Order(size="2880x2160")).body)


def _documents(recommended: Snapshot, base: Snapshot) -> None:
    """A page of the report and of the atlas, and the pages of the deck as LibreOffice shows them, where it is there."""
    report = composing.compose(recommended, Imprint(), faces(), other=base)
    _write("report", _side_by_side([one.png(1240, {}) for one in report.sheets[:4]], across=4))
    leaf = index.draw(recommended, choosing.parks(recommended), Imprint(), faces())[0]
    _write("atlas-index", leaf.sheet.png(2400, {}))
    chosen = choosing.found(recommended, ["稠江崇山产业园", "示例DK-024"])[0]
    for one in chosen:
        facts = Measured(recommended, one.kind).of(one.row)
        sheet, _, _ = pages.draw(recommended, one, facts, Imprint(), faces(), pages.Numbered(1, 1))
        _write(f"atlas-{one.kind}", sheet.png(2400, {}))
    if shutil.which("soffice") is None or shutil.which("pdftoppm") is None:
        print("deck.webp is left as it is: LibreOffice and poppler-utils are not installed")
        return
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "deck.pptx").write_bytes(rendering.deck(recommended, Order(), base).body)
        pages_of = shown(place / "deck.pptx", place, dots=72)
        _write("deck", _side_by_side([one.read_bytes() for one in pages_of], across=3), high=1500)


def _side_by_side(bodies: list[bytes], *, across: int) -> bytes:
    pictures = [Image.open(io.BytesIO(one)).convert("RGB") for one in bodies]
    wide, high = pictures[0].width + 16, pictures[0].height + 16
    rows = -(-len(pictures) // across)
    whole = Image.new("RGB", (across * wide, rows * high), "#9AA3AE")
    for nth, one in enumerate(pictures):
        whole.paste(one, (nth % across * wide + 8, nth // across * high + 8))
    out = io.BytesIO()
    whole.save(out, "PNG")
    return out.getvalue()


def _write(name: str, body: bytes, *, high: int = 900) -> None:
    picture = Image.open(io.BytesIO(body))
    small = picture.resize((picture.width * high // picture.height, high), Image.Resampling.LANCZOS)
    # a palette would mix colours that mean something
    small.save(TARGET / f"{name}.webp", lossless=True, quality=80, method=4)


if __name__ == "__main__":
    main()
