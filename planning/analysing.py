"""Areas, neighbours, frontage and blocks of a file, without a database, as columns for other programs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from exchange import flat_reading
from exchange.errors import ExchangeError
from exchange.flat_reading import FlatReading
from exchange.report import CrsStory, Item
from exchange.sandbox import ReaderProcess
from exchange.writing.whole import whole_file
from geo import adjacency, area, frontage
from geo.area import ellipsoid_m2, planar_m2
from geo.blocks import blocks
from geo.crs import storage_crs
from geo.flat import FlatPolygons
from planning.analysis_input import Chosen, files_of, ids_of, read_parcels, read_roads, working_epsg
from planning.analysis_tables import KINDS, TABLES, Tally, write_table
from planning.asking_apart import measured_apart
from planning.errors import Fault, Refused
from planning.measuring_apart import MOST_LISTED, Asked

ENGINES: Final = ("local", "dask")
TOLERANCE_M: Final = 0.10
ROAD_DISTANCE_M: Final = 20.0


@dataclass(frozen=True, slots=True)
class Analysed:
    """Where the files lie and the summary that was written beside them."""

    folder: Path
    summary: dict[str, Any]


class _Watch:
    """Seconds by step, by the clock that is handed in."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started = self._clock()
        yield
        self.seconds[name] = self.seconds.get(name, 0.0) + round(self._clock() - started, 4)


def analyse(  # noqa: PLR0913 - an option of the command each
    parcels: Path,
    *,
    out: Path,
    roads: Path | None = None,
    crs: str | None = None,
    code: str | None = None,
    sublayer: str | None = None,
    tolerance_m: float = TOLERANCE_M,
    road_distance_m: float = ROAD_DISTANCE_M,
    near_m: float | None = None,
    engine: str = "local",
    cluster: str | None = None,
    reader: ReaderProcess | None = None,
    clock: Callable[[], float] = time.perf_counter,
) -> Analysed:
    """Write areas, adjacency, frontage, blocks (and overlaps) as Parquet, and summary.json.

    ``id`` is the number of the row in the input, from 0, or the column ``code``. Areas are unrounded float64; totals in
    the summary are sums of areas rounded to 0.01 m², as in a register. Rows that cannot be measured are left out and
    listed. ``crs`` declares the CRS of a file that has none; when the file has one, a projected ``crs`` is the one to
    calculate in. Degrees without a ``crs`` are calculated in the first that ``geo.crs_advice`` names. ``reader`` is a
    reader of flat polygons that was started before; it is stopped when all is read.

    Raises
    ------
    Refused
        The input, the CRS, the column or the engine cannot be used.
    """
    if engine not in ENGINES:
        raise Refused(Fault("unknown_engine", {"engine": engine, "known": ENGINES}))
    _refuse_lengths(tolerance_m=tolerance_m, road_distance_m=road_distance_m, near_m=near_m)
    watch, tally = _Watch(clock), Tally()
    chosen = Chosen(crs=crs, code=code, sublayer=sublayer)
    asked = Asked(tolerance_m=tolerance_m, road_distance_m=road_distance_m, near_m=near_m)
    layers = _Layers(parcels.name, files_of(parcels), None if roads is None else files_of(roads))
    if engine == "dask":
        told = _apart(layers, chosen, asked, out=out, cluster=cluster, watch=watch, tally=tally)
    else:
        told = _here(layers, chosen, asked, out=out, reader=reader, watch=watch, tally=tally)
    summary = _summary(told, tally, parcels=parcels, roads=roads, watch=watch)
    summary["parameters"] = {
        "tolerance_m": tolerance_m,
        "road_distance_m": road_distance_m,
        "near_m": near_m,
        "code": code,
    }
    summary["engine"] = engine
    if told.spent is not None:
        summary["spent"] = told.spent
    with whole_file(out / "summary.json") as draft:
        draft.write_text(
            json.dumps(summary, ensure_ascii=False, allow_nan=False, indent=2, default=str) + "\n", "utf-8"
        )
    return Analysed(out, summary)


@dataclass(frozen=True, slots=True)
class _Layers:
    """Files of parcels, and of roads when frontage is asked for."""

    name: str
    parcels: Sequence[Path]
    roads: Sequence[Path] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """What is told of the input beside the tables; ``spent`` by the workers, when there were any."""

    rows: int
    roads: int
    refused: Sequence[Item]
    refused_rows: int
    mended_rows: int
    crs: CrsStory
    spent: dict[str, Any] | None = None


