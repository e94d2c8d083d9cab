"""Cases of the rule book: a few parcels, what lies around them, a cluster, and what must come out.

They are data (``data/rules/cases.json``). The tests run them, and so does the page before an edit of a rule is taken:
a case that comes out otherwise shows what the edit means. Shapes are WKT in metres of any one plane.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.errors import ShapelyError

from geo.index import ParcelIndex
from layers.rule_judging import NO_CAUSE, Everyone, Ground, Lots, Things, judge
from layers.rules import CLUSTERS, LEVELS, RuleBook

# an area of a case is given in m² to this
AREA_DIGITS: Final = 2


class CasesRefused(ValueError):
    """The file of cases is malformed; ``faults`` lists (case, code, value)."""

    def __init__(self, faults: tuple[tuple[str, str, str], ...]) -> None:
        super().__init__("; ".join(f"{where}: {code} {value!r}" for where, code, value in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Hit:
    """One row that a case gives: parcel, level, rule, code of the cause ("" = the parcel itself), m² concerned."""

    parcel: str
    level: str
    rule: str
    cause: str
    area_m2: float | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One case: what is painted with what, among what."""

    name: str
    cluster: str
    paint: tuple[str, ...]
    parcels: tuple[Mapping[str, Any], ...]
    around: tuple[Mapping[str, Any], ...]
    expected: tuple[Hit, ...]


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came out of a case, sorted, and whether it is what was to come."""

    name: str
    expected: tuple[Hit, ...]
    found: tuple[Hit, ...]

    @property
    def holds(self) -> bool:
        """Whether every row that was expected came and no other; areas count where the case gives them."""
        areas = {(one.parcel, one.rule, one.cause): one.area_m2 for one in self.expected if one.area_m2 is not None}
        given = [(one.parcel, one.level, one.rule, one.cause) for one in self.found]
        wanted = [(one.parcel, one.level, one.rule, one.cause) for one in self.expected]
        same = all(areas.get((one.parcel, one.rule, one.cause), one.area_m2) == one.area_m2 for one in self.found)
        return sorted(given) == sorted(wanted) and same


@dataclass(frozen=True, slots=True)
class Cases:
    """All cases of a file."""

    cases: tuple[Case, ...]

    def run(self, book: RuleBook) -> tuple[CaseResult, ...]:
        """Judge every case by a book."""
        return tuple(CaseResult(one.name, one.expected, _found(one, book)) for one in self.cases)


def parse_cases(text: str) -> Cases:
    """Read cases from JSON text; CasesRefused with everything that is wrong."""
    try:
        listed = json.loads(text)
    except json.JSONDecodeError as error:
        raise CasesRefused((("", "cases_not_json", str(error)),)) from error
    faults: list[tuple[str, str, str]] = []
    cases: list[Case] = []
    for at, one in enumerate(listed if isinstance(listed, list) else []):
        name = str(one.get("name", at + 1)) if isinstance(one, dict) else str(at + 1)
        try:
            cases.append(_case(one))
        except (KeyError, TypeError, ValueError, ShapelyError) as error:
            faults.append((name, "case_malformed", str(error)))
    if not cases and not faults:
        faults.append(("", "cases_empty", ""))
    if faults:
        raise CasesRefused(tuple(faults))
    return Cases(tuple(cases))


def _case(form: Mapping[str, Any]) -> Case:
    hits = tuple(
        Hit(one["parcel"], one["level"], one["rule"], one.get("cause", ""), one.get("area_m2"))
        for one in form["expected"]
    )
    unknown = [one.level for one in hits if one.level not in LEVELS]
    if unknown:
        raise ValueError(unknown[0])
    parcels = tuple(dict(one) | {"shape": shapely.from_wkt(one["wkt"])} for one in form["parcels"])
    around = tuple(dict(one) | {"shape": shapely.from_wkt(one["wkt"])} for one in form.get("around", ()))
    return Case(form["name"], form["cluster"], tuple(form["paint"]), parcels, around, hits)


def _found(case: Case, book: RuleBook) -> tuple[Hit, ...]:
    codes = [str(one["code"]) for one in case.parcels]
    geoms = _objects([one["shape"] for one in case.parcels])
    layers = {
        name: _things([one for one in case.around if one["layer"] == name])
        for name in sorted({str(one["layer"]) for one in case.around})
    }
    names = {name: [str(one["code"]) for one in case.around if one["layer"] == name] for name in layers}
    ground = Ground(layers, ParcelIndex(geoms))
    rows = np.array([codes.index(one) for one in case.paint], dtype=np.int64)
    clusters = _objects([one.get("cluster") for one in case.parcels])
    clusters[rows] = case.cluster
    everyone = Everyone(clusters, _objects([one.get("land_use") for one in case.parcels]))
    lots = Lots(
        rows,
        geoms[rows],
        everyone.land_use[rows],
        _objects([case.parcels[row].get("stage") for row in rows]),
        _objects([case.cluster] * len(rows)),
    )
    rules = book.of(case.cluster)
    frame = judge(ground, lots, rules, everyone)
    hits = []
    for lot, at, layer, cause, area in frame[["lot", "rule", "layer", "cause", "area_m2"]].itertuples(index=False):
        listed = codes if layer == CLUSTERS else names.get(layer, [])
        rule = rules[at]
        named = "" if cause == NO_CAUSE else listed[cause]
        hits.append(Hit(codes[int(rows[lot])], rule.level, rule.code, named, round(float(area), AREA_DIGITS)))
    return tuple(sorted(hits, key=lambda one: (one.parcel, one.rule, one.cause)))


def _things(listed: Sequence[Mapping[str, Any]]) -> Things:
    return Things(
        _objects([one["shape"] for one in listed]),
        _objects([one["kind"] for one in listed]),
        np.array([float(one.get("width_m") or np.nan) for one in listed]),
    )


def _objects(values: Sequence[Any]) -> NDArray[np.object_]:
    held = np.empty(len(values), dtype=object)
    held[:] = values
    return held
