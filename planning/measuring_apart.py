"""What one worker does of an analysis shared out over many: put a file by, and measure a piece of ground.

Workers leave what they found on a disk that all of them see, and tell only where it lies and how much there is. Rows
are named by their number in the whole layer: the number in their file, and ``first``, how many come in files before it.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numba
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from exchange import shelf
from exchange.report import CrsStory, Item
from exchange.sandbox import ReaderProcess
from exchange.shelf import Shelf
from geo.adjacency import adjacency
from geo.area import ellipsoid_m2, planar_m2
from geo.blocks import first_members
from geo.crs import storage_crs
from geo.flat import FlatPolygons
from geo.frontage import frontage
from geo.partition import Bounds, Piece, Tiles, beyond, bounds_of, grown, parts_beyond, tile_of
from planning.analysis_input import Chosen, ids_of, read_parcels, read_roads, working_epsg
from planning.analysis_tables import KINDS
from planning.errors import Fault, Refused

AREAS: Final = "areas.arrow"
MOST_LISTED: Final = 1_000
# the tables of a piece: which column of a table is the row whose piece tells of it
TOLD_BY: Final = {"adjacency": "left", "overlaps": "left", "frontage": "id"}
_KIB_A_MB: Final = 1_024


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What each piece is asked."""

    tolerance_m: float
    road_distance_m: float
    near_m: float | None

    @property
    def reach_m(self) -> float:
        """How far apart two rows can be that have to do with each other, and a metre against the last digits."""
        return max(self.near_m or 0.0, self.road_distance_m) + self.tolerance_m + 1.0


@dataclass(slots=True)
class Spent:
    """Seconds by step, by the clock and of processor time; the most memory of this process or a reader of it, MB."""

    clock_s: dict[str, float] = field(default_factory=dict)
    cpu_s: dict[str, float] = field(default_factory=dict)
    peak_mb: float = 0.0

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Count what the block takes as ``name``."""
        clock_s, cpu_s = time.perf_counter(), _cpu_s()
        yield
        self.clock_s[name] = self.clock_s.get(name, 0.0) + time.perf_counter() - clock_s
        self.cpu_s[name] = self.cpu_s.get(name, 0.0) + _cpu_s() - cpu_s
        kib = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
        self.peak_mb = max(self.peak_mb, kib / _KIB_A_MB)


@dataclass(frozen=True, slots=True, kw_only=True)
class PutBy:
    """A file of parcels that was read, judged, measured for area and put by."""

    shelf: Shelf
    tiles: Tiles
    rows: int
    crs: CrsStory
    refused: tuple[Item, ...]
    refused_rows: int
    mended_rows: int


@dataclass(frozen=True, slots=True)
class RoadsPutBy:
    """A file of roads that was read and put by."""

    shelf: Shelf
    rows: int


@dataclass(frozen=True, slots=True)
class Layer:
    """The shelves of a layer's files; ``first`` has the number of the first row of each, and at its end of all rows."""

    shelves: tuple[Shelf, ...]
    first: NDArray[np.int64]

    @classmethod
    def of(cls, shelves: Sequence[Shelf], rows: Sequence[int]) -> Layer:
        """Count rows on from file to file."""
        return cls(tuple(shelves), np.concatenate([np.zeros(1, np.int64), np.cumsum(rows, dtype=np.int64)]))

    def near(self, boxes: Sequence[Bounds]) -> Iterator[tuple[Shelf, shelf.Near, NDArray[np.int64]]]:
        """What lies in some boxes: shelf, rows on it, and their numbers in the layer."""
        for each, first in zip(self.shelves, self.first[:-1].tolist(), strict=True):
            found = shelf.within(each, boxes)
            if len(found.place):
                yield each, found, found.row + first


@dataclass(frozen=True, slots=True)
class Measured:
    """A piece that was measured: its folder, and in each table where the rows of each file begin."""

    folder: Path
    begins: dict[str, NDArray[np.int64]]
    spent: Spent


def put_parcels(files: Sequence[Path], folders: Sequence[Path], chosen: Chosen) -> tuple[list[PutBy], Spent]:
    """Read files of parcels in a sandbox, measure the areas and put them by, each in its folder.

    Raises
    ------
    Refused
        A file cannot be taken, or there is no room for it.
    """
    spent, put = Spent(), []
    with _alone(), ExitStack() as open_:
        # a reader takes a second to start, and is asked for file after file
        with spent.step("read"):
            process = open_.enter_context(ReaderProcess(flat=True))
        put = [_put_file(path, folder, chosen, process, spent)
               for path, folder in zip(files, folders, strict=True)]  # fmt: skip
        with spent.step("read"):
            open_.close()
    return put, spent


