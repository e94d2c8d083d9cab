"""What the buttons and keys of the desk do: ask ``planning``, then hold what came of it in the tab.

Nothing is drawn here. An act that meets newer versions keeps the wish whole, so that it can be decided and asked again.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import count
from typing import Final

import numpy as np
import streamlit as st

from planning import assigning, ruling, scenarios, selecting
from planning.actors import Actor
from planning.acts import Done
from planning.atlas import Atlas
from planning.errors import Busy, Conflict, Fault, Refused, RuleRefused, StaleVersion, UndoConflict
from planning.ruling import FORBIDDEN
from planning.ruling_gate import Signed
from planning.snapshots import ScenarioSnapshot
from store.database import Database
from store.scenarios import Scenario
from ui import office
from ui.session import BASE_SCENARIO, NO_IDS, Outcome, Pending, Tab, Wish
from ui.words import t

BRUSH_REASON: Final = "brush_reason"


def paint(tab: Tab, cluster: str, reason: str) -> None:
    """Assign the selected parcels to a cluster."""
    tab.cluster = cluster
    carry_out(tab, tab.wish("paint", cluster=cluster, reason=reason))


def brush_reason() -> str:
    """What a person wrote beside the brush."""
    return str(st.session_state.get(BRUSH_REASON, "")).strip()


def carry_out(tab: Tab, wish: Wish, *, insisting: dict[int, int] | None = None, signed: Signed | None = None) -> None:
    """Do what is asked of the parcels; ``insisting`` holds versions seen in a conflict that are to be overruled.

    ``signed`` is a reviewer's word for what the rule book forbids.
    """
    tab.tried += 1
    if not len(wish.ids):
        tab.outcome = Outcome(faults=(Fault("nothing_selected"),))
        return
    try:
        seen = tab.shown.seen(wish.ids) | (insisting or {})
        done = _ask(tab.shown, wish, seen, signed)
    except StaleVersion as stale:
        tab.pending = Pending(wish, stale.conflicts)
        tab.asking = True
        tab.outcome = None
    except Busy:
        tab.outcome = Outcome(faults=(Fault("busy"),))
    except RuleRefused as refused:
        tab.outcome = Outcome(faults=(_shut(refused),))
    except Refused as refused:
        tab.outcome = Outcome(faults=refused.faults)
    else:
        take(tab, done)


def _shut(refused: RuleRefused) -> Fault:
    """What a stroke met at the gate, in one line: the panel shows it parcel by parcel."""
    forbidden = {row.parcel_id for row in refused.rows if row.level == FORBIDDEN}
    wants = {row.parcel_id for row in refused.rows} - forbidden
    if not wants:
        return Fault("gate_forbidden", {"forbidden": len(forbidden)})
    if not forbidden:
        return Fault("gate_wants_reason", {"justify": len(wants)})
    return Fault("gate_shut", {"forbidden": len(forbidden), "justify": len(wants)})


def take(tab: Tab, done: Done) -> None:
    """Put an act's outcome on screen."""
    if done.shapes_revision:
        # rows came, went or lie elsewhere: the picture is read anew, and what came is selected
        tab.show(office.atlas().scenario(tab.scenario_id))
        born = np.array(done.born or done.reshaped, dtype=np.int64)
        if done.label.key == "cut_conflict" and tab.cluster is not None:
            # the pieces that can be painted now: the next stroke is theirs
            tab.select(ruling.clean_part(office.atlas(), tab.shown, born, tab.cluster))
        elif done.label.key != "mend":
            tab.select(born)
    else:
        tab.shown = tab.shown.after(done)
    tab.outcome = Outcome(done)
    tab.pending = None
    tab.asking = False


def lock_cluster(tab: Tab, code: str, *, active: bool) -> None:
    """Keep all parcels of a cluster as they are, or let them go again."""
    verb = assigning.lock if active else assigning.unlock

    def locked(db: Database, *, actor: Actor, scenario_id: int) -> Done:
        return verb(db, actor=actor, scenario_id=scenario_id, clusters=(code,))

    step(tab, locked)


def step(tab: Tab, verb: Callable[..., Done]) -> None:
    """Do one act that is asked of the scenario as a whole."""
    try:
        done = verb(office.database(), actor=office.actor(), scenario_id=tab.scenario_id)
    except UndoConflict as conflict:
        codes = tuple(clash.code for clash in conflict.conflicts)
        tab.outcome = Outcome(faults=(Fault("changed_since", {"count": len(set(codes)), "codes": codes}),))
    except Conflict:
        tab.outcome = Outcome(faults=(Fault("busy"),))
    except Refused as refused:
        tab.outcome = Outcome(faults=refused.faults)
    else:
        take(tab, done)


def undo(tab: Tab) -> None:
    """Take back the scenario's last act."""
    step(tab, assigning.undo)


