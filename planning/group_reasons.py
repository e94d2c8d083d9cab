"""Why a parcel is in no group that meets the conditions: found by leaving out one condition after another."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo import grouping
from geo.grouping import FAILED, MET, MOST_STEPS, Wanted
from geo.units import square_metres
from planning.atlas import Atlas
from planning.cards import Area
from planning.ground import (
    CLUSTERS_DIFFER,
    CUT,
    FRONTAGE,
    NOT_EXAMINED,
    OF_ITSELF,
    OVERSHOOTS,
    REASONS,
    SPARE,
    STAGES_DIFFER,
    TOO_SMALL,
    WAITS,
    Asked,
    Ground,
    Rows,
    own_reasons,
    refuse,
    wanted_of,
)  # fmt: skip
from planning.joining import Barrier, barrier_at, pairs_around
from planning.snapshots import ScenarioSnapshot

# how far beyond the most parcels it is counted how many would be needed
_FARTHEST: Final = 30


@dataclass(frozen=True, slots=True)
class Why:
    """Why one parcel is in no answer, or None when it is in one; the figures that its sentence needs.

    ``largest`` is what it comes to with its neighbours within the most parcels; ``needed`` how many parcels it takes at
    least (None: all that hang together with it are not enough, and ``whole`` is their area); ``longest_m`` the longest
    frontage of a group that is large enough; ``barriers`` what lies between the parcels of the group that there would
    be; ``ready_date`` its own date, or that of the neighbours it ``waits_for``, None when they have none; ``with_ids``
    the group that there would be.
    """

    parcel_id: int
    code: str | None
    area: Area
    largest: Area | None = None
    needed: int | None = None
    whole: Area | None = None
    longest_m: float | None = None
    barriers: tuple[Barrier, ...] = ()
    ready_date: str | None = None
    waits_for: tuple[int, ...] = ()
    with_ids: tuple[int, ...] = ()


def explain(atlas: Atlas, state: ScenarioSnapshot, asked: Asked, parcel_id: int) -> Why:
    """Say exactly why one parcel is in no answer; Refused when there is no such parcel."""
    refuse(asked)
    parcels = atlas.parcels()
    row = int(parcels.row_of([parcel_id])[0])
    own = own_reasons(parcels, state, asked)
    area = Area(square_metres(parcels.centi_m2[row]))
    seeds = np.array([row], dtype=np.int64)
    if own[row] < OF_ITSELF:
        ready = parcels.frame["ready_date"].iloc[row]
        return Why(parcel_id, REASONS[own[row]], area, ready_date=ready if isinstance(ready, str) else None)
    ground = Ground(atlas, state, asked, own, seeds=seeds)
    verdict = classified(ground, seeds, wanted_of(asked), most_steps=MOST_STEPS)
    code = int(verdict.code[0])
    if code == REASONS.index(SPARE) and _is_in_an_answer(ground, row):
        return Why(parcel_id, None, area)
    why = Why(
        parcel_id,
        REASONS[code],
        area,
        largest=Area(square_metres(verdict.largest[0])),
        longest_m=float(verdict.longest[0]) if verdict.longest[0] >= 0 else None,
        with_ids=tuple(parcels.ids[verdict.group[0][verdict.group[0] >= 0]].tolist()),
    )
    return _with_evidence(atlas, state, ground, why, verdict.group[0])


@dataclass(frozen=True, slots=True)
class Verdict:
    """Of each seed: place of its reason in REASONS, a group that there would be, and what its own groups come to."""

    code: NDArray[np.uint8]
    group: NDArray[np.int64]
    largest: NDArray[np.int64]
    longest: NDArray[np.float64]


def classified(ground: Ground, seeds: Rows, wanted: Wanted, *, most_steps: int) -> Verdict:
    """Find the first condition without which a seed would be in a group that meets all others."""
    left = most_steps
    first = grouping.reach(ground.land(), ground.joined(), seeds, wanted, most_steps=left)
    left -= first.steps
    code = np.full(len(seeds), REASONS.index(TOO_SMALL), dtype=np.uint8)
    group = first.groups.copy()
    code[first.verdict == MET] = REASONS.index(SPARE)
    code[first.verdict == grouping.NOT_EXAMINED] = REASONS.index(NOT_EXAMINED)
    open_ = first.verdict == FAILED
    short = open_ & (first.longest_m >= 0)
    code[short] = REASONS.index(FRONTAGE)
    open_ &= ~short
    without = [
        (CUT, ground.land(), ground.joined(across=True), wanted, bool((ground.pairs.barrier >= 0).any())),
        (WAITS, ground.land(waiting=True), ground.joined(), wanted, bool((ground.own[ground.near] < OF_ITSELF).any())),
        (STAGES_DIFFER, ground.land(), ground.joined(any_stage=True), wanted, ground.asked.joining.same_stage),
        (CLUSTERS_DIFFER, ground.land(any_cluster=True), ground.joined(any_cluster=True), wanted,
         ground.asked.joining.clusters != "any"),
        (OVERSHOOTS, ground.land(), ground.joined(), dataclasses.replace(wanted, most_centi_m2=None),
         wanted.most_centi_m2 is not None),
    ]  # fmt: skip
    for name, land, pairs, less, is_a_condition in without:
        places = np.flatnonzero(open_)
        if not is_a_condition or not len(places):
            continue
        told = grouping.reach(land, pairs, seeds[places], less, most_steps=max(left, 0))
        left -= told.steps
        met = places[told.verdict == MET]
        code[met] = REASONS.index(name)
        group[met] = told.groups[told.verdict == MET]
        code[places[told.verdict == grouping.NOT_EXAMINED]] = REASONS.index(NOT_EXAMINED)
        open_[places[told.verdict != FAILED]] = False
    return Verdict(code, group, first.largest_centi_m2, first.longest_m)


def _is_in_an_answer(ground: Ground, row: int) -> bool:
    """Whether a parcel that a group meets the conditions with is in one that could not spare it."""
    found = grouping.search(ground.land(), ground.joined(), wanted_of(ground.asked), keep=1)
    return bool(found.member[row])


def _with_evidence(atlas: Atlas, state: ScenarioSnapshot, ground: Ground, why: Why, group: Rows) -> Why:
    rows = group[group >= 0]
    if why.code == CUT:
        frame = ground.pairs.frame
        among = np.isin(frame["left"], rows) & np.isin(frame["right"], rows) & (ground.pairs.barrier >= 0)
        told = [barrier_at(atlas, ground.asked.joining, int(one)) for one in np.unique(ground.pairs.barrier[among])]
        return dataclasses.replace(why, barriers=tuple(told))
    if why.code == WAITS:
        late = rows[ground.own[rows] < OF_ITSELF]
        dates = [one for one in ground.parcels.frame["ready_date"].iloc[late] if isinstance(one, str)]
        ids = tuple(ground.parcels.ids[late].tolist())
        return dataclasses.replace(why, ready_date=max(dates, default=None), waits_for=ids)
    if why.code == TOO_SMALL:
        return _with_needed(atlas, state, ground, why)
    return why


def _with_needed(atlas: Atlas, state: ScenarioSnapshot, ground: Ground, why: Why) -> Why:
    """Say how many parcels it would take at least, or that all that hang together are not enough."""
    asked, parcels = ground.asked, ground.parcels
    row = int(parcels.row_of([why.parcel_id])[0])
    least = wanted_of(asked).least_centi_m2
    open_ = ground.own == OF_ITSELF
    known = np.zeros(len(parcels), dtype=np.bool_)
    known[row] = True
    edge = np.array([row], dtype=np.int64)
    for needed in range(2, _FARTHEST + 1):
        if len(edge):
            edge = _next_to(atlas, state, asked, edge)
            edge = edge[~known[edge] & open_[edge]]
            known[edge] = True
        others = np.sort(parcels.centi_m2[known & (np.arange(len(parcels)) != row)])[::-1]
        own = int(parcels.centi_m2[row])
        if own + int(others[: needed - 1].sum()) >= least:
            return dataclasses.replace(why, needed=max(needed, asked.most_parcels + 1))
        if not len(edge) and own + int(others.sum()) < least:
            return dataclasses.replace(why, whole=Area(square_metres(own + int(others.sum()))))
    return why


def _next_to(atlas: Atlas, state: ScenarioSnapshot, asked: Asked, rows: Rows) -> Rows:
    """Rows that are joined to some of these."""
    pairs = pairs_around(atlas, state, asked.joining, seeds=rows, hops=1)
    left, right = pairs.frame["left"].to_numpy()[pairs.joined], pairs.frame["right"].to_numpy()[pairs.joined]
    return np.union1d(right[np.isin(left, rows)], left[np.isin(right, rows)]).astype(np.int64)
