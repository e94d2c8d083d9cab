"""The table and the picture of a run of benchmarks.geometry."""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from benchmarks.geometry import NAMES, TOOLS, Run, exponent
from benchmarks.questions import QUESTIONS

_REAL: Final = "Cambridge"
_DRAW: Final = """
import json, sys
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
told = json.load(sys.stdin)
figure, axes = plt.subplots(1, len(told), figsize=(4 * len(told), 4), sharey=True, layout="constrained")
for axis, (question, lines) in zip(axes, told.items()):
    for name, points in lines.items():
        axis.loglog([x for x, _ in points], [y for _, y in points], marker="o", label=name,
                    linewidth=3 if name == "this engine" else 1.2)
    axis.set(title=question, xlabel="parcels")
    axis.grid(True, which="major", linewidth=0.4)
axes[0].set_ylabel("seconds")
axes[0].legend(fontsize=8)
plt.rcParams["svg.hashsalt"] = "chantu"
figure.savefig(sys.argv[1], metadata={"Date": None})
"""


@dataclass
class Book:
    """All that was measured: the made-up cities from small to large, the real one, and the first calls in seconds."""

    runs: list[Run] = field(default_factory=list)
    real: Run | None = None
    first_calls: tuple[float, float] = (math.nan, math.nan)

    @classmethod
    def read(cls, folder: Path) -> Book:
        """What lies beside the table; empty when there is nothing."""
        path = folder / "geometry.json"
        if not path.exists():
            return cls()
        told = json.loads(path.read_text("utf-8"))
        runs = [
            Run(one["label"], one["count"], one["roads"],
                {(question, tool): what for question, tools in one["found"].items() for tool, what in tools.items()})
            for one in told["runs"]
        ]  # fmt: skip
        made = sorted((run for run in runs if run.label != _REAL), key=lambda run: run.count)
        return cls(made, next((run for run in runs if run.label == _REAL), None), tuple(told["first_calls"]))

    def take(self, run: Run) -> None:
        """Take what was measured now in place of what was measured before on the same data."""
        if run.label == _REAL:
            self.real = run if self.real is None else _renewed(self.real, run)
            return
        before = next((one for one in self.runs if one.label == run.label), None)
        rest = [one for one in self.runs if one is not before]
        self.runs = sorted([*rest, run if before is None else _renewed(before, run)], key=lambda one: one.count)

    def to_json(self) -> str:
        """As text, by question and program."""
        runs = []
        for run in [*self.runs, *([self.real] if self.real is not None else [])]:
            found: dict[str, dict[str, Any]] = {}
            for (question, tool), what in run.found.items():
                found.setdefault(question, {})[tool] = what
            runs.append({"label": run.label, "count": run.count, "roads": run.roads, "found": found})
        return json.dumps({"first_calls": self.first_calls, "runs": runs}, indent=1, ensure_ascii=False) + "\n"


def _renewed(before: Run, now: Run) -> Run:
    return Run(now.label, now.count, now.roads, before.found | now.found)


