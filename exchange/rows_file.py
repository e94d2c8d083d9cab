"""Rows on the disk, taken by batches: what the reader process leaves, and what is judged and waits to be entered.

A batch is in memory while it is looked at, whatever the number of rows: it is read, not mapped, because pages of a
mapped file count as the process's own until the kernel wants them back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

# what one batch holds at most: work on it takes some tenths of a second, and can be stopped after it
BATCH_ROWS: Final = 2_048
BATCH_CELLS: Final = 1 << 17
BATCH_VERTICES: Final = 1 << 20
GEOMETRY: Final = "geometry"


def spans(vertices: NDArray[np.integer[Any]], columns: int) -> Iterator[tuple[int, int]]:
    """Cut rows with so many vertices and cells each into batches: first row and the one after the last."""
    rows = max(1, min(BATCH_ROWS, BATCH_CELLS // (columns + 1)))
    before = np.concatenate([[0], np.cumsum(vertices)])
    start, count = 0, len(vertices)
    while start < count:
        within = int(np.searchsorted(before, before[start] + BATCH_VERTICES, side="right")) - 1
        end = max(start + 1, min(start + rows, within, count))
        yield start, end
        start = end


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
        # mapped, a file tells the lengths of its batches without being read
        with pa.ipc.open_file(pa.memory_map(str(path))) as file:
            self._starts = np.cumsum([0, *(file.get_batch(at).num_rows for at in range(file.num_record_batches))])

    def __len__(self) -> int:
        return int(self._starts[-1])

    @contextmanager
    def _open(self, *places: int) -> Iterator[pa.ipc.RecordBatchFileReader]:
        """The file with these of its columns, all when none is named."""
        options = pa.ipc.IpcReadOptions(included_fields=list(places) or None)
        with pa.OSFile(str(self.path)) as source, pa.ipc.open_file(source, options=options) as file:
            yield file

    def batches(self) -> Iterator[Batch]:
        """The rows, batch by batch."""
        with self._open() as file:
            for at in range(file.num_record_batches):
                held = file.get_batch(at)
                wkb = held.column(0).to_numpy(zero_copy_only=False)
                yield Batch(int(self._starts[at]), wkb, tuple(held.columns[1:]))

    def column(self, place: int) -> Iterator[Any]:
        """The values of one column after the geometry, by its place from 0."""
        with self._open(place + 1) as file:
            for at in range(file.num_record_batches):
                yield from file.get_batch(at).column(0).to_pylist()

    def geoms_at(self, places: NDArray[np.int64]) -> NDArray[np.object_]:
        """The geometries of some rows by position, in the order given."""
        found = np.full(len(places), None, dtype=object)
        of = np.searchsorted(self._starts, places, side="right") - 1
        with self._open(0) as file:
            for at in np.unique(of).tolist():
                inside = of == at
                wkb = file.get_batch(at).column(0).take(pa.array(places[inside] - self._starts[at]))
                found[inside] = shapely.from_wkb(wkb.to_numpy(zero_copy_only=False))
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
