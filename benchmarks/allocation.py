"""Allocation against a greedy heuristic and spopt's regions: one objective, one set of demands, made-up cities.

``python -m benchmarks.allocation [SECONDS [AT_ONCE [WALL]]]`` writes ``benchmarks/results/allocation.md``. spopt parts
land into regions and knows no quotas: its regions are given to clusters so that the objective is highest; what they
break is counted.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Final

import numpy as np

from geo import annealing, separators
from planning.allocation_problem import FREE, NOWHERE, Problem, Rows, areas_of, blocks_of, value_of
from planning.allocation_search import search
from planning.programs import Program, solve

RESULTS: Final = Path(__file__).parent / "results" / "allocation.md"
CITIES: Final = ((20, 15, 6, 0.05), (20, 15, 9, 0.05), (100, 50, 9, 0.05))
SPOPT: Final = ("ward", "skater", "maxp")
_PEER_PROCESSOR_S: Final = 60
_NOT_ENDED: Final = f"did not end in {_PEER_PROCESSOR_S} s of processor"

_HEAD: Final = """# Allocation: ours, a greedy heuristic and spopt on one objective

Made by `python -m benchmarks.allocation`. Worth is suitability (亩 × score) + 0.05 亩·分 a metre of boundary within a
cluster − 10 a 亩 beyond the quota; two clusters may not touch. The bound is proven by HiGHS: no allocation that keeps
all demands is worth more. An allocation that misses quotas or breaks demands is no answer, whatever it is worth.
spopt's models know regions, not quotas: their regions were matched to clusters as well as can be.

Two cores, shared with other programs (load {load:.0f} when it began), so limits are those of the processor: ours ended
at a proven gap of 1 %, after {seconds:.0f} s of processor or {wall:.0f} s of wall clock; the others had {peer} s of
processor. {at_once} were run at once. Wall clock beside the processor's says how busy the machine was."""


@dataclass(frozen=True)
class Answer:
    """What a program came to; ``given`` None where it did not end."""

    name: str
    given: Rows | None
    seconds: float
    processor_s: float
    bound: float | None = None


def city(columns: int, rows: int, clusters: int, edge_worth: float, *, seed: int = 1) -> Problem:
    """A grid of parcels of 20 to 90 亩, scores with a few centres each and noise; two clusters never touch."""
    rng = np.random.default_rng(seed)
    count = columns * rows
    cell = np.arange(count).reshape(rows, columns)
    across = np.stack([cell[:, :-1].ravel(), cell[:, 1:].ravel()], axis=1)
    up = np.stack([cell[:-1].ravel(), cell[1:].ravel()], axis=1)
    pairs = np.concatenate([across, up]).astype(np.int64)
    x, y = np.arange(count) % columns, np.arange(count) // columns
    score = np.zeros((count, clusters))
    for k in range(clusters):
        for _ in range(4):
            away = (x - rng.uniform(0, columns)) ** 2 + (y - rng.uniform(0, rows)) ** 2
            score[:, k] += rng.uniform(0.3, 1) * np.exp(-away / (2 * (max(columns, rows) / 5) ** 2))
    score = np.clip(score / score.max(axis=0) * 8 + 1 + rng.normal(0, 1, score.shape), 0, 10)
    area = rng.lognormal(3.6, 0.5, count)
    quota = rng.dirichlet(np.ones(clusters) * 8) * area.sum() * 0.8
    beside = np.array([(*pair, k, 1 - k) for pair in pairs.tolist() for k in (0, 1)], np.int64)
    return Problem(
        area=area, score=score, allowed=np.ones((count, clusters), bool), fixed=np.full(count, FREE), joined=pairs,
        blocks=np.ones(clusters, np.int64), shared=pairs, shared_m=rng.uniform(40, 140, len(pairs)), apart=beside,
        least=quota * 0.95, quota=quota, most=quota * 1.05, edge_worth=edge_worth,
    )  # fmt: skip