def _make(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise Refused(Fault("cannot_write", {"reason": reason}, str(out))) from error


def _refuse_lengths(*, tolerance_m: float, road_distance_m: float, near_m: float | None) -> None:
    given = {"tolerance_m": tolerance_m, "road_distance_m": road_distance_m, "near_m": near_m}
    faults = [Fault("length_not_positive", {"name": name, "value": value})
              for name, value in given.items() if value is not None and not 0 < value < float("inf")]  # fmt: skip
    if near_m is not None and not faults and near_m < tolerance_m:
        faults.append(Fault("near_below_tolerance", {"near_m": near_m, "tolerance_m": tolerance_m}))
    if faults:
        raise Refused(*faults)


@contextmanager
def _loading() -> Iterator[None]:
    """Load the compiled code that measures while the reader reads."""
    with ThreadPoolExecutor(1) as beside:
        loaded = beside.submit(_load_compiled)
        yield
        loaded.result()


def _load_compiled() -> None:
    for part in (area, adjacency, frontage):
        part.warm()


def _here(
    layers: _Layers,
    chosen: Chosen,
    asked: Asked,
    *,
    out: Path,
    reader: ReaderProcess | None,
    watch: _Watch,
    tally: Tally,
) -> _Told:
    """Everything in this process."""
    with reader or ReaderProcess(flat=True) as process, ThreadPoolExecutor(1) as beside:
        with watch.step("read"), _loading():
            read = _read_all(layers, process, chosen)
        epsg = working_epsg(read.crs.storage)
        kept = np.flatnonzero(read.taken)
        if not len(kept):
            raise Refused(Fault("nothing_to_take", {"rows": len(read.taken)}, layers.name))
        polygons = read.polygons if len(kept) == len(read.taken) else read.polygons.take(kept)
        # what needs no roads is measured while they are read
        awaited = beside.submit(_lines, layers.roads, process, epsg)
        areas, pairs = _measure(polygons, epsg, asked, watch=watch)
        with watch.step("read"):
            lines = awaited.result()
    ids = kept.astype(np.int64) if chosen.code is None else ids_of(read.table, chosen.code, kept)
    with watch.step("frontage"):
        facing = _frontage(polygons, lines, asked.road_distance_m)
    found = _tables(areas, pairs, facing, watch=watch)

    def write(name: str) -> None:
        table = pa.Table.from_pandas(_named(name, found[name], ids), preserve_index=False)
        write_table(name, [table], out / f"{name}.parquet", tally, text_ids=chosen.code is not None)

    with watch.step("write"), ThreadPoolExecutor() as pool:
        _make(out)
        list(pool.map(write, TABLES))
    refused = [item for item in read.items if item.outcome == "refused"]
    mended = {item.row for item in read.items if item.outcome == "mended"}
    return _Told(
        rows=len(read.taken), roads=0 if lines is None else len(lines), refused=refused, refused_rows=len(refused),
        mended_rows=len(mended), crs=read.crs,
    )  # fmt: skip


def _apart(
    layers: _Layers, chosen: Chosen, asked: Asked, *, out: Path, cluster: str | None, watch: _Watch, tally: Tally
) -> _Told:
    """The same from the workers of a cluster; each step has its share of the time that passed."""
    _make(out)
    with measured_apart(layers.parcels, layers.roads, chosen, asked, out=out, cluster=cluster) as apart:
        watch.seconds |= {step: round(seconds, 4) for step, seconds in apart.clock_s.items()}
        watch.seconds.setdefault("frontage", 0.0)
        for name in TABLES:
            stretches = {"areas": apart.areas, "blocks": apart.blocks}.get(name, lambda name=name: apart.told(name))
            with watch.step("blocks" if name == "blocks" else "write"):
                write_table(name, stretches(), out / f"{name}.parquet", tally, text_ids=chosen.code is not None)
        firsts = apart.parcels.first.tolist()
        return _Told(
            rows=firsts[-1], roads=sum(each.rows for each in apart.roads), crs=apart.files[0].crs,
            spent=apart.told_spent,
            refused=[replace(item, row=item.row + first)
                     for each, first in zip(apart.files, firsts, strict=False) for item in each.refused],
            refused_rows=sum(each.refused_rows for each in apart.files),
            mended_rows=sum(each.mended_rows for each in apart.files),
        )  # fmt: skip


def _read_all(layers: _Layers, process: ReaderProcess, chosen: Chosen) -> FlatReading:
    """The parcels of all files."""
    readings = [read_parcels(path, process, chosen) for path in layers.parcels]
    try:
        return readings[0] if len(readings) == 1 else flat_reading.joined(readings)
    except ExchangeError as error:
        raise Refused(Fault(error.code, error.values, error.where or layers.name)) from error


def _lines(roads: Sequence[Path] | None, process: ReaderProcess, epsg: int) -> NDArray[np.object_] | None:
    return None if roads is None else np.concatenate([read_roads(path, process, epsg) for path in roads])


def _measure(parcels: FlatPolygons, epsg: int, asked: Asked, *, watch: _Watch) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Areas and pairs of neighbours, with rows named by position."""
    with watch.step("area"):
        ground = ellipsoid_m2(parcels, storage_crs(epsg))
        areas = pd.DataFrame(
            {"id": np.arange(len(parcels)), "area_m2": planar_m2(parcels), "area_ellipsoid_m2": ground}
        )
    with watch.step("adjacency"):
        pairs = adjacency.adjacency(parcels, tolerance_m=asked.tolerance_m, near_m=asked.near_m)
    return areas, pairs


def _tables(
    areas: pd.DataFrame, pairs: pd.DataFrame, facing: pd.DataFrame, *, watch: _Watch
) -> dict[str, pd.DataFrame]:
    """All tables, with rows named by position."""
    with watch.step("blocks"):
        grouped = pd.DataFrame({"id": areas["id"], "block": blocks(len(areas), pairs)})
    stacked = pairs.loc[pairs["kind"] == "overlap", ["left", "right", "overlap_m2"]]
    beside = pairs.loc[pairs["kind"].isin(KINDS), ["left", "right", "length_m", "kind", "gap_m"]]
    return {
        "areas": areas, "adjacency": beside, "frontage": facing, "blocks": grouped,
        "overlaps": stacked.rename(columns={"overlap_m2": "area_m2"}),
    }  # fmt: skip


def _frontage(parcels: FlatPolygons, roads: NDArray[np.object_] | None, distance_m: float) -> pd.DataFrame:
    if roads is None:
        empty = {"id": np.int64, "road": np.int64, "frontage_m": np.float64, "distance_m": np.float64}
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in empty.items()})
    kept = np.flatnonzero([road is not None for road in roads])
    facing = frontage.frontage(parcels, roads[kept], distance_m=distance_m).rename(columns={"parcel": "id"})
    # a road keeps the number of its row in the file
    return facing.assign(road=kept[facing["road"].to_numpy(dtype=np.int64)])[["id", "road", "frontage_m", "distance_m"]]


def _named(name: str, frame: pd.DataFrame, ids: NDArray[Any]) -> pd.DataFrame:
    """Put the ids in the place of positions."""
    columns = ("left", "right") if name in {"adjacency", "overlaps"} else ("id",)
    return frame.assign(**{column: ids[frame[column].to_numpy(dtype=np.int64)] for column in columns})


def _summary(told: _Told, tally: Tally, *, parcels: Path, roads: Path | None, watch: _Watch) -> dict[str, Any]:
    counts = {
        "rows": told.rows, "parcels": tally.rows["areas"], "refused": told.refused_rows, "mended": told.mended_rows,
        **{kind: tally.kinds[kind] for kind in KINDS}, "overlap": tally.rows["overlaps"],
        "adjacency": tally.rows["adjacency"], "frontage": tally.rows["frontage"], "blocks": tally.blocks,
        "roads": told.roads,
    }  # fmt: skip
    story = told.crs
    return {
        "parcels": parcels.name, "roads": None if roads is None else roads.name, "counts": counts,
        "totals": tally.totals,
        "crs": {"source": story.source, "declared_how": story.declared_how, "working": story.storage,
                "operation": story.operation, "accuracy_m": story.accuracy_m},
        "seconds": {**watch.seconds, "total": round(sum(watch.seconds.values()), 4)},
        "refused": [{"row": item.row - 1, "code": item.code, "detail": dict(item.detail)}
                    for item in told.refused[:MOST_LISTED]],
    }  # fmt: skip
