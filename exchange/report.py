"""The report of an import: what was taken, mended and refused, row by row, with codes and values and no sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal["mended", "refused"]


@dataclass(frozen=True, slots=True)
class Item:
    """What happened to one row: ``row`` counts from 1 as in the file, ``where`` is its code when it has one."""

    row: int
    outcome: Outcome
    code: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    where: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that concerns the file or a column, not one row."""

    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CrsStory:
    """How coordinates came into the storage CRS: from what, who says so, by which operation, how well."""

    source: str
    declared_how: str
    storage: str
    operation: str
    accuracy_m: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The whole report; ``rows == taken + refused + left``, and ``mended`` were changed in shape or code.

    ``left`` could have been taken and were not wanted.

    Areas are sums of what the product itself measured on the taken rows (plane, 0.01 m² a row), as decimal text.
    """

    file: str
    sha256: str
    size_bytes: int
    format: str
    driver: str
    layer: str
    sublayer: str
    encoding: str
    rows: int
    taken: int
    mended: int
    refused: int
    items: Sequence[Item]
    notes: Sequence[Note]
    crs: CrsStory
    mapped: Mapping[str, str]
    kept: Sequence[str]
    area_m2: str
    area_mu: str
    seconds: float
    left: int = 0
    accepted: bool = False
    batch_id: int | None = None

    @property
    def reasons(self) -> dict[str, dict[str, int]]:
        """How many items there are of each outcome and code."""
        found: dict[str, dict[str, int]] = {}
        for (outcome, code), count in Counter((item.outcome, item.code) for item in self.items).items():
            found.setdefault(outcome, {})[code] = count
        return found

    def as_dict(self) -> dict[str, Any]:
        """Give the report as plain values, the form of the JSON file."""
        plain = {name: getattr(self, name) for name in self.__slots__ if name not in _NESTED}
        return plain | {
            "crs": {name: getattr(self.crs, name) for name in self.crs.__slots__},
            "columns": {"mapped": dict(self.mapped), "kept": list(self.kept)},
            "reasons": self.reasons,
            "notes": [{"code": note.code, "values": dict(note.values)} for note in self.notes],
            "items": [
                {
                    "row": item.row,
                    "outcome": item.outcome,
                    "code": item.code,
                    "detail": dict(item.detail),
                    "where": item.where,
                }
                for item in self.items
            ],
        }


_NESTED = frozenset({"items", "notes", "crs", "mapped", "kept"})
