"""分配: quotas in 亩 by cluster, locks, rules and suitability turned into a problem, solved apart, and told in parcels.

The answer is a plan. Nothing of it is in the database before it is accepted as a new scenario
(planning.allocation_plans).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.territories import pieces
from layers.style import MU_PER_CENTI_M2
from layers.vocabulary import STAGES
from planning.allocation_apart import Answer, solve_apart
from planning.allocation_problem import FREE, Mask, Problem, Rows
from planning.allocation_search import Progress
from planning.atlas import Atlas
from planning.errors import Fault, Refused
from planning.ground import AVAILABLE
from planning.joining import Joining, cluster_bytes, pairs_around
from planning.ruling import FORBIDDEN, forbidden_pairs
from planning.snapshots import NONE, ParcelSnapshot, ScenarioSnapshot
from planning.suitability import Result, evaluate, inputs_of
from planning.suitability_measures import conflicts
from planning.suitability_model import Model

SCOPES: Final = ("unassigned", "anew")
LONGEST_SECONDS: Final = 3_600.0
MOST_GAP_M: Final = 100.0
LARGEST_TOLERANCE: Final = 0.5
# how near parcels hold together by default: over a street
GAP_M: Final = 40.0
_FORBIDDEN_LEVEL: Final = 3.0


@dataclass(frozen=True, slots=True)
class Quota:
    """What a cluster is to have: 亩, and into how many pieces it may fall at most (0: any number)."""

    cluster: str
    mu: Decimal
    blocks: int = 1


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    ``tolerance`` is a share of each quota. ``scope`` says what is given out: parcels without a cluster, or all but the
    locked. ``gap_m``: how near the parcels of one piece lie. ``edge_worth``: 亩·分 a metre of boundary within a
    cluster. ``gap``: how far from the best an answer may be when the search ends early; ``seconds``: when it ends at
    the latest.
    """

    quotas: tuple[Quota, ...]
    tolerance: float = 0.05
    scope: str = "anew"
    stages: tuple[str, ...] = AVAILABLE
    gap_m: float = GAP_M
    edge_worth: float = 0.05
    gap: float = 0.01
    seconds: float = 60.0


@dataclass(frozen=True)
class Setting:
    """A problem with what its rows and columns are: ids of the parcels, codes of the clusters."""

    asked: Asked
    result: Result
    ids: NDArray[np.int64]
    codes: tuple[str, ...]
    before: Rows
    problem: Problem
    inputs: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Plan:
    """An answer with the setting it is of."""

    setting: Setting
    answer: Answer
    scenario_id: int

    @property
    def is_found(self) -> bool:
        return self.answer.status == "found"


Watch = Callable[[Progress], bool]


def allocate(
    atlas: Atlas, state: ScenarioSnapshot, asked: Asked, model: Model, *, on: date, watch: Watch = lambda _: False
) -> Plan:
    """Score, put the problem together, and solve it in a process of its own; stopped by ``watch`` with what there is.

    Raises
    ------
    Refused
        With everything that is wrong with what is asked.
    """
    setting = prepared(atlas, state, asked, model, on=on, watch=watch)
    answer = solve_apart(setting.problem, gap=asked.gap, seconds=asked.seconds, watch=watch)
    return Plan(setting, answer, state.scenario.id)


