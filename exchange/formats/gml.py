"""GML 2 and 3: feature types are layers, axes come as the name of the CRS says, and nothing is looked up elsewhere."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Final

from exchange.formats import gdal, xml_text
from exchange.formats.opened import Opened, Wanted

# no reference inside the file is followed, no description is sought, and none is written
_CLOSED: Final = {"GML_SKIP_RESOLVE_ELEMS": "ALL", "GML_SAVE_RESOLVED_TO": "", "OGR_GMLAS_DOWNLOAD": "NO",
                  "GML_DOWNLOAD_SCHEMA": "NO", "GML_REGISTRY": ""}  # fmt: skip


def read(path: Path, wanted: Wanted) -> Opened:
    """Read one feature type of a GML file, in a folder where neither a schema nor a .gfs lies beside it."""
    document, encoding = xml_text.as_utf8(path, wanted.workspace / "gml")
    xml_text.check(document, wanted.watch)
    os.environ.update(_CLOSED)
    wanted.watch("scan", 0, 2 * document.stat().st_size)
    opened = gdal.read_layer("GML", document, wanted)
    return replace(opened, encoding=encoding)
