"""聚合: how well each cluster hangs together in a scenario, and single moves that make it hang together better.

A move is suggested when it leaves fewer orphans or more shared boundary, and neither of the two worse, over all
clusters; see `geo.cohesion` for the measures and their sources. Locks, quotas and rules that forbid are respected, and
supplied land stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.blocks import labelled
from geo.cohesion import CLASSES, Cohesion, cohesion, moves
from geo.compactness import polsby_popper
from geo.units import mu, square_metres
from layers.vocabulary import STAGES
from planning.atlas import Atlas
from planning.ledger import JOINING, ledger
from planning.quotas import quotas
from planning.ruling import FORBIDDEN, judge
from planning.snapshots import NONE, ParcelSnapshot, ScenarioSnapshot

# a few metres of boundary are not worth a stroke
LEAST_M: Final = 5.0
_CENTI_PER_MU: Final = Decimal(1_000_000) / 15


@dataclass(frozen=True, slots=True)
class ClusterCohesion:
    """One cluster's measures; shares are 0 to 1, None where there is nothing to measure.

    ``compactness`` is Polsby–Popper of its blocks, weighted by their areas.
    """

    cluster: str
    parcels: int
    orphans: int
    blocks: int
    shared_m: float
    like_share: float | None
    largest_share: float | None
    coherence: float | None
    compactness: float | None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Give one parcel to a cluster: the change of the number of orphans (0 or less) and of metres shared."""

    parcel_id: int
    code: str
    before: str | None
    after: str
    orphans: int
    shared_m: float
    mu: Decimal


@dataclass(frozen=True, slots=True)
class Suggestions:
    """The best moves first; ``improving`` is how many would be better by the measures alone.

    The others were kept back, by the first that is against them: a lock, supply, a quota, a rule. ``unexamined`` were
    not held against the rules, because enough were found before them.
    """

    listed: tuple[Suggestion, ...]
    improving: int
    kept_back: Mapping[str, int]
    unexamined: int


def measures(atlas: Atlas, state: ScenarioSnapshot) -> tuple[ClusterCohesion, ...]:
    """Measure every cluster, in the office's order."""
    parcels = atlas.parcels()
    classes, edges = _classes(parcels, state), _edges(parcels)
    found = cohesion(classes, parcels.centi_m2, edges)
    compact = _compactness(parcels, classes, edges)
    return tuple(_told(code, at, found, compact) for at, code in enumerate(state.codes))


def suggestions(atlas: Atlas, state: ScenarioSnapshot, *, most: int = 10) -> Suggestions:
    """Find the moves of one parcel that better the measures most: fewest orphans, then most shared boundary."""
    parcels = atlas.parcels()
    classes = _classes(parcels, state)
    told = moves(classes, _edges(parcels), none=NONE)
    better = (told["orphans"] <= 0) & (told["shared_m"] >= 0) & ((told["orphans"] < 0) | (told["shared_m"] >= LEAST_M))
    told = told[better].sort_values(["orphans", "shared_m", "row", "to"], ascending=[True, False, True, True])
    row, to = told["row"].to_numpy(dtype=np.int64), told["to"].to_numpy(dtype=np.int64)
    against = np.select(
        [
            state.locked[row] | np.isin(to, [state.codes.index(one) for one in state.locked_clusters]),
            parcels.stage[row] == STAGES.index("supplied"),
            parcels.centi_m2[row] > _room(atlas, state)[to],
        ],
        [1, 2, 3],
        0,
    )
    listed: list[Suggestion] = []
    forbidden = examined = 0
    free = told[against == 0]
    for move in free.itertuples(index=False):
        if len(listed) == most:
            break
        examined += 1
        one = _suggestion(parcels, state, move)
        # each by itself: a judgement of several takes all of them to be painted at once
        if (judge(atlas, state, [one.parcel_id], one.after).level_of([one.parcel_id]) == FORBIDDEN).any():
            forbidden += 1
        else:
            listed.append(one)
    counts = {name: int((against == at).sum()) for at, name in enumerate(("locked", "supplied", "quota"), start=1)}
    return Suggestions(tuple(listed), len(told), counts | {"forbidden": forbidden}, len(free) - examined)


def _suggestion(parcels: ParcelSnapshot, state: ScenarioSnapshot, move: tuple[int, int, int, float]) -> Suggestion:
    row, to, orphans, shared_m = move
    return Suggestion(
        parcel_id=int(parcels.ids[row]),
        code=str(parcels.codes[row]),
        before=state.code_at(int(row)),
        after=state.codes[int(to)],
        orphans=int(orphans),
        shared_m=float(shared_m),
        mu=mu(square_metres(parcels.centi_m2[row])),
    )


def _room(atlas: Atlas, state: ScenarioSnapshot) -> NDArray[np.int64]:
    """Hundredths of a m² that each cluster's quota leaves, without end where there is none."""
    room = np.full(CLASSES, np.iinfo(np.int64).max, dtype=np.int64)
    held = quotas(atlas.db, state.scenario.id)
    if held:
        now = ledger(atlas, state)
        for code, one in held.items():
            taken = int(now.of(code).area_m2.scaleb(2))
            room[state.codes.index(code)] = int(one.mu * _CENTI_PER_MU) - taken
    return room


def _classes(parcels: ParcelSnapshot, state: ScenarioSnapshot) -> NDArray[np.uint8]:
    if parcels.revision != state.parcels_revision:
        raise ValueError(parcels.revision, state.parcels_revision)
    return state.cluster


def _edges(parcels: ParcelSnapshot) -> pd.DataFrame:
    pairs = parcels.adjacency
    found: pd.DataFrame = pairs[pairs["kind"].isin(JOINING)]
    return found


def _compactness(parcels: ParcelSnapshot, classes: NDArray[np.uint8], edges: pd.DataFrame) -> NDArray[np.float64]:
    """Polsby–Popper of the blocks of each class, weighted by area; NaN for a class without parcels."""
    left, right = edges["left"].to_numpy(dtype=np.int64), edges["right"].to_numpy(dtype=np.int64)
    same = classes[left] == classes[right]
    label = labelled(len(classes), left[same], right[same])
    count = int(label.max(initial=-1)) + 1
    area = np.bincount(label, weights=parcels.centi_m2 / 100.0, minlength=count)
    own = np.bincount(label, weights=shapely.length(parcels.geoms), minlength=count)
    within = np.bincount(label[left[same]], weights=edges["length_m"].to_numpy()[same], minlength=count)
    perimeter = np.asarray(own - 2.0 * within, dtype=np.float64)
    of_block = classes[np.unique(label, return_index=True)[1]]
    weighted = np.bincount(of_block, weights=area * polsby_popper(area, perimeter), minlength=CLASSES)
    whole = np.bincount(of_block, weights=area, minlength=CLASSES)
    return np.asarray(np.divide(weighted, whole, out=np.full(CLASSES, np.nan), where=whole > 0), dtype=np.float64)


def _told(code: str, at: int, found: Cohesion, compact: NDArray[np.float64]) -> ClusterCohesion:
    there = bool(found.parcels[at])
    return ClusterCohesion(
        cluster=code,
        parcels=int(found.parcels[at]),
        orphans=int(found.orphans[at]),
        blocks=int(found.blocks[at]),
        shared_m=float(found.shared_m[at]),
        like_share=_known(found.like_share[at]),
        largest_share=float(found.largest_share[at]) if there else None,
        coherence=float(found.coherence[at]) if there else None,
        compactness=_known(compact[at]),
    )


def _known(value: np.float64) -> float | None:
    return float(value) if np.isfinite(value) else None
