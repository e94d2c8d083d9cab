"""The story of a briefing: views of the map that a planner keeps with a caption, in order, each act in the audit."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from briefing.templates.catalogue import TEMPLATES
from layers.land_theme import THEME as LAND_USE
from layers.style import THEMES
from planning.actors import Actor, Clock, utc_now
from planning.errors import Fault, Refused
from planning.writing import Act, known_scenario, subject_of, writing
from store import saved_views
from store.database import Database
from store.saved_views import SavedView

LONGEST_CAPTION: Final = 40
MOST_VIEWS: Final = 60
_ZOOMS: Final = (0.0, 22.0)


@dataclass(frozen=True, slots=True)
class Place:
    """What a view shows: the centre in degrees, the zoom of a screen 1920 pixels wide, the slide beside it."""

    lat: float
    lng: float
    zoom: float
    template: str = "overview"
    theme: str = ""  # that of the template
    park: str = ""


def views(db: Database, scenario_id: int) -> tuple[SavedView, ...]:
    """The views of a scenario in the order of its story."""
    with db.read() as conn:
        return saved_views.of_scenario(conn, scenario_id)


def save(
    db: Database, *, actor: Actor, scenario_id: int, caption: str, place: Place, clock: Clock = utc_now
) -> SavedView:
    """Keep a view, last in the story.

    Raises
    ------
    Refused
        Unknown scenario; ``caption_empty``, ``caption_too_long``, ``control_character``; ``view_malformed`` for a place
        that is on no map; ``too_many_views``.
    """
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        known_scenario(conn, scenario_id)
        text = _clean(caption)
        _sound(place)
        if len(saved_views.of_scenario(conn, scenario_id)) >= MOST_VIEWS:
            raise Refused(Fault("too_many_views", {"most": MOST_VIEWS}))
        made = SavedView(
            0, scenario_id, 0, text, place.template, place.theme, place.park,
            round(place.lat, 7), round(place.lng, 7), round(place.zoom, 3), actor.name, act.at,
        )  # fmt: skip
        key = saved_views.add(conn, made)
        detail = {
            "view": key, "caption": text, "template": made.template, "theme": made.theme, "park": made.park,
            "lat": made.lat, "lng": made.lng, "zoom": made.zoom,
        }  # fmt: skip
        act.audit("save_view", subject_of(scenario_id), detail)
        return _found(conn, key)


def rename(db: Database, *, actor: Actor, view_id: int, caption: str, clock: Clock = utc_now) -> SavedView:
    """Give a view another caption; Refused as ``save``, or ``unknown_view``."""
    with writing(db) as conn:
        one, text = _found(conn, view_id), _clean(caption)
        if one.caption != text:
            detail = {"view": one.id, "before": one.caption, "after": text}
            Act.begin(conn, actor, clock).audit("rename_view", subject_of(one.scenario_id), detail)
            saved_views.rename(conn, one.id, text)
        return _found(conn, view_id)


def move(db: Database, *, actor: Actor, view_id: int, by: int, clock: Clock = utc_now) -> tuple[SavedView, ...]:
    """Move a view so many places on (or back, below nought) in its story, at most to an end; the story comes back."""
    with writing(db) as conn:
        one = _found(conn, view_id)
        before = tuple(view.id for view in saved_views.of_scenario(conn, one.scenario_id))
        rest = [key for key in before if key != one.id]
        at = min(max(before.index(one.id) + by, 0), len(rest))
        after = (*rest[:at], one.id, *rest[at:])
        if after != before:
            detail = {"before": list(before), "after": list(after)}
            Act.begin(conn, actor, clock).audit("order_views", subject_of(one.scenario_id), detail)
            saved_views.put_in_order(conn, after)
        return saved_views.of_scenario(conn, one.scenario_id)


def delete(db: Database, *, actor: Actor, view_id: int, clock: Clock = utc_now) -> None:
    """Drop a view; Refused with ``unknown_view`` when it is not (or no longer) there."""
    with writing(db) as conn:
        one = _found(conn, view_id)
        Act.begin(conn, actor, clock).audit(
            "delete_view", subject_of(one.scenario_id), {"view": one.id, "caption": one.caption}
        )
        saved_views.remove(conn, one.id)
        left = saved_views.of_scenario(conn, one.scenario_id)
        saved_views.put_in_order(conn, tuple(view.id for view in left))


def _clean(caption: str) -> str:
    text = " ".join(unicodedata.normalize("NFC", caption).split())
    if not text:
        raise Refused(Fault("caption_empty"))
    if len(text) > LONGEST_CAPTION:
        raise Refused(Fault("caption_too_long", {"length": len(text), "longest": LONGEST_CAPTION}))
    if any(unicodedata.category(char) in {"Cc", "Cf", "Cs"} for char in text):
        raise Refused(Fault("control_character", {"field": "caption"}))
    return text


def _sound(place: Place) -> None:
    numbers = (place.lat, place.lng, place.zoom)
    on_a_map = all(math.isfinite(one) for one in numbers) and abs(place.lat) < 90 and abs(place.lng) <= 180  # noqa: PLR2004 - degrees
    least, most = _ZOOMS
    known = place.template in TEMPLATES and place.theme in {"", *THEMES, LAND_USE}
    if not (on_a_map and least <= place.zoom <= most and known):
        raise Refused(Fault("view_malformed"))


def _found(conn: Connection, view_id: int) -> SavedView:
    one = saved_views.find(conn, view_id)
    if one is None:
        raise Refused(Fault("unknown_view", {"view": view_id}))
    return one