def greedy(problem: Problem) -> Answer:
    """Clusters in turn take their best free parcel that touches what they have, until the quota is reached."""
    began, began_processor = time.perf_counter(), time.process_time()
    given = np.full(problem.parcels, NOWHERE)
    area = np.zeros(problem.clusters)
    near: dict[int, list[int]] = {row: [] for row in range(problem.parcels)}
    for one, other in problem.joined.tolist():
        near[one].append(other)
        near[other].append(one)
    edge: list[set[int]] = [set() for _ in range(problem.clusters)]
    open_ = set(range(problem.clusters))
    barred = {(0, 1), (1, 0)}
    while open_:
        for k in sorted(open_):
            free = [row for row in (edge[k] or range(problem.parcels)) if given[row] == NOWHERE]
            free = [
                row for row in free
                if area[k] + problem.area[row] <= problem.most[k]
                and not any((k, given[n]) in barred for n in near[row])
            ]  # fmt: skip
            if not free or area[k] >= problem.quota[k]:
                open_.discard(k)
                continue
            best = max(free, key=lambda row: problem.score[row, k])
            given[best] = k
            area[k] += problem.area[best]
            edge[k].update(near[best])
    return Answer(
        "greedy growth", given, time.perf_counter() - began, time.process_time() - began_processor
    )  # fmt: skip