def _put_file(path: Path, folder: Path, chosen: Chosen, process: ReaderProcess, spent: Spent) -> PutBy:
    with spent.step("read"):
        read = read_parcels(path, process, chosen)
        crs = storage_crs(working_epsg(read.crs.storage))
        kept = np.flatnonzero(read.taken).astype(np.int64)
        polygons = read.polygons if len(kept) == len(read.taken) else read.polygons.take(kept)
        columns: dict[str, NDArray[Any]] = {"row": kept}
        if chosen.code is not None:
            columns["id"] = ids_of(read.table, chosen.code, kept)
        put, tiles = shelf.put_by(folder, bounds_of(polygons), pa.table(columns), polygons)
    with spent.step("area"):
        areas = {"area_m2": planar_m2(polygons), "area_ellipsoid_m2": ellipsoid_m2(polygons, crs)}
        shelf.write_columns(pa.table(columns | areas), folder / AREAS)
    refused = [item for item in read.items if item.outcome == "refused"]
    return PutBy(
        shelf=put, tiles=tiles, rows=len(read.taken), crs=read.crs, refused=tuple(refused[:MOST_LISTED]),
        refused_rows=len(refused), mended_rows=len({item.row for item in read.items if item.outcome == "mended"}),
    )  # fmt: skip


def put_roads(files: Sequence[Path], folders: Sequence[Path], epsg: int) -> tuple[list[RoadsPutBy], Spent]:
    """Read files of roads in a sandbox and put them by.

    Raises
    ------
    Refused
        A file cannot be taken, or there is no room for it.
    """
    spent, put = Spent(), []
    with _alone(), spent.step("read"), ReaderProcess() as process:
        for path, folder in zip(files, folders, strict=True):
            roads = read_roads(path, process, epsg)
            bounds = shapely.bounds(roads).reshape(-1, 4)
            kept = np.flatnonzero(np.isfinite(bounds).all(axis=1)).astype(np.int64)
            table = pa.table({"row": kept, "wkb": pa.array(shapely.to_wkb(roads[kept]).tolist(), pa.large_binary())})
            put.append(RoadsPutBy(shelf.put_by(folder, bounds[kept], table)[0], len(roads)))
    return put, spent


def measure_piece(piece: Piece, parcels: Layer, roads: Layer | None, asked: Asked, folder: Path) -> Measured:
    """Measure a piece and leave its tables in ``folder``, each row told by the piece that owns the first in it.

    Raises
    ------
    Refused
        There is no room for the tables.
    """
    spent = Spent()
    with _alone():
        folder.mkdir(parents=True, exist_ok=True)
        with spent.step("read"):
            boxes = _boxes(parcels, piece, asked.reach_m)
            rows, own, polygons, ids = _gathered(parcels, piece, boxes)
        with spent.step("adjacency"):
            pairs = adjacency(polygons, tolerance_m=asked.tolerance_m, near_m=asked.near_m)
            # numbers rise within a piece, so the first of a pair is the first in the whole layer too
            pairs = pairs[own[pairs["left"].to_numpy()]]
            tables = _pair_tables(pairs, rows, ids)
        with spent.step("blocks"):
            _leave_blocks(pairs, rows, own, folder)
        if roads is not None:
            with spent.step("frontage"):
                facing = _facing(polygons, roads, boxes, asked)
                facing = facing[own[facing["id"].to_numpy()]]
                tables["frontage"] = _named(facing, rows, ids, ("id",))
        with spent.step("write"):
            for name, table in tables.items():
                shelf.write_columns(table, folder / f"{name}.arrow")
    begins = {
        name: np.searchsorted(table.column(TOLD_BY[name]).to_numpy(), parcels.first) for name, table in tables.items()
    }
    return Measured(folder, begins, spent)


def _boxes(parcels: Layer, piece: Piece, reach_m: float) -> list[Bounds]:
    """Where the piece has to look: its hull, and the parts of its own rows that stick out of it, reach included."""
    boxes = [piece.hull]
    for each, near, _ in parcels.near(boxes[:1]):
        out = beyond(near.bounds, piece.hull)
        out[out] = np.isin(tile_of(near.bounds[out]), piece.tiles)
        boxes += parts_beyond(shelf.polygons_at(each, near.place[out]), piece.hull)
    return [grown(box, reach_m) for box in boxes]


