"""Give a road another opening: an act on the road, on the scenario's undo stack, in the audit chain."""

from __future__ import annotations

from datetime import date
from typing import Final

from planning.actors import Actor, Clock, utc_now
from planning.acts import Done, Label
from planning.editing import Edit, write_edits
from planning.errors import Clash, Fault, Refused, StaleVersion
from planning.writing import Act, known_scenario, writing
from store import edits, features
from store.database import Database

ROADS: Final = "roads"


def set_opening(
    db: Database,
    *,
    actor: Actor,
    scenario_id: int,
    road_id: int,
    opening: date | None,
    seen: int | None = None,
    clock: Clock = utc_now,
) -> Done:
    """Write the day on which a road opens, None for none. ``seen`` is the road's ``version`` as it was shown.

    A road's date is a fact, common to all scenarios; the scenario says only on whose undo stack the step lies.

    Raises
    ------
    Refused
        There is no such road or scenario, or the road is built: it has been open for long.
    StaleVersion
        Somebody gave the road another opening since; nothing was written.
    """
    text = None if opening is None else opening.isoformat()
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        known_scenario(conn, scenario_id)
        row = features.read_rows(conn, ROADS, [road_id], ("code", "name", "version", "opening", "state")).get(road_id)
        if row is None:
            raise Refused(Fault("unknown_road", {"id": road_id}))
        if row["state"] == "built":
            raise Refused(Fault("road_is_built", {"road": row["name"] or row["code"]}))
        if seen is not None and seen != row["version"]:
            _refuse_stale(act, road_id, row, seen, text)
        label = Label("road_opening", {"layer": ROADS, "road": row["name"] or row["code"], "opening": text, "count": 1})
        turned: list[Edit] = []
        if row["opening"] != text:
            turned.append((road_id, {"opening": row["opening"]}, {"opening": text}))
        return write_edits(act, scenario_id, turned, label, "edit", None)


def _refuse_stale(act: Act, road_id: int, row: dict[str, object], seen: int, mine: str | None) -> None:
    theirs = [one for one in edits.since(act.conn, ROADS, road_id, seen) if "opening" in one.before]
    if theirs and row["opening"] != mine:
        last = theirs[-1]
        version = int(str(row["version"]))
        old = theirs[0].before["opening"]
        raise StaleVersion(
            Clash(road_id, str(row["code"]), old, mine, row["opening"], version, last.by, last.at, "opening")
        )
