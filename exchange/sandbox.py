"""The reader process seen from outside: started with nothing it does not need, asked, stopped when silent."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Literal, Self

from exchange import limits, progress
from exchange.errors import FileRefused
from exchange.progress import Watch

_log = logging.getLogger(__name__)
_ROOT: Final = Path(__file__).resolve().parent.parent
# the fork ends itself at its wall time; this is for the case that it cannot
_GRACE_S: Final = 10.0
# how long at most somebody who wants it stopped waits for that to be heard
_LOOK_S: Final = 0.1
_TOO_SLOW: Final = frozenset({signal.SIGALRM, signal.SIGXCPU})


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One file to read: where it lies, where the answer goes, what is wanted, and the limits."""

    path: str
    out: str
    shapes: tuple[str, ...]
    sublayer: str | None = None
    encoding: str | None = None
    crs: str | None = None
    storage_epsg: int | None = None
    # rows: read a layer; rfc7946: check the text against it
    task: Literal["rows", "rfc7946"] = "rows"
    # whether rows outside the storage CRS's area of use are refused: yes for a database, no for a calculation
    strict: bool = True
    # whether polygons come back as flat arrays with these columns alone, to be measured and not kept
    flat: bool = False
    columns: tuple[str, ...] = ()
    memory_bytes: int = limits.READER_MEMORY_BYTES
    cpu_s: int = limits.READER_CPU_S
    wall_s: int = limits.READER_WALL_S


class ReaderProcess:
    """A reader process, for one file or for many in turn; use it as a context manager, from one thread."""

    def __init__(self, *, flat: bool = False) -> None:
        # compiled readers are loaded before the fork, when polygons will be asked for as flat arrays
        self._command = [sys.executable, "-m", "exchange.reader_child", *(("flat",) if flat else ())]
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        # one that was started before, to be ready in time, goes on
        if self._process is None:
            self._start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def ask(self, request: Request, *, watch: Watch = progress.nobody) -> dict[str, Any]:
        """Have one file read and return the outcome; the rows lie in ``rows.arrow`` in the folder ``request.out``.

        ``watch`` hears how far it is; what it raises ends the reading at once, and is raised here.

        Raises
        ------
        FileRefused
            The reader refused the file, crashed on it, or reached a limit.
        """
        process = self._process if self._process is not None else self._start()
        try:
            line = self._answer_to(request, process, watch)
        except BaseException:
            self._stop_now()
            raise
        if line is None:
            self._stop_now()
            raise FileRefused("reader_too_slow", {"seconds": request.wall_s})
        if not line:
            self._stop()
            raise FileRefused("reader_crashed")
        _refuse_bad_end(json.loads(line), request)
        return _outcome(Path(request.out))

    @staticmethod
    def _answer_to(request: Request, process: subprocess.Popen[bytes], watch: Watch) -> bytes | None:
        """The process's line; empty when it is dead, None when it does not answer."""
        if process.stdin is None or process.stdout is None:
            return b""
        try:
            process.stdin.write(json.dumps(asdict(request)).encode() + b"\n")
            process.stdin.flush()
        except BrokenPipeError:
            return b""
        deadline = time.monotonic() + request.wall_s + _GRACE_S
        while time.monotonic() < deadline:
            ready, _, _ = select.select([process.stdout], [], [], _LOOK_S)
            # asked each time: whoever watches may want it stopped before the reader has said a word
            watch(*(progress.told(Path(request.out)) or ("start", 0, 0)))
            if ready:
                return process.stdout.readline()
        return None

    def _start(self) -> subprocess.Popen[bytes]:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(),
            cwd=_ROOT,
            start_new_session=True,
        )
        return self._process

    def _stop_now(self) -> None:
        """End the file that is being read, whatever its fork is doing; the process then has nothing more to do."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
        self._stop()

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        try:
            process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _environment() -> dict[str, str]:
    """Nothing of ours but the way to Python and the project: no database address, no keys, no proxies."""
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    return kept | {
        "PYTHONPATH": str(_ROOT),
        "PYTHONUTF8": "1",
        "LANG": "C.UTF-8",
        # one thread each: thread pools reserve address space, which is limited here
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "ARROW_DEFAULT_MEMORY_POOL": "system",
    }


def _refuse_bad_end(status: dict[str, int], request: Request) -> None:
    ended_by = status["signal"]
    if ended_by in _TOO_SLOW or (ended_by == signal.SIGKILL):
        raise FileRefused("reader_too_slow", {"seconds": request.wall_s})
    if ended_by or status["exit"]:
        raise FileRefused("reader_crashed", {"signal": ended_by, "exit": status["exit"]})


def _outcome(out: Path) -> dict[str, Any]:
    told: dict[str, Any] = json.loads((out / "outcome.json").read_text(encoding="utf-8"))
    missing = sorted({"landlock", "seccomp"} - set(told.get("walls", ())))
    if missing:
        _log.warning("this kernel has no wall of kind %s around readers", ", ".join(missing))
    if "failed" in told:
        _log.error("reader failed: %s", told["failed"])
        raise FileRefused("reader_failed", {"reason": str(told["failed"]).strip().splitlines()[-1][:160]})
    if "refused" in told:
        refused = told["refused"]
        raise FileRefused(refused["code"], refused["values"], refused["where"])
    return told
