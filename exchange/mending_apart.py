"""Repairs in a process of their own: one hostile polygon costs its own row, not the file.

`shapely.make_valid` can take minutes on a star of a hundred spikes, cannot be stopped in between, and crashes on some
shapes. So the broken rows of a file go to a fork, one after the other; a row that takes too long, or ends the fork, is
given up, and a new fork goes on with the next.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import shapely
from shapely.geometry.base import BaseGeometry

from exchange.errors import FileRefused
from geo.validity import repair

# the longest honest repair that was seen took 0.2 s (a coast line of 200,000 vertices)
MOST_SECONDS: Final = 3.0
# a file with more rows that cannot be mended in time is no survey
MOST_GIVEN_UP: Final = 20
_HEAD: Final = struct.Struct("=qd")
_PR_SET_PDEATHSIG: Final = 1
_CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Mended:
    """One row after its repair; ``given_up`` says why there is none: ``repair_too_slow`` or ``repair_crashed``."""

    geom: BaseGeometry | None
    area_change_m2: float = 0.0
    given_up: str = ""


def mended(geoms: Sequence[BaseGeometry], *, most_seconds: float = MOST_SECONDS) -> list[Mended]:
    """Repair each geometry (`geo.validity.repair`), with a limit of time for each.

    Raises
    ------
    FileRefused
        ``repairs_given_up`` when more than a few rows had to be given up.
    """
    found: list[Mended] = []
    given_up = 0
    while len(found) < len(geoms):
        for one in _in_a_fork(geoms[len(found) :], most_seconds):
            found.append(one)
            if one.given_up:
                given_up += 1
        if given_up > MOST_GIVEN_UP:
            raise FileRefused("repairs_given_up", {"rows": given_up, "seconds": most_seconds})
    return found


def _in_a_fork(geoms: Sequence[BaseGeometry], most_seconds: float) -> Iterator[Mended]:
    """Repairs in order, up to the first that is given up."""
    reading, writing = os.pipe()
    parent = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _work(geoms, writing, parent)
    os.close(writing)
    try:
        for _ in geoms:
            one = _received(reading, time.monotonic() + most_seconds)
            yield one
            if one.given_up:
                return
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def _work(geoms: Sequence[BaseGeometry], writing: int, parent: int) -> None:
    """Repair and send, and end; never returns."""
    try:
        # nobody is left to ask for the rest when the reader was stopped
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == parent:
            for geom in geoms:
                shape, change = repair(geom)
                body: bytes = shapely.to_wkb(shape)
                _send(writing, _HEAD.pack(len(body), change) + body)
    finally:
        os._exit(1)


def _send(writing: int, body: bytes) -> None:
    view = memoryview(body)
    while view:
        view = view[os.write(writing, view) :]


def _received(reading: int, until: float) -> Mended:
    head = _exactly(reading, _HEAD.size, until)
    if not isinstance(head, bytes):
        return Mended(None, given_up=head.why)
    size, change = _HEAD.unpack(head)
    body = _exactly(reading, size, until)
    return Mended(shapely.from_wkb(body), change) if isinstance(body, bytes) else Mended(None, given_up=body.why)


@dataclass(frozen=True, slots=True)
class _Nothing:
    why: str


def _exactly(reading: int, size: int, until: float) -> bytes | _Nothing:
    """So many bytes, or why they did not come."""
    pieces: list[bytes] = []
    left = size
    while left:
        ready, _, _ = select.select([reading], [], [], max(0.0, until - time.monotonic()))
        if not ready:
            return _Nothing("repair_too_slow")
        piece = os.read(reading, min(left, _CHUNK_BYTES))
        if not piece:
            return _Nothing("repair_crashed")
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)
