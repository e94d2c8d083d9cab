"""An analysis shared out over a Dask cluster, and its tables put together in the order of the layer.

The asker holds the tiles of the ground with their counts and one number a row; coordinates and tables stay on a disk
that all workers see, and go by a file of the layer at a time.
"""

from __future__ import annotations

import logging
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from exchange import shelf
from geo.blocks import first_members
from geo.partition import Tiles, pieces
from planning.analysis_input import Chosen, working_epsg
from planning.errors import Fault, Refused
from planning.measuring_apart import (
    AREAS,
    TOLD_BY,
    Asked,
    Layer,
    Measured,
    PutBy,
    RoadsPutBy,
    Spent,
    measure_piece,
    put_parcels,
    put_roads,
)  # fmt: skip

# a piece with what is found in it takes some 600 MB: several fit in a small worker
PIECE_ROWS: Final = 200_000
_ANY_PORT: Final = "127.0.0.1:0"
_PATIENCE_S: Final = 20
# unequal files even out when each worker has several groups of them
GROUPS_A_SLOT: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A layer that was measured apart, as long as its pieces lie on the disk."""

    files: tuple[PutBy, ...]
    roads: tuple[RoadsPutBy, ...]
    measured: tuple[Measured, ...]
    parcels: Layer
    workers: int
    clock_s: dict[str, float]
    spent: tuple[Spent, ...]

    @property
    def told_spent(self) -> dict[str, Any]:
        """What the workers spent: processor seconds by step, and the most memory that one of them took."""
        steps = sorted({name for each in self.spent for name in each.cpu_s})
        return {
            "workers": self.workers,
            "pieces": len(self.measured),
            "cpu_seconds": {name: round(sum(each.cpu_s.get(name, 0.0) for each in self.spent), 3) for name in steps},
            "peak_mb": round(max(each.peak_mb for each in self.spent)),
        }

    def areas(self) -> Iterator[pa.Table]:
        """``id``, ``area_m2``, ``area_ellipsoid_m2``, a file at a time."""
        for table, _ in self._files():
            yield table.drop_columns(["row"])

    def blocks(self) -> Iterator[pa.Table]:
        """``id``, ``block``: blocks are numbered in the order of their first members."""
        first = np.arange(self.parcels.first[-1], dtype=np.int64)
        beyond = [np.zeros((2, 0), np.int64)]
        for each in self.measured:
            row, known = np.load(each.folder / "blocks.npy")
            first[row] = known
            beyond.append(np.load(each.folder / "beyond.npy"))
        first = first_members(first, *np.concatenate(beyond, axis=1))
        block, before = np.zeros(len(first), np.int64), 0
        for table, begin in self._files():
            row = table.column("row").to_numpy() + begin
            begins_one = first[row] == row
            block[row[begins_one]] = before + np.arange(int(begins_one.sum()))
            before += int(begins_one.sum())
            # the first member comes before all others: its block has its number already
            yield pa.table({"id": table.column("id"), "block": block[first[row]]})

    def told(self, name: str) -> Iterator[pa.Table]:
        """A table of the pieces, sorted by its rows, a file at a time."""
        have = [each for each in self.measured if name in each.begins]
        tables = [shelf.mapped_columns(each.folder / f"{name}.arrow") for each in have]
        for nth in range(len(self.files)):
            spans = [(int(each.begins[name][nth]), int(each.begins[name][nth + 1])) for each in have]
            parts = [table.slice(begin, end - begin)
                     for table, (begin, end) in zip(tables, spans, strict=True) if end > begin]  # fmt: skip
            if parts:
                yield _finished(pa.concat_tables(parts), TOLD_BY[name])

    def _files(self) -> Iterator[tuple[pa.Table, int]]:
        """The areas of each file with an ``id``, and the number of its first row."""
        for each, begin in zip(self.files, self.parcels.first[:-1].tolist(), strict=True):
            table = shelf.mapped_columns(each.shelf.folder / AREAS)
            if "id" not in table.column_names:
                table = table.add_column(0, "id", pc.add(table.column("row"), begin))
            yield table.select(["id", "row", *(name for name in table.column_names if name.startswith("area"))]), begin


@contextmanager
def measured_apart(
    parcels: Sequence[Path],
    roads: Sequence[Path] | None,
    chosen: Chosen,
    asked: Asked,
    *,
    out: Path,
    cluster: str | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Iterator[Apart]:
    """Measure a layer on a cluster: the one at an address, else processes of this machine; both end when it is done.

    Raises
    ------
    Refused
        Dask is not installed, nobody answers at the address, a file cannot be taken, or workers were lost.
    """
    with tempfile.TemporaryDirectory(prefix=".apart-", dir=out.resolve()) as scratch:
        folder = Path(scratch)
        with _client(cluster) as client:
            began = clock()
            files, read_spent = _put_by(client, put_parcels, parcels, folder / "parcels", chosen)
            epsg = _agreed(files)
            lines, roads_spent = _put_by(client, put_roads, roads or (), folder / "roads", epsg)
            put_by = clock()
            layer = Layer.of([each.shelf for each in files], [each.rows for each in files])
            road_layer = None
            if roads is not None:
                road_layer = Layer.of([each.shelf for each in lines], [each.rows for each in lines])
            cut = pieces(Tiles.joined([each.tiles for each in files]), most_rows=PIECE_ROWS)
            measured = _all(client, measure_piece, [
                (piece, layer, road_layer, asked, folder / f"piece-{nth}") for nth, piece in enumerate(cut)
            ])  # fmt: skip
            measured_spent = [each.spent for each in measured]
            clock_s = _shared_out(put_by - began, [*read_spent, *roads_spent])
            for step, seconds in _shared_out(clock() - put_by, measured_spent).items():
                clock_s[step] = clock_s.get(step, 0.0) + seconds
            workers = _slots(client)
        yield Apart(
            files=files, roads=lines, measured=measured, parcels=layer, workers=workers, clock_s=clock_s,
            spent=(*read_spent, *roads_spent, *measured_spent),
        )  # fmt: skip


def _finished(table: pa.Table, told_by: str) -> pa.Table:
    """Sort, and put ids in the place of numbers; what one piece tells is sorted, and it alone tells of a row."""
    order = np.argsort(table.column(told_by).to_numpy(), kind="stable")
    table = table.take(pa.array(order))
    if "kind" in table.column_names:
        at = table.column_names.index("kind")
        table = table.set_column(at, "kind", table.column("kind").cast(pa.string()))
    for name in [each for each in table.column_names if each.endswith("_id")]:
        told = name.removesuffix("_id")
        table = table.set_column(table.column_names.index(told), told, table.column(name)).drop_columns([name])
    return table


def _agreed(files: Sequence[PutBy]) -> int:
    """The one CRS that all files were brought into."""
    first = files[0].crs.storage
    for each in files:
        if each.crs.storage != first:
            raise Refused(Fault("crs_conflict", {"file": each.crs.storage, "given": first}))
    if not sum(int(each.tiles.count.sum()) for each in files):
        raise Refused(Fault("nothing_to_take", {"rows": sum(each.rows for each in files)}))
    return working_epsg(first)


def _shared_out(seconds: float, spent: Sequence[Spent]) -> dict[str, float]:
    """The time that passed, shared out over the steps as the workers' time was."""
    busy: dict[str, float] = {}
    for each in spent:
        for step, took in each.clock_s.items():
            busy[step] = busy.get(step, 0.0) + took
    whole = sum(busy.values())
    return {step: seconds * took / whole for step, took in busy.items()}


