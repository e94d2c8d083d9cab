"""The page that goes with an export: every field with its Chinese and English name, unit, kind and terms."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from exchange.writing.outgoing import AREA_NOTE, SAMPLE_MARK, OutColumn, Outgoing
from exchange.writing.whole import whole_file


def sidecar_path(out: Path) -> Path:
    """Where the page of an export lies: ``parcels.geojson`` → ``parcels.fields.json``."""
    return out.with_name(f"{out.stem}.fields.json")


def write_sidecar(outgoing: Outgoing, out: Path) -> Path:
    """Write the page beside an export and return where."""
    path = sidecar_path(out)
    with whole_file(path) as draft:
        draft.write_text(
            json.dumps(page_of(outgoing), ensure_ascii=False, allow_nan=False, indent=2) + "\n", encoding="utf-8"
        )
    return path


def page_of(outgoing: Outgoing) -> dict[str, Any]:
    """The page as plain values."""
    page: dict[str, Any] = {"layer": outgoing.layer, **outgoing.facts, "area_note": AREA_NOTE}
    if outgoing.has_sample:
        page["notice"] = SAMPLE_MARK
    page["fields"] = [_described(column) for column in outgoing.columns]
    return page


def _described(column: OutColumn) -> dict[str, Any]:
    told: dict[str, Any] = {
        "key": column.key,
        "kind": column.kind,
        "zh": column.zh,
        "en": column.en,
        "unit": column.unit,
    }
    if column.terms is not None:
        told["terms"] = {key: {"zh": term.zh, "en": term.en} for key, term in column.terms.items()}
    return told
