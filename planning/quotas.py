"""Quotas: how many 亩 a scenario means each cluster to have; one without its own takes that of its base."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from planning.actors import Actor, Clock, utc_now
from planning.acts import Done, Label
from planning.errors import Clash, Fault, Refused, StaleVersion, UndoConflict
from planning.recording import keep_command
from planning.writing import Act, known_clusters, known_scenario, paintable_scenario, subject_of, writing
from store import clusters, locks, revisions, scenarios
from store import quotas as rows
from store.database import Database

# 亩 are kept to 0.01, as reports print them
PLACES: Final = 2
MOST_MU: Final = Decimal(1_000_000)

# what a scenario says of one cluster: None = as its base says, (None,) = no limit, (n,) = n hundredths of a 亩
State = tuple[int | None] | None
Move = tuple[str, State, State]


@dataclass(frozen=True, slots=True)
class Quota:
    """A cluster's quota; ``scenario_id`` is the scenario that sets it, the one asked about or a base of it."""

    mu: Decimal
    scenario_id: int


def quotas(db: Database, scenario_id: int) -> dict[str, Quota]:
    """The quotas that hold in a scenario, by cluster; those without a limit are left out."""
    with db.read() as conn:
        held = rows.effective(conn, scenarios.chain(conn, known_scenario(conn, scenario_id).id))
        codes = {key: code for code, key in clusters.ids_by_code(conn).items()}
    return {
        codes[key]: Quota(Decimal(centi).scaleb(-PLACES), where)
        for key, (centi, where) in held.items()
        if centi is not None
    }


def set_quotas(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    quotas: Mapping[str, Decimal | None],
    seen: Mapping[str, Decimal | None] | None = None,
    clock: Clock = utc_now,
) -> Done:
    """Set quotas in 亩 by cluster (None = no limit) in a draft, as one step that can be undone.

    A quota that equals the base's is taken from there from then on. ``seen`` holds the quotas as the screen had them.

    Raises
    ------
    Refused
        An unknown cluster, a quota below 0, above a million 亩 or finer than 0.01 亩.
    ReadOnlyScenario
        The scenario is no draft.
    StaleVersion
        Somebody set one of them since; nothing was written.
    """
    wanted = _checked(quotas)
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        scenario = paintable_scenario(conn, scenario_id)
        ids = known_clusters(conn, tuple(wanted))
        chain = scenarios.chain(conn, scenario.id)
        own, held, base = rows.own_rows(conn, scenario.id), rows.effective(conn, chain), rows.effective(conn, chain[1:])
        if seen is not None:
            _refuse_stale(wanted, {code: held.get(ids[code], (None, 0))[0] for code in wanted}, _checked(seen))
        moves: list[Move] = []
        for code, centi in wanted.items():
            before = _state(own.get(ids[code]))
            after: State = None if centi == base.get(ids[code], (None, 0))[0] else (centi,)
            if before != after:
                moves.append((code, before, after))
        return _keep(act, scenario.id, moves)


def copy_quotas(act: Act, source_id: int, made_id: int) -> list[list[Any]]:
    """Give a copy of a scenario the quotas of its source; return the moves, for the copy's entry in the audit chain."""
    codes = {key: code for code, key in clusters.ids_by_code(act.conn).items()}
    moves: list[Move] = [
        (codes[key], None, (row.centi_mu,))
        for key, row in rows.own_rows(act.conn, source_id).items()
        if not row.inherits
    ]
    _write(act, made_id, moves)
    return packed(moves)


