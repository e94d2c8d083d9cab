"""Whether a text is GeoJSON by RFC 7946: every fault with its place, what MUST be apart from what SHOULD be.

A fault of level ``error`` breaks a MUST of RFC 7946 (or of RFC 8259, which it builds on): the text is not valid.
``advice`` is what the RFC says one SHOULD do, or what readers are known to stumble over. How exact coordinates are is
no fault here: the six decimals that §11.2 thinks enough move the area of a parcel by up to 19 m².
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, NoReturn

from exchange.json_places import Path, Place, place_at, places, pointer, repeated_names
from exchange.rfc7946_rules import Walk

Level = Literal["error", "advice"]

_MOST_FAULTS: Final = 1000

# section of RFC 7946 by code of the fault; RFC 8259 where it says so
SECTIONS: Final = MappingProxyType({
    "not_utf8": "RFC 8259 §8.1", "byte_order_mark": "RFC 8259 §8.1", "not_json": "RFC 8259 §2",
    "member_twice": "RFC 8259 §4", "too_deep": "RFC 8259 §9", "number_not_finite": "RFC 8259 §6",
    "not_an_object": "§3", "type_missing": "§3", "type_unknown": "§1.4",
    "features_missing": "§3.3", "features_not_array": "§3.3", "not_a_feature": "§3.3",
    "geometry_missing": "§3.2", "geometry_not_object": "§3.2", "geometry_type_wrong": "§3.1",
    "properties_missing": "§3.2", "properties_not_object": "§3.2", "id_wrong": "§3.2",
    "coordinates_missing": "§3.1", "coordinates_not_array": "§3.1", "coordinates_empty": "§3.1",
    "coordinates_too_shallow": "§3.1", "coordinates_too_deep": "§3.1",
    "position_too_short": "§3.1.1", "position_not_numbers": "§3.1.1", "position_too_long": "§3.1.1",
    "line_too_short": "§3.1.4", "ring_too_short": "§3.1.6", "ring_not_closed": "§3.1.6",
    "ring_wrong_way": "§3.1.6", "positions_repeated": "§3.1", "geometries_missing": "§3.1.8",
    "geometries_not_array": "§3.1.8", "collection_nested": "§3.1.8", "collection_single": "§3.1.8",
    "crosses_antimeridian": "§3.1.9", "outside_degrees": "§4", "crs_member": "§4",
    "bbox_wrong": "§5", "bbox_does_not_fit": "§5", "member_of_another_type": "§7.1",
    "geometry_not_wrapped": "§1.4", "part_alone": "§3.1",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: its code (a key of ``SECTIONS``), where it is as JSON Pointer and as line and column from 1."""

    code: str
    level: Level
    pointer: str
    line: int
    column: int
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def section(self) -> str:
        """The section of the RFC that says so."""
        return SECTIONS[self.code]


@dataclass(frozen=True, slots=True)
class Checked:
    """All faults in the order of the text, at most a thousand; ``counts`` by code is complete."""

    faults: tuple[Fault, ...]
    counts: Mapping[str, int]
    errors: int

    @property
    def valid(self) -> bool:
        """Whether no MUST is broken."""
        return not self.errors


def check(raw: bytes) -> Checked:
    """Check a text; it may be anything."""
    found = _Found()
    if raw.startswith(b"\xef\xbb\xbf"):
        found.note((), "byte_order_mark")
        raw = raw[3:]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        before = raw[: error.start].decode("utf-8")
        return found.told_at(place_at(before, len(before)), "not_utf8", byte=error.start)
    try:
        document = json.loads(text, object_pairs_hook=found.members, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return found.told_at(Place(error.lineno, error.colno), "not_json", reason=error.msg)
    except _NotFinite as error:
        word = str(error)
        at = next((each.start() for each in re.finditer(r'"(?:[^"\\]|\\.)*"|-?Infinity|NaN', text)
                   if each.group() == word), 0)  # fmt: skip
        return found.told_at(place_at(text, at), "number_not_finite", found=word)
    except (RecursionError, ValueError):
        return found.told_at(Place(1, 1), "too_deep")
    Walk(found.fault, found.note).document(document)
    return found.told(text)


class _NotFinite(Exception):
    """NaN or Infinity stands where JSON has no such number."""


def _refuse_constant(word: str) -> NoReturn:
    raise _NotFinite(word)


class _Found:
    """Faults as they are met, by path; places are looked up at the end."""

    def __init__(self) -> None:
        self._listed: list[tuple[Path, str, Level, dict[str, Any]]] = []
        self._counts: dict[str, int] = {}
        self._errors = 0
        self._twice = False

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        """Make an object of its members; one name twice is remembered."""
        made = dict(pairs)
        self._twice |= len(made) != len(pairs)
        return made

    def fault(self, path: Path, code: str, **values: Any) -> None:
        self._add(path, code, "error", values)

    def note(self, path: Path, code: str, **values: Any) -> None:
        self._add(path, code, "advice", values)

    def _add(self, path: Path, code: str, level: Level, values: dict[str, Any]) -> None:
        self._counts[code] = self._counts.get(code, 0) + 1
        self._errors += level == "error"
        if len(self._listed) < _MOST_FAULTS:
            self._listed.append((path, code, level, values))

    def told_at(self, place: Place, code: str, **values: Any) -> Checked:
        """The one fault that ends a check, with what was noted before."""
        self.fault((), code, **values)
        faults = tuple(Fault(code, level, "", *(place if level == "error" else (1, 1)), values)
                       for _, code, level, values in self._listed)  # fmt: skip
        return Checked(faults, dict(self._counts), self._errors)

    def told(self, text: str) -> Checked:
        where = places(text, {path for path, *_ in self._listed})
        if self._twice:
            for path, place in repeated_names(text):
                self.note(path, "member_twice", name=str(path[-1])[:60])
                where.setdefault(path, place)
        faults = [
            Fault(code, level, pointer(path), *where.get(path, Place(1, 1)), values)
            for path, code, level, values in self._listed
        ]
        return Checked(tuple(sorted(faults, key=lambda one: (one.line, one.column))), dict(self._counts), self._errors)
