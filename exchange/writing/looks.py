"""How rows look in other programs: the product's own colours, by cluster for parcels and by kind or state elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from exchange.writing.outgoing import Outgoing
from layers import style, vocabulary
from layers.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Look:
    """One way to draw a row: fill with its opacity (0 = none) and outline, for the rows that hold ``value``."""

    value: str
    zh: str
    en: str
    fill: str
    opacity: float
    line: style.Line

    def name(self, lang: str) -> str:
        """What people call it."""
        return self.en if lang == "en" else self.zh


@dataclass(frozen=True, slots=True)
class Looks:
    """The column that decides, each of its values, and how all other rows are drawn; ``by`` is empty for one look."""

    by: str
    each: tuple[Look, ...]
    other: Look

    def of(self, value: object) -> Look:
        """The look of a row with this value."""
        return next((look for look in self.each if look.value == value), self.other)


def looks_of(outgoing: Outgoing) -> Looks:
    """The looks of a layer; one look for all where the deciding column is not among the columns."""
    made = _MAKERS[outgoing.layer](outgoing) if outgoing.layer in _MAKERS else Looks("", (), _PLAIN)
    if made.by and made.by not in {column.key for column in outgoing.columns}:
        return Looks("", (), made.other)
    return made


def rgb(color: str) -> tuple[int, int, int]:
    """``#RRGGBB`` as three numbers."""
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)


_EDGE = style.Line(style.INK, 1.0)
_PLAIN = Look("", "其他", "Other", style.LAND, 1.0, _EDGE)


def _area(value: str, names: tuple[str, str], area: style.Area) -> Look:
    return Look(value, *names, area.fill, area.opacity, area.line or style.Line(area.fill, 0.0))


def _parcels(outgoing: Outgoing) -> Looks:
    each = tuple(Look(one.code, one.name_zh, one.name_en, one.color, 1.0, _EDGE) for one in outgoing.clusters)
    return Looks("cluster", each, _area("", ("未分配", "Unassigned"), style.UNASSIGNED))


def _areas(table: Mapping[str, style.Area], terms: Vocabulary) -> Callable[[Outgoing], Looks]:
    each = tuple(_area(key, (terms[key].zh, terms[key].en), area) for key, area in table.items())
    return lambda _: Looks("kind", each, _PLAIN)


def _roads(_: Outgoing) -> Looks:
    terms = vocabulary.ROAD_STATES
    # a built road is white over a grey casing on the map: here its line is the casing's grey, to be seen on white
    each = tuple(
        Look(key, terms[key].zh, terms[key].en, line.color, 1.0,
             style.Line(line.casing if key == "built" else line.color, line.width, line.dash))
        for key, line in style.ROADS.items()
    )  # fmt: skip
    return Looks("state", each, _PLAIN)


def _facilities(_: Outgoing) -> Looks:
    terms = vocabulary.FACILITY_KINDS
    each = tuple(
        Look(key, terms[key].zh, terms[key].en, symbol.color, 1.0, _EDGE) for key, symbol in style.FACILITIES.items()
    )
    return Looks("kind", each, _PLAIN)


def _one(area: style.Area) -> Callable[[Outgoing], Looks]:
    return lambda _: Looks("", (), _area("", ("全部", "All"), area))


_MAKERS: Mapping[str, Callable[[Outgoing], Looks]] = {
    "parcels": _parcels,
    "constraints": _areas(style.CONSTRAINTS, vocabulary.CONSTRAINT_KINDS),
    "landscape": _areas(style.LANDSCAPE, vocabulary.LANDSCAPE_KINDS),
    "roads": _roads,
    "facilities": _facilities,
    "parks": _one(style.PARK),
    "towns": _one(style.Area(style.LAND, style.TOWN, 0.0)),
    "power_sites": _one(style.Area(style.POWER_SITE.color, _EDGE)),
    "remainder": _one(style.Area("#B9D2E6", style.Line(style.ACCENT, 2.0), 0.6)),
}
