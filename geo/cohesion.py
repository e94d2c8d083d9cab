"""How well the parcels of each class hang together, and what moving one parcel would change of it: exact, by counting.

Measures are those of landscape ecology, with shared boundary in metres in the place of shared cell sides:

- orphans: members without a neighbour of their class along an edge (patches of one parcel);
- shared: metres of boundary between members of one class; ``like_share`` is its part of all boundary that members share
  with any parcel (percentage of like adjacencies, PLADJ, in McGarigal & Marks 1995; the join count BB of Moran 1948 and
  Cliff & Ord 1981, weighted by length);
- ``largest_share``: the largest block's part of the class's area (largest patch index with the class as the landscape);
- ``coherence``: the chance that two places taken at random in the class lie in one block (Jaeger 2000).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.blocks import labelled

Rows = NDArray[np.int64]
Bytes = NDArray[np.uint8]
CLASSES = 256


@dataclass(frozen=True, slots=True)
class Cohesion:
    """Per class byte 0..255: parcels, orphans, metres shared within and with any, blocks, largest_share, coherence."""

    parcels: Rows
    orphans: Rows
    shared_m: NDArray[np.float64]
    bordering_m: NDArray[np.float64]
    blocks: Rows
    largest_share: NDArray[np.float64]
    coherence: NDArray[np.float64]

    @property
    def like_share(self) -> NDArray[np.float64]:
        """Part of the boundary that members share which they share with their own, NaN where they share none."""
        ends = 2.0 * self.shared_m + self.bordering_m
        like = np.divide(2.0 * self.shared_m, ends, out=np.full(CLASSES, np.nan), where=ends > 0)
        return np.asarray(like, dtype=np.float64)


def cohesion(classes: Bytes, area: Rows, edges: pd.DataFrame) -> Cohesion:
    """Measure every class; ``edges`` are pairs (``left``, ``right``, ``length_m``), ``area`` in whole units."""
    left, right, length = _columns(edges)
    same = classes[left] == classes[right]
    label = labelled(len(classes), left[same], right[same])
    count = np.bincount(classes, minlength=CLASSES)
    linked = np.zeros(len(classes), dtype=np.bool_)
    linked[left[same]] = linked[right[same]] = True
    block_area = np.zeros(int(label.max(initial=-1)) + 1)
    np.add.at(block_area, label, area.astype(np.float64))
    first = np.unique(label, return_index=True)[1]
    of_block = classes[first]
    whole = np.bincount(classes, weights=area.astype(np.float64), minlength=CLASSES)
    largest, squares = np.zeros(CLASSES), np.zeros(CLASSES)
    np.maximum.at(largest, of_block, block_area)
    np.add.at(squares, of_block, block_area**2)
    ends = np.concatenate([classes[left[~same]], classes[right[~same]]])
    bordering = np.bincount(ends, weights=np.tile(length[~same], 2), minlength=CLASSES)
    return Cohesion(
        parcels=count,
        orphans=np.bincount(classes[~linked], minlength=CLASSES),
        shared_m=np.asarray(
            np.bincount(classes[left[same]], weights=length[same], minlength=CLASSES), dtype=np.float64
        ),
        bordering_m=np.asarray(bordering, dtype=np.float64),
        blocks=np.bincount(of_block, minlength=CLASSES),
        largest_share=np.divide(largest, whole, out=np.zeros(CLASSES), where=whole > 0),
        coherence=np.divide(squares, whole**2, out=np.zeros(CLASSES), where=whole > 0),
    )


def moves(classes: Bytes, edges: pd.DataFrame, *, none: int) -> pd.DataFrame:
    """Every move of one parcel to the class of a neighbour along an edge, and what it changes of all classes together.

    ``none`` is the byte of those without a class: they are no class of their own, and no move leads to it.

    Returns
    -------
    DataFrame
        ``row``, ``to``, ``orphans`` and ``shared_m``: the change of the number of orphans of all classes, and of the
        metres that parcels share with their own class.
    """
    left, right, length = _columns(edges)
    at, other = np.concatenate([left, right]), np.concatenate([right, left])
    metres = np.concatenate([length, length])
    of_other = classes[other].astype(np.int64)
    kept = of_other != none
    key = at[kept] * CLASSES + of_other[kept]
    # how many neighbours of each class a parcel has, along how many metres
    unique, place = np.unique(key, return_inverse=True)
    shared = np.bincount(place, weights=metres[kept], minlength=len(unique))
    own_count = np.zeros(len(classes), dtype=np.int64)
    own_shared = np.zeros(len(classes))
    row, cls = unique // CLASSES, unique % CLASSES
    own = cls == classes[row]
    own_count[row[own]] = np.bincount(place, minlength=len(unique))[own]
    own_shared[row[own]] = shared[own]
    row, cls, shared = row[~own], cls[~own], shared[~own]
    has_class = classes != none
    is_orphan = has_class & (own_count == 0)
    # a neighbour of the class that is joined was an orphan until now; one that is left by its only like becomes one
    joined = np.bincount(place, weights=is_orphan[other[kept]], minlength=len(unique))[~own]
    lone = (classes[at] == classes[other]) & (own_count[other] == 1) & has_class[other]
    left_alone = np.bincount(at[lone], minlength=len(classes))
    change = left_alone[row] - joined - is_orphan[row]
    return pd.DataFrame({
        "row": row, "to": cls.astype(np.uint8), "orphans": change.astype(np.int64),
        "shared_m": shared - own_shared[row],
    })  # fmt: skip


def _columns(edges: pd.DataFrame) -> tuple[Rows, Rows, NDArray[np.float64]]:
    return (
        edges["left"].to_numpy(dtype=np.int64),
        edges["right"].to_numpy(dtype=np.int64),
        edges["length_m"].to_numpy(dtype=np.float64),
    )
