"""How parcels stand in a scenario at the moment of an act: own rows, what the base gives, what is locked."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from planning.errors import Clash, Fault, Refused
from planning.moves import INHERITING, State
from store import assignments, clusters, features, locks, scenarios
from store.assignments import Row


@dataclass(frozen=True, slots=True)
class Standing:
    """The rows that matter to one act, read inside its transaction; clusters by code."""

    scenario_id: int
    code_of: Mapping[int, str]
    cluster_codes: Mapping[int, str]
    rows: Mapping[int, Row]
    states: Mapping[int, State]
    base: Mapping[int, int | None]
    parcel_locks: Collection[int]
    locked_clusters: frozenset[str]

    @classmethod
    def read(cls, conn: Connection, scenario_id: int, parcel_ids: Sequence[int], *, live: bool = True) -> Standing:
        """Read how these parcels stand; Refused when ``live`` is asked for and some are not (or no longer) there."""
        codes = features.codes_of(conn, "parcels", parcel_ids, live=live)
        unknown = [key for key in parcel_ids if key not in codes]
        if unknown:
            raise Refused(*(Fault("unknown_parcel", {"id": key}) for key in unknown))
        names = {key: code for code, key in clusters.ids_by_code(conn).items()}
        rows = assignments.own_rows(conn, scenario_id, parcel_ids)
        return cls(
            scenario_id=scenario_id,
            code_of=codes,
            cluster_codes=names,
            rows=rows,
            states=_states(rows, names),
            base=assignments.inherited(conn, scenarios.chain(conn, scenario_id)[1:], parcel_ids),
            parcel_locks=locks.locked_among(conn, scenario_id, parcel_ids),
            locked_clusters=frozenset(names[key] for key in locks.locked_clusters(conn, scenario_id)),
        )

    def state(self, parcel_id: int) -> State:
        """What the scenario itself says of the parcel."""
        return self.states.get(parcel_id, INHERITING)

    def effective(self, parcel_id: int, state: State | None = None) -> str | None:
        """The cluster that shows for the parcel in a state, by default the one that stands."""
        shown = self.state(parcel_id) if state is None else state
        return self._code(self.base.get(parcel_id)) if shown.inherits else shown.cluster

    def version(self, parcel_id: int) -> int:
        """Version of the scenario's own row, 0 when there is none."""
        row = self.rows.get(parcel_id)
        return 0 if row is None else row.version

    def is_locked(self, parcel_id: int) -> bool:
        """Whether a lock of its own or of its cluster keeps the parcel as it is."""
        if parcel_id in self.parcel_locks:
            return True
        return bool(self.locked_clusters) and self.effective(parcel_id) in self.locked_clusters

    def clashes(self, conn: Connection, wanted: Mapping[int, State], seen: Mapping[int, int]) -> list[Clash]:
        """Every parcel that somebody changed since it was seen, to something else than what is wanted now."""
        stale = {
            key: seen.get(key, 0)
            for key, state in wanted.items()
            if seen.get(key, 0) != self.version(key) and self.state(key).what != state.what
        }
        if not stale:
            return []
        old = assignments.values_at(conn, self.scenario_id, stale)
        return [self._clash(key, old.get(key, (None, True)), wanted[key]) for key in stale]

    def clash_now(self, parcel_id: int, old: State, wanted: State) -> Clash:
        """The clash of a state that was to stand with the one that does."""
        row = self.rows.get(parcel_id)
        return Clash(
            parcel_id=parcel_id,
            code=self.code_of[parcel_id],
            old=self.effective(parcel_id, old),
            mine=self.effective(parcel_id, wanted),
            theirs=self.effective(parcel_id),
            version=self.version(parcel_id),
            by=row.by if row else "",
            at=row.at if row else "",
        )

    def _clash(self, parcel_id: int, old: tuple[int | None, bool], wanted: State) -> Clash:
        return self.clash_now(parcel_id, State(self._code(old[0]), inherits=old[1]), wanted)

    def _code(self, cluster_id: int | None) -> str | None:
        return None if cluster_id is None else self.cluster_codes[cluster_id]


def _states(rows: Mapping[int, Row], names: Mapping[int, str]) -> dict[int, State]:
    """The states of rows that do not inherit; rows of one stroke, which may be 100,000, share one object."""
    known: dict[tuple[int | None, str | None], State] = {}
    states: dict[int, State] = {}
    for key, row in rows.items():
        if row.inherits:
            continue
        what = (row.cluster_id, row.reason)
        if what not in known:
            code = None if row.cluster_id is None else names[row.cluster_id]
            known[what] = State(code, inherits=False, reason=row.reason)
        states[key] = known[what]
    return states


def distinct(parcel_ids: Iterable[int]) -> list[int]:
    """The ids as plain integers, each once, in the order given."""
    return list(dict.fromkeys(int(key) for key in parcel_ids))
