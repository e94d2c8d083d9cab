"""What the page of allocation holds for one tab: what is asked, and the work that answers it, also after a refresh."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Final

import streamlit as st

from planning import allocation, allocation_plans, long_work
from planning.allocation import Asked, Plan, Quota
from planning.allocation_search import Progress as Search
from planning.allocation_search import gap_of
from planning.atlas import Atlas
from planning.errors import Busy, Fault, Refused
from planning.long_work import Progress, Work
from planning.suitability_model import Model
from store.scenarios import Scenario
from ui import office
from ui.session import Tab

_KEY: Final = "allocation"


@dataclass(slots=True)
class Desk:
    """``rows`` holds quota and pieces by cluster; ``edits`` numbers the table, which is made anew when they are set."""

    rows: dict[str, Quota]
    asked: Asked = field(default_factory=lambda: Asked(()))
    model: str = ""
    shows_before: bool = False
    edits: int = 0
    faults: tuple[Fault, ...] = ()
    made: Scenario | None = None


def desk(first: tuple[Quota, ...]) -> Desk:
    """Return this tab's desk, begun with these quotas."""
    held = st.session_state.get(_KEY)
    if not isinstance(held, Desk):
        held = st.session_state[_KEY] = Desk({one.cluster: one for one in first})
    for one in first:
        held.rows.setdefault(one.cluster, one)
    return held


def asked_of(held: Desk) -> Asked:
    """What is asked, with the quotas of the table."""
    return replace(held.asked, quotas=tuple(one for one in held.rows.values() if one.mu > 0))


def total_mu(held: Desk) -> Decimal:
    """The sum of the quotas."""
    return sum((one.mu for one in held.rows.values()), Decimal(0))


def _key(atlas: Atlas, tab: Tab) -> tuple[str, str, int, str]:
    return ("allocation", atlas.db.url, tab.scenario_id, office.actor().name)


def work_of(atlas: Atlas, tab: Tab) -> Work[Plan] | None:
    """The work of this person for the scenario on screen, at work or ended; also one begun before a refresh."""
    return long_work.find(_key(atlas, tab))


def let_go(atlas: Atlas, tab: Tab) -> None:
    """Throw the answer away; what is at work is stopped."""
    long_work.forget(_key(atlas, tab))


def solve(atlas: Atlas, tab: Tab, held: Desk, model: Model, *, on: date) -> None:
    """Begin to solve, beside the page and in a process of its own."""
    asked, state = asked_of(held), atlas.scenario(tab.scenario_id)
    held.faults, held.made, held.shows_before = (), None, False

    def job(work: Work[Plan]) -> Plan:
        def watch(told: Search) -> bool:
            values = {"bound": told.bound, "worth": told.worth, "gap": None, "seconds": told.seconds}
            if told.bound is not None and told.worth is not None:
                values["gap"] = gap_of(told.bound, told.worth)
            return work.tell(Progress(told.seconds, told.of, told.stage, values))

        return allocation.allocate(atlas, state, asked, model, on=on, watch=watch)

    long_work.begin(_key(atlas, tab), "allocation", job)


def accept(atlas: Atlas, held: Desk, plan: Plan, *, name: str, reason: str) -> None:
    """Make the scenario of a plan."""
    try:
        held.made = allocation_plans.accept(
            office.database(), atlas, plan, actor=office.actor(), name=name, reason=reason
        )
    except Refused as refused:
        held.faults = refused.faults
    except Busy:
        held.faults = (Fault("busy"),)
    else:
        held.faults = ()
