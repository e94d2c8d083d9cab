"""What is asked of every program, what an answer is, and when two answers are the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

TOLERANCE_M: Final = 0.10
DISTANCE_M: Final = 20.0
# lengths and areas of two programs are the same when they are this near
SAME_M: Final = 0.001
# a length along a bridged gap goes round corners differently in a buffer: the same when this near
SAME_BRIDGED_M: Final = 0.25
SAME_FRONTAGE_M: Final = 1.0

# name -> words, and the times faster than the best peer that is aimed at
QUESTIONS: Final[Mapping[str, tuple[str, float]]] = {
    "exact": ("exact adjacency: pairs that share boundary, and how much", 25.0),
    "tolerant": (f"tolerant adjacency: gaps and overlaps to {TOLERANCE_M} m bridged", 40.0),
    "frontage": (f"frontage on roads within {DISTANCE_M:.0f} m", 40.0),
    "area": ("area on the ellipsoid", 70.0),
}

Answer = dict[str, NDArray[Any]]
Ways = dict[str, Callable[[], Answer]]


@dataclass(frozen=True, slots=True)
class Data:
    """The files that every program reads: parcels and roads in metres, parcels in degrees; ``id`` is the row."""

    folder: Path
    epsg: int

    @property
    def parcels(self) -> Path:
        return self.folder / "parcels.parquet"

    @property
    def degrees(self) -> Path:
        return self.folder / "degrees.parquet"

    @property
    def roads(self) -> Path:
        return self.folder / "roads.parquet"


def pairs(left: Any, right: Any, length: Any) -> Answer:
    """Pairs with a length, left below right, sorted."""
    left, right, length = np.asarray(left, np.int64), np.asarray(right, np.int64), np.asarray(length, np.float64)
    key = np.minimum(left, right) << 32 | np.maximum(left, right)
    # who gives them sorted is spared the sorting
    if (key[1:] > key[:-1]).all():
        return {"key": key, "value": length}
    order = np.argsort(key, kind="stable")
    return {"key": key[order], "value": length[order]}


def by_row(row: Any, value: Any) -> Answer:
    """One value a row; rows of value 0 are left out."""
    row, value = np.asarray(row, np.int64), np.asarray(value, np.float64)
    order = np.argsort(row, kind="stable")
    row, value = row[order], value[order]
    return {"key": row[value > 0], "value": value[value > 0]}


def compared(question: str, ours: Answer, theirs: Answer) -> str:
    """In words, how far two answers agree."""
    both, at_ours, at_theirs = np.intersect1d(ours["key"], theirs["key"], assume_unique=True, return_indices=True)
    apart = np.abs(ours["value"][at_ours] - theirs["value"][at_theirs])
    allowed = {"tolerant": SAME_BRIDGED_M, "frontage": SAME_FRONTAGE_M}.get(question, SAME_M)
    same = int((apart <= allowed).sum())
    largest = float(apart.max()) if len(apart) else 0.0
    only_ours, only_theirs = len(ours["key"]) - len(both), len(theirs["key"]) - len(both)
    if not only_ours and not only_theirs and same == len(both):
        return f"the same {len(both):,}, to {largest:.1e}"
    rows = max(len(ours["key"]), len(theirs["key"]), 1)
    return f"{same / rows:.2%} the same to {allowed} m; {only_ours:,} only ours, {only_theirs:,} only theirs"
