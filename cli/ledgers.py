"""The ledger, quotas, cohesion and readiness from a terminal: ledger, quota, cohesion, readiness."""

from __future__ import annotations

import sys
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cli import terminal
from cli.files import split
from cli.gathering import app
from cli.sentences import plain

if TYPE_CHECKING:
    from planning.atlas import Atlas
    from planning.ledger import Line
    from planning.readiness import Readiness
    from planning.snapshots import ScenarioSnapshot

_NONE: Final = frozenset({"none", "null", "无", "不限"})
_LEDGER: Final = {
    "cluster": ("集群", "cluster"), "parcels": ("宗", "parcels"), "area_mu": ("亩", "mu"), "share": ("占比", "share"),
    "quota_mu": ("配额亩", "quota mu"), "remaining_mu": ("剩余亩", "left mu"), "blocks": ("片", "blocks"),
    "largest_block_mu": ("最大片亩", "largest block mu"), "more_mu": ("较底案亩", "more mu"),
    "more_parcels": ("较底案宗", "more parcels"),
}  # fmt: skip
_COHESION: Final = {
    "cluster": ("集群", "cluster"), "parcels": ("宗", "parcels"), "orphans": ("孤立", "orphans"),
    "blocks": ("片", "blocks"), "shared_m": ("共边米", "shared m"), "like_share": ("共边率", "like share"),
    "largest_share": ("最大片占比", "largest share"), "coherence": ("连片度", "coherence"),
    "compactness": ("紧凑度", "compactness"),
}  # fmt: skip
_MOVES: Final = {
    "code": ("编号", "code"), "before": ("现集群", "cluster"), "after": ("建议", "suggested"), "area_mu": ("亩", "mu"),
    "orphans": ("孤立增减", "orphans"), "shared_m": ("共边增减米", "shared m"),
}  # fmt: skip
_STATES: Final = {"state": ("状态", "state"), "parcels": ("宗", "parcels"), "area_mu": ("亩", "mu")}
_MOVED: Final = {
    "code": ("编号", "code"), "before": ("原就绪", "before"), "after": ("改后", "after"),
    "score_before": ("原得分", "score before"), "score_after": ("改后得分", "score after"),
}  # fmt: skip

Scenario = Annotated[str, typer.Option("--scenario", help="方案名或编号 · name or number")]


@app.command("ledger")
def ledger_(
    scenario: Scenario = "1",
    town: Annotated[str | None, typer.Option("--town", metavar="T", help="只算这一镇街 · of one town")] = None,
    park: Annotated[str | None, typer.Option("--park", metavar="P", help="只算这一园区 · of one park")] = None,
) -> int:
    """方案的账本：面积、配额、连片、较底案 · the ledger of a scenario: areas, quotas, blocks, against its base."""
    from planning.errors import Fault, Refused
    from planning.ledger import Scope, ledger, places

    atlas = terminal.open_atlas()
    for name, given, known in zip(("town", "park"), (town, park), places(atlas.parcels()), strict=True):
        if given is not None and given not in known:
            raise Refused(Fault(f"unknown_{name}", {"value": given, "known": known}))
    told = ledger(atlas, _state(atlas, scenario), scope=Scope(town, park))
    rows = [_line(line, told.total) for line in told.lines]
    if terminal.common.as_json:
        terminal.tell_json({"town": town, "park": park, "clusters": rows, "total": _line(told.total, told.total)})
    else:
        _tell_table([*rows, _line(told.total, told.total) | {"cluster": _pick(("合计", "total"))}], _LEDGER)
    return terminal.DONE


