"""What an analysis reads: a layer of one file or of a folder of Parquet files, and the CRS to calculate in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exchange import flat_reading, reading
from exchange.errors import ExchangeError
from exchange.flat_reading import FlatReading
from exchange.sandbox import ReaderProcess
from geo.crs import CrsRefused, storage_crs
from planning.errors import Fault, Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """How parcels are to be read: their CRS or the one to work in, the column of their ids, the layer in the file."""

    crs: str | None = None
    code: str | None = None
    sublayer: str | None = None


def files_of(path: Path) -> list[Path]:
    """The files of a layer in the order of their names; a folder of Parquet is one layer in many files."""
    files = sorted(path.glob("*.parquet")) if path.is_dir() else []
    return files or [path]


def read_parcels(path: Path, process: ReaderProcess, chosen: Chosen) -> FlatReading:
    """Read one file of parcels.

    Raises
    ------
    Refused
        The file cannot be taken, or has no such column.
    """
    wanted = () if chosen.code is None else (chosen.code,)
    try:
        with flat_reading.borrowed(path, path.name) as original:
            read = flat_reading.read(
                original, process=process, crs=chosen.crs, sublayer=chosen.sublayer, columns=wanted
            )
    except ExchangeError as error:
        raise Refused(Fault(error.code, error.values, error.where or path.name)) from error
    if chosen.code is not None and chosen.code not in read.column_names:
        raise Refused(Fault("column_unknown", {"column": chosen.code, "columns": list(read.column_names)}, path.name))
    return read


def read_roads(path: Path, process: ReaderProcess, epsg: int) -> NDArray[np.object_]:
    """Read one file of roads, lines or polygons, in the CRS of the parcels; None where a row cannot be taken.

    Raises
    ------
    Refused
        The file cannot be taken.
    """
    try:
        with flat_reading.borrowed(path, path.name) as original:
            read = reading.read(
                original, shapes=("line", "polygon"), storage_epsg=epsg, strict=False, columns=(), process=process
            )
    except ExchangeError as error:
        raise Refused(Fault(error.code, error.values, error.where or path.name)) from error
    return read.geoms


def working_epsg(storage: str) -> int:
    """EPSG code of the CRS that rows were brought into; Refused when it has none or measures no metres."""
    authority, _, number = storage.partition(":")
    if authority != "EPSG":
        raise Refused(Fault("crs_without_epsg", {"crs": storage}))
    try:
        storage_crs(int(number))
    except CrsRefused as error:
        raise Refused(Fault(error.code, error.values)) from error
    return int(number)


def ids_of(table: pd.DataFrame, code: str, kept: NDArray[np.int64]) -> NDArray[np.object_]:
    """The column ``code`` of the rows kept, as text."""
    return np.array(["" if value is None else str(value) for value in table[code].iloc[kept]], dtype=object)
