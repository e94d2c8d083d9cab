"""Areas, neighbours, frontage and blocks of a file, without a database, as columns for other programs."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from exchange import flat_reading, reading
from exchange.errors import ExchangeError
from exchange.flat_reading import FlatReading
from exchange.reading import Reading
from exchange.sandbox import ReaderProcess
from exchange.writing.whole import whole_file
from geo import adjacency, area, frontage
from geo.area import ellipsoid_m2, planar_m2
from geo.blocks import blocks
from geo.crs import CrsRefused, storage_crs
from geo.flat import FlatPolygons
from geo.units import MU_PER_M2, centi_m2, mu, square_metres
from planning.errors import Fault, Refused
from planning.measuring_apart import Asked, measure

ENGINES: Final = ("local", "dask")
TOLERANCE_M: Final = 0.10
ROAD_DISTANCE_M: Final = 20.0
_MOST_LISTED: Final = 1_000
_NEIGHBOURS: Final = ("edge", "corner", "near")


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
    watch = _Watch(clock)
    try:
        with watch.step("read"), reader or ReaderProcess(flat=True) as process, _loading(engine):
            read = _read(parcels, process, crs=crs, code=code, sublayer=sublayer)
            epsg = _working_epsg(read)
            road_lines = _read_roads(roads, process, epsg) if roads is not None else None
    except ExchangeError as error:
        raise Refused(Fault(error.code, error.values, error.where or parcels.name)) from error
    kept = np.flatnonzero(read.taken)
    if not len(kept):
        raise Refused(Fault("nothing_to_take", {"rows": len(read.taken)}, parcels.name))
    ids = _ids(read, code, kept)
    polygons = read.polygons if len(kept) == len(read.taken) else read.polygons.take(kept)
    asked = Asked(epsg=epsg, tolerance_m=tolerance_m, road_distance_m=road_distance_m, near_m=near_m)
    lines = None if road_lines is None else road_lines.geoms
    if engine == "dask":
        found = _calculate_apart(polygons, lines, asked, cluster=cluster, watch=watch)
    else:
        found = _calculate(polygons, lines, asked, watch=watch)
    with watch.step("write"), ThreadPoolExecutor() as pool:
        out.mkdir(parents=True, exist_ok=True)
        for done in [
            pool.submit(_write, _named(name, frame, ids), out / f"{name}.parquet") for name, frame in found.items()
        ]:
            done.result()
    summary = _summary(read, road_lines, found, parcels=parcels, roads_path=roads, watch=watch)
    summary["parameters"] = {
        "tolerance_m": tolerance_m,
        "road_distance_m": road_distance_m,
        "near_m": near_m,
        "code": code,
    }
    summary["engine"] = engine
    with whole_file(out / "summary.json") as draft:
        draft.write_text(
            json.dumps(summary, ensure_ascii=False, allow_nan=False, indent=2, default=str) + "\n", "utf-8"
        )
    return Analysed(out, summary)


@contextmanager
def _loading(engine: str) -> Iterator[None]:
    """Load the compiled code that measures while the reader reads; a cluster's workers load their own."""
    if engine != "local":
        yield
        return
    with ThreadPoolExecutor(1) as beside:
        loaded = beside.submit(_load_compiled)
        yield
        loaded.result()


def _load_compiled() -> None:
    for part in (area, adjacency, frontage):
        part.warm()


def _refuse_lengths(*, tolerance_m: float, road_distance_m: float, near_m: float | None) -> None:
    given = {"tolerance_m": tolerance_m, "road_distance_m": road_distance_m, "near_m": near_m}
    faults = [Fault("length_not_positive", {"name": name, "value": value})
              for name, value in given.items() if value is not None and not 0 < value < float("inf")]  # fmt: skip
    if near_m is not None and not faults and near_m < tolerance_m:
        faults.append(Fault("near_below_tolerance", {"near_m": near_m, "tolerance_m": tolerance_m}))
    if faults:
        raise Refused(*faults)


def _read(
    path: Path, process: ReaderProcess, *, crs: str | None, code: str | None, sublayer: str | None
) -> FlatReading:
    # a folder of Parquet is one layer in many files
    files = sorted(path.glob("*.parquet")) if path.is_dir() else []
    readings = []
    for file in files or [path]:
        with flat_reading.borrowed(file, file.name) as original:
            readings.append(
                flat_reading.read(original, process=process, crs=crs, sublayer=sublayer, columns=_only(code))
            )
    read = readings[0] if len(readings) == 1 else flat_reading.joined(readings)
    if code is not None and code not in read.column_names:
        raise Refused(Fault("column_unknown", {"column": code, "columns": list(read.column_names)}, path.name))
    return read


def _read_roads(path: Path, process: ReaderProcess, epsg: int) -> Reading:
    with flat_reading.borrowed(path, path.name) as original:
        return reading.read(
            original, shapes=("line", "polygon"), storage_epsg=epsg, strict=False, columns=(), process=process
        )


def _only(code: str | None) -> tuple[str, ...]:
    return () if code is None else (code,)


def _working_epsg(read: FlatReading) -> int:
    """EPSG code of the CRS that the rows are in now; Refused when it has none or measures no metres."""
    authority, _, number = read.crs.storage.partition(":")
    if authority != "EPSG":
        raise Refused(Fault("crs_without_epsg", {"crs": read.crs.storage}))
    try:
        storage_crs(int(number))
    except CrsRefused as error:
        raise Refused(Fault(error.code, error.values)) from error
    return int(number)


