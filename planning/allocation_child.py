"""The process in which an allocation is solved: a problem comes in, lines of progress and an answer go out.

``python -m planning.allocation_child``: standard input holds a length line, the problem's bytes, and later perhaps the
line ``stop``; its end means that whoever asked is gone. Standard output holds JSON lines. The process has nothing to
clean up and may be killed at any moment.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any, BinaryIO, Final

from planning.allocation_problem import Problem
from planning.allocation_relaxing import relaxed
from planning.allocation_search import Progress, search
from planning.programs import finite

_EVERY_S: Final = 0.2


def main(source: BinaryIO, out: BinaryIO) -> None:
    """Read a problem, solve it, say why there is no answer where there is none."""
    asked = json.loads(source.readline())
    problem = Problem.from_bytes(source.read(asked["bytes"]))
    stop = threading.Event()
    threading.Thread(target=_listen, args=(source, stop), daemon=True).start()

    def say(line: dict[str, Any]) -> None:
        out.write(json.dumps(line).encode() + b"\n")
        out.flush()

    last: list[tuple[str, float]] = [("", 0.0)]

    def watch(told: Progress) -> bool:
        # the solver asks some thousand times a second
        if told.stage == last[0][0] and told.seconds - last[0][1] < _EVERY_S:
            return stop.is_set()
        last[0] = (told.stage, told.seconds)
        say({"stage": told.stage, "seconds": told.seconds, "of": told.of, "bound": told.bound, "worth": told.worth})
        return stop.is_set()

    found = search(problem, gap=asked["gap"], seconds=asked["seconds"], watch=watch)
    answer: dict[str, Any] = {
        "status": found.status, "given": found.given.tolist(), "worth": finite(found.worth),
        "bound": finite(found.bound), "seconds": found.seconds, "rounds": found.rounds, "stopped": found.stopped,
        "needs": [],
    }  # fmt: skip
    if found.status != "found" and not found.stopped:
        say({"stage": "why", "seconds": found.seconds, "of": asked["seconds"], "bound": None, "worth": None})
        answer["needs"] = [[one.code, one.parcel, one.other, one.cluster, one.amount] for one in relaxed(problem)]
    say({"answer": answer})


def _listen(source: BinaryIO, stop: threading.Event) -> None:
    for line in source:
        if line.strip() == b"stop":
            stop.set()
    os._exit(1)


if __name__ == "__main__":
    # what a library prints goes elsewhere than what is said
    said = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    main(sys.stdin.buffer, said)
    said.flush()
    os._exit(0)
