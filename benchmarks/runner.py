"""One program, one question, one process: loads, warms up, answers a few times, and leaves the answer in a file."""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.questions import Data

_ROUNDS = 5
# a question is not asked again when its answers have taken this long together
_ENOUGH_S = 20.0


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(tool: str, question: str, folder: str, epsg: str, out: str) -> None:
    """Print seconds, memory and version as one line of JSON; the answer goes to ``out``."""
    peer = importlib.import_module(f"benchmarks.peers.{tool}")
    data = Data(Path(folder), int(epsg))
    began = time.perf_counter()
    ways = peer.ways(data)
    load_s = time.perf_counter() - began
    small = Path(folder).parent / "small"
    if tool == "ours":  # compiled code is loaded from its cache; what that costs is measured on its own
        peer.ways(Data(small, 4549))[question]()
    before = _peak_mb()
    seconds: list[float] = []
    while len(seconds) < _ROUNDS and sum(seconds) < _ENOUGH_S:
        began = time.perf_counter()
        answer = ways[question]()
        seconds.append(time.perf_counter() - began)
    np.savez(out, **answer)
    coordinates = int(ways["coordinates"]()["value"][0]) if tool == "ours" else 0
    print(json.dumps({
        "seconds": sorted(seconds)[len(seconds) // 2], "rounds": len(seconds), "load_s": load_s,
        "peak_mb": _peak_mb() - before, "version": peer.versions(), "coordinates": coordinates,
    }))  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
