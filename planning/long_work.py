"""Long work beside the page: it says how far it is, can be stopped, and is found again by its key after a refresh.

Work runs on a thread of the process (which may wait for a process of its own); a page only looks at it. What is told is
what was counted: ``done`` of ``of``, with words that ``ui`` makes from a code and values.
"""

from __future__ import annotations

import logging
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from planning.errors import Busy, Conflict, Fault, PlanningError, Refused

T = TypeVar("T")
_log = logging.getLogger(__name__)
# work that has ended is kept so long, and no more than so many, for a page that is opened again
KEPT_S: Final = 3_600.0
MOST_KEPT: Final = 64


class Stopped(PlanningError):
    """A person stopped the work; nothing of it stays."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far work is: ``done`` of ``of`` (0 = not countable), what it is at, and figures that say more."""

    done: float = 0.0
    of: float = 0.0
    stage: str = "start"
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """Between 0 and 1; 0 where nothing can be counted."""
        return min(max(self.done / self.of, 0.0), 1.0) if self.of > 0 else 0.0


class Work(Generic[T]):
    """One piece of long work. ``outcome`` is there when it went well, else ``faults`` say why not."""

    def __init__(self, title: str, job: Callable[[Work[T]], T]) -> None:
        self.title = title
        self.progress = Progress()
        self.outcome: T | None = None
        self.faults: tuple[Fault, ...] = ()
        self.stopped = False
        self._began = time.monotonic()
        self._ended: float | None = None
        self._stop = threading.Event()
        self._done = threading.Event()
        threading.Thread(target=self._run, args=(job,), name=title, daemon=True).start()

    @property
    def is_done(self) -> bool:
        """Whether it has ended, in whatever way."""
        return self._done.is_set()

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to end."""
        return self._stop.is_set()

    @property
    def seconds(self) -> float:
        """How long it has been at work, or was."""
        return (self._ended or time.monotonic()) - self._began

    @property
    def ended_s_ago(self) -> float | None:
        """How long ago it ended, None while it is at work."""
        return None if self._ended is None else time.monotonic() - self._ended

    def stop(self) -> None:
        """Ask it to end at the next step that it counts."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Wait for the end so long; whether it came."""
        return self._done.wait(seconds)

    def tell(self, progress: Progress) -> bool:
        """Say how far it is; whether it is to end, for work that has something to give back when it is stopped."""
        self.progress = progress
        return self._stop.is_set()

    def check(self) -> None:
        """End here when it was asked to: Stopped."""
        if self._stop.is_set():
            raise Stopped

    def _run(self, job: Callable[[Work[T]], T]) -> None:
        try:
            self.outcome = job(self)
        except Stopped:
            self.stopped = True
        except Refused as refused:
            self.faults = refused.faults
        except Busy:
            self.faults = (Fault("busy"),)
        except Conflict:
            self.faults = (Fault("changed_meanwhile"),)
        except Exception:  # noqa: BLE001 - the edge of a thread: logged, told by its number
            number = secrets.token_hex(4)
            _log.exception("work %s", number)
            self.faults = (Fault("work_failed", {"id": number}),)
        finally:
            self._ended = time.monotonic()
            self._done.set()


_works: OrderedDict[Hashable, Work[Any]] = OrderedDict()
_lock = threading.Lock()


def begin(key: Hashable, title: str, job: Callable[[Work[T]], T]) -> Work[T]:
    """Begin work under a key, or return what is at work under it already: two pages do not do the same twice."""
    with _lock:
        held = _works.get(key)
        if held is not None and not held.is_done:
            return held
        _works[key] = work = Work(title, job)
        _works.move_to_end(key)
        _let_go()
        return work


def find(key: Hashable) -> Work[Any] | None:
    """The work of a key, at work or ended; a page that was opened anew finds it by this."""
    with _lock:
        _let_go()
        return _works.get(key)


def forget(key: Hashable) -> None:
    """Let go of work that has ended; what is at work is stopped first."""
    with _lock:
        held = _works.pop(key, None)
    if held is not None and not held.is_done:
        held.stop()


def _let_go() -> None:
    ended = [key for key, work in _works.items() if work.is_done]
    old = [key for key in ended if (_works[key].ended_s_ago or 0.0) > KEPT_S]
    for key in {*old, *ended[: max(len(ended) - MOST_KEPT, 0)]}:
        del _works[key]