@app.command("quota")
def quota(
    scenario: Scenario,
    given: Annotated[list[str], typer.Option("--set", metavar="C=MU,…", help="集群=亩，none 为不限 · none: no limit")],
) -> int:
    """设定方案中集群的配额（亩） · set how many mu a scenario means clusters to have."""
    from planning import scenarios as verbs
    from planning.quotas import set_quotas

    db = terminal.open_database()
    chosen = verbs.find(db, scenario)
    wanted = dict(_quota(one) for one in split(given))
    done = set_quotas(db, actor=terminal.actor(), scenario_id=chosen.id, quotas=wanted)
    terminal.tell("quota_set", {
        "scenario": chosen.name, "changed": int(str(done.label.values["count"])), "command_id": done.command_id,
    })  # fmt: skip
    return terminal.DONE


@app.command("cohesion")
def cohesion(
    scenario: Scenario = "1",
    suggest: Annotated[int, typer.Option("--suggest", metavar="N", min=0, max=100, help="建议条数 · moves")] = 0,
) -> int:
    """各集群聚得多紧：孤立、连片度、共边率，与改进建议 · how clusters hang together, and moves that better it."""
    from dataclasses import asdict

    from planning.cohesion import measures, suggestions

    atlas = terminal.open_atlas()
    state = _state(atlas, scenario)
    rows = [asdict(one) for one in measures(atlas, state)]
    found = suggestions(atlas, state, most=suggest) if suggest else None
    moves = [] if found is None else [
        {"code": one.code, "before": one.before, "after": one.after, "area_mu": one.mu, "orphans": one.orphans,
         "shared_m": one.shared_m} for one in found.listed
    ]  # fmt: skip
    if terminal.common.as_json:
        told: dict[str, Any] = {"clusters": rows}
        if found is not None:
            told |= {"suggestions": moves, "improving": found.improving, "kept_back": dict(found.kept_back)}
        terminal.tell_json(told)
        return terminal.DONE
    _tell_table(rows, _COHESION)
    if found is not None:
        _say("")
        _tell_table(moves, _MOVES)
    return terminal.DONE


@app.command("readiness")
def readiness_(
    at: Annotated[str | None, typer.Option("--at", metavar="YYYY-MM-DD", help="缺省今天 · today unless said")] = None,
    road: Annotated[
        str | None, typer.Option("--road", metavar="CODE", help="这条路影响谁 · whom a road holds up")
    ] = None,
    move: Annotated[
        str | None, typer.Option("--move", metavar="DATE", help="试一个通车日期，none 为未定 · try another opening")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="写入这一日期，记在 --scenario 的撤销栈 · write it")] = False,
    scenario: Scenario = "2",
) -> int:
    """哪些地何时就绪，道路工程影响谁 · what land is ready when, and whom a road project holds up."""
    from planning.errors import Fault, Refused
    from planning.readiness import readiness

    if (move is not None or write) and (road is None or move is None):
        raise Refused(Fault("move_needs_road", {}))
    atlas = terminal.open_atlas()
    day = datetime.now(UTC).astimezone().date() if at is None else _date("--at", at)
    now = readiness(atlas)
    if road is None:
        return _tell_states(now, day)
    row = int(now.roads.row_of(now.roads.ids_of([road]))[0])
    if move is None:
        return _tell_dependants(now, row, day)
    opening = None if move.casefold() in _NONE else _date("--move", move)
    return _tell_moved(atlas, now, row, day, opening=opening, write_to=scenario if write else None)


def _tell_states(now: Readiness, day: date) -> int:
    from layers.readiness import STATES

    states = now.at(day)
    rows = [
        {"state": name, "parcels": int((states == at).sum()),
         "area_mu": Decimal(int(now.parcels.centi_m2[states == at].sum())) * 15 / 1_000_000}
        for at, name in enumerate(STATES)
    ]  # fmt: skip
    if terminal.common.as_json:
        codes = {name: now.parcels.codes[states == at].tolist() for at, name in enumerate(STATES)}
        terminal.tell_json({"at": day.isoformat(), "states": rows, "codes": codes})
    else:
        _tell_table(rows, _STATES)
    return terminal.DONE


