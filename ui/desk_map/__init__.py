"""The map as a page mounts it: one call, with what to show; back come the selected parcels and what was asked.

The browser owns the selection and the view. Python speaks to it in two ways only: a picture of the scenario (a base
that is fetched once, and the rows that differ from it), and commands that select parcels, each with a number that
rises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal, Protocol, cast, get_args

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.components.v2.types import ComponentRenderer

from layers.style import Theme
from planning.atlas import Atlas
from planning.snapshots import ScenarioSnapshot
from ui.desk_map.memory import Memory, memory_of
from ui.desk_map.message import NO_BRUSH, Brush, message

__all__ = ["Act", "Brush", "MapEvents", "SelectionCommand", "Verb", "desk_map"]

Ids = NDArray[np.int64]
Verb = Literal[
    "undo", "redo", "paint", "clear", "lock", "unlock", "next_unassigned", "next_fault", "previous_fault", "pick",
    "theme", "stale",
    "cut", "road", "draw", "edit_confirm", "edit_cancel", "remark", "place",
    "brief_leave", "brief_theme", "brief_view", "brief_save",
]  # fmt: skip
_VERBS: Final = frozenset(get_args(Verb))
NOTHING_OVER: Final[Mapping[str, object]] = MappingProxyType({
    "mark": None, "preview": [], "guides": [], "blocks": [], "compare": None, "remarks": [], "placing": False,
    "gate": [], "ledger": None, "tint": None, "brief": None,
})  # fmt: skip

# more than one line, or Streamlit takes the text for the name of a file
_LOADER: Final = """
export default async function (component) {
  const { mount } = await import(new URL(component.data.boot.module, document.baseURI).href);
  return mount(component);
}
"""


class SelectionCommand(Protocol):
    """A selection made in Python: ``seq`` rises with each, ``fly`` brings it into view."""

    @property
    def seq(self) -> int: ...

    @property
    def ids(self) -> Ids: ...

    @property
    def fly(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Act:
    """What a key of the map asks: ``value`` is the place of the cluster for pick, the theme's name for theme."""

    verb: Verb
    value: int | str | None = None


@dataclass(frozen=True, slots=True)
class MapEvents:
    """The selection as it stands (ids, ascending), and whether this run brought it."""

    selection: Ids
    selection_changed: bool


def desk_map(
    *,
    key: str,
    atlas: Atlas,
    state: ScenarioSnapshot,
    theme: Theme = "cluster",
    command: SelectionCommand | None = None,
    brush: Brush = NO_BRUSH,
    over: Mapping[str, object] = NOTHING_OVER,
    height: int | Literal["fill"] = "fill",
    on_selection: Callable[[Ids], None] | None = None,
    on_act: Callable[[Act], None] | None = None,
) -> MapEvents:
    """Show the map.

    With a ``brush`` the browser colours a stroke at once, and takes it back when the next message says otherwise.
    ``over`` is what lies over the map for a while: ``mark``, a fault (planning.fault_pictures.mark), flown to when its
    ``seq`` is another; ``preview``, pieces of a plan that waits, and ``blocks``, outlines, each {rings, at, label};
    ``gate``, land that a rule stands against and its causes, each {level, lines, closed};
    ``guides``, numbered lines to choose from, each {line, label, chosen}. ``compare`` is another scenario beside the
    one shown (ui.desk_map.other), ``remarks`` flags with words, ``placing`` asks for the next place that is pressed.
    ``ledger`` holds quotas in 0.01 亩; ``tint``, {key: base64 of a byte a row, fills}, is painted instead of the
    theme's colours, with a ``theme`` and a ``legend`` of its own.
    ``brief`` makes the map that of a slide (ui.brief_mode): no tools on it, the view in the address, keys for a story.
    ``height`` is in pixels; "fill" takes what the window has left below the map's upper edge. The callbacks run before
    the script, as Streamlit's do; the returned events say the same for pages that rather read them in line.
    """
    memory = memory_of(key)
    memory.show(atlas, state, command)

    def selection_came() -> None:
        ids = memory.take_selection(_held(key).get("selection"))
        if ids is not None and on_selection is not None:
            on_selection(ids)

    def acts_came() -> None:
        # an act is on the selection that the browser showed when it was asked, which may have come in this same run
        selection_came()
        for asked in memory.take_acts(_held(key).get("acts")):
            act = _act(asked, memory)
            if act is not None and on_act is not None:
                on_act(act)

    _component()(
        key=key,
        data={**message(atlas, state, theme, memory, brush=brush, height=height), **NOTHING_OVER, **over},
        on_selection_change=selection_came,
        on_acts_change=acts_came,
    )
    changed = memory.selection_came
    memory.selection_came = False
    return MapEvents(memory.selection, changed)


def _component() -> ComponentRenderer:
    # registered in the run, not at import: a test's runtime is another one each time
    return st.components.v2.component("chantu.desk_map", html="<div></div>", js=_LOADER, isolate_styles=False)


def _held(key: str) -> Mapping[str, object]:
    held = st.session_state.get(key)
    return held if isinstance(held, Mapping) else {}


def _act(value: Mapping[str, object], memory: Memory) -> Act | None:
    if value.get("verb") not in _VERBS:
        return None
    if value["verb"] == "stale":
        memory.inline = True
        return None
    given = value.get("value")
    fit = isinstance(given, (int, str)) and not isinstance(given, bool)
    return Act(cast("Verb", value["verb"]), cast("int | str", given) if fit else None)
