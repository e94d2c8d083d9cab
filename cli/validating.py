"""Whether a file is GeoJSON by RFC 7946, from a terminal: every fault with its line, column and section."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli import terminal
from cli.gathering import app
from cli.geojson_sentences import FAULTS, LEVELS
from cli.sentences import plain, worded

if TYPE_CHECKING:
    from exchange.rfc7946 import Fault


@app.command()
def validate(file: Annotated[Path, typer.Argument(metavar="FILE")]) -> int:
    """检查 GeoJSON 是否合乎 RFC 7946，逐条列出位置 · check GeoJSON against RFC 7946, each fault with its place."""
    from planning.validating import validate as checked

    told = checked(file, terminal.as_text(str(file)))
    if terminal.common.as_json:
        terminal.tell_json(
            {
                "file": terminal.as_text(str(file)), "valid": told.valid, "errors": told.errors, "counts": told.counts,
                "faults": [
                    {
                        "code": one.code, "level": one.level, "section": one.section, "pointer": one.pointer,
                        "line": one.line, "column": one.column, "values": dict(one.values),
                    }
                    for one in told.faults
                ],
            }
        )  # fmt: skip
    else:
        for fault in told.faults:
            sys.stdout.write(_line(fault) + "\n")
        more = sum(told.counts.values()) - len(told.faults)
        if more:
            sys.stdout.write(f"… +{more}\n")
    if told.valid:
        if not terminal.common.as_json:
            terminal.tell("geojson_valid", {"advice": sum(told.counts.values())})
        return terminal.DONE
    terminal.complain([("geojson_invalid", {"errors": told.errors}, terminal.as_text(str(file)))])
    return terminal.REFUSED


def _line(fault: Fault) -> str:
    """One fault on one line, columns apart by tabs: line:column, level, sentence, section, JSON Pointer."""
    lang = 1 if terminal.common.lang == "en" else 0
    said = worded(FAULTS[fault.code][lang], fault.values)
    return "\t".join((f"{fault.line}:{fault.column}", LEVELS[fault.level][lang], said, fault.section,
                      plain(fault.pointer)))  # fmt: skip
