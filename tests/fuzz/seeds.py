"""Sound files of every format to start from: the product's own exports of a few parcels, and real small ones."""

from __future__ import annotations

import io
import json
import tempfile
from pathlib import Path
from typing import Final

import openpyxl
import shapely

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
    found["csv"] = [_table(atlas, ids).encode("gb18030"), _points(atlas, ids).encode()]
    found["xlsx"] = [_workbook(atlas, ids)]
    features = json.loads(found["geojson"][0])["features"]
    found["geojsonseq"] = ["\n".join(json.dumps(one, ensure_ascii=False) for one in features).encode()]
    for path in sorted((REAL.parent).rglob("*")) if REAL.exists() else ():
        if path.is_file() and path.suffix in _KINDS and path.stat().st_size <= _LARGEST_BYTES:
            found.setdefault(_KINDS[path.suffix], []).append(path.read_bytes())
    return found


def _shapes(atlas: Atlas, ids: list[int]) -> list[tuple[str, str, shapely.Geometry]]:
    parcels = atlas.parcels()
    rows = parcels.row_of(ids)
    return list(zip(parcels.codes[rows], parcels.frame["name"].iloc[rows], parcels.geoms[rows], strict=True))


def _table(atlas: Atlas, ids: list[int]) -> str:
    """A table with well-known text."""
    rows = [f'{code},"{name}","{shapely.to_wkt(shape)}"' for code, name, shape in _shapes(atlas, ids)]
    return "\r\n".join(["编号,名称,WKT", *rows])


def _points(atlas: Atlas, ids: list[int]) -> str:
    """A table of boundary points."""
    rows = [
        f"{code},{number},{y:.3f},{x:.3f}"
        for code, _, shape in _shapes(atlas, ids)
        for number, (x, y) in enumerate(shapely.get_coordinates(shape)[:-1], start=1)
    ]
    return "\n".join(["地块编号,点号,X坐标,Y坐标", *rows])


def _workbook(atlas: Atlas, ids: list[int]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["编号", "名称", "WKT"])
    for code, name, shape in _shapes(atlas, ids):
        sheet.append([code, name, shapely.to_wkt(shape)])
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


_KINDS: Final = {".geojson": "geojson", ".json": "geojson", ".topojson": "topojson", ".gpkg": "gpkg", ".txt": "txt"}
