"""The check of views kept for briefings behind ``verify``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection

from planning.errors import Fault
from store import audit, saved_views

_KEPT: Final = ("template", "theme", "park", "lat", "lng", "zoom")


def view_faults(conn: Connection) -> Iterator[Fault]:
    """Views that are not as the audit chain, played from its start, leads to: caption, slide, place, order."""
    played: dict[int, tuple[Any, ...]] = {}
    captions: dict[int, str] = {}
    stories: dict[int, list[int]] = {}
    for entry in audit.of_verbs(conn, ("save_view", "rename_view", "order_views", "delete_view"), limit=-1)[::-1]:
        scenario, told = int(entry.subject.partition(":")[2]), json.loads(entry.detail)
        story = stories.setdefault(scenario, [])
        match entry.verb:
            case "save_view":
                played[told["view"]] = (scenario, *(told[key] for key in _KEPT), entry.actor, entry.at)
                captions[told["view"]] = told["caption"]
                story.append(told["view"])
            case "rename_view":
                captions[told["view"]] = told["after"]
            case "order_views":
                stories[scenario] = list(told["after"])
            case _:
                story.remove(told["view"])
    wanted = {
        key: (*played[key], captions[key], place) for story in stories.values() for place, key in enumerate(story)
    }
    held = {
        one.id: (one.scenario_id, *(getattr(one, key) for key in _KEPT), one.by, one.at, one.caption, one.position)
        for one in saved_views.every(conn)
    }
    for key in sorted(held.keys() | wanted.keys()):
        if held.get(key) != wanted.get(key):
            yield Fault("view_not_in_audit", {}, f"view {key}")
