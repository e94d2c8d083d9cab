"""连片找地: which few parcels together are large enough, by the road, in time; ranked, with why the others are not.

See `geo.grouping` for what an answer is and how answers are ranked.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo import grouping
from geo.grouping import MOST_STEPS, Found, Wanted
from geo.units import square_metres
from planning.atlas import Atlas
from planning.blocks import Block, described
from planning.cards import Area
from planning.ground import OF_ITSELF, REASONS, TOO_SMALL, Asked, Ground, Rows, on_offer, own_reasons, refuse, wanted_of
from planning.group_reasons import Why, classified, explain
from planning.joining import frontage_by_class
from planning.snapshots import NONE, ParcelSnapshot, ScenarioSnapshot

__all__ = ["Answer", "Asked", "GroupSearch", "Reason", "Why", "explain", "search_groups"]

MOST_LISTED: Final = 200
# what the reasons of all other parcels may cost; one parcel is always explained in full
_REASON_STEPS: Final = 2_000_000
_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the land it is, what it has beyond the area asked for, and its frontage on the roads asked for."""

    block: Block
    surplus_mu: Decimal
    frontage_m: float


@dataclass(frozen=True, slots=True)
class Reason:
    """Why so many parcels are in no answer (``code`` of REASONS), with a few of them, largest first."""

    code: str
    parcels: int
    area: Area
    examples: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class GroupSearch:
    """The best answers of each size, how many there are of 1, 2, … parcels, up to which it is proven, and the reasons.

    ``in_answers`` counts parcels that are in any answer; with those of the reasons they are all parcels.
    """

    asked: Asked
    answers: tuple[Answer, ...]
    counts: tuple[int, ...]
    proven: int
    steps: int
    in_answers: int
    reasons: tuple[Reason, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)

    @property
    def is_proven(self) -> bool:
        return self.proven == self.asked.most_parcels


def search_groups(
    atlas: Atlas, state: ScenarioSnapshot, asked: Asked, *, keep: int = 20, most_steps: int = MOST_STEPS
) -> GroupSearch:
    """Find the best answers, ``keep`` of each size, and say why the other parcels are in none.

    Raises
    ------
    Refused
        With everything that is wrong with what is asked.
    """
    refuse(asked)
    parcels = atlas.parcels()
    own = own_reasons(parcels, state, asked)
    wanted = wanted_of(asked)
    # one parcel of n has an n-th of the area: only what lies around such parcels can be in an answer
    large = np.flatnonzero(
        on_offer(own) & (parcels.centi_m2 * asked.most_parcels >= wanted.least_centi_m2)
    )  # fmt: skip
    ground = Ground(atlas, state, asked, own, seeds=large)
    found = grouping.search(ground.land(), ground.joined(), wanted, keep=min(keep, MOST_LISTED), most_steps=most_steps)
    code = _codes_of_all(ground, found, wanted)
    return GroupSearch(
        asked=asked,
        answers=_answers(atlas, parcels, ground, found, wanted),
        counts=found.counts,
        proven=found.proven,
        steps=found.steps,
        in_answers=int(found.member.sum()),
        reasons=_told(parcels, code),
    )


def _codes_of_all(ground: Ground, found: Found, wanted: Wanted) -> NDArray[np.uint8]:
    """The place in REASONS for every row, 255 for those in an answer."""
    code = ground.own.copy()
    open_ = code == OF_ITSELF
    # far from any parcel that has its part of the area: too small together, whatever joins them
    code[open_ & ~ground.near] = REASONS.index(TOO_SMALL)
    code[found.member] = NONE
    seeds = np.flatnonzero(open_ & ground.near & ~found.member).astype(np.int64)
    code[seeds] = classified(ground, seeds, wanted, most_steps=_REASON_STEPS).code
    return code


def _answers(atlas: Atlas, parcels: ParcelSnapshot, ground: Ground, found: Found, wanted: Wanted) -> tuple[Answer, ...]:
    members = [np.array(group.rows, dtype=np.int64) for group in found.groups]
    blocks = _each_by_itself(atlas, parcels, ground, members)
    on = ground.asked.frontage_on
    return tuple(
        Answer(
            block,
            Area(square_metres(group.centi_m2 - wanted.least_centi_m2)).mu,
            sum(length for name, length in block.frontage_m if not on or name in on),
        )
        for block, group in zip(blocks, found.groups, strict=True)
    )


def _each_by_itself(atlas: Atlas, parcels: ParcelSnapshot, ground: Ground, members: list[Rows]) -> list[Block]:
    """Describe groups that may share parcels: the pairs among all of them, then one after another."""
    if not members:
        return []
    used = np.zeros(len(parcels), dtype=np.bool_)
    used[np.concatenate(members)] = True
    joined = ground.joined()
    joined = joined[used[joined["left"].to_numpy()] & used[joined["right"].to_numpy()]]
    front = frontage_by_class(atlas, np.flatnonzero(used))
    return [next(described(parcels, [rows], joined, front)) for rows in members]


def _told(parcels: ParcelSnapshot, code: NDArray[np.uint8]) -> tuple[Reason, ...]:
    """Count the reasons, the most frequent first."""
    reasons = []
    for place in np.unique(code[code != NONE]).tolist():
        rows = np.flatnonzero(code == place)
        largest = rows[np.argsort(-parcels.centi_m2[rows], kind="stable")[:_EXAMPLES]]
        area = Area(square_metres(parcels.centi_m2[rows].sum()))
        reasons.append(Reason(REASONS[place], len(rows), area, tuple(parcels.ids[largest].tolist())))
    return tuple(sorted(reasons, key=lambda one: -one.parcels))
