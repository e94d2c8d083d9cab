"""The report of a staged file for its supplier: every problem in words, with its place."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Any, Final

import numpy as np

from exchange import supplier_report
from exchange.errors import NotWritable
from exchange.supplier_report import FORMS, Problem, SupplierReport
from layers.import_checks import check_of
from layers.schema import LAYERS
from planning.errors import Fault, Refused
from planning.findings import ImportFinding
from planning.import_limits import ImportLimits, basis_of
from planning.staged import Staged

__all__ = ["FORMS", "problem_of", "supplier_page", "write_report"]

# boxes that the small picture shows; beyond, every so-many-th row is drawn
MOST_BOXES: Final = 3_000
_FACTS: Final = {
    "file": ("文件", "File"), "sha256": ("SHA-256", "SHA-256"), "layer": ("图层", "Layer"), "rows": ("行数", "Rows"),
    "taken": ("可入库", "Can be entered"), "refused": ("不能入库", "Cannot be entered"),
    "crs": ("坐标系", "Coordinate system"), "encoding": ("文字编码", "Text encoding"),
    "problems": ("问题", "Problems"),
}  # fmt: skip


def what_of(one: ImportFinding, *, english: bool) -> str:
    """What a finding says, in one language; a value that it does not hold is a dash."""
    sentence = check_of(one.code).what[english]
    wanted = {name for _, name, _, _ in Formatter().parse(sentence) if name}
    return sentence.format(**{name: _said(one.values, name) for name in wanted})


def problem_of(one: ImportFinding, limits: ImportLimits, *, english: bool) -> Problem:
    """A finding as a line of the report; the English one has the Chinese before it, as the supplier reads that."""
    check = check_of(one.code)
    languages = (False, True) if english else (False,)

    def both(pair: tuple[str, str]) -> str:
        return " / ".join(pair[each] for each in languages)

    return Problem(
        row=one.rows[0], code=one.codes[0] if one.codes else "", severity=one.severity, kind=both(check.name),
        what=" / ".join(what_of(one, english=each) for each in languages), todo=both(check.todo),
        basis=" / ".join(filter(None, (basis_of(one.code, limits, english=each) for each in languages))),
        north=one.y, east=one.x, size_m2=one.size_m2,
    )  # fmt: skip


def supplier_page(staged: Staged, *, english: bool = False) -> SupplierReport:
    """The whole report."""
    told = staged.report
    layer = LAYERS[staged.layer]
    values = {
        "file": told.file, "sha256": told.sha256, "layer": layer.en if english else layer.zh, "rows": str(told.rows),
        "taken": str(told.taken), "refused": str(told.refused), "crs": f"{told.crs.source} → {told.crs.storage}",
        "encoding": told.encoding, "problems": str(len(staged.findings)),
    }  # fmt: skip
    facts = [(f"{zh} {en}" if english and zh != en else zh, values[key]) for key, (zh, en) in _FACTS.items()]
    bounds = staged.bounds[:: max(1, -(-len(staged.bounds) // MOST_BOXES))]
    problems = [problem_of(one, staged.limits, english=english) for one in staged.findings]
    return SupplierReport(facts, problems, np.asarray(bounds), english)


def write_report(staged: Staged, out: Path, form: str, *, english: bool = False) -> None:
    """Write the report as ``xlsx`` or ``html``; Refused when it cannot be written."""
    try:
        supplier_report.write(supplier_page(staged, english=english), out, form)
    except NotWritable as error:
        raise Refused(Fault(error.code, error.values, error.where)) from error


def _said(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    if value is None or value == "":
        return "—"
    return f"{value:,.10g}" if isinstance(value, float) else str(value)
