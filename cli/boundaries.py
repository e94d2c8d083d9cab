"""Parcels' boundaries from a terminal: split, merge, and where a parcel came from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import terminal
from cli.files import split as listed
from cli.gathering import app

if TYPE_CHECKING:
    from planning.acts import Done
    from planning.atlas import Atlas


@app.command("split")
def split(
    scenario: Annotated[str, typer.Option("--scenario", help="记在哪个方案的撤销栈 · on whose undo stack")],
    code: Annotated[str, typer.Option("--code", help="地块编号 · code of the parcel")],
    by: Annotated[Path | None, typer.Option("--by", metavar="FILE", help="线文件 · file with one line")] = None,
    mu: Annotated[float | None, typer.Option("--mu", help="分出的亩数 · area to split off, in mu")] = None,
    side: Annotated[int, typer.Option("--side", help="平行于第几边，从 1 起 · parallel to which side, from 1")] = 1,
    road: Annotated[float, typer.Option("--road", metavar="M", help="中间留路宽 · width of a road between")] = 0.0,
    codes: Annotated[
        list[str] | None, typer.Option("--codes", metavar="A,B", help="新编号 · codes of the pieces")
    ] = None,
) -> int:
    """按线或按面积分割一宗地块 · split a parcel by a line or to an area."""
    from planning import reshaping
    from planning import scenarios as verbs
    from planning.errors import Fault, Refused

    if (by is None) == (mu is None):
        raise Refused(Fault("choose_one", {"options": ("--by", "--mu")}))
    atlas = terminal.open_atlas()
    chosen = verbs.find(atlas.db, scenario)
    asked: dict[str, Any] = {
        "actor": terminal.actor(), "scenario_id": chosen.id, "parcel_id": int(atlas.parcels().ids_of([code])[0]),
        "codes": listed(codes) if codes else (),
    }  # fmt: skip
    if by is not None:
        done = reshaping.split_by_line(atlas.db, line=_line(atlas, by), **asked)
    else:
        done = reshaping.split_to_area(
            atlas.db, side=side - 1, area_m2=float(mu or 0) * 10_000 / 15, road_m=road, **asked
        )
    return _tell(atlas, "split", chosen.name, done)


@app.command("merge")
def merge(
    scenario: Annotated[str, typer.Option("--scenario", help="记在哪个方案的撤销栈 · on whose undo stack")],
    codes: Annotated[list[str], typer.Option("--codes", metavar="A,B,…", help="要合并的地块 · parcels to merge")],
    main: Annotated[
        str | None, typer.Option("--main", metavar="CODE", help="以哪宗为主：属性与集群 · whose fields and clusters")
    ] = None,
    code: Annotated[str | None, typer.Option("--code", help="新编号 · code of the new parcel")] = None,
) -> int:
    """合并共边的地块 · merge parcels that share edges."""
    from planning import reshaping
    from planning import scenarios as verbs

    atlas = terminal.open_atlas()
    chosen = verbs.find(atlas.db, scenario)
    parcels = atlas.parcels()
    done = reshaping.merge(
        atlas.db, actor=terminal.actor(), scenario_id=chosen.id,
        parcel_ids=[int(one) for one in parcels.ids_of(listed(codes))],
        main_id=None if main is None else int(parcels.ids_of([main])[0]), code=code,
    )  # fmt: skip
    return _tell(atlas, "merged", chosen.name, done)


@app.command("lineage")
def lineage(
    code: Annotated[str, typer.Argument(metavar="CODE", help="编号 · code, also of ended ones")],
) -> int:
    """一宗地块的来历与去向 · where a parcel came from and what became of it."""
    from planning import lineages
    from planning.errors import Fault, Refused

    rows = lineages.of_code(terminal.open_database(), code)
    if rows is None:
        raise Refused(Fault("unknown_code", {"code": code}))
    if terminal.common.as_json:
        terminal.tell_json(rows)
    else:
        for row in rows:
            terminal.tell("lineage", row)
    return terminal.DONE


def _line(atlas: Atlas, path: Path) -> Any:
    from planning import outlines

    return outlines.line_of_file(atlas, path)


def _tell(atlas: Atlas, code: str, scenario: str, done: Done) -> int:
    parcels = atlas.parcels()
    rows = parcels.row_of(done.born)
    terminal.tell(code, {
        "scenario": scenario, "ended": len(done.ended), "command_id": done.command_id,
        "codes": [str(parcels.codes[row]) for row in rows],
        "area_m2": [float(parcels.centi_m2[row]) / 100 for row in rows],
    })  # fmt: skip
    return terminal.DONE
