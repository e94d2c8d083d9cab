"""Our engine beside the others, on the same data in the same run, in one command; writes a table and a picture.

``python -m benchmarks.geometry [--counts 10000 100000 1000000] [--cambridge FOLDER]``. Each answer is given in a
process of its own and compared with ours before its time is shown. A program that is not there, or takes over three
minutes, is named with the reason. The others run with the interpreter that ``CHANTU_BENCH_PYTHON`` names (``make
bench`` makes one). A program that was many times slower than the best of the others on fewer parcels is not asked again
on more. What was measured lies beside the table; ``--questions`` measures some of them anew and keeps the rest: what is
compared with each other is always of one run.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import shapely

from benchmarks.fabric import fabric
from benchmarks.questions import QUESTIONS, compared

TOOLS: Final = ("shapely_ways", "sedona_ways", "duckdb_ways", "postgis_ways", "libpysal_ways")
NAMES: Final = {
    "ours": "this engine",
    "shapely_ways": "geopandas / shapely", "sedona_ways": "SedonaDB", "duckdb_ways": "DuckDB spatial",
    "postgis_ways": "PostGIS", "libpysal_ways": "libpysal",
}  # fmt: skip
MOST_S: Final = 180.0
# from here on only what is expected to end in time is asked at all
_LARGE: Final = 300_000
# so many times slower than the best of the others on fewer parcels is not asked on more
_FAR: Final = 6.0
_LEFT_OUT: Final[set[str]] = set()
_ROOT: Final = Path(__file__).resolve().parent.parent
_RESULTS: Final = Path(__file__).resolve().parent / "results"


@dataclass
class Run:
    """What was measured on one data set, by question and program; a string says why there is no time."""

    label: str
    count: int
    roads: int
    found: dict[tuple[str, str], dict[str, Any] | str] = field(default_factory=dict)

    def seconds(self, question: str, tool: str) -> float | None:
        told = self.found.get((question, tool))
        return float(told["seconds"]) if isinstance(told, dict) else None

    def best_peer(self, question: str) -> tuple[str, float] | None:
        """The quickest other program and its seconds, among those that agree in what is asked."""
        times = [(tool, self.seconds(question, tool)) for tool in TOOLS]
        there = [(tool, seconds) for tool, seconds in times if seconds is not None]
        return min(there, key=lambda each: each[1]) if there else None


def save(folder: Path, parcels: gpd.GeoSeries, roads: gpd.GeoSeries) -> None:
    """Write the files that every program reads."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = np.arange(len(parcels))
    gpd.GeoDataFrame({"id": ids}, geometry=parcels.to_numpy(), crs=parcels.crs).to_parquet(folder / "parcels.parquet")
    degrees = parcels.to_crs(4490)
    gpd.GeoDataFrame({"id": ids}, geometry=degrees.to_numpy(), crs=4326).to_parquet(folder / "degrees.parquet")
    gpd.GeoDataFrame({"id": np.arange(len(roads))}, geometry=roads.to_numpy(), crs=roads.crs).to_parquet(
        folder / "roads.parquet"
    )


def made(folder: Path, count: int) -> tuple[int, int]:
    city = fabric(count)
    save(folder, gpd.GeoSeries(city.parcels, crs=4549), gpd.GeoSeries(city.roads, crs=4549))
    return len(city.parcels), len(city.roads)


def cambridge(folder: Path, source: Path) -> tuple[int, int]:
    """Cambridge, Massachusetts: assessors' parcels and street centre lines, in UTM 19."""
    parcels = (
        gpd.read_file(source / "ASSESSING_ParcelsFY2013.topojson").set_crs(4326, allow_override=True).to_crs(32619)
    )
    roads = gpd.read_file(source / "TRANS_Centerlines.geojson").to_crs(32619)
    shapes = np.asarray(parcels.geometry[parcels.geometry.notna()].array, dtype=object)
    shapes = np.asarray(shapely.make_valid(shapes), dtype=object)
    polygons = gpd.GeoSeries(shapes[np.isin(shapely.get_type_id(shapes), (3, 6))], crs=parcels.crs)
    save(folder, polygons, roads.geometry)
    return len(polygons), len(roads)


def measure(
    label: str, folder: Path, size: tuple[int, int], epsg: int, earlier: Run | None, questions: Collection[str]
) -> Run:
    """Ask everybody these questions about one data set."""
    run = Run(label, *size)
    for question in questions:
        for tool in ("ours", *TOOLS):
            reason = _not_asked(question, tool, run.count, earlier)
            run.found[question, tool] = reason or _ask(question, tool, folder, epsg)
            told = run.found[question, tool]
            if isinstance(told, dict):
                told["agrees"] = _agreement(question, tool, folder)
            print(label, question, tool, told, flush=True)
    if set(questions) == set(QUESTIONS):
        run.found["pipeline", "ours"] = _pipeline(folder)
        print(label, "pipeline", run.found["pipeline", "ours"], flush=True)
    return run


