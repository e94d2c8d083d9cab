"""One program, one question, one process: loads, warms up, answers a few times, and leaves the answer in a file."""

from __future__ import annotations

import importlib
import json
import sys
import time
from pathlib import Path

import numpy as np

from benchmarks.questions import Data

_ROUNDS = 5
# a question is not asked again when its answers have taken this long together
_ENOUGH_S = 20.0
# what is done in a blink is done often: a neighbour's noise would decide a handful of rounds
_AT_LEAST_S = 3.0


def _status_mb(name: str) -> float:
    """A figure of this process's memory as Linux keeps it: VmRSS now, VmHWM at its highest."""
    for line in Path("/proc/self/status").read_text("ascii").splitlines():
        if line.startswith(f"{name}:"):
            return int(line.split()[1]) / 1024
    raise KeyError(name)


def _forget_peak() -> float:
    """Let the highest mark fall to what is held now, so that loading does not hide the question; MB held now."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    return _status_mb("VmRSS")


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
    before = _forget_peak()
    seconds: list[float] = []
    while sum(seconds) < _ENOUGH_S and (len(seconds) < _ROUNDS or sum(seconds) < _AT_LEAST_S):
        began = time.perf_counter()
        answer = ways[question]()
        seconds.append(time.perf_counter() - began)
    np.savez(out, **answer)
    coordinates = int(ways["coordinates"]()["value"][0]) if tool == "ours" else 0
    print(json.dumps({
        "seconds": sorted(seconds)[len(seconds) // 2], "rounds": len(seconds), "load_s": load_s,
        "peak_mb": _status_mb("VmHWM") - before, "version": peer.versions(), "coordinates": coordinates,
    }))  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