def _gathered(
    parcels: Layer, piece: Piece, boxes: Sequence[Bounds]
) -> tuple[NDArray[np.int64], NDArray[np.bool_], FlatPolygons, pa.ChunkedArray | None]:
    """Numbers of the rows in the boxes, which are the piece's own, their polygons, their ids when they have any."""
    rows, own, polygons, tables = [], [], [], []
    for each, near, numbers in parcels.near(boxes):
        rows.append(numbers)
        own.append(np.isin(tile_of(near.bounds), piece.tiles))
        polygons.append(shelf.polygons_at(each, near.place))
        tables.append(shelf.columns_at(each, near.place))
    together = polygons[0] if len(polygons) == 1 else FlatPolygons.joined(polygons)
    columns = pa.concat_tables(tables)
    ids = columns.column("id") if "id" in columns.column_names else None
    return np.concatenate(rows), np.concatenate(own), together, ids


def _pair_tables(pairs: pd.DataFrame, rows: NDArray[np.int64], ids: pa.ChunkedArray | None) -> dict[str, pa.Table]:
    stacked = pairs.loc[pairs["kind"] == "overlap", ["left", "right", "overlap_m2"]]
    beside = pairs.loc[pairs["kind"].isin(KINDS), ["left", "right", "length_m", "kind", "gap_m"]]
    return {
        "adjacency": _named(beside, rows, ids, ("left", "right")),
        "overlaps": _named(stacked.rename(columns={"overlap_m2": "area_m2"}), rows, ids, ("left", "right")),
    }


def _named(
    found: pd.DataFrame, rows: NDArray[np.int64], ids: pa.ChunkedArray | None, columns: tuple[str, ...]
) -> pa.Table:
    """Put numbers in the whole layer in the place of places in the piece; ids go beside them, under ``…_id``."""
    places = {name: found[name].to_numpy(dtype=np.int64) for name in columns}
    table = pa.Table.from_pandas(
        found.assign(**{name: rows[place] for name, place in places.items()}), preserve_index=False
    )
    if ids is None:
        return table
    for name, place in places.items():
        table = table.append_column(f"{name}_id", ids.take(pa.array(place)))
    return table


def _leave_blocks(pairs: pd.DataFrame, rows: NDArray[np.int64], own: NDArray[np.bool_], folder: Path) -> None:
    """Leave the first member of each own row's block within the piece, and the pairs that lead beyond it."""
    joined = pairs[pairs["kind"] == "edge"]
    left, right = (joined[side].to_numpy(dtype=np.int64) for side in ("left", "right"))
    # the first of every pair is the piece's own, and so is the first of every block
    first = first_members(np.arange(len(rows), dtype=np.int64), left, right)
    beyond = np.unique(right[~own[right]])
    np.save(folder / "blocks.npy", np.stack([rows[own], rows[first[own]]]), allow_pickle=False)
    np.save(folder / "beyond.npy", np.stack([rows[beyond], rows[first[beyond]]]), allow_pickle=False)


def _facing(polygons: FlatPolygons, roads: Layer, boxes: Sequence[Bounds], asked: Asked) -> pd.DataFrame:
    numbers, shapes = [np.zeros(0, np.int64)], [np.zeros(0, dtype=object)]
    for each, near, named in roads.near(boxes):
        numbers.append(named)
        wkb = shelf.columns_at(each, near.place).column("wkb").to_numpy()
        shapes.append(np.asarray(shapely.from_wkb(wkb), dtype=object))
    facing = frontage(polygons, np.concatenate(shapes), distance_m=asked.road_distance_m)
    road = np.concatenate(numbers)[facing["road"].to_numpy(dtype=np.int64)]
    return facing.assign(road=road).rename(columns={"parcel": "id"})


@contextmanager
def _alone() -> Iterator[None]:
    """One thread for the kernels, the cluster having its own on every core; a full disk is told as what it is."""
    threads = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Refused(Fault("cannot_write", {"reason": reason}, str(error.filename or ""))) from error
    finally:
        numba.set_num_threads(threads)


def _cpu_s() -> float:
    """Seconds of processor time of this process and of the readers that it has ended."""
    readers = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + readers.ru_utime + readers.ru_stime
