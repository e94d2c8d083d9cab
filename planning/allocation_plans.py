"""What a plan comes to: totals by cluster, why each parcel has what it has, and its acceptance as a new scenario."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from geo.territories import pieces
from planning.actors import Actor, Clock, utc_now
from planning.acts import Label
from planning.allocation import Plan, out_of_date
from planning.allocation_problem import FREE, NOWHERE, Problem, Rows, areas_of, blocks_of, value_of
from planning.atlas import Atlas
from planning.errors import Fault, Refused
from planning.moves import Move, State
from planning.recording import keep_moves
from planning.scenarios import duplicated
from planning.snapshots import NONE, ScenarioSnapshot, frozen
from planning.standing import Standing
from planning.writing import Act, writing
from store.database import Database
from store.scenarios import Scenario

_TRIFLE: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Line:
    """A cluster's line: what was asked, what it gets, in how many pieces, and its mean score by area."""

    cluster: str
    quota_mu: float
    mu: float
    before_mu: float
    parcels: int
    blocks: int
    score: float
    within_m: float


@dataclass(frozen=True, slots=True)
class Choice:
    """A cluster that a parcel could have had: its score, what the plan would lose by it, and what stands in the way.

    ``against``: allowed | apart | quota_full | quota_short | blocks; ``loss`` in 亩·分, below 0 where it would gain.
    """

    cluster: str | None
    score: float | None
    shared_m: float
    loss: float
    against: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a parcel has its cluster: what that is worth, and the other choices, the dearest to give up last."""

    parcel_id: int
    locked: bool
    given: Choice
    others: tuple[Choice, ...]

    @property
    def second(self) -> Choice | None:
        """The best of the others that nothing stands against, else the best of all others."""
        return next((one for one in self.others if not one.against), next(iter(self.others), None))


def lines(plan: Plan) -> tuple[Line, ...]:
    """One line a cluster, in the order of the quotas."""
    problem, given = plan.setting.problem, plan.answer.given
    area, before, count = areas_of(problem, given), areas_of(problem, plan.setting.before), blocks_of(problem, given)
    one, other = given[problem.shared[:, 0]], given[problem.shared[:, 1]]
    found = []
    for k, code in enumerate(plan.setting.codes):
        has = given == k
        score = float((problem.area[has] * problem.score[has, k]).sum() / area[k]) if area[k] else 0.0
        within = float(problem.shared_m[(one == k) & (other == k)].sum())
        found.append(
            Line(
                code,
                float(problem.quota[k]),
                float(area[k]),
                float(before[k]),
                int(has.sum()),
                int(count[k]),
                score,
                within,
            )
        )
    return tuple(found)


def changed(plan: Plan) -> NDArray[np.int64]:
    """Ids of the parcels that get another cluster, or lose theirs."""
    differs = (plan.answer.given != plan.setting.before) & (plan.setting.problem.fixed == FREE)
    found: NDArray[np.int64] = plan.setting.ids[differs]
    return found


def pictured(plan: Plan, state: ScenarioSnapshot) -> ScenarioSnapshot:
    """The scenario as it would be: for a map, never for the database."""
    rows = np.searchsorted(state.ids, plan.setting.ids)
    bytes_of = np.array([*(state.codes.index(code) for code in plan.setting.codes), NONE], dtype=np.uint8)
    cluster = state.cluster.copy()
    moves = plan.setting.problem.fixed == FREE
    cluster[rows[moves]] = bytes_of[plan.answer.given[moves]]
    # no address of the server holds these colours: they go along with the message
    return replace(state, cluster=frozen(cluster), ahead=(*state.ahead, -1))


def reason(plan: Plan, parcel_id: int) -> Reason | None:
    """Why a parcel has what it has; None for one that is not part of the problem."""
    at = int(np.searchsorted(plan.setting.ids, parcel_id))
    if at >= len(plan.setting.ids) or int(plan.setting.ids[at]) != parcel_id:
        return None
    problem, given = plan.setting.problem, plan.answer.given
    whole = value_of(problem, given).total
    mine = _choice(plan, at, int(given[at]), whole)
    places = [k for k in (*range(problem.clusters), NOWHERE) if k != given[at]]
    others = sorted((_choice(plan, at, k, whole) for k in places), key=lambda one: one.loss)
    return Reason(parcel_id, bool(problem.fixed[at] != FREE), mine, tuple(others))


def accept(
    db: Database, atlas: Atlas, plan: Plan, *, actor: Actor, name: str, reason: str = "", clock: Clock = utc_now
) -> Scenario:
    """Make a new scenario of a plan: a copy of the one it is of, with what the plan gives, in one transaction.

    Raises
    ------
    Refused
        There is no answer, something that it rests on has changed since, or the name cannot be one.
    """
    if not plan.is_found:
        raise Refused(Fault("plan_without_answer"))
    if changed_names := out_of_date(atlas, plan):
        raise Refused(Fault("plan_out_of_date", {"changed": changed_names}))
    setting = plan.setting
    wanted = {
        int(key): None if k == NOWHERE else setting.codes[int(k)]
        for key, k, fixed in zip(setting.ids, plan.answer.given, setting.problem.fixed, strict=True)
        if fixed == FREE
    }
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        made = duplicated(act, plan.scenario_id, name)
        standing = Standing.read(conn, made.id, list(wanted))
        moves = [
            Move(key, standing.state(key), State(code, inherits=False, reason=reason or None))
            for key, code in wanted.items()
            if standing.effective(key) != code
        ]
        if moves:
            keep_moves(act, "assign", Label("allocate", {"scenario": plan.scenario_id}), standing, moves)
        return made


def _choice(plan: Plan, at: int, k: int, whole: float) -> Choice:
    problem, given = plan.setting.problem, plan.answer.given
    moved = given.copy()
    moved[at] = k
    loss = whole - value_of(problem, moved).total
    if k == NOWHERE:
        return Choice(None, None, 0.0, loss, _against(problem, given, moved, at))
    beside = problem.shared_m[
        ((problem.shared[:, 0] == at) & (given[problem.shared[:, 1]] == k))
        | ((problem.shared[:, 1] == at) & (given[problem.shared[:, 0]] == k))
    ].sum()
    return Choice(
        plan.setting.codes[k], float(problem.score[at, k]), float(beside), loss, _against(problem, given, moved, at)
    )


def _against(problem: Problem, given: Rows, moved: Rows, at: int) -> tuple[str, ...]:
    """What a plan in which one parcel alone is moved would break."""
    k, was = int(moved[at]), int(given[at])
    if k == was:
        return ()
    area = areas_of(problem, moved)
    apart = (moved[problem.apart[:, 0]] == problem.apart[:, 2]) & (moved[problem.apart[:, 1]] == problem.apart[:, 3])
    faults = {
        "allowed": k >= 0 and not problem.allowed[at, k],
        "apart": bool((apart & ((problem.apart[:, 0] == at) | (problem.apart[:, 1] == at))).any()),
        "quota_full": k >= 0 and bool(area[k] > problem.most[k] + _TRIFLE),
        "quota_short": was >= 0 and bool(area[was] < problem.least[was] - _TRIFLE),
        "blocks": any(
            j >= 0 and problem.blocks[j] > 0 and len(pieces(moved == j, problem.joined)) > problem.blocks[j]
            for j in (k, was)
        ),
    }
    return tuple(name for name, wrong in faults.items() if wrong)