def _not_asked(question: str, tool: str, count: int, earlier: Run | None) -> str:
    if tool in _LEFT_OUT:
        return "left out of this run"
    if tool == "ours" or earlier is None:
        return ""
    before, best = earlier.found.get((question, tool)), earlier.best_peer(question)
    if isinstance(before, str):
        return before
    if isinstance(before, dict) and best is not None and before["seconds"] > _FAR * best[1]:
        return f"left out: {before['seconds'] / best[1]:.0f} times the best of the others on {earlier.count:,}"
    if isinstance(before, dict) and count >= _LARGE:
        expected = before["seconds"] * count / earlier.count
        if expected > MOST_S:
            return f"left out: about {expected:.0f} s by its time on {earlier.count:,}"
        if best is not None and best[0] != tool and question in {"tolerant", "frontage"}:
            return "left out: not the best of the others on fewer parcels"
    return ""


def _ask(question: str, tool: str, folder: Path, epsg: int) -> dict[str, Any] | str:
    python = sys.executable if tool == "ours" else os.environ.get("CHANTU_BENCH_PYTHON", sys.executable)
    command = [
        python,
        "-m",
        "benchmarks.runner",
        tool,
        question,
        str(folder),
        str(epsg),
        str(_answer(folder, tool, question)),
    ]
    try:
        done = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, timeout=MOST_S + 120, check=False)
    except subprocess.TimeoutExpired:
        return f"left out: more than {MOST_S:.0f} s"
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        return "not asked for" if last.startswith("KeyError") else f"not there: {last[:90]}"
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told


def _answer(folder: Path, tool: str, question: str) -> Path:
    return folder / f"{tool}-{question}.npz"


def _agreement(question: str, tool: str, folder: Path) -> str:
    if tool == "ours":
        return "-"
    if not _answer(folder, "ours", question).exists():
        return "ours gave no answer"
    with np.load(_answer(folder, "ours", question)) as ours, np.load(_answer(folder, tool, question)) as theirs:
        return compared(question, dict(ours), dict(theirs))


def _pipeline(folder: Path) -> dict[str, Any]:
    """The whole command on the files, and reading the parcels into a GeoDataFrame, each in a process of its own."""
    out = folder / "analysis"
    command = [sys.executable, "-m", "cli", "analyse", str(folder / "parcels.parquet"), "--roads",
               str(folder / "roads.parquet"), "--out", str(out)]  # fmt: skip
    read = ("import sys, time, geopandas\nbegan = time.perf_counter()\ngeopandas.read_parquet(sys.argv[1])\n"
            "print(time.perf_counter() - began)")  # fmt: skip
    reads, programs, wholes, steps = [], [], [], []
    for _ in range(3):
        began = time.perf_counter()
        told = subprocess.run([sys.executable, "-c", read, str(folder / "parcels.parquet")], cwd=_ROOT, check=True,
                              capture_output=True, text=True)  # fmt: skip
        programs.append(time.perf_counter() - began)
        reads.append(float(told.stdout))
        began = time.perf_counter()
        subprocess.run(command, cwd=_ROOT, check=True, capture_output=True)
        wholes.append(time.perf_counter() - began)
        steps.append(json.loads((out / "summary.json").read_text("utf-8"))["seconds"])
    return {
        "read_s": statistics.median(reads),
        "read_program_s": statistics.median(programs),
        "whole_s": statistics.median(wholes),
        "steps": {name: statistics.median(step[name] for step in steps) for name in steps[0]},
    }


def first_calls() -> tuple[float, float]:
    """Seconds until every kernel has answered once: loaded from the cache, and compiled for a machine that has none."""

    def cold(**environment: str) -> float:
        done = subprocess.run([sys.executable, "-m", "benchmarks.cold"], cwd=_ROOT, check=True, capture_output=True,
                              text=True, env=os.environ | environment)  # fmt: skip
        return float(done.stdout)

    with tempfile.TemporaryDirectory() as empty:
        compiled = cold(NUMBA_CACHE_DIR=empty)
    cold()
    return statistics.median(cold() for _ in range(3)), compiled


def exponent(runs: list[Run], question: str) -> float | None:
    """Of our time over the number of parcels, from the smallest to the largest made-up city."""
    first, last = runs[0], runs[-1]
    few, many = first.seconds(question, "ours"), last.seconds(question, "ours")
    if few is None or many is None or first.count == last.count:
        return None
    return math.log(many / few) / math.log(last.count / first.count)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--counts", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--cambridge", type=Path, default=os.environ.get("CHANTU_CAMBRIDGE"))
    parser.add_argument("--leave-out", nargs="*", default=[], choices=TOOLS, help="programs not to ask this time")
    parser.add_argument("--out", type=Path, default=_RESULTS)
    parser.add_argument("--questions", nargs="+", default=list(QUESTIONS), choices=list(QUESTIONS))
    asked = parser.parse_args()
    _LEFT_OUT.update(asked.leave_out)
    from benchmarks import report  # noqa: PLC0415 - what it writes is decided here

    book = report.Book.read(asked.out)
    with tempfile.TemporaryDirectory(prefix="chantu-bench-") as top:
        # a server of another user reads nothing here; the folder holds some hundred megabytes
        folder = Path(top)
        made(folder / "small", 200)
        book.first_calls = first_calls()
        if asked.cambridge:
            place = folder / "cambridge"
            size = cambridge(place, Path(asked.cambridge))
            book.take(measure("Cambridge", place, size, 32619, None, asked.questions))
        earlier: Run | None = None
        for count in sorted(asked.counts):
            place = folder / str(count)
            earlier = measure(f"{count:,}", place, made(place, count), 4549, earlier, asked.questions)
            book.take(earlier)
            # a run that is stopped leaves what it has measured so far
            report.write(asked.out, book)


if __name__ == "__main__":
    main()