def redo(tab: Tab) -> None:
    """Do the scenario's last undone act again."""
    step(tab, assigning.redo)


def settle(tab: Tab, *, mine: Collection[int]) -> None:
    """End a conflict: my value for the parcels in ``mine``, the others' value for the rest of those in conflict.

    Parcels of the wish that nobody else touched are done in any case. The tab then shows the scenario as it stands.
    """
    pending = tab.pending
    if pending is None:
        return
    theirs = {clash.parcel_id for clash in pending.clashes} - set(mine)
    wish = pending.wish
    kept = Wish(wish.verb, wish.ids[~np.isin(wish.ids, list(theirs))], wish.cluster, wish.reason)
    insisting = {clash.parcel_id: clash.version for clash in pending.clashes if clash.parcel_id in mine}
    if len(kept.ids):
        carry_out(tab, kept, insisting=insisting)
    else:
        tab.pending, tab.asking = None, False
    if tab.pending is None:
        load(tab, office.atlas())


def set_aside(tab: Tab) -> None:
    """Close the conflict's dialog and keep the wish, to be taken up again."""
    tab.asking = False


def take_up(tab: Tab) -> None:
    """Open the kept conflict again."""
    tab.asking = tab.pending is not None


def let_go(tab: Tab) -> None:
    """Give up the kept wish."""
    tab.pending, tab.asking = None, False


def load(tab: Tab, atlas: Atlas) -> None:
    """Show the scenario as it stands now, with what others changed."""
    tab.show(atlas.scenario(tab.scenario_id))


def open_scenario(tab: Tab, scenario_id: int) -> None:
    """Put another scenario on screen."""
    tab.show(office.atlas().scenario(scenario_id))


def next_unassigned(tab: Tab) -> None:
    """Select the next parcel that has no cluster, after the one selected, and bring it into view."""
    after = int(tab.selection[-1]) if len(tab.selection) else None
    found = selecting.next_unassigned(office.atlas(), tab.shown, after)
    if found is None:
        tab.outcome = Outcome(faults=(Fault("all_assigned"),))
    else:
        tab.outcome = None
        tab.select(np.array([found], dtype=np.int64), fly=True)


def unselect(tab: Tab) -> None:
    """Let the selection go."""
    tab.outcome = None
    tab.select(NO_IDS)


def grow(tab: Tab) -> None:
    """Add the neighbours of the selected parcels to the selection."""
    tab.select(
        np.union1d(tab.selection, np.asarray(selecting.neighbours(office.atlas(), tab.selection), dtype=np.int64))
    )


def _ask(shown: ScenarioSnapshot, wish: Wish, seen: dict[int, int], signed: Signed | None = None) -> Done:
    db, actor, scenario_id = office.database(), office.actor(), shown.scenario.id
    ids = [int(one) for one in wish.ids]
    if wish.verb in ("lock", "unlock"):
        verb = assigning.lock if wish.verb == "lock" else assigning.unlock
        return verb(db, actor=actor, scenario_id=scenario_id, parcel_ids=ids)
    if wish.verb == "revert":
        return assigning.revert(db, actor=actor, scenario_id=scenario_id, parcel_ids=ids, seen=seen)
    cluster = wish.cluster if wish.verb == "paint" else None
    return assigning.assign(
        db, actor=actor, scenario_id=scenario_id, parcel_ids=ids, cluster=cluster, reason=wish.reason, seen=seen,
        signed=signed,
    )  # fmt: skip


def new_scenario(tab: Tab, *, base_id: int = BASE_SCENARIO, name: str = "") -> None:
    """Make a draft over a base and put it on screen; without a name it takes the next free one."""
    _open_made(tab, lambda db: scenarios.new(db, actor=office.actor(), name=name or _free_name(), base=base_id))


def duplicate_scenario(tab: Tab, *, name: str) -> None:
    """Copy the scenario on screen under a name and open the copy."""
    _open_made(tab, lambda db: scenarios.duplicate(db, actor=office.actor(), scenario_id=tab.scenario_id, name=name))


def rename_scenario(tab: Tab, *, name: str) -> None:
    """Give the scenario on screen another name."""
    _open_made(tab, lambda db: scenarios.rename(db, actor=office.actor(), scenario_id=tab.scenario_id, name=name))


def _open_made(tab: Tab, verb: Callable[[Database], Scenario]) -> None:
    try:
        made = verb(office.database())
    except Refused as refused:
        tab.outcome = Outcome(faults=refused.faults)
    except Conflict:
        tab.outcome = Outcome(faults=(Fault("busy"),))
    else:
        tab.show(office.atlas().scenario(made.id))
        tab.outcome = None


def _free_name() -> str:
    taken = {one.name for one in office.atlas().scenarios()}
    return next(name for number in count(len(taken)) if (name := t("方案{number}", number=number)) not in taken)