def _ids(read: FlatReading, code: str | None, kept: NDArray[np.int64]) -> NDArray[Any]:
    if code is None:
        return kept.astype(np.int64)
    return np.array(["" if value is None else str(value) for value in read.table[code].iloc[kept]], dtype=object)


def _calculate(
    parcels: FlatPolygons, roads: NDArray[np.object_] | None, asked: Asked, *, watch: _Watch
) -> dict[str, pd.DataFrame]:
    """All tables, with rows named by position."""
    with watch.step("area"):
        ground = ellipsoid_m2(parcels, storage_crs(asked.epsg))
        areas = pd.DataFrame(
            {"id": np.arange(len(parcels)), "area_m2": planar_m2(parcels), "area_ellipsoid_m2": ground}
        )
    with watch.step("adjacency"):
        pairs = adjacency.adjacency(parcels, tolerance_m=asked.tolerance_m, near_m=asked.near_m)
    with watch.step("frontage"):
        facing = _frontage(parcels, roads, asked.road_distance_m)
    return _tables(areas, pairs, facing, watch)


def _calculate_apart(
    parcels: FlatPolygons, roads: NDArray[np.object_] | None, asked: Asked, *, cluster: str | None, watch: _Watch
) -> dict[str, pd.DataFrame]:
    """The same tables from a cluster; seconds are the workers' own, side by side."""
    kept = np.flatnonzero([road is not None for road in roads]) if roads is not None else np.zeros(0, np.int64)
    lines = roads[kept] if roads is not None else np.zeros(0, dtype=object)
    found = measure(parcels, lines, asked, cluster=cluster)
    watch.seconds |= {step: round(seconds, 4) for step, seconds in found.seconds.items()}
    facing = found.facing.rename(columns={"parcel": "id"})
    facing = facing.assign(road=kept[facing["road"].to_numpy(dtype=np.int64)])
    return _tables(found.areas, found.pairs, facing[["id", "road", "frontage_m", "distance_m"]], watch)


def _tables(areas: pd.DataFrame, pairs: pd.DataFrame, facing: pd.DataFrame, watch: _Watch) -> dict[str, pd.DataFrame]:
    stacked = pairs[pairs["kind"] == "overlap"]
    overlapping = stacked[["left", "right", "overlap_m2"]].rename(columns={"overlap_m2": "area_m2"})
    neighbours = pairs[pairs["kind"].isin(_NEIGHBOURS)][["left", "right", "length_m", "kind", "gap_m"]]
    neighbours = neighbours.assign(kind=neighbours["kind"].astype("str"))
    with watch.step("blocks"):
        grouped = pd.DataFrame({"id": areas["id"], "block": blocks(len(areas), pairs)})
    areas = areas.assign(area_mu=areas["area_m2"] * float(MU_PER_M2))
    return {"areas": areas, "adjacency": neighbours, "frontage": facing, "blocks": grouped, "overlaps": overlapping}


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


def _write(frame: pd.DataFrame, path: Path) -> None:
    with whole_file(path) as draft:
        table = pa.Table.from_pandas(frame.reset_index(drop=True), preserve_index=False)
        # numbers that hardly repeat are not looked up in a dictionary
        pq.write_table(table, draft, use_dictionary=[name for name in ("kind",) if name in table.column_names])


def _summary(
    read: FlatReading,
    roads: Reading | None,
    found: dict[str, pd.DataFrame],
    *,
    parcels: Path,
    roads_path: Path | None,
    watch: _Watch,
) -> dict[str, Any]:
    kinds = found["adjacency"]["kind"].value_counts()
    area_m2 = square_metres(int(centi_m2(found["areas"]["area_m2"]).sum()))
    refused = [{"row": item.row - 1, "code": item.code, "detail": dict(item.detail)}
               for item in read.items if item.outcome == "refused"]  # fmt: skip
    counts = {
        "rows": len(read.taken), "parcels": len(found["areas"]), "refused": len(refused),
        "mended": len({item.row for item in read.items if item.outcome == "mended"}),
        **{kind: int(kinds.get(kind, 0)) for kind in _NEIGHBOURS}, "overlap": len(found["overlaps"]),
        "adjacency": len(found["adjacency"]), "frontage": len(found["frontage"]),
        "blocks": int(found["blocks"]["block"].nunique()), "roads": 0 if roads is None else len(roads.geoms),
    }  # fmt: skip
    totals = {
        "area_m2": float(area_m2), "area_mu": float(mu(area_m2)),
        "area_ellipsoid_m2": float(square_metres(int(centi_m2(found["areas"]["area_ellipsoid_m2"]).sum()))),
        "shared_length_m": float(found["adjacency"].loc[found["adjacency"]["kind"] == "edge", "length_m"].sum()),
        "frontage_m": float(found["frontage"]["frontage_m"].sum()),
    }  # fmt: skip
    story = read.crs
    return {
        "parcels": parcels.name, "roads": None if roads_path is None else roads_path.name, "counts": counts,
        "totals": totals,
        "crs": {"source": story.source, "declared_how": story.declared_how, "working": story.storage,
                "operation": story.operation, "accuracy_m": story.accuracy_m},
        "seconds": {**watch.seconds, "total": round(sum(watch.seconds.values()), 4)},
        "refused": refused[:_MOST_LISTED],
    }  # fmt: skip
