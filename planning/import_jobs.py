"""Work on a file beside the page: it says how far it is, can be stopped, and ends with an outcome.

Two files at a time in a process are at work (there are two cores at least, and a reader process to each); others wait.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections.abc import Callable
from typing import Final, Generic, TypeVar

from exchange.progress import Watch
from planning.errors import Busy, Conflict, Fault, PlanningError, Refused

T = TypeVar("T")
_log = logging.getLogger(__name__)
_TURNS: Final = threading.BoundedSemaphore(2)
_LOOK_S: Final = 0.2


class Stopped(PlanningError):
    """A person stopped the work; nothing of it stays."""


class ImportJob(Generic[T]):
    """One piece of work on a thread of its own; ``outcome`` is there when it went well, else ``faults`` say why not."""

    def __init__(self, work: Callable[[Watch], T]) -> None:
        self.progress: tuple[str, int, int] = ("start", 0, 0)
        self.outcome: T | None = None
        self.faults: tuple[Fault, ...] = ()
        self.conflict: Conflict | None = None
        self.stopped = False
        self.seconds = 0.0
        self._began = time.monotonic()
        self._stop = threading.Event()
        self._done = threading.Event()
        threading.Thread(target=self._run, args=(work,), name="import", daemon=True).start()

    @property
    def is_done(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self._done.is_set()

    @property
    def running_s(self) -> float:
        """How long it has been at work, or was."""
        return self.seconds if self.is_done else time.monotonic() - self._began

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end; it does so at the next step that it counts."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask it to end; what it was doing is taken back."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait for the end so long; whether it came."""
        return self._done.wait(seconds)

    def watch(self, stage: str, done: int, of: int) -> None:
        """Hear how far it is; Stopped when it is to end."""
        self.progress = (stage, done, of)
        if self._stop.is_set():
            raise Stopped

    def _run(self, work: Callable[[Watch], T]) -> None:
        taken = False
        try:
            while not (taken := _TURNS.acquire(timeout=_LOOK_S)):
                self.watch("wait", 0, 0)
            self._began = time.monotonic()
            self.watch("start", 0, 0)
            self.outcome = work(self.watch)
        except Stopped:
            self.stopped = True
        except Refused as refused:
            self.faults = refused.faults
        except Busy:
            self.faults = (Fault("busy"),)
        except Conflict as conflict:
            self.conflict = conflict
        except Exception:  # noqa: BLE001 - the edge of a thread: logged, told by its number
            number = secrets.token_hex(4)
            _log.exception("import %s", number)
            self.faults = (Fault("import_failed", {"id": number}),)
        finally:
            if taken:
                _TURNS.release()
            self.seconds = time.monotonic() - self._began
            self._done.set()
