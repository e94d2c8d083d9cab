"""Who acts, from where, and by which clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a program that acts: ``origin`` is where from (``app``, ``cli``, ``seed``)."""

    name: str
    origin: str


def utc_now() -> datetime:
    """Return the server's time in UTC: the one clock of every record."""
    return datetime.now(UTC)


def stamp(clock: Clock) -> str:
    """Return the clock's time as it is stored: UTC, ISO 8601 with microseconds, so that text order is time order."""
    return clock().astimezone(UTC).isoformat(timespec="microseconds")
