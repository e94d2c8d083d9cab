"""The coverage check beside GEOS' own (shapely.coverage_invalid_edges), on parcels that fit and with faults planted.

``python -m benchmarks.coverage [COUNT …]`` (10 000, 100 000 and 1 000 000 parcels of 16 vertices by default). GEOS says
only which edges are out of place; ours also where, how large, of what kind. Each line is a process of its own.
``jointed`` parcels (benchmarks.fabric) have vertices on one another's edges everywhere; GEOS takes each for a fault
even when it lies on the edge to the last bit. Of the smallest layer of each kind the overlaps that we name are compared
with those that GEOS finds when it lays every parcel over its neighbours.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from benchmarks.fabric import fabric
from geo import coverage
from geo.flat import FlatPolygons

ROUNDS: Final = 5
RESULT: Final = Path(__file__).resolve().parent / "results" / "coverage.md"
_LOTS: Final = (10, 2)  # lots along and across a block
_LOT_M: Final = (30.0, 50.0)
_STREET_M: Final = 16.0
_ORIGIN: Final = (490_000.0, 3_220_000.0)
_TURN: Final = 0.31  # radians: no edge lies along an axis
_FAULTY: Final = 0.01  # share of parcels with a fault planted
_SLIPS: Final = 0.05  # share of the jointed parcels that are out of their place by up to 20 mm
_AGREED: Final = 10_000  # parcels of which the overlaps are compared
KINDS: Final = ("clean", "planted", "jointed", "slipped")


def town(count: int, *, faulty: bool) -> NDArray[np.object_]:
    """Crooked lots of 16 vertices in blocks with streets between; neighbours share every vertex."""
    at = np.arange(count)
    per_block = _LOTS[0] * _LOTS[1]
    columns = int(np.ceil(np.sqrt(count / per_block)))
    block, lot = at // per_block, at % per_block
    x = block % columns * (_LOTS[0] * _LOT_M[0] + _STREET_M) + lot % _LOTS[0] * _LOT_M[0]
    y = block // columns * (_LOTS[1] * _LOT_M[1] + _STREET_M) + lot // _LOTS[0] * _LOT_M[1]
    t, zero, one = np.arange(4) / 4, np.zeros(4), np.ones(4)
    rim = np.concatenate([np.stack(side, axis=1) for side in ((t, zero), (one, t), (1 - t, one), (zero, 1 - t))])
    xy = rim * _LOT_M + np.stack([x, y], axis=1)[:, None, :]
    # the same place is moved the same way, whosever vertex it is
    waves = (np.sin(xy[..., 1] * 0.37) * 0.8 + np.cos(xy[..., 0] * 0.9), np.cos(xy[..., 0] * 0.29) + np.sin(xy[..., 1]))
    turn = np.array([[np.cos(_TURN), np.sin(_TURN)], [-np.sin(_TURN), np.cos(_TURN)]])
    placed = np.round((xy + np.stack(waves, axis=-1)) @ turn + _ORIGIN, 3)
    if faulty:
        hit = np.random.default_rng(1).choice(count, int(count * _FAULTY), replace=False)
        placed[hit, 6] += 0.05
    return np.asarray(shapely.polygons(np.round(placed, 3)), dtype=object)


def layer(kind: str, count: int) -> NDArray[np.object_]:
    """Parcels of one of `KINDS`."""
    if kind in {"clean", "planted"}:
        return town(count, faulty=kind == "planted")
    return fabric(count, slips=0.0 if kind == "jointed" else _SLIPS).parcels


def agree(parcels: NDArray[np.object_], faults: pd.DataFrame) -> bool:
    """Whether the overlaps told, hairs aside, are those that GEOS finds by laying parcels over one another."""
    one, other = shapely.STRtree(parcels).query(parcels, predicate="intersects")
    one, other = one[one < other], other[one < other]
    parts, of = shapely.get_parts(shapely.intersection(parcels[one], parcels[other]), return_index=True)
    area, length = shapely.area(parts), shapely.length(parts)
    wide = 2 * area > coverage.DEFAULT.hair_m * length
    theirs = set(zip(one[of[wide]].tolist(), other[of[wide]].tolist(), strict=True))
    told = faults[(faults["code"] == "overlap") & (faults["width_m"] > coverage.DEFAULT.hair_m)]
    # what one vertex explains is told as that vertex
    named = [set(rows) for rows in faults["rows"][faults["code"].isin(["dangling_vertex", "near_vertices"])]]
    left = theirs - set(told["rows"])
    return set(told["rows"]) <= theirs and all(any(set(pair) <= rows for rows in named) for pair in left)


def measure(way: str, count: int, kind: str) -> None:
    """Measure one way in this process and print what was found as JSON."""
    parcels = layer(kind, count)
    flat = FlatPolygons.of(parcels)
    coverage.warm()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    walls, works, found = [], [], 0
    for _ in range(ROUNDS if count <= 100_000 else 2):
        began, worked = time.perf_counter(), time.process_time()
        if way == "ours":
            found = len(coverage.check(parcels, flat=flat))
        else:
            found = int((~shapely.is_empty(shapely.coverage_invalid_edges(parcels))).sum())
        walls.append(time.perf_counter() - began)
        works.append(time.process_time() - worked)
    peak = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    if way == "ours" and count <= _AGREED and not agree(parcels, coverage.check(parcels, flat=flat)):
        raise SystemExit("the overlaps differ from those of GEOS")
    told: dict[str, Any] = {"s": float(np.median(walls)), "cpu": float(np.median(works)), "mb": peak, "found": found}
    print(json.dumps(told | {"xy_mb": flat.xy.nbytes / 1e6}))


def report(counts: list[int]) -> None:
    """Print the table as it comes and write it to benchmarks/results/coverage.md."""
    heads = ("", "parcels", "ours s", "GEOS s", "ours CPU s", "GEOS CPU s", "CPU ratio", "MB more", "coordinates MB",
             "faults")  # fmt: skip
    lines = [
        "# Coverage check",
        "",
        f"`python -m benchmarks.coverage`, medians of up to {ROUNDS} rounds, each in a process of its own. GEOS is",
        "`shapely.coverage_invalid_edges`, which says only which edges are out of place. `jointed`: vertices on one",
        "another's edges (GEOS takes each for a fault), `slipped`: one in twenty of these moved by up to 20 mm.",
        f"Up to {_AGREED:,} parcels the overlaps named are checked against GEOS' overlay of every two neighbours.",
        "",
        f"| {' | '.join(heads)} |",
        "|---" * len(heads) + "|",
    ]
    for count in counts:
        for kind in KINDS:
            ours, theirs = (_in_own_process(way, count, kind) for way in ("ours", "geos"))
            cells = (kind, f"{count:,}", f"{ours['s']:.3f}", f"{theirs['s']:.2f}",
                     f"{ours['cpu']:.3f}", f"{theirs['cpu']:.2f}", f"{theirs['cpu'] / ours['cpu']:.1f} ×",
                     f"{ours['mb']:.0f}", f"{ours['xy_mb']:.0f}", f"{ours['found']:,}")  # fmt: skip
            lines.append(f"| {' | '.join(cells)} |")
            print(lines[-1], flush=True)
    RESULT.write_text("\n".join([*lines, ""]), "utf-8")


def _in_own_process(way: str, count: int, kind: str) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.coverage", "--one", way, str(count), kind]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        measure(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    else:
        report([int(each) for each in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
