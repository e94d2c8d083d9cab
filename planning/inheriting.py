"""What new parcels inherit in every scenario: the clusters of the parcels that they come from."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from planning.errors import Fault, Refused
from planning.moves import INHERITING, Move, State, packed
from planning.parcel_plans import Piece, Plan
from planning.recording import write_moves
from planning.standing import Standing
from planning.writing import Act, subject_of
from store import scenarios


def inherit(act: Act, plan: Plan, born: Sequence[int], *, chosen: bool) -> None:
    """Give new parcels, in the order of the plan's pieces, what those they come from have in each scenario.

    A piece of one parcel has a row of its own where that had one. A merged parcel has the cluster that all had; where
    they differ that of its heir if ``chosen``, else the merge is refused with every scenario in which they do.
    """
    faults: list[Fault] = []
    shown: dict[int, dict[int, str | None]] = {}
    for one in scenarios.list_all(act.conn):
        sources = sorted({key for piece in plan.pieces for key in piece.sources})
        if not sources:
            return
        standing = Standing.read(act.conn, one.id, sources, live=False)
        below = shown.get(one.base_id or 0, {})
        moves: list[Move] = []
        for piece, key in zip(plan.pieces, born, strict=True):
            if not chosen:
                faults += _differing(one.name, piece, standing)
            state = _state(piece, standing, below.get(key))
            if not state.inherits:
                moves.append(Move(key, INHERITING, state))
            shown.setdefault(one.id, {})[key] = below.get(key) if state.inherits else state.cluster
        if moves and not faults:
            seq = act.audit("inherit", subject_of(one.id), packed(moves))
            write_moves(act, Standing.read(act.conn, one.id, list(born)), moves, seq)
    if faults:
        raise Refused(*faults)


def differing(conn: Connection, plan: Plan) -> tuple[Fault, ...]:
    """Every scenario in which the parcels that a plan makes one of have different clusters."""
    merged = [piece for piece in plan.pieces if len(piece.sources) > 1]
    sources = sorted({key for piece in merged for key in piece.sources})
    if not sources:
        return ()
    faults: list[Fault] = []
    for one in scenarios.list_all(conn):
        standing = Standing.read(conn, one.id, sources, live=False)
        for piece in merged:
            faults += _differing(one.name, piece, standing)
    return tuple(faults)


def _differing(scenario: str, piece: Piece, standing: Standing) -> list[Fault]:
    found = {standing.effective(source) for source in piece.sources}
    if len(found) < 2:  # noqa: PLR2004  # one cluster, or none, for all
        return []
    names = tuple("—" if code is None else code for code in sorted(found, key=str))
    return [Fault("clusters_differ", {"scenario": scenario, "clusters": names})]


def _state(piece: Piece, standing: Standing, below: str | None) -> State:
    """What the scenario shall say of a piece, when its base shows ``below`` for it."""
    heir = piece.heir_of if piece.heir_of is not None else piece.sources[0]
    if len(piece.sources) == 1:
        return standing.state(heir)
    own = [standing.state(source) for source in piece.sources if not standing.state(source).inherits]
    wanted = standing.effective(heir)
    if not own and wanted == below:
        return INHERITING
    reason = standing.state(heir).reason
    return State(wanted, inherits=False, reason=reason)