def write(folder: Path, book: Book) -> None:
    """Write ``geometry.json``, ``geometry.md`` and, where matplotlib is to be had, ``geometry.svg``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "geometry.json").write_text(book.to_json(), "utf-8")
    runs = book.runs
    everything = [*runs, *([book.real] if book.real is not None else [])]
    load = os.getloadavg()[2]
    about = (
        f"Written by `python -m benchmarks.geometry` on {os.cpu_count()} cores ({platform.machine()}), Python "
        f"{platform.python_version()}; load of the machine {load:.1f} over the last 15 minutes. Medians of up to 5 "
        "rounds; each program in a process of its own, its data loaded and indexed before the clock starts. What one "
        "question took the programs on one set of data was measured in one run."
    )
    cached_s, compiled_s = book.first_calls
    first = (
        f"First call in a new process: {cached_s:.2f} s for all kernels from their cache; compiling them, once at "
        f"set-up: {compiled_s:.0f} s."
    )
    lines = ["# Geometry, side by side", "", about, "", *_versions(everything), "", *_aims(runs), "", first, "",
             "![seconds](geometry.svg)", ""]  # fmt: skip
    for run in everything:
        lines += [f"## {run.label}: {run.count:,} parcels, {run.roads:,} roads", "", *_table(run), ""]
    (folder / "geometry.md").write_text("\n".join(lines), "utf-8")
    _draw(folder / "geometry.svg", runs)


def _versions(runs: list[Run]) -> list[str]:
    found: dict[str, str] = {}
    for run in runs:
        found |= {tool: str(told["version"]) for (_, tool), told in run.found.items() if isinstance(told, dict)
                  and "version" in told and tool != "ours"}  # fmt: skip
    return [f"- {version}" for version in found.values()]


def _aims(runs: list[Run]) -> list[str]:
    head = (
        "| | aim | "
        + " | ".join(f"{run.label}" for run in runs)
        + " | exponent (≤ 1.05) | memory / coordinates (≤ 4) |"
    )
    lines = [head, "|---" * (len(runs) + 4) + "|"]
    for question, (words, aim) in QUESTIONS.items():
        power = exponent(runs, question)
        cells = [_times(run, question) for run in runs]
        memory = _memory(runs[-1], question)
        lines.append(
            f"| {words} | ≥ {aim:.0f} × | "
            + " | ".join(cells)
            + f" | {'-' if power is None else f'{power:.2f}'} | {memory} |"
        )
    cells = []
    for run in runs:
        told = run.found["pipeline", "ours"]
        if not isinstance(told, dict):
            cells.append("-")
            continue
        inner, outer = told["steps"]["total"] / told["read_s"], told["whole_s"] / told["read_program_s"]
        cells.append(f"{inner:.1f} × ({outer:.1f} × with the start of the programs)")
    lines.append("| file to result files, over reading a GeoDataFrame | ≤ 3 × | " + " | ".join(cells) + " | | |")
    return lines


def _times(run: Run, question: str) -> str:
    ours, best = run.seconds(question, "ours"), run.best_peer(question)
    return "-" if ours is None or best is None else f"{best[1] / ours:.0f} × ({NAMES[best[0]]})"


def _memory(run: Run, question: str) -> str:
    told = run.found[question, "ours"]
    return f"{told['peak_mb'] * 2**20 / told['coordinates']:.1f}" if isinstance(told, dict) else "-"


def _table(run: Run) -> list[str]:
    lines = ["| | seconds | times ours | peak MB more | agrees with ours |", "|---|---|---|---|---|"]
    for question, (words, _) in QUESTIONS.items():
        ours = run.seconds(question, "ours")
        lines.append(f"| **{words}** | | | | |")
        for tool in ("ours", *TOOLS):
            told = run.found[question, tool]
            if isinstance(told, str):
                if told != "not asked for":
                    lines.append(f"| {NAMES[tool]} | | | | {told.replace('|', '/')} |")
                continue
            times = "" if ours is None or tool == "ours" else f"{told['seconds'] / ours:.0f} ×"
            peak = "in its server" if tool == "postgis_ways" else f"{told['peak_mb']:.0f}"
            lines.append(f"| {NAMES[tool]} | {told['seconds']:.3f} | {times} | {peak} | {told['agrees']} |")
    told = run.found["pipeline", "ours"]
    if isinstance(told, dict):
        steps = ", ".join(f"{name} {seconds:.2f}" for name, seconds in told["steps"].items())
        lines.append(f"| **`analyse`, file to result files** | {told['whole_s']:.2f} | | | {steps} |")
        lines.append(f"| reading the file into a GeoDataFrame | {told['read_s']:.2f} | | | |")
    return lines


def _draw(path: Path, runs: list[Run]) -> None:
    told = {}
    for question in QUESTIONS:
        points: dict[str, list[tuple[int, float]]] = {}
        for tool in ("ours", *TOOLS):
            times = [(run.count, run.seconds(question, tool)) for run in runs]
            points[NAMES[tool]] = [(count, seconds) for count, seconds in times if seconds is not None]
        told[question] = {name: line for name, line in points.items() if line}
    python = os.environ.get("CHANTU_BENCH_PYTHON", sys.executable)
    done = subprocess.run(
        [python, "-c", _DRAW, str(path)], input=json.dumps(told), text=True, capture_output=True, check=False
    )
    if done.returncode:
        print("no picture:", done.stderr.strip().splitlines()[-1:])
