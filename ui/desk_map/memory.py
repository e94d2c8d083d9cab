"""What the map of one tab remembers between runs: the base it fetched, the last command's number, the selection."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from layers.draw.rows import RowsRefused, decode_rows
from planning.atlas import Atlas
from planning.snapshots import ParcelSnapshot, ScenarioSnapshot

if TYPE_CHECKING:
    from ui.desk_map import SelectionCommand

# a longer list of differences costs more than fetching the colours anew
MOST_DIFFERENCES = 4_000
# nobody asks more within one run; what is beyond it is not from our browser code
MOST_ACTS = 100


@dataclass(slots=True)
class Memory:
    """One tab's map. ``seq`` numbers the selections that Python made, commands and those of a new revision alike."""

    nonce: str = field(default_factory=lambda: secrets.token_hex(6))
    seq: int = 0
    command_seq: int | None = None
    fly: bool = False
    selection: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    commanded: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    selection_came: bool = False
    selection_taken: object = None
    acts_done: int = 0
    inline: bool = False
    parcels: ParcelSnapshot | None = None
    base: ScenarioSnapshot | None = None
    base_key: str = ""
    base_inline: bool = False

    def show(self, atlas: Atlas, state: ScenarioSnapshot, command: SelectionCommand | None) -> None:
        """Take in what this run shows: parcels, scenario, and the page's command when it is a new one."""
        parcels = atlas.parcels()
        if command is not None and command.seq != self.command_seq:
            self.command_seq = command.seq
            # the first command of a tab is empty: nothing has been selected yet
            if self.seq or len(command.ids):
                self._command(np.asarray(command.ids, np.int64), fly=command.fly)
        if self.parcels is not None and self.parcels.revision != parcels.revision:
            self._command(self.selection[np.isin(self.selection, parcels.ids)], fly=False)
        self.parcels = parcels
        self._settle_base(parcels, state)

    def _command(self, ids: NDArray[np.int64], *, fly: bool) -> None:
        self.seq += 1
        self.fly = fly
        self.commanded = self.selection = np.unique(ids)
        self.selection_taken = None

    def _settle_base(self, parcels: ParcelSnapshot, state: ScenarioSnapshot) -> None:
        kind = f"{state.scenario.id}:{parcels.revision}:{parcels.fields_revision}:{','.join(state.codes)}"
        same = self.base is not None and self.base_key.rpartition("@")[0] == kind
        if same and not self.inline and len(self.differences(state)) <= MOST_DIFFERENCES:
            return
        self.base = state
        # what this tab painted while others did is in no address: it goes along with the message
        self.base_inline = self.inline or bool(state.ahead)
        self.inline = False
        self.base_key = f"{kind}@{state.revision}{'+' + secrets.token_hex(3) if self.base_inline else ''}"

    def differences(self, state: ScenarioSnapshot) -> NDArray[np.int64]:
        """Rows whose colour or flags are other than in the base."""
        if self.base is None or self.base is state:
            return np.empty(0, np.int64)
        base = self.base
        return np.flatnonzero(
            (base.cluster != state.cluster) | (base.locked != state.locked) | (base.own != state.own)
        ).astype(np.int64)

    def take_selection(self, value: object) -> NDArray[np.int64] | None:
        """Take the browser's selection; None when it is not one, or was made before the last command or revision."""
        if not isinstance(value, dict) or self.parcels is None or value == self.selection_taken:
            return None
        if value.get("base") != self.seq or value.get("revision") != self.parcels.revision:
            return None
        try:
            rows = decode_rows(str(value.get("rows", "")), count=len(self.parcels.ids))
        except RowsRefused:
            return None
        self.selection_taken = dict(value)
        self.selection = self.parcels.ids[rows]
        self.selection_came = True
        return self.selection

    def take_acts(self, value: object) -> list[Mapping[str, object]]:
        """Take the acts that were not done yet, in their order.

        The browser sends all that it has not seen acknowledged, each with a rising number: none is lost when two are
        asked within one run, and none is done twice.
        """
        if not isinstance(value, dict) or value.get("nonce") != self.nonce:
            return []
        listed = value.get("list")
        if not isinstance(listed, list):
            return []
        fresh: list[Mapping[str, object]] = []
        for act in listed[:MOST_ACTS]:
            number = act.get("n") if isinstance(act, dict) else None
            if isinstance(number, int) and number > self.acts_done:
                self.acts_done = number
                fresh.append(act)
        return fresh


def memory_of(key: str) -> Memory:
    """The memory of the map of that key in this tab; it outlives the map when another page is shown."""
    name = f"{key}:memory"
    held = st.session_state.get(name)
    if not isinstance(held, Memory):
        held = Memory()
        st.session_state[name] = held
    return held