def replay(act: Act, scenario_id: int, payload: Mapping[str, Any], label: Label, verb: str, command_id: int) -> Done:
    """Take a step back or do it again; UndoConflict when a quota is no longer what the step left."""
    paintable_scenario(act.conn, scenario_id)
    moves = unpacked(payload["quotas"])
    if verb == "undo":
        moves = [(code, after, before) for code, before, after in moves]
    ids = known_clusters(act.conn, tuple(code for code, _, _ in moves))
    own = rows.own_rows(act.conn, scenario_id)
    now = {code: _state(own.get(ids[code])) for code, _, _ in moves}
    if moved := [(code, before, after) for code, before, after in moves if now[code] != before]:
        raise UndoConflict(
            *(_clash(code, _mu_of(before), _mu_of(after), _mu_of(now[code])) for code, before, after in moved)
        )
    act.audit(verb, subject_of(scenario_id), {"command": command_id, "quotas": packed(moves)})
    _write(act, scenario_id, moves)
    return _done(act, scenario_id, label, command_id)


def packed(moves: Iterable[Move]) -> list[list[Any]]:
    """Moves as JSON can hold them: code, state before, state after; a state is null or a list of one."""
    return [[code, *(None if state is None else list(state) for state in states)] for code, *states in moves]


def unpacked(form: Iterable[list[Any]]) -> list[Move]:
    """Moves that ``packed`` wrote."""
    return [
        (code, None if before is None else (before[0],), None if after is None else (after[0],))
        for code, before, after in form
    ]


def _keep(act: Act, scenario_id: int, moves: list[Move]) -> Done:
    label = Label("quota", {"clusters_set": [code for code, _, _ in moves], "count": len(moves)})
    if not moves:
        return _done(act, scenario_id, label, None)
    payload = {"quotas": packed(moves)}
    seq = act.audit("quota", subject_of(scenario_id), payload)
    _write(act, scenario_id, moves)
    return _done(act, scenario_id, label, keep_command(act, scenario_id, "edit", label, payload, seq))


def _write(act: Act, scenario_id: int, moves: list[Move]) -> None:
    ids = known_clusters(act.conn, tuple(code for code, _, _ in moves))
    for code, _, after in moves:
        rows.put(
            act.conn, scenario_id, ids[code], inherits=after is None, centi_mu=None if after is None else after[0],
            by=act.actor.name, at=act.at,
        )  # fmt: skip


def _done(act: Act, scenario_id: int, label: Label, command_id: int | None) -> Done:
    revision = revisions.read(act.conn, revisions.assignments_key(scenario_id))
    names = {key: code for code, key in clusters.ids_by_code(act.conn).items()}
    locked = frozenset(names[key] for key in locks.locked_clusters(act.conn, scenario_id))
    return Done(scenario_id, command_id, label, (), revision, revision, locked_clusters=locked)


def _state(row: rows.Row | None) -> State:
    return None if row is None or row.inherits else (row.centi_mu,)


def _mu_of(state: State) -> Decimal | None:
    return None if state is None or state[0] is None else Decimal(state[0]).scaleb(-PLACES)


def _checked(given: Mapping[str, Decimal | None]) -> dict[str, int | None]:
    faults, clean = [], {}
    for code, mu in given.items():
        if mu is not None and not (mu.is_finite() and 0 <= mu <= MOST_MU):
            faults.append(Fault("quota_out_of_range", {"cluster": code, "value": str(mu), "most": int(MOST_MU)}))
        elif mu is not None and mu != mu.quantize(Decimal(1).scaleb(-PLACES)):
            faults.append(Fault("quota_too_fine", {"cluster": code, "value": str(mu)}))
        else:
            clean[code] = None if mu is None else int(mu.scaleb(PLACES))
    if faults:
        raise Refused(*faults)
    return clean


def _refuse_stale(
    wanted: Mapping[str, int | None], now: Mapping[str, int | None], seen: Mapping[str, int | None]
) -> None:
    stale = [code for code, mine in wanted.items() if now[code] != seen.get(code) and now[code] != mine]
    if stale:
        raise StaleVersion(
            *(_clash(code, *(_mu_of((one,)) for one in (seen.get(code), wanted[code], now[code]))) for code in stale)
        )


def _clash(code: str, old: Decimal | None, mine: Decimal | None, theirs: Decimal | None) -> Clash:
    return Clash(0, code, old, mine, theirs, 0, "", "", "quota")
