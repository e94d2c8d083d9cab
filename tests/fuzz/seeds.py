"""Sound files of every format to start from: the product's own exports of a few parcels, and real small ones."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

from planning import exporting, seeding
from planning.actors import Actor
from planning.atlas import Atlas
from tests.conftest import REAL

_ROWS: Final = 6
_LARGEST_BYTES: Final = 120_000


def seeds() -> dict[str, list[bytes]]:
    """Bodies by format: the name of the form, or of the kind of file."""
    found: dict[str, list[bytes]] = {}
    with tempfile.TemporaryDirectory(prefix="chantu-fuzz-") as folder:
        url = f"sqlite:///{folder}/sample.sqlite"
        atlas = Atlas(seeding.create(url, sample=True, actor=Actor("fuzz", "cli")))
        ids = atlas.parcels().ids[:_ROWS].tolist()
        for form, suffix in exporting.FORMS.items():
            out = Path(folder) / f"{form}{suffix}"
            exporting.export(atlas, layer="parcels", scenario_id=1, ids=ids, form=form, crs=None, out=out)
            found[form] = [out.read_bytes()]
    for path in sorted((REAL.parent).rglob("*")) if REAL.exists() else ():
        if path.is_file() and path.suffix in _KINDS and path.stat().st_size <= _LARGEST_BYTES:
            found.setdefault(_KINDS[path.suffix], []).append(path.read_bytes())
    return found


_KINDS: Final = {".geojson": "geojson", ".json": "geojson", ".topojson": "topojson", ".gpkg": "gpkg", ".txt": "txt"}
