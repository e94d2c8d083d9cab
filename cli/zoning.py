"""Parcels and their clusters from a terminal: list, assign, undo, redo."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

import typer

from cli import terminal
from cli.files import split
from cli.gathering import app
from cli.sentences import plain
from cli.signing import Words

if TYPE_CHECKING:
    from planning.acts import Done
    from planning.atlas import Atlas
    from planning.ruling_gate import Signed
    from planning.snapshots import ScenarioSnapshot

_UNASSIGNED: Final = frozenset({"none", "null", "无", "未分配"})
_SHORT: Final = ("id", "code", "name", "town", "stage", "kind", "state", "cluster", "area_m2", "area_mu", "length_m")


@app.command("list")
def list_(
    layer: Annotated[str, typer.Argument(metavar="LAYER", help="parcels, parks, roads, …, scenarios, clusters")],
    scenario: Annotated[str, typer.Option("--scenario", help="集群按哪个方案 · whose clusters")] = "1",
) -> int:
    """列出图层、方案或集群；--json 输出全部字段 · list a layer, the scenarios or the clusters."""
    from layers.schema import LAYERS
    from planning.errors import Fault, Refused

    if layer not in {*LAYERS, "scenarios", "clusters"}:
        raise Refused(Fault("unknown_list", {"layer": layer, "known": (*LAYERS, "scenarios", "clusters")}))
    atlas = terminal.open_atlas()
    rows = (
        _scenario_rows(atlas)
        if layer == "scenarios"
        else _cluster_rows(atlas)
        if layer == "clusters"
        else _layer_rows(atlas, layer, scenario)
    )
    if terminal.common.as_json:
        terminal.tell_json(rows)
    else:
        _tell_table(rows, _SHORT if layer in LAYERS else None)
    return terminal.DONE


@app.command()
def assign(
    scenario: Annotated[str, typer.Option("--scenario", help="方案名或编号 · name or number")],
    cluster: Annotated[str, typer.Option("--cluster", help="集群代码，none 为清除 · cluster code, none to clear")],
    codes: Annotated[list[str] | None, typer.Option("--codes", metavar="A,B")] = None,
    within: Annotated[Path | None, typer.Option("--within", metavar="FILE", help="面文件 · file of polygons")] = None,
    where: Annotated[
        str | None, typer.Option("--where", metavar="EXPR", help='例 · e.g. "stage=ready and area_mu>=50"')
    ] = None,
    predicate: Annotated[str, typer.Option("--predicate", help="within | majority | touches（--within）")] = "within",
    crs: Annotated[str | None, typer.Option("--crs", metavar="EPSG:N", help="面文件的坐标系 · CRS of the file")] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="T")] = None,
    skip_conflicts: Annotated[
        bool, typer.Option("--skip-conflicts", help="与规则冲突的不分配 · leave those against the rules")
    ] = False,
    override_by: Annotated[
        str,
        typer.Option("--override-by", metavar="NAME", help="签字放行的审批人 · the reviewer who signs"),
    ] = "",
    override_reason: Annotated[str, typer.Option("--override-reason", metavar="T", help="放行理由 · why")] = "",
    asked_by: Annotated[
        str,
        typer.Option("--asked-by", metavar="NAME", help="申请放行的规划人员，也签字 · who asks and signs"),
    ] = "",
) -> int:
    """在方案中分配集群 · give parcels a cluster in a scenario."""
    from planning import assigning
    from planning import scenarios as verbs
    from planning.errors import Fault, Refused

    if sum(option is not None for option in (codes or None, within, where)) != 1:
        raise Refused(Fault("choose_one", {"options": ("--codes", "--within", "--where")}))
    if skip_conflicts and override_by:
        raise Refused(Fault("choose_one", {"options": ("--skip-conflicts", "--override-by")}))
    if not override_by and (override_reason or asked_by):
        raise Refused(Fault("override_signer_missing"))
    atlas = terminal.open_atlas()
    chosen = verbs.find(atlas.db, scenario)
    ids = _chosen_ids(atlas, chosen.id, codes=codes, within=within, where=where, predicate=predicate, crs=crs)
    if not ids:
        raise Refused(Fault("nothing_selected", {"scenario": chosen.name}))
    wanted = None if cluster.strip().casefold() in _UNASSIGNED else cluster
    left = _against_rules(atlas, chosen.id, ids, wanted, reason=reason) if skip_conflicts and wanted else set()
    signed = (
        _signed(atlas, chosen.id, ids, wanted, names=(asked_by, override_by), why=override_reason)
        if override_by and wanted
        else None
    )
    done = assigning.assign(
        atlas.db, actor=terminal.actor(), scenario_id=chosen.id, cluster=wanted, signed=signed,
        reason=reason or (override_reason if signed else None), parcel_ids=[one for one in ids if one not in left],
    )  # fmt: skip
    if skip_conflicts:
        _tell_done("assigned_some", chosen.name, done, selected=len(ids), conflicts=len(left))
    else:
        _tell_done("assigned", chosen.name, done, selected=len(ids))
    return terminal.DONE


def _signed(
    atlas: Atlas, scenario_id: int, ids: list[int], cluster: str, *, names: tuple[str, str], why: str
) -> Signed:
    """Have a reviewer sign for all that the rules forbid of a stroke, and the planner who asks for it."""
    from planning import ruling
    from planning.errors import Fault, Refused
    from planning.ruling_gate import Signed

    if not why.strip():
        raise Refused(Fault("override_reason_missing"))
    state = _state_with(atlas, scenario_id, cluster)
    found = ruling.judge(atlas, state, ruling.to_be_judged(state, ids, cluster), cluster)
    asker, reviewer = names
    words = Words()
    asked = words.signature(atlas.db, asker, "planner") if asker else None
    keys = frozenset(row.key for row in found.rows_at(ruling.FORBIDDEN))
    return Signed(words.signature(atlas.db, reviewer, "reviewer"), why, keys, asked)


def _state_with(atlas: Atlas, scenario_id: int, cluster: str) -> ScenarioSnapshot:
    """The scenario; Refused when there is no such cluster in it."""
    from planning.errors import Fault, Refused

    state = atlas.scenario(scenario_id)
    if cluster not in state.codes:
        raise Refused(Fault("unknown_cluster", {"cluster": cluster, "known": state.codes}))
    return state


def _against_rules(atlas: Atlas, scenario_id: int, ids: list[int], cluster: str, *, reason: str | None) -> set[int]:
    """Those of the parcels that the gate would not let through while the others are painted."""
    from planning import ruling

    state = _state_with(atlas, scenario_id, cluster)
    judged = ruling.to_be_judged(state, ids, cluster)
    free = ruling.clean_part(atlas, state, judged, cluster, with_justified=bool((reason or "").strip()))
    return set(judged.tolist()) - set(free.tolist())


@app.command()
def undo(scenario: Annotated[str, typer.Option("--scenario")]) -> int:
    """撤销方案的上一步 · take back the scenario's last step."""
    from planning import scenarios as verbs
    from planning import undoing

    db = terminal.open_database()
    chosen = verbs.find(db, scenario)
    _tell_done("undone", chosen.name, undoing.undo(db, actor=terminal.actor(), scenario_id=chosen.id))
    return terminal.DONE


