"""Before and after of assignments, in the compact form that commands and the audit chain keep.

A brush stroke over 100,000 parcels has few different states, so states are listed once and named by position.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class State:
    """What a scenario says of one parcel: nothing (``inherits``), a cluster code, or None = unassigned."""

    cluster: str | None
    inherits: bool
    reason: str | None = None

    @property
    def what(self) -> tuple[str | None, bool]:
        """The state without its reason: what decides whether two people mean the same."""
        return self.cluster, self.inherits


INHERITING = State(None, inherits=True)


@dataclass(frozen=True, slots=True)
class Move:
    """One parcel's step from a state to another."""

    parcel_id: int
    before: State
    after: State


def packed(moves: Iterable[Move]) -> dict[str, Any]:
    """Return the moves as what JSON can hold: ids, before, after (positions in states), states."""
    listed = list(moves)
    before, after = [move.before for move in listed], [move.after for move in listed]
    places = {state: at for at, state in enumerate(dict.fromkeys((*before, *after)))}
    return {
        "ids": [move.parcel_id for move in listed],
        "before": [places[state] for state in before],
        "after": [places[state] for state in after],
        "states": [[state.cluster, state.inherits, state.reason] for state in places],
    }


def unpacked(form: Mapping[str, Any]) -> list[Move]:
    """Return the moves that ``packed`` wrote."""
    states = [State(*parts) for parts in form["states"]]
    rows = zip(form["ids"], form["before"], form["after"], strict=True)
    return [Move(key, states[before], states[after]) for key, before, after in rows]
