"""Review, remarks and what changed, from a terminal; who signs is asked for a passphrase."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import terminal
from cli.scenarios import group
from cli.signing import Words

if TYPE_CHECKING:
    from store.database import Database

_SCENARIO = Annotated[str, typer.Argument(metavar="SCENARIO")]
_SIGNED = Annotated[str, typer.Option("--by", metavar="NAME", help="签字人（口令另行输入）· who signs")]
_NOTE = Annotated[str, typer.Option("--note", metavar="T", help="附言 · a word with it")]


@group.command()
def submit(scenario: _SCENARIO, by: _SIGNED, note: _NOTE = "") -> int:
    """送审 · hand a draft to review."""
    from planning import reviewing

    db, scenario_id = _opened(scenario)
    signature = Words().signature(db, by, "planner")
    one = reviewing.submit(db, actor=terminal.actor(), scenario_id=scenario_id, signature=signature, note=note)
    terminal.tell("in_review", {"scenario": one.name, "by": by})
    return terminal.DONE


@group.command()
def withdraw(scenario: _SCENARIO, by: _SIGNED, note: _NOTE = "") -> int:
    """撤回送审 · take a scenario back from review."""
    from planning import reviewing

    db, scenario_id = _opened(scenario)
    signature = Words().signature(db, by, "planner")
    one = reviewing.withdraw(db, actor=terminal.actor(), scenario_id=scenario_id, signature=signature, note=note)
    terminal.tell("draft_again", {"scenario": one.name, "by": by})
    return terminal.DONE


@group.command("send-back")
def send_back(
    scenario: _SCENARIO, by: _SIGNED, reason: Annotated[str, typer.Option("--reason", metavar="T", help="退回理由")]
) -> int:
    """退回修改 · send a scenario back, with a reason."""
    from planning import reviewing

    db, scenario_id = _opened(scenario)
    signature = Words().signature(db, by, "reviewer")
    one = reviewing.send_back(db, actor=terminal.actor(), scenario_id=scenario_id, signature=signature, reason=reason)
    terminal.tell("draft_again", {"scenario": one.name, "by": by})
    return terminal.DONE


@group.command()
def publish(scenario: _SCENARIO, by: _SIGNED, note: _NOTE = "") -> int:
    """审核通过并发布 · publish what was submitted, by another person."""
    from planning import reviewing

    db, scenario_id = _opened(scenario)
    signature = Words().signature(db, by, "reviewer")
    made = reviewing.publish(db, actor=terminal.actor(), scenario_id=scenario_id, signature=signature, note=note)
    terminal.tell("published", {"scenario": scenario, "parcels": made.parcels, "digest": made.digest})
    return terminal.DONE


@group.command()
def published(
    scenario: _SCENARIO,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="写出当日数据 · the file of the day")
    ] = None,
) -> int:
    """已发布方案当日的合计、编号，及此后的变化 · figures of the day, and what is other since."""
    from planning import publishing

    db, scenario_id = _opened(scenario)
    frozen = publishing.published(db, scenario_id)
    since = publishing.drift(db, scenario_id)
    if out is not None:
        out.write_bytes(publishing.published_file(db, scenario_id))
    totals = [{"cluster": one.cluster, "parcels": one.parcels, "mu": str(one.mu)} for one in frozen.totals()]
    told = {"scenario": scenario, "digest": frozen.digest, "parcels": frozen.parcels, "changed": since.count}
    if terminal.common.as_json:
        terminal.tell_json({**told, "totals": totals})
        return terminal.DONE
    for line in totals:
        terminal.tell("published_line", line)
    terminal.tell("published_since", told)
    return terminal.DONE


@group.command()
def changes(
    scenario: _SCENARIO,
    since: Annotated[
        str, typer.Option("--since", metavar="DATE", help="日期，或已发布方案的名称 · a date, or one published")
    ],
) -> int:
    """自某日（或某次发布）以来的改动 · what changed since a date or a publication."""
    from planning import changes as verbs

    db, scenario_id = _opened(scenario)
    found = verbs.changes_since(db, scenario_id=scenario_id, since=_moment(db, since))
    rows = [
        {
            "at": one.at, "by": one.by, "code": one.code, "kind": one.kind, "field": one.field, "before": one.before,
            "after": one.after,
        }
        for one in found
    ]  # fmt: skip
    if terminal.common.as_json:
        terminal.tell_json(rows)
        return terminal.DONE
    for row in rows:
        terminal.tell("change_line", row)
    terminal.tell("changes", {"count": len(found), "parcels": len({one.parcel_id for one in found})})
    return terminal.DONE


@group.command()
def comments(scenario: _SCENARIO) -> int:
    """列出意见 · list the remarks of a scenario."""
    from planning import commenting

    db, scenario_id = _opened(scenario)
    rows = [
        {
            "id": one.id, "answers": one.answers_id, "code": one.code, "x": one.x, "y": one.y, "body": one.body,
            "by": one.by, "at": one.at, "open": thread.is_open,
        }
        for thread in commenting.threads(db, scenario_id)
        for one in (thread.first, *thread.answers)
    ]  # fmt: skip
    if terminal.common.as_json:
        terminal.tell_json(rows)
    else:
        for row in rows:
            terminal.tell("answer_line" if row["answers"] else "comment_line", row)
    return terminal.DONE


@group.command()
def comment(
    scenario: _SCENARIO,
    text: Annotated[str, typer.Argument(metavar="TEXT")],
    code: Annotated[str | None, typer.Option("--code", metavar="CODE", help="钉在哪宗 · on which parcel")] = None,
    at: Annotated[str | None, typer.Option("--at", metavar="X,Y", help="钉在何处（东,北，米）· where")] = None,
    answers: Annotated[int | None, typer.Option("--answers", metavar="N", help="回复第几条 · answers which")] = None,
) -> int:
    """写意见或回复 · pin a remark to a parcel or a place, or answer one."""
    from planning import commenting
    from planning.atlas import Atlas
    from planning.errors import Fault, Refused

    if sum(one is not None for one in (code, at, answers)) != 1:
        raise Refused(Fault("choose_one", {"options": ("--code", "--at", "--answers")}))
    db, scenario_id = _opened(scenario)
    if answers is not None:
        made = commenting.reply(db, actor=terminal.actor(), comment_id=answers, body=text)
    else:
        parcel = None if code is None else int(Atlas(db).parcels().ids_of([code])[0])
        made = commenting.add(
            db, actor=terminal.actor(), scenario_id=scenario_id, body=text, parcel_id=parcel, place=_place(at)
        )
    terminal.tell("commented", {"id": made.id})
    return terminal.DONE


@group.command()
def resolve(
    number: Annotated[int, typer.Argument(metavar="N")],
    reopen: Annotated[bool, typer.Option("--reopen", help="重新打开 · open it again")] = False,
) -> int:
    """意见已处理 · mark a remark as dealt with."""
    from planning import commenting

    one = commenting.resolve(terminal.open_database(), actor=terminal.actor(), comment_id=number, resolved=not reopen)
    terminal.tell("comment_open" if reopen else "comment_resolved", {"id": one.id})
    return terminal.DONE


def _opened(scenario: str) -> tuple[Database, int]:
    from planning import scenarios as verbs

    db = terminal.open_database()
    return db, verbs.find(db, scenario).id


def _moment(db: Database, since: str) -> datetime:
    """A date or a time on this machine's clock, or the moment at which a scenario was published."""
    from planning import reviewing
    from planning import scenarios as verbs
    from planning.errors import Fault, Refused

    try:
        return datetime.fromisoformat(since).astimezone()
    except ValueError:
        made = reviewing.publications(db).get(verbs.find(db, since).id)
        if made is None:
            raise Refused(Fault("not_published", {"scenario": since})) from None
        return datetime.fromisoformat(made.at)


def _place(at: str | None) -> tuple[float, float] | None:
    from planning.errors import Fault, Refused

    if at is None:
        return None
    try:
        x, y = (float(one) for one in at.split(","))
    except ValueError:
        raise Refused(Fault("place_malformed", {"given": at})) from None
    return x, y
