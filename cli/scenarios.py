"""Scenarios from a terminal: new, duplicate, rename, the tree of them, compare and merge."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Final, cast

import typer

from cli import terminal
from cli.files import split
from cli.gathering import app

if TYPE_CHECKING:
    from planning import merging
    from planning.merging import MergePlan

group = typer.Typer(
    help="方案：新建、复制、改名、对比、合并、送审、发布 · scenarios, from new to published",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(group, name="scenario")

_SCENARIO = Annotated[str, typer.Argument(metavar="SCENARIO")]
_MU_PER_CENTI: Final = Decimal("0.000015")  # 0.0015 亩 a m², in hundredths


@group.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    base: Annotated[str, typer.Option("--base", help="以哪个方案为底 · base scenario")] = "1",
) -> int:
    """新建空方案 · begin an empty draft over a base."""
    from planning import scenarios as verbs

    db = terminal.open_database()
    made = verbs.new(db, actor=terminal.actor(), name=name, base=verbs.find(db, base).id)
    terminal.tell("scenario", {"id": made.id, "name": made.name})
    return terminal.DONE


@group.command()
def duplicate(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO")], name: Annotated[str, typer.Argument(metavar="NAME")]
) -> int:
    """复制方案 · begin a draft with the assignments of another."""
    from planning import scenarios as verbs

    db = terminal.open_database()
    made = verbs.duplicate(db, actor=terminal.actor(), scenario_id=verbs.find(db, scenario).id, name=name)
    terminal.tell("scenario", {"id": made.id, "name": made.name})
    return terminal.DONE


@group.command()
def rename(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO")], name: Annotated[str, typer.Argument(metavar="NAME")]
) -> int:
    """方案改名 · give a scenario another name."""
    from planning import scenarios as verbs

    db = terminal.open_database()
    renamed = verbs.rename(db, actor=terminal.actor(), scenario_id=verbs.find(db, scenario).id, name=name)
    terminal.tell("scenario", {"id": renamed.id, "name": renamed.name})
    return terminal.DONE


@group.command()
def tree() -> int:
    """方案树：以谁为底，差多少 · the tree of scenarios, and how far each is from its base."""
    from planning import families

    branches = families.tree(terminal.open_atlas())
    depths = [one.depth for one in branches]
    rows = [
        {
            "id": one.scenario.id, "name": one.scenario.name, "base_id": one.scenario.base_id, "depth": one.depth,
            "state": one.scenario.state, "heirs": list(one.heirs), "differs": one.differs, "mu": str(one.mu),
        }
        for one in branches
    ]  # fmt: skip
    if terminal.common.as_json:
        terminal.tell_json(rows)
    else:
        for row, depth in zip(rows, depths, strict=True):
            terminal.tell("branch", {**row, "indent": "　" * depth})
    return terminal.DONE


@group.command()
def compare(a: _SCENARIO, b: _SCENARIO) -> int:
    """两方案对比：变动地块与各集群合计 · the parcels that differ, and the totals side by side."""
    from planning import comparing
    from planning import scenarios as verbs

    atlas = terminal.open_atlas()
    found = comparing.compare(atlas, verbs.find(atlas.db, a).id, verbs.find(atlas.db, b).id)
    one = found.changed
    columns = (one.codes, one.centi_m2, one.cluster_a, one.cluster_b)
    changed = [
        {
            "code": str(code), "mu": str(Decimal(centi) * _MU_PER_CENTI),
            "a": "absent" if first == comparing.ABSENT else first,
            "b": "absent" if second == comparing.ABSENT else second,
        }
        for code, centi, first, second in zip(*(column.tolist() for column in columns), strict=True)
    ]  # fmt: skip
    totals = [
        {
            "cluster": total.cluster, "parcels_a": total.parcels_a, "parcels_b": total.parcels_b,
            "mu_a": str(total.mu_a), "mu_b": str(total.mu_b), "mu_more": str(total.mu_more),
        }
        for total in found.totals
    ]  # fmt: skip
    if terminal.common.as_json:
        terminal.tell_json({"changed": changed, "totals": totals, "area_m2": str(one.area_m2)})
        return terminal.DONE
    for row in changed:
        terminal.tell("changed_line", row)
    for line in totals:
        terminal.tell("total_line", line)
    terminal.tell("compared", {"count": len(changed), "area_m2": one.area_m2})
    return terminal.DONE


@group.command()
def merge(
    from_: Annotated[str, typer.Argument(metavar="FROM")],
    into: _SCENARIO,
    conflicts: Annotated[
        str | None, typer.Option("--conflicts", help="mine | theirs：冲突一律采用谁的 · whose value for all")
    ] = None,
    mine: Annotated[list[str] | None, typer.Option("--mine", metavar="A,B", help="逐宗用我的 · these mine")] = None,
    theirs: Annotated[list[str] | None, typer.Option("--theirs", metavar="A,B", help="逐宗用对方的")] = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="只列出，不写入 · only say what it would do")] = False,
) -> int:
    """把 FROM 的改动合入 · bring the changes of FROM into another scenario."""
    from planning import merging
    from planning import scenarios as verbs
    from planning.errors import Fault, Refused

    if conflicts not in {None, "mine", "theirs"}:
        raise Refused(Fault("unknown_choice", {"given": conflicts, "known": ("mine", "theirs")}))
    atlas = terminal.open_atlas()
    to, source = verbs.find(atlas.db, into), verbs.find(atlas.db, from_)
    plan = merging.plan(atlas.db, into=to.id, from_=source.id)
    if dry:
        _tell_plan(plan)
        return terminal.DONE
    choices = merging.all_of(plan, cast("merging.Side", conflicts)) if conflicts else {}
    parcels = atlas.parcels()
    for side, codes in (("mine", mine), ("theirs", theirs)):
        choices |= dict.fromkeys(parcels.ids_of(split(codes)).tolist(), cast("merging.Side", side))
    done = merging.merge(atlas.db, actor=terminal.actor(), into=to.id, from_=source.id, choices=choices)
    terminal.tell("merged_scenario", {
        "from": source.name, "scenario": to.name, "changed": len(done.changes), "skipped": len(done.skipped_locked),
        "command_id": done.command_id,
    })  # fmt: skip
    return terminal.DONE


def _tell_plan(plan: MergePlan) -> None:
    groups = {"taken": plan.taken, "conflicts": plan.conflicts, "locked": plan.locked}
    if terminal.common.as_json:
        listed = {
            name: [{"code": one.code, "old": one.old, "mine": one.mine, "theirs": one.theirs} for one in found]
            for name, found in groups.items()
        }
        terminal.tell_json({**listed, "kept": plan.kept, "same": plan.same})
        return
    for name, found in groups.items():
        for one in found:
            terminal.tell(f"merge_{name}", {"code": one.code, "old": one.old, "mine": one.mine, "theirs": one.theirs})
    terminal.tell("merge_plan", {name: len(found) for name, found in groups.items()})
