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
    from planning.exporting import Exported
    from planning.releasing import Release


_FORMS = "geojson | geojson-cgcs2000 | gpkg | shp | gdb | txt | dxf | dxf-r2010 | kml | geoparquet | fgb | xlsx | csv"


@app.command()
def export(
    layer: Annotated[str, typer.Option("--layer", help="parcels, parks, roads, …")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE")],
    scenario: Annotated[str, typer.Option("--scenario", help="方案名或编号 · name or number")] = "1",
    form: Annotated[str | None, typer.Option("--format", metavar="F", help=_FORMS)] = None,
    crs: Annotated[str | None, typer.Option("--crs", metavar="EPSG:N", help="输出坐标系 · CRS to write")] = None,
    codes: Annotated[list[str] | None, typer.Option("--codes", metavar="A,B", help="只要这些 · only these")] = None,
    profile: Annotated[str, typer.Option("--profile", help=terminal.PROFILES)] = "internal",
    review_number: Annotated[str, typer.Option("--review-number", metavar="N", help="审图号 · map review number")] = "",
) -> int:
    """导出图层（整体或选集）· write a layer or a selection of it."""
    from planning import exporting, releasing
    from planning import scenarios as verbs
    from planning.actors import utc_now

    atlas = terminal.open_atlas()
    chosen = verbs.find(atlas.db, scenario)
    asked = _form(form, out, crs)
    given = _release(atlas, profile, review_number)
    ids = _ids(atlas, layer, codes)
    done = exporting.export(
        atlas, layer=layer, scenario_id=chosen.id, ids=ids, form=asked, crs=crs, out=out,
        lang=terminal.common.lang, at=utc_now().astimezone(), by=terminal.actor().name, given=given,
    )  # fmt: skip
    whole = atlas.layer(layer)
    km2 = releasing.covered_km2(whole.geoms if ids is None else whole.geoms[whole.row_of(ids)])
    _log(atlas, given, done, scenario_id=chosen.id, layer=layer, form=asked, km2=km2)
    _tell_exported(done, form=asked, scenario=chosen.name, given=given, km2=km2)
    return terminal.DONE


@app.command()
def remainder(
    out: Annotated[Path, typer.Option("--out", metavar="FILE")],
    red_line: Annotated[
        Path | None, typer.Option("--red-line", metavar="FILE", help="红线面文件 · file of polygons")
    ] = None,
    layer: Annotated[str, typer.Option("--layer", help="红线所在图层 · layer of the red lines")] = "parks",
    codes: Annotated[list[str] | None, typer.Option("--codes", metavar="A,B", help="红线编号 · red lines")] = None,
    less: Annotated[
        list[str] | None, typer.Option("--less", metavar="KIND,…", help="farmland, ecology, protection, river")
    ] = None,
    less_parcels: Annotated[
        bool, typer.Option("--less-parcels", help="再扣除已有地块 · and the parcels that there are")
    ] = False,
    least_m2: Annotated[float, typer.Option("--least-m2", metavar="N", help="碎面下限 · smaller is a sliver")] = 1.0,
    scenario: Annotated[str, typer.Option("--scenario", help="方案名或编号 · name or number")] = "1",
    form: Annotated[str | None, typer.Option("--format", metavar="F", help=_FORMS)] = None,
    crs: Annotated[str | None, typer.Option("--crs", metavar="EPSG:N", help="输出坐标系 · CRS to write")] = None,
    red_line_crs: Annotated[
        str | None, typer.Option("--red-line-crs", metavar="EPSG:N", help="红线文件的坐标系 · CRS of the file")
    ] = None,
    profile: Annotated[str, typer.Option("--profile", help=terminal.PROFILES)] = "internal",
    review_number: Annotated[str, typer.Option("--review-number", metavar="N", help="审图号 · map review number")] = "",
) -> int:
    """红线扣除冲突后的剩余，默认界址点 TXT · what conflicts leave of red lines, as boundary points unless said."""
    from planning import remainders as verbs
    from planning import scenarios
    from planning.actors import utc_now
    from planning.errors import Fault, Refused

    if (red_line is None) == (codes is None):
        raise Refused(Fault("choose_one", {"options": ("--red-line", "--codes")}))
    atlas = terminal.open_atlas()
    chosen = scenarios.find(atlas.db, scenario)
    asked = _form(form, out, crs)
    given = _release(atlas, profile, review_number)
    lines = (
        verbs.red_lines_of_file(atlas, red_line, crs=red_line_crs)
        if red_line is not None
        else verbs.red_lines_of_layer(atlas, layer, atlas.layer(layer).ids_of(dict.fromkeys(split(codes))))
    )
    found = verbs.remainders(
        atlas, lines, kinds=verbs.KINDS if less is None else split(less), less_parcels=less_parcels, least_m2=least_m2
    )
    done = verbs.export(
        atlas, found, form=asked, out=out, crs=crs, scenario_id=chosen.id, lang=terminal.common.lang,
        at=utc_now().astimezone(), by=terminal.actor().name, given=given,
    )  # fmt: skip
    km2 = float(sum(one.left_m2 for one in found.accounts)) / 1e6
    _log(atlas, given, done, scenario_id=chosen.id, layer=verbs.LAYER, form=asked, km2=km2)
    accounts = [
        {
            "code": one.red_line.code, "area_m2": str(one.area_m2), "left_m2": str(one.left_m2),
            "removed_m2": str(one.removed_m2), "pieces": len(one.pieces), "slivers": one.slivers,
            "sliver_m2": str(one.sliver_m2), "taken_m2": {kind: str(area) for kind, area in one.taken_m2},
        }
        for one in found.accounts
    ]  # fmt: skip
    if not terminal.common.as_json:
        for account in accounts:
            terminal.tell("remainder", account)
    _tell_exported(done, form=asked, scenario=chosen.name, given=given, km2=km2, red_lines=accounts)
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
    from exchange.sandbox import ReaderProcess

    # the reader makes itself ready while what measures is loaded here
    with ReaderProcess(flat=True) as reader:
        from planning import analysing

        done = analysing.analyse(
            parcels, roads=roads, crs=crs, code=code, sublayer=sublayer, tolerance_m=tolerance,
            road_distance_m=road_distance, near_m=near, engine=engine, cluster=cluster, reader=reader,
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


def _form(form: str | None, out: Path, crs: str | None) -> str:
    from planning import exporting
    from planning.errors import Fault, Refused

    asked = form or exporting.form_of(out, crs=crs)
    if asked is None:
        raise Refused(Fault("unknown_form", {"form": out.suffix, "known": tuple(exporting.FORMS)}, str(out)))
    return asked


def _release(atlas: Atlas, profile: str, review_number: str) -> Release:
    from planning import releasing

    return releasing.release(
        atlas.db, terminal.as_text(profile), actor=terminal.actor(), review_number=terminal.as_text(review_number)
    )


def _log(
    atlas: Atlas, given: Release, done: Exported, *, scenario_id: int, layer: str, form: str, km2: float
) -> None:  # fmt: skip
    """Enter what was written in the log; what cannot be entered does not stay."""
    from planning import releasing

    try:
        releasing.log(
            atlas.db, given, actor=terminal.actor(), verb="export_layer", scenario_id=scenario_id, body=done.sha256,
            layer=layer, form=form, rows=done.rows, crs=done.crs, km2=round(km2, 2),
        )  # fmt: skip
    except BaseException:
        done.path.unlink(missing_ok=True)
        raise


def _tell_exported(
    done: Exported, *, form: str, scenario: str, given: Release, km2: float, **more: object
) -> None:  # fmt: skip
    terminal.tell("exported", {
        "path": str(done.path), "rows": done.rows, "size_bytes": done.size_bytes, "sha256": done.sha256,
        "crs": done.crs,
        "fields": str(done.fields_path) if done.fields_path else None, "form": form, "scenario": scenario,
        "notes": [{"code": note.code, **note.values} for note in done.notes], "profile": given.profile.key,
        "warnings": terminal.warnings_of(given.warning(km2)), **more,
    })  # fmt: skip
    if not terminal.common.as_json:
        for note in done.notes:
            terminal.tell(f"note_{note.code}", dict(note.values))


def _ids(atlas: Atlas, layer: str, codes: list[str] | None) -> NDArray[np.int64] | None:
    """Ids of the codes asked for, each once in the order given; None when none were asked for."""
    from planning.errors import Fault, Refused

    if codes is None:
        return None
    wanted = tuple(dict.fromkeys(split(codes)))
    if not wanted:
        raise Refused(Fault("nothing_selected"))
    return atlas.layer(layer).ids_of(wanted)
