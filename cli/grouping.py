"""Blocks of land and groups of parcels from a terminal: blocks, search-blocks."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cli import terminal
from cli.files import split
from cli.gathering import app
from cli.group_sentences import BLOCKS, HEADS, IN_AN_ANSWER, REASONS, SHORT, STOPPED, WHOLE, pick
from cli.sentences import plain

if TYPE_CHECKING:
    from layers.vocabulary import Vocabulary
    from planning.atlas import Atlas
    from planning.blocks import Block
    from planning.group_reasons import Why
    from planning.grouping import GroupSearch
    from planning.joining import Joining

_NOTHING: Final = "—"
_NO_CLUSTER: Final = frozenset({"none", "null", "无", "未分配"})
_BLOCK_COLUMNS: Final = ("rank", "area_mu", "parcels", "frontage_m", "polsby_popper", "ready_date", "codes")
_GROUP_COLUMNS: Final = (
    "rank",
    "area_mu",
    "surplus_mu",
    "parcels",
    "frontage_m",
    "polsby_popper",
    "ready_date",
    "codes",
)

Scenario = Annotated[str, typer.Option("--scenario", help="集群按哪个方案 · whose clusters")]
Gap = Annotated[float, typer.Option("--gap", metavar="M", help="相隔不超过几米，0 为须共边 · 0 asks for a shared edge")]
SameStage = Annotated[bool, typer.Option("--same-stage", help="储备阶段须相同 · stages must be the same")]
Clusters = Annotated[str, typer.Option("--clusters", help="any | same | compatible（按规则表 · by the rule table）")]
NotAcross = Annotated[
    list[str] | None, typer.Option("--not-across", metavar="CLASS,…", help="不跨哪些等级的道路 · motorway,trunk,…")
]
NotAcrossWater = Annotated[bool, typer.Option("--not-across-water", help="不跨河道与水域 · nor rivers and water")]


@app.command("blocks")
def blocks(
    scenario: Scenario = "1",
    gap: Gap = 0.0,
    same_stage: SameStage = False,
    clusters: Clusters = "any",
    not_across: NotAcross = None,
    not_across_water: NotAcrossWater = False,
    least_mu: Annotated[str, typer.Option("--least-mu", metavar="N")] = "0",
    least_parcels: Annotated[int, typer.Option("--least-parcels", metavar="N", min=1)] = 1,
    outline: Annotated[bool, typer.Option("--outline", help="JSON 附轮廓 WKT · with outlines as WKT")] = False,
) -> int:
    """列出连片：面积、紧凑度、临路、净地日期 · list the blocks that parcels form under conditions."""
    import shapely

    from planning.blocks import find_blocks, outline_of

    atlas = terminal.open_atlas()
    joining = _joining(gap, clusters, not_across, same_stage=same_stage, water=not_across_water)
    state = _state(atlas, scenario)
    found = find_blocks(atlas, state, joining, least_mu=_number("--least-mu", least_mu), least_parcels=least_parcels)
    rows = [{"rank": rank, **_block(atlas, one)} for rank, one in enumerate(found, start=1)]
    if terminal.common.as_json:
        if outline:
            for row, one in zip(rows, found, strict=True):
                row["outline_wkt"] = shapely.to_wkt(outline_of(atlas, one.ids, gap_m=gap), rounding_precision=4)
        terminal.tell_json({"crs": f"EPSG:{atlas.epsg}", "blocks": rows})
        return terminal.DONE
    _tell_table(rows, _BLOCK_COLUMNS)
    _say(pick(BLOCKS, terminal.common.lang).format(total=len(rows)))
    return terminal.DONE


@app.command("search-blocks")
def search_blocks(
    least_mu: Annotated[str, typer.Option("--least-mu", metavar="N", help="至少几亩 · at least so many 亩")],
    most_mu: Annotated[str | None, typer.Option("--most-mu", metavar="N")] = None,
    most_parcels: Annotated[int, typer.Option("--most-parcels", metavar="N", help="最多几宗 · 1 … 8")] = 3,
    scenario: Scenario = "1",
    gap: Gap = 20.0,
    same_stage: SameStage = False,
    clusters: Clusters = "any",
    not_across: NotAcross = None,
    not_across_water: NotAcrossWater = False,
    ready_by: Annotated[str | None, typer.Option("--ready-by", metavar="YYYY-MM-DD")] = None,
    frontage: Annotated[float, typer.Option("--frontage", metavar="M", help="临路至少几米 · at least so long")] = 0.0,
    frontage_on: Annotated[list[str] | None, typer.Option("--frontage-on", metavar="CLASS,…")] = None,
    stage: Annotated[
        list[str] | None, typer.Option("--stage", metavar="KEY,…", help="缺省：除供应外 · all but supplied")
    ] = None,
    cluster: Annotated[
        list[str] | None, typer.Option("--cluster", metavar="C,…", help="集群代码，none 为未分配 · none: without one")
    ] = None,
    keep: Annotated[int, typer.Option("--keep", metavar="N", min=1, max=200)] = 10,
    most_steps: Annotated[int | None, typer.Option("--most-steps", metavar="N", min=1)] = None,
    why: Annotated[str | None, typer.Option("--why", metavar="CODE", help="这一宗为何不在 · why not this one")] = None,
) -> int:
    """找几宗并成的地：够大、够近、按时、临路 · find few parcels that together meet the conditions."""
    from geo.grouping import MOST_STEPS
    from layers.vocabulary import ROAD_CLASSES, STAGES
    from planning.ground import AVAILABLE
    from planning.grouping import Asked, explain, search_groups

    atlas = terminal.open_atlas()
    state = _state(atlas, scenario)
    asked = Asked(
        _number("--least-mu", least_mu),
        most_parcels,
        most_mu=None if most_mu is None else _number("--most-mu", most_mu),
        ready_by=None if ready_by is None else _date(ready_by),
        least_frontage_m=frontage,
        frontage_on=_terms(frontage_on, ROAD_CLASSES),
        stages=_terms(stage, STAGES) or AVAILABLE,
        clusters=tuple(None if one.casefold() in _NO_CLUSTER else one for one in split(cluster)),
        joining=_joining(gap, clusters, not_across, same_stage=same_stage, water=not_across_water),
    )
    if why is not None:
        told = explain(atlas, state, asked, int(atlas.parcels().ids_of([why])[0]))
        _tell_why(atlas, told, why)
        return terminal.DONE
    _tell_search(atlas, search_groups(atlas, state, asked, keep=keep, most_steps=most_steps or MOST_STEPS))
    return terminal.DONE


def _state(atlas: Atlas, scenario: str) -> Any:
    from planning import scenarios as verbs

    return atlas.scenario(verbs.find(atlas.db, scenario).id)


def _joining(gap: float, clusters: str, not_across: list[str] | None, *, same_stage: bool, water: bool) -> Joining:
    from layers.vocabulary import ROAD_CLASSES
    from planning.joining import Joining

    return Joining(gap, same_stage, clusters, _terms(not_across, ROAD_CLASSES), water)


def _terms(given: list[str] | None, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Keys of the terms; what is none of the list goes on as it is, to be refused where the rest is judged."""
    return tuple(vocabulary.recognise(one) or one for one in split(given))


