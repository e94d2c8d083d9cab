"""What `analyse --engine dask` costs on made-up cities in many files with their streets, on the cores of this machine.

``python -m benchmarks.province [--folder DIR] [--counts N …]`` draws each city into files (a million parcels and fewer
in no order at all, more in the order of the ground), runs the command and samples the memory of all its processes; up
to a million parcels every table is compared with the single-machine run. What lies in DIR is not done again.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
import numpy as np
import psutil
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.fabric import EPSG, chunks, streets
from geo.flat import FlatPolygons

RESULT: Final = Path(__file__).resolve().parent / "results" / "province.md"
MOST_WHOLE: Final = 1_000_000
_ROWS_A_FILE: Final = {True: 40_000, False: 500_000}
_SAMPLE_S: Final = 0.25
_STEPS: Final = ("read", "area", "adjacency", "frontage", "blocks", "write")
_TABLES: Final = ("areas", "adjacency", "frontage", "blocks", "overlaps")


def draw(folder: Path, count: int) -> None:
    """Write ``parts/*.parquet`` and ``roads.parquet``, and ``whole.parquet`` when one machine is to read it too."""
    draft = folder.with_name(f"{folder.name}.draft")
    (draft / "parts").mkdir(parents=True)
    _write(streets(count), draft / "roads.parquet")
    rows = _ROWS_A_FILE[count <= MOST_WHOLE]
    if count <= MOST_WHOLE:
        flat = FlatPolygons.joined(list(chunks(count)))
        order = np.random.default_rng(7).permutation(count)
        _write(flat.take(order).shapes(), draft / "whole.parquet")
        for nth, part in enumerate(np.array_split(order, -(-count // rows))):
            _write(flat.take(part).shapes(), draft / "parts" / f"{nth:04d}.parquet")
    else:
        held: list[FlatPolygons] = []
        drawn = written = 0
        for chunk in chunks(count):
            held.append(chunk)
            drawn += len(chunk)
            if sum(map(len, held)) >= rows or drawn == count:
                _write(FlatPolygons.joined(held).shapes(), draft / "parts" / f"{written:04d}.parquet")
                held, written = [], written + 1
    draft.rename(folder)


def _write(shapes: Any, path: Path) -> None:
    gpd.GeoDataFrame(geometry=shapes, crs=EPSG).to_parquet(path)


def run(folder: Path, engine: str) -> dict[str, Any]:
    """Analyse a city in a process of its own and say what it took; as it was when it was done before."""
    told, source = folder / f"{engine}.json", folder / ("parts" if engine == "dask" else "whole.parquet")
    if not told.exists():
        out = folder / engine
        shutil.rmtree(out, ignore_errors=True)
        cost = _watched([
            sys.executable, "-m", "cli", "analyse", str(source), "--roads", str(folder / "roads.parquet"),
            "--engine", engine, "--out", str(out),
        ])  # fmt: skip
        told.write_text(json.dumps(cost), "utf-8")
    cost = json.loads(told.read_text("utf-8"))
    return {**json.loads((folder / engine / "summary.json").read_text("utf-8")), "cost": cost}


def _watched(command: list[str]) -> dict[str, Any]:
    """Run a command; the most memory of each kind of its processes, and of all together, MB by share (PSS)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    peaks: dict[str, float] = {}
    with subprocess.Popen(command) as process:
        root = psutil.Process(process.pid)
        while process.poll() is None:
            held: dict[str, float] = {"all": 0.0}
            for kind, share_mb in _processes(root):
                held[kind] = max(held.get(kind, 0.0), share_mb)
                held["all"] += share_mb
            peaks = {kind: max(held.get(kind, 0.0), peaks.get(kind, 0.0)) for kind in {*held, *peaks}}
            # between two samples of memory: what is measured is the other process
            time.sleep(_SAMPLE_S)
    if process.returncode:
        raise SystemExit(process.returncode)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall_s": time.perf_counter() - began, "cpu_s": cpu_s, "peaks_mb": peaks}


def _processes(root: psutil.Process) -> list[tuple[str, float]]:
    found = []
    try:
        every = [root, *root.children(recursive=True)]
    except psutil.Error:
        return []
    for each in every:
        try:
            line = " ".join(each.cmdline())
            share = Path(f"/proc/{each.pid}/smaps_rollup").read_text("ascii").split("Pss:")[1].split()[0]
        except (psutil.Error, OSError, IndexError):  # it has ended meanwhile
            continue
        kind = "asker" if each == root else "reader" if "reader_child" in line else "worker"
        found.append((kind, int(share) / 1024))
    return found


def differences(folder: Path) -> str:
    """Stop where rows, kinds or numbers of both engines differ; the largest difference of a length or an area."""
    largest = 0.0
    for name in _TABLES:
        here, apart = (folder / engine / f"{name}.parquet" for engine in ("local", "dask"))
        assert pq.read_schema(here).equals(pq.read_schema(apart))
        for column in pq.read_schema(here).names:
            one, other = (pq.read_table(path, columns=[column]).column(0) for path in (here, apart))
            if not pa.types.is_floating(one.type):
                assert one.equals(other), (name, column)
            elif len(one):
                largest = max(largest, pc.max(pc.abs(pc.subtract(one, other))).as_py())
    return f"{largest:.1e}"


def report(runs: list[tuple[int, str, dict[str, Any], str]]) -> str:
    """Two tables: seconds of processor time by step, and time and memory of the whole."""
    about = (
        f"`python -m benchmarks.province` on {os.cpu_count()} cores, with streets, frontage within 20 m. Seconds of "
        "the workers' processor time by step; `rest` is starting processes, loading kernels, asking, and putting "
        "tables together; of `local` it is everything. Memory is by share (PSS), sampled every quarter of a second. "
        "The machine had other work at the same time: the time that passed says little, and processor time is above "
        "that of a quiet machine."
    )
    lines = [
        "# A layer shared out over processes", "", about, "",
        "| parcels | engine | files | pieces | read | area | adjacency | frontage | blocks | rest | all CPU s |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    whole = [
        "| parcels | engine | passed s | all MB | asker MB | worker MB | reader MB | largest difference |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for count, engine, told, difference in runs:
        cost, spent = told["cost"], told.get("spent", {"cpu_seconds": {}, "pieces": 1})
        steps = spent["cpu_seconds"]
        shown = [f"{steps[step]:.1f}" if step in steps else "–" for step in _STEPS[:-1]]
        rest = cost["cpu_s"] - sum(steps.get(step, 0.0) for step in _STEPS[:-1])
        lines.append(
            f"| {count:,} | {engine} | {told['files']} | {spent['pieces']} | {' | '.join(shown)} | "
            f"{rest:.1f} | {cost['cpu_s']:.0f} |"
        )
        peaks = cost["peaks_mb"]
        memory = " | ".join(f"{peaks[kind]:,.0f}" if kind in peaks else "–"
                            for kind in ("all", "asker", "worker", "reader"))  # fmt: skip
        whole.append(f"| {count:,} | {engine} | {cost['wall_s']:.0f} | {memory} | {difference} |")
    return "\n".join([*lines, "", *whole, ""])


def main() -> None:
    """Measure and write the result."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=Path("var/province"))
    parser.add_argument("--counts", type=int, nargs="+", default=[1_000_000, 10_000_000])
    asked = parser.parse_args()
    runs: list[tuple[int, str, dict[str, Any], str]] = []
    for count in asked.counts:
        folder = asked.folder / str(count)
        if not folder.exists():
            asked.folder.mkdir(parents=True, exist_ok=True)
            draw(folder, count)
        files = len(list((folder / "parts").iterdir()))
        told = run(folder, "dask") | {"files": files}
        if count <= MOST_WHOLE:
            runs.append((count, "local", run(folder, "local") | {"files": 1}, "–"))
        runs.append((count, "dask", told, differences(folder) if count <= MOST_WHOLE else "–"))
        RESULT.write_text(report(runs), "utf-8")
    print(RESULT.read_text("utf-8"))


if __name__ == "__main__":
    main()
