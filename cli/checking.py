"""Whether the areas of a layer fit together, from a terminal: faults by kind, and each with place and size."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from cli import terminal
from cli.done_sentences import DONE
from cli.gathering import app
from cli.sentences import plain

if TYPE_CHECKING:
    from planning.checking import Finding

# what a person reads; a program asks for --json and gets all
_MOST_TOLD: Final = 200


@app.command()
def check(
    layer: Annotated[str, typer.Option("--layer", help="parcels, parks, constraints, towns, landscape")] = "parcels",
    kind: Annotated[str | None, typer.Option("--kind", metavar="CODE", help="只列这一类 · only this kind")] = None,
) -> int:
    """检查图形：重叠、缝隙、碎片、悬挂点、重复 · check a layer for overlaps, gaps, slivers and points off."""
    from geo.coverage import CODES
    from layers.schema import LAYERS
    from planning import checking
    from planning.errors import Fault, Refused

    known = tuple(name for name, schema in LAYERS.items() if set(schema.shapes) == {"polygon"})
    if layer not in known:
        raise Refused(Fault("unknown_list", {"layer": layer, "known": known}))
    if kind is not None and kind not in CODES:
        raise Refused(Fault("unknown_kind", {"kind": kind, "known": CODES}))
    state = checking.check(terminal.open_atlas().layer(layer))
    listed = state.of(kind)
    if terminal.common.as_json:
        page = {"layer": layer, "rows": len(state.parcels), "counts": state.counts, "faults": [*map(_told, listed)]}
        terminal.tell_json(page)
        return terminal.DONE
    terminal.tell("checked", {"layer": layer, "rows": len(state.parcels), "faults": len(state.findings)})
    for code, count in state.counts.items():
        sys.stdout.write(f"{count:>8}  {_name(code)}\n")
    for finding in listed[:_MOST_TOLD]:
        sys.stdout.write(_line(finding) + "\n")
    if len(listed) > _MOST_TOLD:
        sys.stdout.write(f"… +{len(listed) - _MOST_TOLD} (--json)\n")
    return terminal.DONE


def _told(finding: Finding) -> dict[str, Any]:
    nowhere = finding.x != finding.x  # NaN, which JSON has not
    return {
        "code": finding.code,
        "severity": finding.severity,
        "parcels": list(finding.codes),
        "ids": list(finding.parcel_ids),
        "x_east": None if nowhere else round(finding.x, 3),
        "y_north": None if nowhere else round(finding.y, 3),
        "area_m2": round(finding.area_m2, 4),
        "width_m": round(finding.width_m, 4),
        "detail": finding.detail,
    }


def _line(finding: Finding) -> str:
    """One fault on one line, columns apart by tabs: kind, parcels, X (north), Y (east), m², m."""
    place = ("", "") if finding.x != finding.x else (f"{finding.y:.3f}", f"{finding.x:.3f}")
    parcels = plain(" ".join(finding.codes))
    return "\t".join((_name(finding.code), parcels, *place, f"{finding.area_m2:.2f}", f"{finding.width_m:.3f}"))


def _name(code: str) -> str:
    return DONE[f"fault_{code}"][1 if terminal.common.lang == "en" else 0]
