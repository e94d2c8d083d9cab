"""An allocation solved in a process of its own, which says how far it is and can be stopped or killed."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

import numpy as np

from planning.allocation_problem import Problem, Rows
from planning.allocation_relaxing import Need
from planning.allocation_search import Progress
from planning.errors import Fault, Refused

_ROOT: Final = Path(__file__).resolve().parent.parent
# after it was asked to end, and beyond the seconds it was given, before it is killed
_GRACE_S: Final = 20.0
_LOOK_S: Final = 0.2


@dataclass(frozen=True)
class Answer:
    """How it ended: as `planning.allocation_search.Allocated`, with what would have to give way where there is none."""

    status: str
    given: Rows
    worth: float | None
    bound: float | None
    seconds: float
    stopped: bool
    needs: tuple[Need, ...]

    @property
    def gap(self) -> float | None:
        """How much better an allocation could be at most, as a share of this one; None where no bound is known."""
        if self.worth is None or self.bound is None:
            return None
        return max(self.bound - self.worth, 0.0) / max(abs(self.worth), 1e-9)


def solve_apart(
    problem: Problem, *, gap: float, seconds: float, watch: Callable[[Progress], bool] = lambda _: False
) -> Answer:
    """Solve; ``watch`` is heard at least every fifth of a second, and returning True ends it with what was found.

    Raises
    ------
    Refused
        The process was lost.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "planning.allocation_child"], cwd=_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        return _asked(process, problem, gap, seconds, watch)
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                _close(pipe)


def _asked(
    process: subprocess.Popen[bytes], problem: Problem, gap: float, seconds: float, watch: Callable[[Progress], bool]
) -> Answer:
    if process.stdin is None or process.stdout is None:
        raise Refused(Fault("process_lost"))
    form = problem.to_bytes()
    head = json.dumps({"bytes": len(form), "gap": gap, "seconds": seconds}).encode()
    heard = _Ear(process.stdout, seconds)
    try:
        process.stdin.write(head + b"\n" + form)
        process.stdin.flush()
    except BrokenPipeError as error:
        raise Refused(Fault("process_lost")) from error
    asked_at: float | None = None
    began = time.monotonic()
    while not heard.ended.wait(_LOOK_S):
        if watch(heard.progress) and asked_at is None:
            asked_at = time.monotonic()
            _say_stop(process.stdin)
        late = time.monotonic() - (asked_at or began + seconds + 2 * _GRACE_S)
        if late > _GRACE_S:
            break
    watch(heard.progress)
    if heard.answer is None:
        raise Refused(Fault("stopped_without_answer" if asked_at else "process_lost"))
    return _answer(heard.answer)


def _say_stop(pipe: IO[bytes]) -> None:
    try:
        pipe.write(b"stop\n")
        pipe.flush()
    except BrokenPipeError:
        # it has ended by itself: its answer is under way
        return


def _close(pipe: IO[bytes]) -> None:
    try:
        pipe.close()
    except BrokenPipeError:
        return


class _Ear:
    """Reads what the process says, on a thread."""

    def __init__(self, source: IO[bytes], seconds: float) -> None:
        self.progress = Progress("start", 0.0, seconds, None, None)
        self.answer: dict[str, Any] | None = None
        self.ended = threading.Event()
        threading.Thread(target=self._listen, args=(source,), daemon=True).start()

    def _listen(self, source: IO[bytes]) -> None:
        try:
            for line in source:
                said = json.loads(line)
                if "answer" in said:
                    self.answer = said["answer"]
                    return
                self.progress = Progress(**said)
        except ValueError:
            # a line torn by the end of the process, or a pipe that was closed
            return
        finally:
            self.ended.set()


def _answer(form: dict[str, Any]) -> Answer:
    needs = tuple(Need(code, parcel, other, cluster, amount) for code, parcel, other, cluster, amount in form["needs"])
    return Answer(
        form["status"], np.array(form["given"], dtype=np.int64), form["worth"], form["bound"], form["seconds"],
        form["stopped"], needs,
    )  # fmt: skip
