"""The columns that a source file had and the layer has not: each comes out again as a column of its own.

They are stored as one JSON text a row. On the way out every name that occurs among the rows becomes a column, in order
of first appearance; a name that the layer uses itself is written ``src_<name>``: no official value is overwritten.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from exchange.writing.outgoing import ColumnKind, OutColumn

PREFIX: Final = "src_"


@dataclass(frozen=True, slots=True)
class SourceColumn:
    """One column of source files: the name it had there, and how it is written."""

    name: str
    out: OutColumn


def source_columns(texts: Iterable[object], *, taken: Collection[str]) -> tuple[SourceColumn, ...]:
    """Find the columns among the JSON texts of some rows (None = none); ``taken`` are the keys that the layer uses.

    A column is of numbers, whole numbers or truth values when every value is; else of text.
    """
    kinds: dict[str, set[type]] = {}
    for text in texts:
        if isinstance(text, str):
            for name, value in json.loads(text).items():
                kinds.setdefault(name, set()).add(_type_of(value))
    found: list[SourceColumn] = []
    # GDAL and databases hold "ML" and "ml" for one name, so must we
    used = {key.casefold() for key in taken} | {"id", "fid", "geometry", "geom", "bbox"}
    for name, types in kinds.items():
        key = _free(name, used)
        used.add(key.casefold())
        found.append(SourceColumn(name, OutColumn(key, _kind(types), name, name)))
    return tuple(found)


def source_values(columns: Sequence[SourceColumn], texts: Iterable[object]) -> dict[str, list[Any]]:
    """Give each column's values for some rows, None where a row has none."""
    held = [json.loads(text) if isinstance(text, str) else {} for text in texts]
    return {
        one.out.key: [_plain(row.get(one.name), one.out.kind) for row in held]
        for one in columns
    }  # fmt: skip


def _free(name: str, used: Collection[str]) -> str:
    if name.casefold() not in used:
        return name
    key, number = PREFIX + name, 2
    while key.casefold() in used:
        key, number = f"{PREFIX}{name}_{number}", number + 1
    return key


def _type_of(value: object) -> type:
    """The value's type; a whole number too large for a database's 64 bits is a text."""
    return str if type(value) is int and not -(2**63) <= value < 2**63 else type(value)


def _kind(types: set[type]) -> ColumnKind:
    if types <= {bool}:
        return "boolean"
    if types <= {int}:
        return "integer"
    return "number" if types <= {int, float} else "text"


def _plain(value: Any, kind: ColumnKind) -> Any:
    if value is None or kind != "text" or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