@contextmanager
def _client(address: str | None) -> Iterator[Any]:
    try:
        from dask.distributed import Client, LocalCluster  # noqa: PLC0415 - an extra that few need
    except ImportError as error:
        raise Refused(Fault("dask_missing")) from error
    with ExitStack() as open_:
        try:
            # on this machine only, its pages for watchers on any free port
            local = None if address else open_.enter_context(
                LocalCluster(
                    threads_per_worker=1, host="127.0.0.1", dashboard_address=_ANY_PORT,
                    worker_dashboard_address=_ANY_PORT, silence_logs=logging.ERROR,
                )
            )  # fmt: skip
            client = open_.enter_context(Client(local or address, timeout=_PATIENCE_S))
        except (OSError, TimeoutError, ValueError) as error:
            raise Refused(Fault("cluster_unreachable", {"address": address or ""})) from error
        yield client


def _slots(client: Any) -> int:
    """How many things the cluster does at once."""
    threads: dict[str, int] = client.nthreads()
    return max(sum(threads.values()), 1)


def _put_by(
    client: Any, work: Callable[..., Any], files: Sequence[Path], folder: Path, told: object
) -> tuple[tuple[Any, ...], list[Spent]]:
    """Have files read and put by, several by one worker in turn, and come back in their order."""
    groups = min(len(files), GROUPS_A_SLOT * _slots(client))
    paths, folders = [path.resolve() for path in files], [folder / str(nth) for nth in range(len(files))]
    answers = _all(client, work, [(paths[nth::groups], folders[nth::groups], told) for nth in range(groups)])
    put = {nth + k * groups: each for nth, (found, _) in enumerate(answers) for k, each in enumerate(found)}
    return tuple(put[nth] for nth in range(len(files))), [spent for _, spent in answers]


def _all(client: Any, work: Callable[..., Any], questions: Sequence[tuple[Any, ...]]) -> tuple[Any, ...]:
    """Ask everything at once; questions and answers are small."""
    from dask.distributed import KilledWorker  # noqa: PLC0415 - an extra that few need

    # what a worker leaves on the disk is part of its answer: the same question is never answered from memory
    asked = [client.submit(work, *question, pure=False) for question in questions]
    try:
        return tuple(each.result() for each in asked)
    except KilledWorker as error:
        raise Refused(Fault("workers_lost")) from error
