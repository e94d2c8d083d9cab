"""What the buttons of the gate do: paint what is free, part what is not, give a reason, have a reviewer sign."""

from __future__ import annotations

from typing import Final

import numpy as np
import streamlit as st

from layers.rules import GEOMETRIC
from planning import parcel_plans, people, reshaping, ruling
from planning.atlas import Atlas
from planning.errors import Fault, Refused
from planning.ruling import FORBIDDEN, JUSTIFY, Judgement
from planning.ruling_gate import Signed
from ui import desk_acts, desk_draft, office, signing
from ui.session import Ids, Outcome, Tab, Wish

ASKER: Final = "gate_asker"
ASKER_PASSPHRASE: Final = "gate_asker_passphrase"  # noqa: S105 - the name of a field
SIGNER: Final = "gate_signer"
PASSPHRASE: Final = "gate_passphrase"  # noqa: S105 - the name of a field
OVERRIDE_REASON: Final = "gate_override_reason"


def clean(tab: Tab, atlas: Atlas, found: Judgement, *, with_justified: bool = False) -> Ids:
    """The parcels of the judgement that can be painted while the others stay."""
    if found.cluster is None:
        return found.ids[:0]
    return ruling.clean_part(atlas, tab.shown, found.ids, found.cluster, with_justified=with_justified)


def paint_clean(tab: Tab) -> None:
    """Paint the parcels that nothing stands against; the selection keeps the others."""
    _paint_part(tab, "", with_justified=False)


def paint_justified(tab: Tab, key: str) -> None:
    """Paint what only wants a reason, with it, and what nothing stands against."""
    reason = str(st.session_state.get(key, "")).strip()
    if not reason:
        tab.outcome = Outcome(faults=(Fault("gate_reason_missing"),))
        return
    _paint_part(tab, reason, with_justified=True)


def paint_signed(tab: Tab, reason_key: str) -> None:
    """Have a reviewer sign for what is forbidden, and paint all of it."""
    found = _judge(tab)
    if found is None or tab.cluster is None:
        return
    why = str(st.session_state.get(OVERRIDE_REASON, "")).strip()
    reason = str(st.session_state.get(reason_key, "")).strip()
    if not why:
        tab.outcome = Outcome(faults=(Fault("override_reason_missing"),))
        return
    try:
        asked = None if asks_by_account() else signing.sign(*_typed(ASKER, ASKER_PASSPHRASE), "planner")
        signature = signing.sign(*_typed(SIGNER, PASSPHRASE), "reviewer")
    except Refused as refused:
        tab.outcome = Outcome(faults=refused.faults)
        return
    finally:
        # what was typed is not kept
        st.session_state[PASSPHRASE] = st.session_state[ASKER_PASSPHRASE] = ""
    keys = frozenset(row.key for row in found.rows_at(FORBIDDEN))
    wish = Wish("paint", found.ids, tab.cluster, reason or why)
    desk_acts.carry_out(tab, wish, signed=Signed(signature, why, keys, asked))


def asks_by_account() -> bool:
    """Whether the account that acts bears the name of a person entered here: it is they who ask."""
    return office.actor().name in {one.name for one in people.people(office.database())}


def _typed(who: str, words: str) -> tuple[str, str]:
    return str(st.session_state.get(who) or ""), str(st.session_state.get(words) or "")


def can_cut(found: Judgement) -> bool:
    """Whether some of what stands against the parcels is a part of them that can be parted off."""
    return any(row.rule.kind in GEOMETRIC and row.level in {FORBIDDEN, JUSTIFY} for row in found.rows)


def cut(tab: Tab) -> None:
    """Plan the parting of the parcels along what stands against them; it is shown and waits."""
    found = _judge(tab)
    if found is None:
        return
    atlas = office.atlas()
    rows = [row for row in found.rows if row.level in {FORBIDDEN, JUSTIFY} and row.rule.kind in GEOMETRIC]
    area = ruling.conflict_area(atlas, rows)
    ids = sorted({row.parcel_id for row in rows})
    parcels = atlas.parcels()
    versions = parcels.frame["version"].to_numpy()[parcels.row_of(ids)].tolist()
    seen = dict(zip(ids, versions, strict=True))

    desk_draft.plan_for(
        tab,
        lambda conn: parcel_plans.by_area(conn, ids, area),
        lambda db, **named: reshaping.cut_conflict(db, parcel_ids=ids, area=area, seen=seen, **named),
    )


def _paint_part(tab: Tab, reason: str, *, with_justified: bool) -> None:
    found = _judge(tab)
    if found is None or tab.cluster is None:
        return
    some = clean(tab, office.atlas(), found, with_justified=with_justified)
    if not len(some):
        tab.outcome = Outcome(faults=(Fault("gate_nothing_clean"),))
        return
    whole = tab.selection
    desk_acts.carry_out(tab, Wish("paint", some, tab.cluster, reason or desk_acts.brush_reason()))
    if tab.outcome is not None and tab.outcome.done is not None:
        left = whole[~np.isin(whole, some)]
        # what could not be painted stays selected, for the next way on
        if len(left):
            tab.select(left)


def _judge(tab: Tab) -> Judgement | None:
    if tab.cluster is None or not len(tab.selection):
        return None
    ids = ruling.to_be_judged(tab.shown, tab.selection, tab.cluster)
    return ruling.judge(office.atlas(), tab.shown, ids, tab.cluster)
