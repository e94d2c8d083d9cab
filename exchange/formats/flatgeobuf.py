"""FlatGeobuf: one layer, its count in the header not believed."""

from __future__ import annotations

from pathlib import Path

from exchange.formats import gdal
from exchange.formats.opened import Opened, Wanted


def read(path: Path, wanted: Wanted) -> Opened:
    """Read the layer of a FlatGeobuf file."""
    return gdal.read_layer("FlatGeobuf", path, wanted)