def _tell_dependants(now: Readiness, row: int, day: date) -> int:
    from planning.readiness import day_of

    points, ready = now.score(day), now.ready_on
    rows = [
        {"code": str(now.parcels.codes[one]), "land": _day(day_of(now.land[one])),
         "ready": _day(day_of(ready[one])), "score": round(float(points[one]), 2)}
        for one in now.dependants(row).tolist()
    ]  # fmt: skip
    if terminal.common.as_json:
        terminal.tell_json({"road": str(now.roads.codes[row]), "opens": _day(day_of(now.opens[row])), "parcels": rows})
    else:
        _tell_table(rows, {"code": ("编号", "code"), "land": ("净地", "clear land"), "ready": ("就绪", "ready"),
                           "score": ("得分", "score")})  # fmt: skip
    return terminal.DONE


def _tell_moved(
    atlas: Atlas, now: Readiness, row: int, day: date, *, opening: date | None, write_to: str | None
) -> int:
    from planning import scenarios as verbs
    from planning.readiness import moved, readiness
    from planning.road_openings import set_opening

    road_id = int(now.roads.ids[row])
    told = moved(now, readiness(atlas, openings={road_id: opening}), day)
    rows = [
        {"code": one.code, "before": _day(one.before), "after": _day(one.after),
         "score_before": round(one.score_before, 2), "score_after": round(one.score_after, 2)} for one in told
    ]  # fmt: skip
    if write_to is not None:
        chosen = verbs.find(atlas.db, write_to)
        set_opening(atlas.db, actor=terminal.actor(), scenario_id=chosen.id, road_id=road_id, opening=opening)
    if terminal.common.as_json:
        terminal.tell_json({
            "road": str(now.roads.codes[row]), "opening": _day(opening), "written": write_to is not None, "moved": rows,
        })  # fmt: skip
    else:
        _tell_table(rows, _MOVED)
    return terminal.DONE


def _state(atlas: Atlas, scenario: str) -> ScenarioSnapshot:
    from planning import scenarios as verbs

    return atlas.scenario(verbs.find(atlas.db, scenario).id)


def _line(line: Line, total: Line) -> dict[str, Any]:
    from layers import figures
    from planning.cards import Area

    return {
        "cluster": line.cluster, "parcels": line.parcels, "area_m2": line.area_m2, "area_mu": line.mu,
        "area_ellipsoid_m2": line.ellipsoid_m2, "share": figures.share(line.area_m2, total.area_m2),
        "quota_mu": line.quota_mu, "remaining_mu": None if line is total else line.remaining_mu,
        "is_exceeded": line is not total and line.is_exceeded, "blocks": line.blocks,
        "largest_block_mu": Area(line.largest_block_m2).mu, "more_mu": line.more_mu,
        "more_parcels": line.more_parcels,
    }  # fmt: skip


def _quota(text: str) -> tuple[str, Decimal | None]:
    from planning.errors import Fault, Refused

    code, _, mu = text.partition("=")
    if mu.strip().casefold() in _NONE:
        return code.strip(), None
    try:
        return code.strip(), Decimal(mu)
    except InvalidOperation as error:
        raise Refused(Fault("number_malformed", {"value": text[:40]}, "--set")) from error


def _date(option: str, text: str) -> date:
    from planning.errors import Fault, Refused

    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(Fault("date_malformed", {"value": text[:40]}, option)) from error


def _day(day: date | None) -> str | None:
    return None if day is None else "met" if day == date.min else day.isoformat()


def _pick(pair: tuple[str, str]) -> str:
    return pair[terminal.common.lang == "en"]


def _tell_table(rows: list[dict[str, Any]], heads: dict[str, tuple[str, str]]) -> None:
    """Write rows as tab-separated lines under their heads."""
    _say("\t".join(_pick(pair) for pair in heads.values()))
    for row in rows:
        _say("\t".join(_cell(row[name]) for name in heads))


def _cell(value: object) -> str:
    match value:
        case None | "":
            return "—"
        case Decimal():
            return f"{value:.2f}"
        case float():
            return f"{value:.3f}"
    return plain(str(value))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
