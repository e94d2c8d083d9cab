"""What a tab holds of the page of scenarios: which are looked at, how, what is selected, and how the last act ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Literal, TypeVar

import numpy as np
import streamlit as st

from planning.atlas import Atlas
from planning.errors import Conflict, Fault, Refused
from ui.session import NO_IDS, Command, Ids

Seen = Literal["one", "split", "swipe"]
SEEN: Final[tuple[Seen, ...]] = ("swipe", "split", "one")
_KEY: Final = "looking"
_T = TypeVar("_T")


@dataclass(slots=True)
class Looking:
    """``scenario_id`` on the right or on top, ``other_id`` to its left or below."""

    scenario_id: int
    other_id: int
    seen: Seen = "swipe"
    pale: bool = True
    command: Command = field(default_factory=lambda: Command(0, NO_IDS))
    selection: Ids = field(default_factory=lambda: NO_IDS)
    remark: int | None = None
    placing: bool = False
    place: tuple[float, float] | None = None
    said: str = ""
    faults: tuple[Fault, ...] = ()
    watched: tuple[int, ...] = ()
    # an act that takes its time, done by the run that follows, with a word about it
    pending: Callable[[], None] | None = None

    def select(self, ids: Ids, *, fly: bool = True) -> None:
        """Select parcels from the page's side: the map follows."""
        self.selection = np.unique(np.asarray(ids, dtype=np.int64))
        self.command = Command(self.command.seq + 1, self.selection, fly)

    def look_at(self, scenario_id: int) -> None:
        """Put a scenario on the map, with the words about the one before it gone."""
        if scenario_id != self.scenario_id:
            self.scenario_id = scenario_id
            self.said, self.faults, self.remark, self.place = "", (), None, None

    def attempt(self, act: Callable[[], _T], said: str) -> _T | None:
        """Do an act and keep how it ended."""
        self.said, self.faults = "", ()
        try:
            done = act()
        except Refused as refused:
            self.faults = refused.faults
        except Conflict:
            self.faults = (Fault("busy"),)
        else:
            self.said = said
            return done
        return None


def looking(atlas: Atlas, first: int) -> Looking:
    """This tab's state; it begins with the scenario of the desk beside its base."""
    held = st.session_state.get(_KEY)
    known = {one.id: one for one in atlas.scenarios()}
    if not isinstance(held, Looking):
        held = Looking(first, known[first].base_id or first)
        st.session_state[_KEY] = held
    if held.scenario_id not in known or held.other_id not in known:
        # the database was replaced by a copy
        held.scenario_id = held.other_id = min(known)
    return held
