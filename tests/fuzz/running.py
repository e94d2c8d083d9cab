"""Read spoiled files by the hundred thousand and see that each ends as an answer.

`python -m tests.fuzz --inputs 200000` takes about an hour on two cores. Each file goes through the code that reads an
upload, in a fork with the same walls and shorter limits. What counts as a fault of ours: the reader fails with an error
that nobody foresaw, a row is accepted that is not sound, the counts do not add up, text of this machine comes out. A
fork that the kernel stops, or that a library crashes, is what forks are for: it is counted, its file is kept, and it is
no fault.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import random
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from tests.fuzz.reading import Reader, Verdict
from tests.fuzz.seeds import seeds
from tests.fuzz.spoiling import spoiled

# so many files in one fork
_TOGETHER = 24


@dataclass(slots=True)
class Share:
    """What one process is to do."""

    form: str
    bodies: list[bytes]
    others: list[bytes]
    inputs: int
    seed: int
    keep: str
    until: float


@dataclass(slots=True)
class Tally:
    """How files of one format ended."""

    form: str
    ended: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def main(arguments: list[str]) -> int:
    """Run, tell by format how files ended, and end with 1 when there was a fault."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--inputs", type=int, default=2_000, help="files in all, shared among the formats")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--minutes", type=float, default=60.0, help="stop after so long")
    parser.add_argument("--keep", default="var/fuzz", help="where files that crashed or hung a fork, or are faults, go")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--form", action="append", help="only this format, repeatable")
    asked = parser.parse_args(arguments)
    bodies = {form: held for form, held in seeds().items() if not asked.form or form in asked.form}
    others = [body for held in bodies.values() for body in held]
    Path(asked.keep).mkdir(parents=True, exist_ok=True)
    each = -(-asked.inputs // len(bodies))
    until = time.monotonic() + 60 * asked.minutes
    shares = [
        Share(form, held, others, each, asked.seed * 1000 + number, asked.keep, until)
        for number, (form, held) in enumerate(bodies.items())
    ]
    started = time.monotonic()
    # a fresh process a format: a driver of GDAL that was left out once stays out; each is a fork of one that has none,
    # and has read what they all need
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.fuzz.running"])
    with ProcessPoolExecutor(asked.processes, mp_context=context, max_tasks_per_child=1) as pool:
        tallies = list(pool.map(look_at, shares))
    return _told(tallies, time.monotonic() - started)


def look_at(share: Share) -> Tally:
    """Read a format's sound files, then spoiled ones."""
    chance = random.Random(share.seed)  # noqa: S311 - spoils files, guards nothing
    tally = Tally(share.form)
    with Reader(share.form) as reader:
        for first in range(0, len(share.bodies), _TOGETHER):
            bodies = share.bodies[first : first + _TOGETHER]
            for number, (body, verdict) in enumerate(zip(bodies, reader.verdicts(bodies), strict=True), start=first):
                if number == 0 and verdict.ended != "read":
                    # the first is sound: a file that its own reader refuses spoils the whole run
                    fault = verdict.fault or f"a sound file ended as {verdict.ended}"
                    _look(tally, share, body, replace(verdict, fault=fault))
                else:
                    _look(tally, share, body, verdict)
        for done in range(0, share.inputs, _TOGETHER):
            if time.monotonic() > share.until:
                tally.ended["not tried: out of time"] += share.inputs - done
                break
            bodies = [spoiled(chance.choice(share.bodies), share.others, chance)
                      for _ in range(min(_TOGETHER, share.inputs - done))]  # fmt: skip
            for body, verdict in zip(bodies, reader.verdicts(bodies), strict=True):
                _look(tally, share, body, verdict)
    return tally


def _look(tally: Tally, share: Share, body: bytes, verdict: Verdict) -> None:
    tally.ended[verdict.ended] += 1
    if verdict.fault or verdict.stopped:
        name = f"{share.form}-{hashlib.sha256(body).hexdigest()[:12]}"
        Path(share.keep, name).write_bytes(body)
        if verdict.fault:
            tally.faults.append(f"{name}: {verdict.fault}")


def _told(tallies: list[Tally], seconds: float) -> int:
    total = sum(sum(tally.ended.values()) for tally in tallies)
    for tally in sorted(tallies, key=lambda each: each.form):
        sys.stdout.write(f"{tally.form}: {sum(tally.ended.values())}\n")
        for ended, count in tally.ended.most_common():
            sys.stdout.write(f"  {count:>8}  {ended}\n")
    faults = [fault for tally in tallies for fault in tally.faults]
    sys.stdout.write(f"{total} files in {seconds:.0f} s, {len(faults)} faults\n")
    for fault in faults[:50]:
        sys.stdout.write(f"FAULT {fault}\n")
    return 1 if faults else 0
