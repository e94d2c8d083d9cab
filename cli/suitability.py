"""Suitability and allocation from a terminal: suitability, allocate."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import terminal
from cli.files import split
from cli.gathering import app
from cli.sentences import plain
from cli.suitability_sentences import SAID, pick

if TYPE_CHECKING:
    from planning.allocation import Asked, Plan, Quota
    from planning.atlas import Atlas
    from planning.suitability import Result

Scenario = Annotated[str, typer.Option("--scenario", help="哪个方案 · which scenario")]
ModelName = Annotated[str | None, typer.Option("--model", metavar="NAME[@V]", help="已保存的模型 · a kept model")]
On = Annotated[str | None, typer.Option("--on", metavar="YYYY-MM-DD", help="净地日期从哪天算 · the day that counts")]


@app.command("suitability")
def suitability(
    cluster: Annotated[str, typer.Option("--cluster", metavar="C", help="给哪个集群打分 · for which cluster")],
    scenario: Scenario = "1",
    model: ModelName = None,
    on: On = None,
    keep: Annotated[int, typer.Option("--keep", metavar="N", min=1, help="列前几宗 · how many are listed")] = 20,
    why: Annotated[
        str | None, typer.Option("--why", metavar="CODE", help="这一宗的各项得分 · the parts of a score")
    ] = None,
    sensitivity: Annotated[
        bool, typer.Option("--sensitivity", help="权重各动 20 % 时谁换等级 · who changes class")
    ] = False,
) -> int:
    """逐宗打分、排名、说明 · score, rank and explain the parcels for a cluster."""
    from planning import suitability as verbs

    atlas = terminal.open_atlas()
    result = verbs.evaluate(atlas, _state(atlas, scenario), _model(atlas, model), on=_date(on))
    _known_cluster(result, cluster)
    if why is not None:
        _tell_why(atlas, result, cluster, why)
    elif sensitivity:
        _tell_shifts(atlas, result, cluster)
    else:
        _tell_ranking(atlas, result, cluster, keep)
    return terminal.DONE


@app.command("allocate")
def allocate(
    quota: Annotated[
        list[str], typer.Option("--quota", metavar="C=MU[/PIECES],…", help="集群=亩[/最多几片] · cluster=亩[/pieces]")
    ],
    scenario: Scenario = "1",
    name: Annotated[
        str | None, typer.Option("--name", metavar="NAME", help="建立为新方案 · make a scenario of it")
    ] = None,
    model: ModelName = None,
    on: On = None,
    tolerance: Annotated[
        float, typer.Option("--tolerance", metavar="SHARE", help="配额允许相差 · share of a quota")
    ] = 0.05,
    only_unassigned: Annotated[bool, typer.Option("--only-unassigned", help="只给未分配的 · leave the rest")] = False,
    gap_m: Annotated[
        float, typer.Option("--gap", metavar="M", help="相隔几米内算一片 · one piece within M metres")
    ] = 40.0,
    edge_worth: Annotated[
        float, typer.Option("--edge-worth", metavar="N", help="每米共边值几亩·分 · per metre")
    ] = 0.05,
    target: Annotated[
        float, typer.Option("--proven", metavar="SHARE", help="证明到多少即停 · stop when proven")
    ] = 0.01,
    seconds: Annotated[float, typer.Option("--seconds", metavar="N", help="时间上限 · time limit")] = 60.0,
) -> int:
    """按配额把地块分给集群，证明离最好还有多远 · give parcels to clusters by quotas, with a proven gap."""
    from planning import allocation, allocation_plans

    atlas = terminal.open_atlas()
    asked = allocation.Asked(
        _quotas(quota),
        tolerance=tolerance,
        scope="unassigned" if only_unassigned else "anew",
        gap_m=gap_m,
        edge_worth=edge_worth,
        gap=target,
        seconds=seconds,
    )
    plan = allocation.allocate(atlas, _state(atlas, scenario), asked, _model(atlas, model), on=_date(on))
    made = None
    if name is not None and plan.is_found:
        made = allocation_plans.accept(atlas.db, atlas, plan, actor=terminal.actor(), name=name)
    _tell_plan(atlas, plan, asked, None if made is None else made.name)
    return terminal.DONE if plan.is_found else terminal.REFUSED


def _state(atlas: Atlas, scenario: str) -> Any:
    from planning import scenarios

    return atlas.scenario(scenarios.find(atlas.db, scenario).id)


def _model(atlas: Atlas, text: str | None) -> Any:
    from planning import suitability_model

    if text is None:
        return suitability_model.models(atlas.db)[0]
    name, _, version = text.rpartition("@")
    if name and version.isdecimal():
        return suitability_model.find(atlas.db, name, int(version))
    return suitability_model.find(atlas.db, text)


def _date(text: str | None) -> date:
    from planning.errors import Fault, Refused

    if text is None:
        from planning.actors import utc_now

        return utc_now().astimezone().date()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(Fault("date_malformed", {"value": text[:40]}, "--on")) from error


def _quotas(texts: list[str]) -> tuple[Quota, ...]:
    """``chips=1200/2``: 1200 亩 in two pieces at most; one piece unless said, 0 for any number."""
    from planning.allocation import Quota
    from planning.errors import Fault, Refused

    found = []
    for text in split(texts):
        cluster, _, rest = text.partition("=")
        mu, _, pieces = rest.partition("/")
        try:
            found.append(Quota(cluster.strip(), Decimal(mu), int(pieces) if pieces else 1))
        except (InvalidOperation, ValueError) as error:
            raise Refused(Fault("number_malformed", {"value": text[:40]}, "--quota")) from error
    return tuple(found)


def _known_cluster(result: Result, cluster: str) -> None:
    from planning.errors import Fault, Refused

    if cluster not in result.codes:
        raise Refused(Fault("unknown_cluster", {"cluster": cluster, "known": result.codes}))


def _tell_ranking(atlas: Atlas, result: Result, cluster: str, keep: int) -> None:
    from planning import suitability

    k = result.codes.index(cluster)
    parcels = atlas.parcels()
    rows = [
        {
            "rank": rank,
            "code": str(parcels.codes[row]),
            "score": _number(result.score[k, row]),
            "known": _number(result.known[k, row]),
        }
        for rank, row in enumerate(suitability.ranking(result, cluster)[:keep].tolist(), start=1)
    ]
    missing = [{"criterion": key, "parcels": count} for key, count in suitability.missing(result)]
    if terminal.common.as_json:
        terminal.tell_json({
            "model": result.model.name, "version": result.model.version, "on": result.on.isoformat(),
            "cluster": cluster,
            "parcels": len(result.ids), "ranking": rows, "missing": missing,
        })  # fmt: skip
        return
    _table(rows, ("rank", "code", "score", "known"))
    for one in missing:
        _say(_said("missing").format(criterion=_criterion(str(one["criterion"])), parcels=one["parcels"]))


def _tell_why(atlas: Atlas, result: Result, cluster: str, code: str) -> None:
    from planning import suitability

    one = int(atlas.parcels().ids_of([code])[0])
    k, row = result.codes.index(cluster), result.row(one)
    parts = [
        {"criterion": part.key, "value": _number(part.value), "mark": _number(part.mark),
         "weight": _number(part.weight),
         "points": _number(part.points)}
        for part in suitability.contributions(result, one, cluster)
    ]  # fmt: skip
    score, known = _number(result.score[k, row]), _number(result.known[k, row])
    if terminal.common.as_json:
        terminal.tell_json({"code": code, "cluster": cluster, "score": score, "known": known, "parts": parts})
        return
    _say(_said("score").format(code=plain(code), score=score, known=known))
    _table([{**part, "criterion": _criterion(str(part["criterion"]))} for part in parts],
           ("criterion", "value", "mark", "weight", "points"))  # fmt: skip


def _tell_shifts(atlas: Atlas, result: Result, cluster: str) -> None:
    from planning import suitability

    parcels = atlas.parcels()
    rows = [
        {"criterion": one.key, "change": _number(one.change), "classes": len(one.classes), "ranks": one.moved,
         "most_ranks": one.most_ranks, "codes": [parcels.code_of(each) for each in one.classes]}
        for one in suitability.sensitivity(result, cluster)
    ]  # fmt: skip
    if terminal.common.as_json:
        terminal.tell_json({"cluster": cluster, "shifts": rows})
        return
    _table([{**row, "criterion": _criterion(str(row["criterion"]))} for row in rows],
           ("criterion", "change", "classes", "ranks", "most_ranks"))  # fmt: skip


def _tell_plan(atlas: Atlas, plan: Plan, asked: Asked, made: str | None) -> None:
    from planning import allocation_plans

    answer = plan.answer
    lines = [
        {"cluster": one.cluster, "quota_mu": _number(one.quota_mu), "mu": _number(one.mu), "parcels": one.parcels,
         "pieces": one.blocks, "score": _number(one.score)}
        for one in (allocation_plans.lines(plan) if plan.is_found else ())
    ]  # fmt: skip
    needs = [_need(atlas, plan, one) for one in answer.needs]
    if terminal.common.as_json:
        terminal.tell_json({
            "status": answer.status, "gap": _number(answer.gap), "worth": _number(answer.worth),
            "bound": _number(answer.bound), "seconds": round(answer.seconds, 2), "scenario": made, "clusters": lines,
            "changed": len(allocation_plans.changed(plan)) if plan.is_found else 0, "needs": needs,
        })  # fmt: skip
        return
    if not plan.is_found:
        _say(_said(answer.status))
        for need in needs:
            _say(_said(f"need_{need['need']}").format_map({**need, "other": need["other"] or ""}))
        return
    _table(lines, ("cluster", "quota_mu", "mu", "parcels", "pieces", "score"))
    proven = answer.gap is not None and answer.gap <= asked.gap
    _say(
        _said("proven" if proven else "unproven").format(
            gap=_number((answer.gap or 0.0) * 100), seconds=round(answer.seconds)
        )
    )
    _say(_said("made").format(name=plain(made)) if made else _said("not_made"))


def _need(atlas: Atlas, plan: Plan, need: Any) -> dict[str, Any]:
    parcels = atlas.parcels()

    def code(row: int) -> str | None:
        return None if row < 0 else parcels.code_of(int(plan.setting.ids[row]))

    cluster = plan.setting.codes[need.cluster] if need.cluster >= 0 else None
    return {
        "need": need.code, "cluster": cluster, "parcel": code(need.parcel), "other": code(need.other),
        "amount": _number(need.amount),
    }  # fmt: skip


def _number(value: float | None) -> float | None:
    return None if value is None or value != value else round(float(value), 4)  # noqa: PLR0124 - NaN


def _criterion(key: str) -> str:
    from layers.criteria import CRITERIA

    return CRITERIA[key].en if terminal.common.lang == "en" else CRITERIA[key].zh


def _said(code: str) -> str:
    return pick(SAID[code], terminal.common.lang)


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    _say("\t".join(_said(f"head_{name}") for name in columns))
    for row in rows:
        _say("\t".join("—" if row[name] is None else plain(str(row[name])) for name in columns))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
