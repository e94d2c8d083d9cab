"""What one browser tab holds: its scenario as it was shown, its selection, and what it is in the middle of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from layers.style import Theme
from planning.acts import Done
from planning.errors import Clash, Fault
from planning.snapshots import ScenarioSnapshot
from planning.watching import News

_KEY: Final = "tab"
BASE_SCENARIO: Final = 1

Ids = NDArray[np.int64]
NO_IDS: Final[Ids] = np.empty(0, dtype=np.int64)
Verb = Literal["paint", "clear", "revert", "lock", "unlock"]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked of some parcels: enough to ask it again."""

    verb: Verb
    ids: Ids
    cluster: str | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Pending:
    """A wish that met newer versions: kept whole until each difference is decided or it is let go."""

    wish: Wish
    clashes: tuple[Clash, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the last act ended: done with its result, or refused with faults."""

    done: Done | None = None
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Command:
    """A selection made by the server, for the browser to take over; ``seq`` rises, ``fly`` asks to show it."""

    seq: int
    ids: Ids
    fly: bool = False


@dataclass(slots=True)
class Editing:
    """What the panel for boundaries holds: whether it is in front, and what was asked for last."""

    open: bool = False
    side: int = 0
    road_m: float = 12.0  # width of a road that is drawn
    snap_m: float = 0.5
    main: int | None = None  # the parcel that leads a merge


@dataclass(slots=True)
class Tab:
    """The state of one tab. Only the selection and what is shown live here; all that is durable is in the database."""

    shown: ScenarioSnapshot
    theme: Theme = "cluster"
    selection: Ids = field(default_factory=lambda: NO_IDS)
    command: Command = field(default_factory=lambda: Command(0, NO_IDS))
    cluster: str | None = None
    outcome: Outcome | None = None
    pending: Pending | None = None
    asking: bool = False
    tried: int = 0  # acts asked of parcels, whatever came of them
    draft: object | None = None
    editing: Editing = field(default_factory=Editing)
    news: News = field(default_factory=News)  # what others did, taken in and not yet looked at
    watched: tuple[int, ...] = ()
    remark: int | None = None  # the remark that is open in the panel
    # versions of selected parcels as they were before others changed them: painting over that is asked about
    surprised: dict[int, int] = field(default_factory=dict)

    @property
    def scenario_id(self) -> int:
        """The scenario that is on screen."""
        return self.shown.scenario.id

    @property
    def editable(self) -> bool:
        """Whether the scenario on screen can be painted."""
        return self.shown.scenario.editable

    def select(self, ids: Ids, *, fly: bool = False) -> None:
        """Select parcels from the server's side: the browser follows."""
        self.choose(np.unique(np.asarray(ids, dtype=np.int64)))
        self.command = Command(self.command.seq + 1, self.selection, fly)

    def choose(self, ids: Ids) -> None:
        """Take a selection over; what was selected again was seen as it stands now."""
        self.selection = ids
        kept = set(ids.tolist())
        self.surprised = {key: version for key, version in self.surprised.items() if key in kept}

    def seen(self, ids: Ids) -> dict[int, int]:
        """The versions that this person has seen of these parcels."""
        wanted = set(ids.tolist())
        return self.shown.seen(ids) | {key: one for key, one in self.surprised.items() if key in wanted}

    def show(self, state: ScenarioSnapshot) -> None:
        """Put another picture of a scenario on screen; what was about the one before it is forgotten."""
        if state.parcels_revision != self.shown.parcels_revision and self.draft is not None:
            self.draft, self.outcome = None, Outcome(faults=(Fault("draft_void"),))
        if state.scenario.id != self.scenario_id:
            self.outcome = self.pending = None
            self.asking = False
        self.shown = state
        if not np.isin(self.selection, state.ids).all():
            self.select(self.selection[np.isin(self.selection, state.ids)])

    def wish(self, verb: Verb, *, cluster: str | None = None, reason: str = "") -> Wish:
        """Say what is asked of the selected parcels."""
        return Wish(verb, self.selection, cluster, reason.strip())


def tab() -> Tab | None:
    """Return this tab's state, None before ``open_tab``."""
    held = st.session_state.get(_KEY)
    return held if isinstance(held, Tab) else None


def open_tab(state: ScenarioSnapshot) -> Tab:
    """Begin this tab on a scenario, or return what it already holds."""
    held = tab()
    if held is None:
        held = Tab(state)
        st.session_state[_KEY] = held
    return held