def _number(option: str, text: str) -> Decimal:
    from planning.errors import Fault, Refused

    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise Refused(Fault("number_malformed", {"value": text[:40]}, option)) from error


def _date(text: str) -> date:
    from planning.errors import Fault, Refused

    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Refused(Fault("date_malformed", {"value": text[:40]}, "--ready-by")) from error


def _block(atlas: Atlas, block: Block) -> dict[str, Any]:
    parcels = atlas.parcels()
    return {
        "codes": parcels.codes[parcels.row_of(list(block.ids))].tolist(),
        "parcels": block.parcels,
        "area_m2": block.area.m2,
        "area_mu": block.area.mu,
        "perimeter_m": round(block.perimeter_m, 3),
        "polsby_popper": round(block.polsby_popper, 4),
        "isoperimetric_ratio": round(block.isoperimetric_ratio, 4),
        "frontage_m": round(block.whole_frontage_m, 2),
        "frontage_by_class_m": {name: round(length, 2) for name, length in block.frontage_m},
        "ready_date": block.ready_date,
        "undated": block.undated,
    }


def _tell_search(atlas: Atlas, found: GroupSearch) -> None:
    rows = [
        {"rank": rank, **_block(atlas, one.block), "surplus_mu": one.surplus_mu, "frontage_m": round(one.frontage_m, 2)}
        for rank, one in enumerate(found.answers, start=1)
    ]
    reasons: list[dict[str, Any]] = [
        {"reason": one.code, "parcels": one.parcels, "area_mu": one.area.mu, "examples": _codes(atlas, one.examples)}
        for one in found.reasons
    ]
    if terminal.common.as_json:
        terminal.tell_json({
            "groups": rows, "total": found.total, "counts": list(found.counts), "proven": found.proven,
            "is_proven": found.is_proven, "steps": found.steps, "in_answers": found.in_answers, "reasons": reasons,
        })  # fmt: skip
        return
    lang = terminal.common.lang
    _tell_table(rows, _GROUP_COLUMNS)
    _say(pick(WHOLE if found.is_proven else STOPPED, lang).format(
        total=found.total, proven=found.proven, steps=f"{found.steps:,}"
    ))  # fmt: skip
    for one in reasons:
        sentence = pick(SHORT.get(one["reason"]) or REASONS[one["reason"]], lang)
        _say(f"{one['parcels']}\t{sentence}\t{' '.join(one['examples'])}")


def _tell_why(atlas: Atlas, why: Why, code: str) -> None:
    values = {
        "code": code,
        "reason": why.code,
        "area_mu": why.area.mu,
        "largest_mu": None if why.largest is None else why.largest.mu,
        "needed": why.needed,
        "whole_mu": None if why.whole is None else why.whole.mu,
        "longest_m": None if why.longest_m is None else round(why.longest_m, 2),
        "barriers": [one.name or one.code for one in why.barriers],
        "ready_date": why.ready_date,
        "waits_for": _codes(atlas, why.waits_for),
        "with": _codes(atlas, why.with_ids),
    }
    if terminal.common.as_json:
        terminal.tell_json(values)
        return
    kind = why.code
    if kind == "too_small":
        kind = "too_small_needed" if why.needed else "too_small_whole" if why.whole else kind
    sentence = pick(IN_AN_ANSWER if kind is None else REASONS[kind], terminal.common.lang)
    _say(f"{code}: {sentence.format_map({name: _cell(value) for name, value in values.items()})}")


def _codes(atlas: Atlas, ids: Iterable[int]) -> list[str]:
    parcels = atlas.parcels()
    return [str(code) for code in parcels.codes[parcels.row_of(list(ids))]]


def _tell_table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    """Write rows as tab-separated lines under their heads."""
    _say("\t".join(pick(HEADS[name], terminal.common.lang) for name in columns))
    for row in rows:
        _say("\t".join(_cell(row[name]) for name in columns))


def _cell(value: object) -> str:
    match value:
        case None | "" | []:
            return _NOTHING
        case list() | tuple():
            return " ".join(plain(str(one)) for one in value)
        case Decimal():
            return f"{value:.2f}"
        case Mapping():
            return " ".join(f"{plain(str(name))}={length}" for name, length in value.items())
    return plain(str(value))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
