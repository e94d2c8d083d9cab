"""Rows on the disk, taken by batches: what the reader process leaves, and what is judged and waits to be entered.

An Arrow file is mapped, not read: a batch is in memory while it is looked at, whatever the number of rows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

BATCH_ROWS: Final = 16_384
GEOMETRY: Final = "geometry"


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows running: ``first`` is the position of the first; ``wkb`` holds None where a row has no geometry."""

    first: int
    wkb: NDArray[np.object_]
    columns: tuple[pa.Array, ...]

    def __len__(self) -> int:
        return len(self.wkb)

    @property
    def geoms(self) -> NDArray[np.object_]:
        """The geometries, made anew each time they are asked for."""
        return np.asarray(shapely.from_wkb(self.wkb), dtype=object)

    def table(self, names: Sequence[str]) -> pd.DataFrame:
        """Make a frame of the columns, values as Python has them, None where missing."""
        series = [pd.Series(column.to_pylist(), dtype=object) for column in self.columns]
        if not series:
            return pd.DataFrame(index=range(len(self)))
        return pd.concat(series, axis="columns").set_axis(list(names), axis="columns")


class RowsFile:
    """Rows that lie in an Arrow file: a column ``geometry`` of WKB first, then the others."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._open() as file:
            self._starts = np.cumsum([0, *(file.get_batch(at).num_rows for at in range(file.num_record_batches))])

    def __len__(self) -> int:
        return int(self._starts[-1])

    def _open(self) -> pa.ipc.RecordBatchFileReader:
        return pa.ipc.open_file(pa.memory_map(str(self.path)))

    def batches(self) -> Iterator[Batch]:
        """The rows, batch by batch."""
        with self._open() as file:
            for at in range(file.num_record_batches):
                held = file.get_batch(at)
                wkb = held.column(0).to_numpy(zero_copy_only=False)
                yield Batch(int(self._starts[at]), wkb, tuple(held.columns[1:]))

    def column(self, place: int) -> Iterator[Any]:
        """The values of one column after the geometry, by its place from 0."""
        with self._open() as file:
            for at in range(file.num_record_batches):
                yield from file.get_batch(at).column(place + 1).to_pylist()

    def geoms_at(self, places: NDArray[np.int64]) -> NDArray[np.object_]:
        """The geometries of some rows by position, in the order given."""
        found = np.full(len(places), None, dtype=object)
        for batch in self.batches():
            inside = (places >= batch.first) & (places < batch.first + len(batch))
            if inside.any():
                found[inside] = shapely.from_wkb(batch.wkb[places[inside] - batch.first])
        return found


class RowsWriter:
    """Write judged rows: their number in the file, WKB, texts; use it as a context manager."""

    def __init__(self, path: Path, names: Sequence[str]) -> None:
        fields = [(GEOMETRY, pa.large_binary()), *((name, pa.string()) for name in names)]
        self._schema = pa.schema(fields)
        self._sink = pa.OSFile(str(path), "wb")
        self._writer = pa.ipc.new_file(self._sink, self._schema)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()
        self._sink.close()

    def write(self, wkb: Sequence[bytes | None], columns: Sequence[Sequence[str | None]]) -> None:
        """Add one batch."""
        arrays = [pa.array(wkb, pa.large_binary()), *(pa.array(column, pa.string()) for column in columns)]
        self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))