def spopt(problem: Problem, way: str, folder: Path) -> Answer:
    """Regions of spopt, given to clusters by the same objective; None where it is not installed or did not end."""
    python = os.environ.get("CHANTU_BENCH_PYTHON", sys.executable)
    source, out = folder / "city.npz", folder / f"{way}.npy"
    columns = int(np.flatnonzero(problem.joined[:, 1] - problem.joined[:, 0] > 1).min(initial=1))
    place = np.stack(
        [np.arange(problem.parcels) % max(columns, 1), np.arange(problem.parcels) // max(columns, 1)], axis=1
    )
    np.savez(source, area=problem.area, score=problem.score, pairs=problem.joined, place=place.astype(float),
             regions=problem.clusters + 2)  # fmt: skip
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    # of util-linux
    command = ["prlimit", f"--cpu={_PEER_PROCESSOR_S}", python, "-m", "benchmarks.peers.spopt_ways", way]
    try:
        ran = subprocess.run([*command, str(source), str(out)], capture_output=True, text=True, check=True)
    except subprocess.CalledProcessError as error:
        ended = "is not installed" if "ModuleNotFoundError" in error.stderr else _NOT_ENDED
        return Answer(f"spopt {way} {ended}", None, float("nan"), float("nan"))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = json.loads(ran.stdout.strip().splitlines()[-1])
    return Answer(f"spopt {told['version']} {way}", matched(problem, np.load(out)), told["seconds"], spent)


def ours(problem: Problem, seconds: float, wall_s: float) -> Answer:
    """Our search, limited by seconds of the processor, and of wall clock."""
    began, began_processor = time.perf_counter(), time.process_time()
    ends = began + wall_s
    found = search(
        problem, gap=0.01, seconds=seconds, clock=time.process_time, watch=lambda _: time.perf_counter() > ends
    )  # fmt: skip
    return Answer(
        f"ours ({found.status}, gap {found.gap * 100:.2f} %)", found.given, time.perf_counter() - began,
        time.process_time() - began_processor, found.bound,
    )  # fmt: skip


def matched(problem: Problem, label: Rows) -> Rows:
    """Give each cluster one region so that suitability, less what misses the quotas, is highest."""
    regions = np.unique(label)
    worth = np.zeros((len(regions), problem.clusters))
    for at, one in enumerate(regions):
        rows = label == one
        area = problem.area[rows].sum()
        worth[at] = problem.area[rows] @ problem.score[rows] - 10 * np.abs(area - problem.quota)
    program = Program()
    columns = program.add_columns(worth.ravel(), integer=True)
    row, k = np.divmod(np.arange(worth.size), problem.clusters)
    program.add_rows(row, columns, 1.0, lower=0.0, upper=np.ones(len(regions)))
    program.add_rows(k, columns, 1.0, lower=1.0, upper=np.ones(problem.clusters))
    values = solve(program, seconds=20).values
    given = np.full(problem.parcels, NOWHERE)
    if values is not None:
        for at in np.flatnonzero(values > 0.5).tolist():
            given[label == regions[row[at]]] = k[at]
    return given


def told(problem: Problem, answers: list[Answer]) -> str:
    """The table of one city."""
    bound = min(one.bound for one in answers if one.bound is not None)
    head = f"{problem.parcels:,} parcels, {problem.clusters} clusters, quotas of 80 % of the land ± 5 %, one piece each"
    heads = (
        "program",
        "worth 亩·分",
        "below the bound",
        "quotas missed by",
        "forbidden pairs",
        "in pieces",
        "processor s",
        "wall s",
    )
    lines = [f"\n## {head}\n", f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for one in answers:
        if one.given is None:
            lines.append(f"| {one.name} | | | | | | | |")
            continue
        worth, area = value_of(problem, one.given).total, areas_of(problem, one.given)
        missed = np.maximum(problem.least - area, 0) + np.maximum(area - problem.most, 0)
        touch = (one.given[problem.apart[:, 0]] == problem.apart[:, 2]) & (
            one.given[problem.apart[:, 1]] == problem.apart[:, 3]
        )
        lines.append(
            f"| {one.name} | {worth:,.0f} | {(bound - worth) / bound * 100:.2f} % | "
            f"{missed.sum() / problem.quota.sum() * 100:.1f} % | {int(touch.sum())} | "
            f"{int((blocks_of(problem, one.given) > 1).sum())} | {one.processor_s:.1f} | {one.seconds:.1f} |"
        )
    return "\n".join(lines)


def _answered(name: str, at: int, seconds: float, wall_s: float) -> Answer:
    """One program's answer for one city, in a process of its own."""
    problem = city(*CITIES[at])
    if name == "ours":
        # compiled before anything is timed
        annealing.warm()
        separators.warm()
        return ours(problem, seconds, wall_s)
    if name == "greedy":
        return greedy(problem)
    with tempfile.TemporaryDirectory() as folder:
        return spopt(problem, name, Path(folder))


def main(seconds: float = 60.0, at_once: float = 2, wall_s: float = 600.0) -> None:
    """Run everything; the page is written again after each answer, so that one that was broken off says what it has."""
    head = _HEAD.format(
        load=os.getloadavg()[0], seconds=seconds, peer=_PEER_PROCESSOR_S, at_once=int(at_once), wall=wall_s
    )
    places = range(len(CITIES))
    asked = [("ours", at) for at in reversed(places)]
    asked += [(name, at) for name in ("greedy", *SPOPT) for at in places]
    answers: dict[tuple[str, int], Answer] = {}
    with ProcessPoolExecutor(int(at_once), mp_context=get_context("spawn"), max_tasks_per_child=1) as pool:
        waited = {pool.submit(_answered, name, at, seconds, wall_s): (name, at) for name, at in asked}
        for one in as_completed(waited):
            answers[waited[one]] = one.result()
            found = [[answers[ask] for ask in asked if ask[1] == at and ask in answers] for at in places]
            known = [at for at in places if any(answer.bound is not None for answer in found[at])]
            RESULTS.write_text("\n".join([head, *(told(city(*CITIES[at]), found[at]) for at in known)]) + "\n", "utf-8")
            print(waited[one], answers[waited[one]].name, f"{answers[waited[one]].processor_s:.1f} s", flush=True)


if __name__ == "__main__":
    main(*(float(one) for one in sys.argv[1:4]))