def prepared(
    atlas: Atlas, state: ScenarioSnapshot, asked: Asked, model: Model, *, on: date, watch: Watch = lambda _: False
) -> Setting:
    """The problem of what is asked."""
    if faults := _faults(state, asked):
        raise Refused(*faults)

    def step(done: int, of: int) -> None:
        watch(Progress("score", done, of, None, None))

    result = evaluate(atlas, state, model, on=on, watch=step)
    codes = tuple(one.cluster for one in asked.quotas if one.mu > 0)
    parcels = atlas.parcels()
    places = [state.codes.index(code) for code in codes]
    level = _levels(atlas, state, result)[places]
    cluster = cluster_bytes(parcels, state)
    here = _places(codes, state)[cluster]
    fixed = _fixed(parcels, state, asked, cluster, here)
    members = np.flatnonzero((fixed == FREE) | (fixed >= 0)).astype(np.int64)
    apart, banned = _apart(atlas, state, codes, members, cluster)
    allowed = (level[:, members].T < _FORBIDDEN_LEVEL) & ~banned
    quota = np.array([float(one.mu) for one in asked.quotas if one.mu > 0])
    joined = pairs_around(atlas, state, Joining(asked.gap_m)).frame
    edges = parcels.adjacency
    edges = edges[edges["kind"] == "edge"]
    shared, shared_m = _within(edges, members, len(parcels))
    problem = Problem(
        area=np.asarray(parcels.centi_m2[members] * MU_PER_CENTI_M2, dtype=np.float64),
        score=np.nan_to_num(result.score[places][:, members].T, nan=0.0),
        allowed=allowed,
        fixed=fixed[members],
        joined=_within(joined, members, len(parcels))[0],
        blocks=np.array([one.blocks for one in asked.quotas if one.mu > 0], dtype=np.int64),
        shared=shared,
        shared_m=shared_m,
        apart=apart,
        least=quota * (1.0 - asked.tolerance),
        quota=quota,
        most=quota * (1.0 + asked.tolerance),
        edge_worth=asked.edge_worth,
    )
    inputs = {**result.inputs, **inputs_of(atlas, state.scenario.id, ("conflict",))}
    return Setting(asked, result, parcels.ids[members], codes, here[members], problem, inputs)


def out_of_date(atlas: Atlas, plan: Plan) -> tuple[str, ...]:
    """Names of what has changed since a plan was made; none while it holds."""
    now = atlas.revisions()
    return tuple(name for name, revision in plan.setting.inputs.items() if now.get(name) != revision)


def pieces_now(atlas: Atlas, state: ScenarioSnapshot, *, gap_m: float = GAP_M) -> dict[str, int]:
    """Into how many pieces each cluster falls as it stands; clusters without a parcel are left out."""
    cluster = cluster_bytes(atlas.parcels(), state)
    frame = pairs_around(atlas, state, Joining(gap_m)).frame
    pairs = frame[["left", "right"]].to_numpy(dtype=np.int64)
    count = {code: len(pieces(cluster == k, pairs)) for k, code in enumerate(state.codes)}
    return {code: number for code, number in count.items() if number}


def _faults(state: ScenarioSnapshot, asked: Asked) -> list[Fault]:
    faults = []
    codes = [one.cluster for one in asked.quotas]
    faults += [
        Fault("unknown_cluster", {"cluster": one, "known": state.codes}) for one in codes if one not in state.codes
    ]
    faults += [Fault("quota_twice", {"cluster": one}) for one in sorted({one for one in codes if codes.count(one) > 1})]
    faults += [
        Fault("quota_negative", {"cluster": one.cluster, "value": str(one.mu)})
        for one in asked.quotas
        if not (one.mu.is_finite() and one.mu >= 0)
    ]
    faults += [
        Fault("blocks_out_of_range", {"cluster": one.cluster, "value": one.blocks})
        for one in asked.quotas
        if one.blocks < 0
    ]
    if not any(one.mu > 0 for one in asked.quotas if one.mu.is_finite()):
        faults.append(Fault("quota_missing"))
    for code, value, least, most in (
        ("tolerance_out_of_range", asked.tolerance, 0.0, LARGEST_TOLERANCE),
        ("gap_out_of_range", asked.gap_m, 0.0, MOST_GAP_M),
        ("seconds_out_of_range", asked.seconds, 1.0, LONGEST_SECONDS),
        ("edge_worth_out_of_range", asked.edge_worth, 0.0, 10.0),
        ("target_out_of_range", asked.gap, 0.0, 1.0),
    ):
        if not least <= value <= most:
            faults.append(Fault(code, {"value": value, "least": least, "most": most}))
    if asked.scope not in SCOPES:
        faults.append(Fault("unknown_scope", {"value": asked.scope, "known": SCOPES}))
    faults += [
        Fault("unknown_stage", {"value": one, "known": tuple(STAGES)}) for one in asked.stages if one not in STAGES
    ]
    return faults


