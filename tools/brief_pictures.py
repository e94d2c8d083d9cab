"""Make the pictures of docs/guide/briefings.md from the sample: ``.venv/bin/python tools/brief_pictures.py``."""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Final

from PIL import Image

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from briefing import a3 as sheets  # noqa: E402
from briefing import rendering  # noqa: E402 - the folder above is known only now
from briefing.faces import faces  # noqa: E402
from briefing.rendering import Order  # noqa: E402
from briefing.templates.catalogue import TEMPLATES  # noqa: E402
from planning import assigning, briefings, scenarios, seeding  # noqa: E402
from planning.actors import Actor  # noqa: E402
from planning.atlas import Atlas  # noqa: E402
from planning.snapshots import NONE  # noqa: E402

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
        for key, template in TEMPLATES.items():
            _write(key, rendering.png(recommended, Order(key), base if template.takes_other else None).body)
        order = Order("park", park="稠江崇山产业园")
        sheet, _, _ = sheets.draw(rendering.composed(recommended, order), recommended, order.imprint, faces())
        _write("a3", sheet.png(3200, {}))
        _write("overview-4x3", rendering.png(recommended, Order(size="2880x2160")).body)


def _write(name: str, body: bytes) -> None:
    picture = Image.open(io.BytesIO(body))
    small = picture.resize((picture.width * 900 // picture.height, 900), Image.Resampling.LANCZOS)
    # a palette would mix colours that mean something
    small.save(TARGET / f"{name}.webp", lossless=True, quality=100, method=6)


if __name__ == "__main__":
    main()
