"""Places for labels: by priority, each in the first of its candidates that meets nothing placed or blocked before.

Boxes may be turned; whether two meet is asked of their separating axes. The same wishes give the same places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

Corners = NDArray[np.float64]
# a hair's breadth, so that boxes side by side do not count as meeting
_TOUCH_PT: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Box:
    """A box about its middle, points of the sheet; ``angle`` in degrees counterclockwise as seen."""

    cx: float
    cy: float
    width: float
    height: float
    angle: float = 0.0

    @property
    def corners(self) -> Corners:
        """Its four corners (4, 2)."""
        half = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) * (self.width / 2, self.height / 2)
        turn = np.radians(-self.angle)
        spin = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
        return np.asarray(half @ spin + (self.cx, self.cy))


@dataclass(frozen=True, slots=True)
class Wish:
    """A label that wants a place: candidates, the best first; a smaller ``rank`` is placed earlier."""

    key: str
    rank: float
    candidates: tuple[Box, ...]


@dataclass(slots=True)
class Placed:
    """Where labels went by key, as the index of the candidate taken, and which found no place."""

    boxes: dict[str, Box] = field(default_factory=dict)
    dropped: list[str] = field(default_factory=list)


class Ground:
    """The ground that labels are placed on: a frame (left, top, right, bottom), and what is taken already."""

    def __init__(self, frame: tuple[float, float, float, float]) -> None:
        self._frame = frame
        self._corners = np.zeros((0, 4, 2))

    def block(self, *boxes: Box) -> None:
        """Take places, wherever they are."""
        if boxes:
            self._corners = np.concatenate([self._corners, np.stack([box.corners for box in boxes])])

    def is_free(self, box: Box) -> bool:
        """Whether a box lies within the frame and meets nothing."""
        corners = box.corners
        left, top, right, bottom = self._frame
        if (corners < (left, top)).any() or (corners > (right, bottom)).any():
            return False
        low, high = corners.min(axis=0), corners.max(axis=0)
        near = ((self._corners.min(axis=1) < high) & (self._corners.max(axis=1) > low)).all(axis=1)
        return not any(meet(corners, other) for other in self._corners[near])

    def placed(self, wishes: Sequence[Wish]) -> Placed:
        """Place what can be placed; those without a free candidate are told, in order of rank."""
        out = Placed()
        for wish in sorted(wishes, key=lambda one: (one.rank, one.key)):
            free = next((box for box in wish.candidates if self.is_free(box)), None)
            if free is None:
                out.dropped.append(wish.key)
                continue
            self.block(free)
            out.boxes[wish.key] = free
        return out


def meet(one: Corners, other: Corners) -> bool:
    """Whether two boxes have more than an edge in common."""
    for corners in (one, other):
        for axis in (corners[1] - corners[0], corners[2] - corners[1]):
            length = float(np.hypot(*axis)) or 1.0
            mine, theirs = one @ axis / length, other @ axis / length
            if mine.max() <= theirs.min() + _TOUCH_PT or theirs.max() <= mine.min() + _TOUCH_PT:
                return False
    return True


def around(
    left: float, top: float, right: float, bottom: float, *, width: float, height: float, gaps: Sequence[float]
) -> tuple[Box, ...]:
    """Candidates beside a thing: right, left, below, above, then the corners, at each distance in turn."""
    cx, cy = (left + right) / 2, (top + bottom) / 2
    boxes = []
    for gap in gaps:
        east, west = right + gap + width / 2, left - gap - width / 2
        below, above = bottom + gap + height / 2, top - gap - height / 2
        boxes += [
            (east, cy),
            (west, cy),
            (cx, below),
            (cx, above),
            (east, above),
            (east, below),
            (west, above),
            (west, below),
        ]
    return tuple(Box(x, y, width, height) for x, y in boxes)
