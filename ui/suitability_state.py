"""What the page of suitability holds for one tab: the model being edited, the cluster, and the last result."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, Literal

import streamlit as st

from layers.weighting import Pair
from planning import long_work, suitability
from planning.atlas import Atlas
from planning.errors import Fault, Refused
from planning.long_work import Progress, Work
from planning.suitability import Result
from planning.suitability_model import Model, faults_of
from ui import office
from ui.session import Tab

_KEY: Final = "suitability"
Mode = Literal["direct", "pairs"]


@dataclass(slots=True)
class Desk:
    """``model`` is edited; ``edits`` numbers the widgets, which are made anew when another model is opened."""

    model: Model
    cluster: str
    mode: Mode = "direct"
    pairs: dict[Pair, float] = field(default_factory=dict)
    edits: int = 0
    faults: tuple[Fault, ...] = ()
    said: str = ""
    scored: tuple[object, Result] | None = None


def desk(models: tuple[Model, ...], clusters: tuple[str, ...]) -> Desk:
    """Return this tab's desk, begun with the first model and the first cluster."""
    held = st.session_state.get(_KEY)
    if not isinstance(held, Desk):
        held = st.session_state[_KEY] = Desk(models[0], clusters[0])
    if held.cluster not in clusters:
        held.cluster = clusters[0]
    return held


def opened(held: Desk, model: Model) -> None:
    """Edit another model."""
    held.model = model
    held.mode = "direct" if model.judgements is None else "pairs"
    held.pairs = dict(model.judgements or {})
    held.edits += 1
    held.faults, held.said = (), ""


def weigh(held: Desk, weights: dict[str, float], judgements: dict[Pair, float] | None) -> None:
    """Take other weights."""
    held.model = replace(held.model, weights=weights, judgements=judgements)
    held.said = ""


def _key(atlas: Atlas, tab: Tab) -> tuple[str, str, int, str]:
    return ("suitability", atlas.db.url, tab.scenario_id, office.actor().name)


def work_of(atlas: Atlas, tab: Tab) -> Work[Result] | None:
    """The calculation of this person for the scenario on screen, at work or ended; also one begun before a refresh."""
    return long_work.find(_key(atlas, tab))


def calculate(atlas: Atlas, tab: Tab, held: Desk, *, on: date) -> None:
    """Measure everything anew, beside the page."""
    model, state = held.model, atlas.scenario(tab.scenario_id)
    if faults := faults_of(model):
        held.faults = tuple(faults)
        return

    def job(work: Work[Result]) -> Result:
        def watch(done: int, of: int) -> None:
            work.check()
            work.tell(Progress(done, of, "measure"))

        return suitability.evaluate(atlas, state, model, on=on, watch=watch)

    long_work.begin(_key(atlas, tab), "suitability", job)


def result_of(held: Desk, work: Work[Result] | None) -> Result | None:
    """The last result with the weights and curves as they are now; None where there is none, or they cannot be."""
    if work is None or work.outcome is None:
        return None
    key = (id(work), held.model.form())
    if held.scored is None or held.scored[0] != key:
        try:
            held.scored = (key, suitability.rescored(work.outcome, held.model))
            held.faults = ()
        except Refused as refused:
            held.faults = refused.faults
            return None
    return held.scored[1]
