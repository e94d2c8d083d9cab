"""汇报模式: the desk laid out as a slide (``?mode=brief``): a plain picture of the screen can be shown as it is.

The address holds what is seen: scenario, slide, legend theme, park, centre and zoom, and the view of the story. Python
reads it when the mode begins and holds it from then on; the browser writes it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import streamlit as st

from briefing import rendering, themes
from briefing.rendering import Order
from briefing.slide import Bars, Imprint, Slide
from briefing.snapshot import Snapshot
from briefing.templates import parts
from briefing.templates.catalogue import TEMPLATES
from geo.crs import converter, storage_crs
from layers import vocabulary
from layers.land_theme import THEME as LAND_USE
from layers.style import THEMES
from planning import briefings, export_profiles, saved_views
from planning.atlas import Atlas
from planning.errors import Busy, Fault, Refused
from planning.saved_views import Place
from ui import brief_looks, brief_slide, office
from ui.desk_map import Act, desk_map
from ui.desk_map.other import other_scenario
from ui.desk_tools import scenario_name
from ui.markup import show, show_style
from ui.sentences import fault_sentence
from ui.session import Tab
from ui.words import t

MAP_KEY: Final = "brief_map"
_KEY: Final = "brief_mode"
_RULES: Final = Path(__file__).parent / "brief.css"
SHOWN: Final = tuple(TEMPLATES)
# what a key goes through; land use is what planners show, the others are the desk's
CYCLE: Final = (*THEMES, LAND_USE)
_BY_THEME: Final[Mapping[str, str]] = {"stage": "progress"}
_ASKED: Final = ("mode", "template", "theme", "park", "against", "at", "view")


@dataclass(slots=True)
class Brief:
    """What the mode shows: slide, legend theme ("" is the slide's own), park, view of the story; what to tell."""

    template: str = "overview"
    theme: str = ""
    park: str = ""
    against: int | None = None  # the scenario to compare with, of the slide that compares
    view: int | None = None
    turn: int = 0  # rises when the browser is to go to ``place``
    place: Place | None = None
    whole: bool = False  # begin with all the slide is about, whatever the map showed before
    told: str = ""
    said: int = 0


def asked() -> bool:
    """Whether the address asks for the mode."""
    return st.query_params.get("mode") == "brief"


def enter(
    template: str = "", theme: str | None = None, *, park: str = "", against: int | None = None, whole: bool = False
) -> dict[str, str]:
    """Begin the mode and give what the address says of it; ``theme`` chooses the slide when none is named."""
    key = template if template in SHOWN else _BY_THEME.get(theme or "", "overview")
    own = TEMPLATES[key].key == "progress"
    legend = "" if theme is None or ((theme == "stage") == own and theme != "area") else theme
    st.session_state[_KEY] = Brief(key, legend, park, against, whole=whole)
    return {"mode": "brief", "template": key}


def enter_from_desk(tab: Tab) -> None:
    """Begin with what the desk shows: its scenario, its theme, its part of the map."""
    _address(enter(theme=tab.theme) | {"scenario": str(tab.scenario_id)})


def _leave(tab: Tab) -> None:
    st.session_state.pop(_KEY, None)
    _address({"scenario": str(tab.scenario_id)})


def _address(wanted: Mapping[str, str]) -> None:
    rest = {key: value for key, value in st.query_params.to_dict().items() if key not in _ASKED}
    st.query_params.from_dict(rest | dict(wanted))


@st.fragment
def page(tab: Tab) -> None:
    """Draw the slide; one fragment, so that a step in the story is one short run."""
    if not asked():
        st.rerun()
    atlas = office.atlas()
    brief = _held()
    snapshot = frozen(atlas, tab.scenario_id)
    other = _other(tab, atlas, brief)
    if brief.park not in briefings.parks_of(snapshot):
        brief.park = ""
    slide = slide_of(snapshot, brief, other)
    story = saved_views.views(atlas.db, tab.scenario_id)
    show_style(_RULES.read_text(encoding="utf-8") + brief_slide.sign_rules(slide))
    caption = next(
        (f"{at + 1}/{len(story)}　{one.caption}" for at, one in enumerate(story) if one.id == brief.view), ""
    )
    inside = export_profiles.profiles(atlas.db)[export_profiles.INTERNAL]
    imprint = Imprint(office=os.environ.get("CHANTU_OFFICE", "").strip(), secrecy=inside.secrecy)
    with st.container(key="brief"):
        show(brief_slide.head(slide, snapshot, caption))
        with st.container(key="brief_body", horizontal=True, wrap=False, gap=None):
            with st.container(key="brief_left"):
                _map(tab, atlas, snapshot, slide, brief, other)
            with st.container(key="brief_right"):
                show(brief_slide.panel(slide))
        show(brief_slide.foot(snapshot, imprint, rendering.mark_of(snapshot, other), other))


def _held() -> Brief:
    held = st.session_state.get(_KEY)
    if not isinstance(held, Brief):
        given = st.query_params
        template, theme = given.get("template", ""), given.get("theme", "")
        view, against = _number(given.get("view", "")), _number(given.get("against", ""))
        held = Brief(
            template if template in SHOWN else _BY_THEME.get(theme, "overview"),
            theme if theme in CYCLE else "",
            given.get("park", ""),
            against,
            view,
        )
        st.session_state[_KEY] = held
    return held


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None  # noqa: PLR2004 - digits of a number of a row


def frozen(atlas: Atlas, scenario_id: int) -> Snapshot:
    """The frozen snapshot that slides are made of, kept in the tab until anything in the database is another."""
    revisions = tuple(sorted(atlas.revisions().items()))
    held = st.session_state.get("brief_snapshots")
    if held is None or held[0] != revisions:
        held = st.session_state["brief_snapshots"] = (revisions, {})
    kept: dict[int, Snapshot] = held[1]
    if scenario_id not in kept:
        kept[scenario_id] = briefings.freeze(atlas, scenario_id)
    return kept[scenario_id]


def _other(tab: Tab, atlas: Atlas, brief: Brief) -> Snapshot | None:
    """What a comparison compares with: the scenario asked for, else the base, else any; without one, no comparison."""
    if not TEMPLATES[brief.template].takes_other:
        return None
    known = [one.id for one in atlas.scenarios() if one.id != tab.scenario_id]
    if brief.against not in known:
        base = tab.shown.scenario.base_id
        brief.against = base if base in known else next(iter(known), None)
    if brief.against is None:
        brief.template = "overview"
        return None
    return frozen(atlas, brief.against)


def slide_of(snapshot: Snapshot, brief: Brief, other: Snapshot | None = None) -> Slide:
    """The words and figures, the bars those of the legend theme."""
    slide = rendering.composed(snapshot, Order(brief.template, park=brief.park), other)
    slide = replace(slide, pieces=tuple(brief_looks.with_river(snapshot, piece) for piece in slide.pieces))
    if other is not None:
        return brief_looks.stepped_back(slide)
    theme = theme_of(snapshot, brief)
    if theme == LAND_USE:
        return themes.themed(slide, snapshot, brief.template, park=brief.park, theme=theme)
    if not theme or theme == slide.picture.theme:
        return slide
    bars = brief_looks.bars(snapshot, theme, themes.about(snapshot, brief.template, brief.park))
    rest = [piece for piece in slide.pieces if not isinstance(piece, Bars)]
    return replace(slide, pieces=(bars, *rest))


def theme_of(snapshot: Snapshot, brief: Brief) -> str:
    """The theme as far as the slide can be drawn in it."""
    if brief.theme == LAND_USE and briefings.theme_faults(snapshot, LAND_USE, brief.template):
        return ""
    return brief.theme


def _map(tab: Tab, atlas: Atlas, snapshot: Snapshot, slide: Slide, brief: Brief, other: Snapshot | None) -> None:
    theme = "cluster" if other is not None else theme_of(snapshot, brief) or slide.picture.theme
    tint = (
        brief_looks.quiet(tab)
        if theme == "quiet"
        else brief_looks.by_land_use(atlas, snapshot)
        if theme == LAND_USE
        else {}
    )
    desk_map(
        key=MAP_KEY, atlas=atlas, state=tab.shown, theme="cluster" if tint else theme,  # type: ignore[arg-type] # one of THEMES
        over={
            "compare": _before(tab, atlas) if other is None else _beside(tab, atlas, other),
            "brief": _told(tab, atlas, snapshot, slide, brief),
            **tint,
        },
        on_act=lambda act: _obey(tab, act),
    )  # fmt: skip


def _before(tab: Tab, atlas: Atlas) -> dict[str, object] | None:
    """The base scenario, for as long as a key is held; the base of all has none."""
    base_id = tab.shown.scenario.base_id
    if base_id is None:
        return None
    base = atlas.scenario(base_id)
    return other_scenario(atlas, base, "hold", (scenario_name(base.scenario), scenario_name(tab.shown.scenario)))


def _beside(tab: Tab, atlas: Atlas, other: Snapshot) -> dict[str, object]:
    """The other scenario left of the one shown; parcels that are the same in both step back."""
    base = atlas.scenario(other.scenario_id)
    changed = np.flatnonzero(base.cluster != tab.shown.cluster).astype(np.int64)
    names = scenario_name(base.scenario), scenario_name(tab.shown.scenario)
    return other_scenario(atlas, base, "split", names, changed)


def _told(tab: Tab, atlas: Atlas, snapshot: Snapshot, slide: Slide, brief: Brief) -> dict[str, Any]:
    story = saved_views.views(atlas.db, tab.scenario_id)
    then = _drifted(snapshot, atlas)
    return {
        "scenario": tab.scenario_id,
        "template": brief.template,
        "theme": theme_of(snapshot, brief),
        "against": brief.against if TEMPLATES[brief.template].takes_other else None,
        "park": brief.park,
        "view": brief.view,
        "views": [{"id": one.id, "caption": one.caption, "at": [one.lat, one.lng, one.zoom]} for one in story],
        "turn": brief.turn,
        "place": [brief.place.lat, brief.place.lng, brief.place.zoom] if brief.place else None,
        "whole": brief.whole,
        "bounds": _box(snapshot, slide),
        "hidden": _hidden(slide),
        "figures": dict(slide.picture.figures),
        "alerts": dict(slide.picture.alerts),
        "unnamed": list(slide.picture.unnamed),
        "codes": slide.picture.codes,
        "told": {"text": brief.told, "n": brief.said},
        "note": t("图上为当前界线，数字为发布时数据") if then else "",
        "words": _words(),
    }


def _hidden(slide: Slide) -> list[str]:
    """Layers of the desk that the slide's signs do not explain, as the browser names them."""
    growth = list(vocabulary.CONSTRAINT_KINDS).index("growth_boundary")
    hidden = ["power_sites", f"constraints/{growth}"]
    if not slide.picture.projects:
        hidden.append("facilities")
    if not slide.picture.conflicts:
        hidden.append("conflicts")
    return hidden


def _words() -> dict[str, str]:
    return {
        "previous": t("上一视图"), "next": t("下一视图"), "save": t("保存本视图"), "theme": t("换图例"),
        "whole": t("回到全图"), "leave": t("退出汇报"), "caption": t("视图标题"), "keep": t("保存"),
        "cancel": t("取消"), "first": t("已是第一个视图"), "last": t("已是最后一个视图"),
        "none": t("还没有保存的视图，按 S 保存当前视图"), "noBefore": t("现状没有可对照的底图方案"),
    }  # fmt: skip


def _drifted(snapshot: Snapshot, atlas: Atlas) -> bool:
    """Whether the map, which is of today, shows other parcels than the snapshot of a published scenario."""
    if snapshot.state != "published":
        return False
    parcels = atlas.parcels()
    return list(snapshot.parcels.columns["code"]) != parcels.codes.tolist() or not np.array_equal(
        snapshot.centi_m2, parcels.centi_m2
    )


def _box(snapshot: Snapshot, slide: Slide) -> list[float]:
    """What the slide is about, as west, south, east, north in degrees."""
    west, south, east, north = slide.picture.bounds or parts.parks_bounds(snapshot)
    crs = storage_crs(snapshot.epsg)
    ring = np.array([(west, south), (east, south), (east, north), (west, north)], dtype=np.float64)
    lon, lat = converter(crs, crs.geodetic_crs or crs).points(ring[:, 0], ring[:, 1])
    return [float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())]