@app.command()
def redo(scenario: Annotated[str, typer.Option("--scenario")]) -> int:
    """重做刚撤销的一步 · do again what was undone last."""
    from planning import scenarios as verbs
    from planning import undoing

    db = terminal.open_database()
    chosen = verbs.find(db, scenario)
    _tell_done("redone", chosen.name, undoing.redo(db, actor=terminal.actor(), scenario_id=chosen.id))
    return terminal.DONE


def _chosen_ids(
    atlas: Atlas,
    scenario_id: int,
    *,
    codes: list[str] | None,
    within: Path | None,
    where: str | None,
    predicate: str,
    crs: str | None,
) -> list[int]:
    from cli.where import parse
    from planning import outlines, selecting

    if within is not None:
        found = outlines.by_file(atlas, within, cast("Any", predicate), crs=crs)
    elif where is not None:
        found = selecting.by_condition(atlas, atlas.scenario(scenario_id), parse(where))
    else:
        found = atlas.parcels().ids_of(split(codes))
    return [int(one) for one in found]


def _tell_done(code: str, scenario: str, done: Done, **more: int) -> None:
    changed = {change.parcel_id for change in done.changes} | {change.parcel_id for change in done.field_changes}
    changed |= {*done.born, *done.reshaped}
    terminal.tell(code, {
        "scenario": scenario, "changed": len(changed), "skipped": len(done.skipped_locked),
        "command_id": done.command_id, "revision": done.revision, **more,
    })  # fmt: skip


def _layer_rows(atlas: Atlas, layer: str, scenario: str) -> list[dict[str, Any]]:
    from planning import exporting
    from planning import scenarios as verbs

    return exporting.rows_of(atlas, layer=layer, scenario_id=verbs.find(atlas.db, scenario).id)


def _scenario_rows(atlas: Atlas) -> list[dict[str, Any]]:
    return [
        {"id": one.id, "name": one.name, "base_id": one.base_id, "state": one.state, "editable": one.editable}
        for one in atlas.scenarios()
    ]


def _cluster_rows(atlas: Atlas) -> list[dict[str, Any]]:
    from dataclasses import asdict

    return [asdict(one) for one in atlas.clusters()]


def _tell_table(rows: list[dict[str, Any]], wanted: tuple[str, ...] | None) -> None:
    """Write rows as tab-separated lines under their heads, the columns that have something in them."""
    names = [name for name in (wanted or (rows[0] if rows else ())) if any(row.get(name) is not None for row in rows)]
    lines = ["\t".join(names), *("\t".join(_cell(row.get(name)) for name in names) for row in rows)]
    sys.stdout.write("\n".join(lines) + "\n")


def _cell(value: Any) -> str:
    return "" if value is None else plain(str(value))