def _levels(atlas: Atlas, state: ScenarioSnapshot, result: Result) -> NDArray[np.float64]:
    """The worst level against each parcel for each cluster, as the result measured it, else measured now."""
    if "conflict" in result.measures.own:
        return result.measures.own["conflict"]
    return conflicts(atlas, atlas.parcels(), state, lambda _: None)


def _places(codes: tuple[str, ...], state: ScenarioSnapshot) -> Rows:
    """By cluster byte, the place among the clusters with a quota, -1 for all others."""
    place = np.full(NONE + 1, -1, dtype=np.int64)
    place[[state.codes.index(code) for code in codes]] = np.arange(len(codes))
    return place


def _fixed(
    parcels: ParcelSnapshot, state: ScenarioSnapshot, asked: Asked, cluster: NDArray[np.uint8], here: Rows
) -> Rows:
    """By row of the parcels: FREE, the cluster that it keeps, or NOWHERE for one that is left out."""
    open_ = np.isin(parcels.stage, [list(STAGES).index(one) for one in asked.stages]) & ~state.locked
    if asked.scope == "unassigned":
        open_ &= cluster == NONE
    locked_clusters = [state.codes.index(code) for code in state.locked_clusters]
    open_ &= ~np.isin(cluster, locked_clusters)
    return np.where(open_, FREE, here).astype(np.int64)


def _within(pairs: pd.DataFrame, members: Rows, count: int) -> tuple[Rows, NDArray[np.float64]]:
    """Pairs of which both are members, by their places among these, and their lengths."""
    place = np.full(count, -1, dtype=np.int64)
    place[members] = np.arange(len(members))
    left = place[pairs["left"].to_numpy()]
    right = place[pairs["right"].to_numpy()]
    both = (left >= 0) & (right >= 0)
    length = pairs["length_m"].to_numpy(dtype=np.float64)
    return np.stack([left[both], right[both]], axis=1).astype(np.int64), length[both]


def _apart(
    atlas: Atlas, state: ScenarioSnapshot, codes: tuple[str, ...], members: Rows, cluster: NDArray[np.uint8]
) -> tuple[Rows, Mask]:
    """Pairs that may not have two clusters, both of them members; and members barred by a neighbour that stays."""
    count = len(atlas.parcels())
    banned = np.zeros((len(members), len(codes)), dtype=bool)
    place = np.full(count, -1, dtype=np.int64)
    place[members] = np.arange(len(members))
    found: list[Rows] = []
    for one, other, metres in forbidden_pairs(atlas, state, state.codes, level=FORBIDDEN):
        frame = pairs_around(atlas, state, Joining(max(metres, 0.0))).frame
        left = np.concatenate([frame["left"].to_numpy(), frame["right"].to_numpy()]).astype(np.int64)
        right = np.concatenate([frame["right"].to_numpy(), frame["left"].to_numpy()]).astype(np.int64)
        for mine, theirs in {(one, other), (other, one)}:
            if mine not in codes:
                continue
            k = codes.index(mine)
            stays = (place[left] >= 0) & (place[right] < 0) & (cluster[right] == state.codes.index(theirs))
            banned[place[left[stays]], k] = True
            if theirs in codes:
                both = (place[left] >= 0) & (place[right] >= 0)
                pairs = np.stack([place[left[both]], place[right[both]]], axis=1)
                found.append(np.column_stack([pairs, np.full(len(pairs), k), np.full(len(pairs), codes.index(theirs))]))
    apart = np.unique(np.concatenate(found), axis=0) if found else np.empty((0, 4))
    return apart.astype(np.int64), banned
