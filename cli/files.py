"""Files out, and files measured: export, analyse."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import terminal
from cli.gathering import app

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from planning.atlas import Atlas


@app.command()
def export(
    layer: Annotated[str, typer.Option("--layer", help="parcels, parks, roads, …")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE")],
    scenario: Annotated[str, typer.Option("--scenario", help="方案名或编号 · name or number")] = "1",
    form: Annotated[
        str | None, typer.Option("--format", metavar="F", help="geojson | geojson-cgcs2000 | gpkg | csv | xlsx")
    ] = None,
    crs: Annotated[str | None, typer.Option("--crs", metavar="EPSG:N", help="输出坐标系 · CRS to write")] = None,
    codes: Annotated[list[str] | None, typer.Option("--codes", metavar="A,B", help="只要这些 · only these")] = None,
) -> int:
    """导出图层（整体或选集）· write a layer or a selection of it."""
    from planning import exporting
    from planning import scenarios as verbs
    from planning.actors import utc_now
    from planning.errors import Fault, Refused

    atlas = terminal.open_atlas()
    chosen = verbs.find(atlas.db, scenario)
    asked = form or exporting.form_of(out, crs=crs)
    if asked is None:
        raise Refused(Fault("unknown_form", {"form": out.suffix, "known": tuple(exporting.FORMS)}, str(out)))
    ids = _ids(atlas, layer, codes)
    done = exporting.export(
        atlas, layer=layer, scenario_id=chosen.id, ids=ids, form=asked, crs=crs, out=out,
        lang=terminal.common.lang, at=utc_now().astimezone(),
    )  # fmt: skip
    terminal.tell("exported", {
        "path": str(done.path), "rows": done.rows, "size_bytes": done.size_bytes, "sha256": done.sha256,
        "crs": done.crs,
        "fields": str(done.fields_path) if done.fields_path else None, "form": asked, "scenario": chosen.name,
    })  # fmt: skip
    return terminal.DONE


@app.command()
def analyse(
    parcels: Annotated[Path, typer.Argument(metavar="PARCELS")],
    roads: Annotated[Path | None, typer.Option("--roads", metavar="ROADS")] = None,
    crs: Annotated[
        str | None,
        typer.Option("--crs", metavar="EPSG:N", help="文件的或计算用的坐标系 · CRS of the file, or to work in"),
    ] = None,
    code: Annotated[str | None, typer.Option("--code", metavar="COL", help="作 id 的列 · column to take as id")] = None,
    sublayer: Annotated[str | None, typer.Option("--sublayer", metavar="NAME")] = None,
    tolerance: Annotated[float, typer.Option("--tolerance", metavar="M", help="共边容差 · metres")] = 0.10,
    road_distance: Annotated[float, typer.Option("--road-distance", metavar="M", help="临路距离 · metres")] = 20.0,
    near: Annotated[
        float | None, typer.Option("--near", metavar="M", help="另列此距离内的邻近对 · also pairs this near")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="默认 · default: NAME-analysis")] = None,
    engine: Annotated[str, typer.Option("--engine", help="local | dask")] = "local",
    cluster: Annotated[
        str | None, typer.Option("--cluster", metavar="ADDRESS", help="Dask 调度地址 · of a Dask scheduler")
    ] = None,
) -> int:
    """不用数据库，量算文件：面积、相邻、临路、连片 · measure a file: areas, neighbours, frontage, blocks."""
    from planning import analysing

    done = analysing.analyse(
        parcels, roads=roads, crs=crs, code=code, sublayer=sublayer, tolerance_m=tolerance,
        road_distance_m=road_distance, near_m=near, engine=engine, cluster=cluster,
        out=out or Path(f"{parcels.stem}-analysis"),
    )  # fmt: skip
    if terminal.common.as_json:
        terminal.tell_json(done.summary)
    else:
        terminal.tell("analysed", {"folder": str(done.folder), **done.summary["counts"]})
    return terminal.DONE


def split(codes: list[str] | None) -> list[str]:
    """Codes from a repeated option whose values may be lists with commas."""
    return [code.strip() for each in codes or [] for code in each.replace("，", ",").split(",") if code.strip()]


def _ids(atlas: Atlas, layer: str, codes: list[str] | None) -> NDArray[np.int64] | None:
    """Ids of the codes asked for, each once in the order given; None when none were asked for."""
    from planning.errors import Fault, Refused

    if codes is None:
        return None
    wanted = tuple(dict.fromkeys(split(codes)))
    if not wanted:
        raise Refused(Fault("nothing_selected"))
    return atlas.layer(layer).ids_of(wanted)