def _obey(tab: Tab, act: Act) -> None:
    brief = _held()
    match act.verb:
        case "brief_leave":
            _leave(tab)
        case "brief_theme":
            shown = brief.theme or ("stage" if brief.template == "progress" else "cluster")
            fitting = [one for one in CYCLE if themes.takes(brief.template, LAND_USE) or one != LAND_USE]
            at = fitting.index(shown) if shown in fitting else 0
            brief.theme = fitting[(at + 1) % len(fitting)]
        case "brief_view":
            _go(tab, brief, act.value)
        case "brief_save":
            _save(tab, brief, act.value)
        case _:
            pass


def _go(tab: Tab, brief: Brief, value: object) -> None:
    found = next((one for one in saved_views.views(office.database(), tab.scenario_id) if one.id == value), None)
    if found is None:
        return _tell(brief, fault_sentence(Fault("unknown_view")))
    brief.template = found.template if found.template in SHOWN else "overview"
    brief.theme, brief.park, brief.view = found.theme, found.park, found.id
    brief.place = Place(found.lat, found.lng, found.zoom)
    brief.turn += 1
    return None


def _save(tab: Tab, brief: Brief, value: object) -> None:
    try:
        given = json.loads(str(value))
        at = [float(given[key]) for key in ("lat", "lng", "zoom")]
        caption = str(given["caption"])
    except (ValueError, KeyError, TypeError):
        return
    place = Place(at[0], at[1], at[2], brief.template, brief.theme, brief.park)
    try:
        made = saved_views.save(
            office.database(), actor=office.actor(), scenario_id=tab.scenario_id, caption=caption, place=place
        )
    except Refused as refused:
        _tell(brief, " ".join(fault_sentence(one) for one in refused.faults))
    except Busy:
        _tell(brief, fault_sentence(Fault("busy")))
    else:
        brief.view = made.id
        _tell(brief, t("已保存视图「{name}」", name=made.caption))


def _tell(brief: Brief, words: str) -> None:
    brief.told, brief.said = words, brief.said + 1
