"""Files in: import as new rows or as an update in place, whole or in part, and an import taken back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli import terminal
from cli.gathering import app

if TYPE_CHECKING:
    from planning.importing import Accepted, Staged
    from planning.updating import Differences
    from store.database import Database


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="GeoJSON, GeoPackage, Shapefile (.shp, .zip), TopoJSON")],
    layer: Annotated[str, typer.Option("--layer", help="parcels, parks, roads, facilities, constraints, towns, …")],
    crs: Annotated[
        str | None, typer.Option("--crs", metavar="EPSG:N", help="文件未写明时的坐标系 · CRS of a file that has none")
    ] = None,
    mapping: Annotated[
        list[str] | None, typer.Option("--map", metavar="COL=FIELD", help="列对应字段，可重复 · repeatable")
    ] = None,
    sublayer: Annotated[
        str | None, typer.Option("--sublayer", metavar="NAME", help="文件内的图层 · layer inside the file")
    ] = None,
    encoding: Annotated[
        str | None, typer.Option("--encoding", metavar="NAME", help="文字编码，如 gbk · how the text is encoded")
    ] = None,
    supplier: Annotated[
        str | None,
        typer.Option("--supplier", metavar="NAME", help="供图单位，字段对应按此记住 · columns are remembered of it"),
    ] = None,
    update: Annotated[bool, typer.Option("--update", help="按编号更新已有的行 · update in place by code")] = False,
    end_vanished: Annotated[
        bool, typer.Option("--end-vanished", help="更新时注销文件里没有的行 · end what the file no longer has")
    ] = False,
    rows: Annotated[
        str, typer.Option("--rows", metavar="all|clean", help="全部，或只要无问题的 · without problems")
    ] = "all",
    accept: Annotated[
        bool, typer.Option("--accept", help="入库；不加只出报告 · enter the rows, else only report")
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option("--report", metavar="R.json|xlsx|html", help="报告写入文件 · write the report to a file"),
    ] = None,
) -> int:
    """读取文件，逐行报告；加 --accept 才入库 · read a file, report every row; --accept enters it."""
    from planning import importing
    from planning.errors import Fault, Refused

    if rows not in {"all", "clean"}:
        raise Refused(Fault("unknown_rows", {"rows": rows, "known": ("all", "clean")}))
    db = terminal.open_database()
    staged = importing.stage(
        db, file, terminal.as_text(str(file)), layer, crs=crs, mapping=_mapping(mapping or []), sublayer=sublayer,
        encoding=encoding, supplier=supplier,
    )  # fmt: skip
    if report is not None:
        # before anything is entered: a report that cannot be written refuses the whole
        _write_report(report, staged)
    if update:
        return _update(db, staged, accept=accept, end_vanished=end_vanished)
    page = _page(staged)
    told = staged.report
    chosen = staged.clean_rows if rows == "clean" else None
    some = told.taken if chosen is None else len(chosen)
    if accept and some:
        done = importing.accept(db, staged, actor=terminal.actor(), rows=chosen)
        page |= done.report.as_dict()
        if report is not None and _form(report) == "json":
            _write_json(report, page)
    importing.discard(staged)
    terminal.tell_json(page)
    if not some:
        terminal.complain([("nothing_to_take", {"rows": told.rows, "reasons": list(told.reasons.get("refused", {}))},
                            told.file)])  # fmt: skip
        return terminal.REFUSED
    return terminal.DONE


@app.command("undo-import")
def undo_import(
    batch: Annotated[int, typer.Argument(metavar="BATCH", help="导入批次号 · number of the import")],
) -> int:
    """撤销一次导入：新增的注销，改动的复原 · take an import back, unless somebody has edited it since."""
    from planning import import_undo

    done = import_undo.undo_import(terminal.open_database(), actor=terminal.actor(), batch_id=batch)
    terminal.tell("import_undone", {
        "batch": done.batch_id, "layer": done.layer, "ended": len(done.ended),
        "restored": len(done.restored) + len(done.revived),
    })  # fmt: skip
    return terminal.DONE


def _update(db: Database, staged: Staged, *, accept: bool, end_vanished: bool) -> int:
    from planning import importing, updating

    found = updating.compare(db, staged)
    page = _page(staged) | {"differences": _differences(staged, found)}
    anything = found.new or found.changed or (end_vanished and found.vanished)
    if accept and anything:
        done: Accepted = updating.accept_update(db, staged, found, actor=terminal.actor(), end_vanished=end_vanished)
        page |= {"accepted": True, "batch_id": done.batch_id,
                 "entered": len(done.ids), "changed": len(done.changed), "ended": len(done.ended)}  # fmt: skip
    importing.discard(staged)
    terminal.tell_json(page)
    return terminal.DONE


def _page(staged: Staged) -> dict[str, Any]:
    """The report with the problems that were found."""
    return staged.report.as_dict() | {
        "findings": [
            {
                "code": one.code, "severity": one.severity, "rows": list(one.rows), "codes": list(one.codes),
                "stored": list(one.stored), "north": _number(one.y), "east": _number(one.x),
                "size_m2": round(one.size_m2, 2), "values": dict(one.values),
            }
            for one in staged.findings
        ],
        "guesses": [
            {"column": one.column, "field": one.field, "how": one.how, "basis": one.basis} for one in staged.guesses
        ],
        "evidence": [{"code": note.code, "values": dict(note.values)} for note in staged.evidence],
    }  # fmt: skip


def _number(value: float) -> float | None:
    return round(value, 3) if value == value else None  # noqa: PLR0124 - only NaN is not itself


def _differences(staged: Staged, found: Differences) -> dict[str, Any]:
    codes = {int(row): str(code) for row, code in zip(staged.rows, staged.codes, strict=True)}
    return {
        "counts": found.counts,
        "new": [{"row": row, "code": codes[row]} for row in found.new],
        "changed": [
            {
                "row": one.row, "code": one.code,
                "fields": {key: {"old": each.old, "new": each.new} for key, each in one.fields.items()},
                "shape": None if one.shape is None else {
                    "before_m2": round(one.shape.before_m2, 2), "after_m2": round(one.shape.after_m2, 2),
                    "between_m2": round(one.shape.between_m2, 2),
                },
            }
            for one in found.changed
        ],
        "vanished": [gone.code for gone in found.vanished],
        "unmatched": [{"row": row, "code": codes[row]} for row in found.unmatched],
    }  # fmt: skip


def _mapping(pairs: list[str]) -> dict[str, str]:
    from planning.errors import Fault, Refused

    found: dict[str, str] = {}
    for pair in pairs:
        # a column may hold "=", a field cannot: the last one parts them
        column, mark, key = pair.rpartition("=")
        if not mark or not column:
            raise Refused(Fault("map_malformed", {"given": pair}))
        found[column] = key
    return found


def _form(path: Path) -> str:
    suffix = path.suffix.lower().lstrip(".")
    return suffix if suffix in {"xlsx", "html"} else "json"


def _write_report(path: Path, staged: Staged) -> None:
    from planning import import_reports

    form = _form(path)
    if form == "json":
        _write_json(path, _page(staged))
    else:
        import_reports.write_report(staged, path, form, english=terminal.common.lang == "en")


def _write_json(path: Path, page: dict[str, Any]) -> None:
    from exchange.errors import NotWritable
    from exchange.writing.whole import whole_file
    from planning.errors import Fault, Refused

    try:
        with whole_file(path) as draft:
            draft.write_text(
                json.dumps(page, ensure_ascii=False, allow_nan=False, indent=2, default=str) + "\n", "utf-8"
            )
    except NotWritable as error:
        raise Refused(Fault(error.code, error.values, error.where)) from error
