"""The rule book: what may not lie where. Every rule is a row of data; this module knows its form and refuses a bad one.

Kinds of rule (``KINDS``), all of the parcel that is to get a cluster:

- ``overlap``: it lies on an area of a layer's kind; ``outside``: some of it lies in none of them;
- ``setback``: it reaches into the strip of ``distance_m`` along a road, a railway, a power line, a river;
- ``near``: it lies within ``distance_m`` of a facility, of a source of vibration, or of a parcel of another cluster;
- ``land``: its land-use code is one of those listed; ``land_other``: it is none of them; ``stage``: its reserve stage.

What is smaller than ``tolerance_m2`` is what two drawings of one line leave between them, and is not told.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Final

from layers.vocabulary import (
    CONSTRAINT_KINDS,
    FACILITY_KINDS,
    LANDSCAPE_KINDS,
    ROAD_CLASSES,
    STAGES,
    Term,
    Vocabulary,
)

LEVELS: Final = Vocabulary(
    "level",
    Term("forbidden", "禁止", "Forbidden"),
    Term("justify", "需论证", "To be justified"),
    Term("notice", "提示", "Notice"),
)
KINDS: Final = Vocabulary(
    "rule kind",
    Term("overlap", "压占", "Overlap"),
    Term("outside", "在界外", "Outside a boundary"),
    Term("setback", "退让", "Setback"),
    Term("near", "邻近", "Nearby"),
    Term("land", "用地代码", "Land use"),
    Term("land_other", "用地代码不符", "Land use other than"),
    Term("stage", "储备阶段", "Reserve stage"),
)
MEASURES: Final = Vocabulary(
    "measured from",
    Term("edge", "外缘", "Edge"),
    Term("centre", "中心线", "Centre line"),
)
ANY: Final = "*"
CLUSTERS: Final = "clusters"
# what a rule may be about, by layer; None = codes that only the database knows
OBJECTS: Final[Mapping[str, Vocabulary | None]] = MappingProxyType(
    {
        "constraints": CONSTRAINT_KINDS,
        "roads": ROAD_CLASSES,
        "landscape": LANDSCAPE_KINDS,
        "facilities": FACILITY_KINDS,
        CLUSTERS: None,
        "parcels": None,
    }
)
# which layers a kind of rule looks at
LAYERS_OF: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "overlap": ("constraints", "landscape"),
        "outside": ("constraints",),
        "setback": ("roads", "landscape", "constraints"),
        "near": ("facilities", CLUSTERS, "constraints", "roads", "landscape"),
        "land": ("parcels",),
        "land_other": ("parcels",),
        "stage": ("parcels",),
    }
)
GEOMETRIC: Final = ("overlap", "outside", "setback", "near")
DISTANT: Final = ("setback", "near")
MOST_DISTANCE_M: Final = 5_000.0
MOST_TOLERANCE_M2: Final = 10_000.0
TOLERANCE_M2: Final = 1.0
LONGEST_TEXT: Final = 500


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule at one version.

    ``subject`` is a cluster's code or ``*``; ``land_use`` narrows it to parcels whose code begins with one of those
    listed (parted by ``;``). ``object`` is a kind of the layer, ``*`` for all of them, a list of codes for ``land``.
    """

    code: str
    kind: str
    subject: str
    layer: str
    object: str
    level: str
    distance_m: float = 0.0
    measure: str = "edge"
    tolerance_m2: float = TOLERANCE_M2
    land_use: str = ""
    trade: str = ""
    reason: str = ""
    basis: str = ""
    on: bool = True
    version: int = 1

    @property
    def what(self) -> Rule:
        """The rule without its version: what decides whether two are the same."""
        return replace(self, version=0)

    @property
    def objects(self) -> tuple[str, ...]:
        """The kinds or codes that it is about."""
        return tuple(one for one in self.object.split(";") if one)

    @property
    def land_uses(self) -> tuple[str, ...]:
        """The land-use codes that it is narrowed to; empty = all."""
        return tuple(one for one in self.land_use.split(";") if one)


@dataclass(frozen=True)
class RuleBook:
    """All rules as they stand at one revision, in the order of their codes."""

    revision: int
    rules: tuple[Rule, ...]

    def rule(self, code: str) -> Rule:
        """The rule of that code; KeyError when there is none."""
        for one in self.rules:
            if one.code == code:
                return one
        raise KeyError(code)

    def holds(self, code: str) -> bool:
        """Whether there is a rule of that code."""
        return any(one.code == code for one in self.rules)

    def of(self, cluster: str) -> tuple[Rule, ...]:
        """The rules in force when a parcel is to get a cluster; those that name it as the neighbour too."""
        return tuple(
            one
            for one in self.rules
            if one.on and (one.subject in {ANY, cluster} or (one.layer == CLUSTERS and cluster in one.objects))
        )

    def with_(self, changed: Iterable[Rule]) -> RuleBook:
        """The book with some rules put in place of those of their codes, or added."""
        by_code = {one.code: one for one in self.rules} | {one.code: one for one in changed}
        return RuleBook(self.revision, tuple(by_code[code] for code in sorted(by_code)))


@dataclass(frozen=True, slots=True)
class RuleFault:
    """What is wrong with a rule: ``line`` of the file (0 = none), a stable code, the value."""

    line: int
    code: str
    value: str


class RulesRefused(ValueError):
    """Rules that cannot be taken; ``faults`` lists everything that is wrong with them."""

    def __init__(self, faults: tuple[RuleFault, ...]) -> None:
        super().__init__("; ".join(f"line {one.line}: {one.code} {one.value!r}" for one in faults))
        self.faults = faults


COLUMNS: Final = (
    "rule", "kind", "subject", "trade", "land_use", "layer", "object", "distance_m", "measure", "level", "tolerance_m2",
    "reason", "basis", "on",
)  # fmt: skip


def rule_faults(rule: Rule, *, line: int = 0) -> list[RuleFault]:
    """Everything that is wrong with the form of a rule; whether its clusters exist the caller knows."""
    found = [
        RuleFault(line, code, value)
        for value, known, code in (
            (rule.kind, KINDS, "rule_kind_unknown"),
            (rule.level, LEVELS, "rule_level_unknown"),
            (rule.measure, MEASURES, "rule_measure_unknown"),
        )
        if value not in known
    ]
    found += [RuleFault(line, "rule_value_missing", name) for name in ("code", "subject", "object", "basis")
              if not getattr(rule, name).strip()]  # fmt: skip
    found += _number_faults(rule, line)
    found += [
        RuleFault(line, "rule_text_too_long", name)
        for name in ("code", "object", "trade", "reason", "basis", "land_use")
        if len(getattr(rule, name)) > LONGEST_TEXT
    ]
    if rule.kind in KINDS:
        found += _object_faults(rule, line)
    return found


def _number_faults(rule: Rule, line: int) -> list[RuleFault]:
    found = []
    if not 0.0 <= rule.distance_m <= MOST_DISTANCE_M:
        found.append(RuleFault(line, "rule_distance_out_of_range", f"{rule.distance_m:g}"))
    elif rule.kind in DISTANT and rule.distance_m == 0.0:
        found.append(RuleFault(line, "rule_distance_missing", rule.code))
    if not 0.0 <= rule.tolerance_m2 <= MOST_TOLERANCE_M2:
        found.append(RuleFault(line, "rule_tolerance_out_of_range", f"{rule.tolerance_m2:g}"))
    return found


def _object_faults(rule: Rule, line: int) -> list[RuleFault]:
    if rule.layer not in LAYERS_OF[rule.kind]:
        return [RuleFault(line, "rule_layer_unfit", rule.layer)]
    known = STAGES if rule.kind == "stage" else OBJECTS[rule.layer]
    if known is None:
        return []
    return [RuleFault(line, "rule_object_unknown", one) for one in rule.objects if one != ANY and one not in known]


def parse_rules(text: str) -> tuple[Rule, ...]:
    """Read rules from CSV text; columns that are not ours, and rows without a kind, are left alone.

    The files of ``data/rules`` and what ``write_rules`` writes are read alike: ``object_layer`` is ``layer``, what has
    no subject is of every cluster.

    Raises
    ------
    RulesRefused
        With every line that is wrong.
    """
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    missing = [name for name in ("rule", "kind", "object", "level", "basis") if name not in (reader.fieldnames or ())]
    if missing:
        raise RulesRefused(tuple(RuleFault(1, "column_missing", name) for name in missing))
    rules: list[Rule] = []
    faults: list[RuleFault] = []
    seen: set[str] = set()
    for row in reader:
        cells = {key: _plain(value or "") for key, value in row.items() if isinstance(key, str)}
        if not cells["kind"]:
            continue
        try:
            rule = _rule_of(cells)
        except ValueError as error:
            faults.append(RuleFault(reader.line_num, "rule_not_a_number", str(error)))
            continue
        faults += rule_faults(rule, line=reader.line_num)
        if rule.code in seen:
            faults.append(RuleFault(reader.line_num, "rule_twice", rule.code))
        seen.add(rule.code)
        rules.append(rule)
    if faults:
        raise RulesRefused(tuple(faults))
    return tuple(rules)


def _rule_of(cells: Mapping[str, str]) -> Rule:
    kind = cells["kind"]
    default_layer = "parcels" if kind in {"land", "land_other", "stage"} else ""
    return Rule(
        code=cells["rule"],
        kind=kind,
        subject=cells.get("subject") or ANY,
        layer=cells.get("layer") or cells.get("object_layer") or default_layer,
        object=cells["object"],
        level=cells["level"],
        distance_m=_number(cells.get("distance_m"), 0.0),
        measure=cells.get("measure") or "edge",
        tolerance_m2=_number(cells.get("tolerance_m2"), TOLERANCE_M2),
        land_use=cells.get("land_use", ""),
        trade=cells.get("trade", ""),
        reason=cells.get("reason") or cells.get("object_zh", ""),
        basis=cells["basis"],
        on=(cells.get("on") or "true").casefold() not in {"false", "0", "no", "否", "停用"},
    )


def _number(text: str | None, otherwise: float) -> float:
    if not text:
        return otherwise
    try:
        return float(text)
    except ValueError:
        raise ValueError(text) from None


def write_rules(rules: Iterable[Rule]) -> str:
    """Write rules as CSV text that ``parse_rules`` reads, for people too: the level in Chinese beside its key."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*COLUMNS, "level_zh", "version"])
    for one in rules:
        cells = {item.name: getattr(one, item.name) for item in fields(Rule)}
        cells |= {"rule": one.code, "on": "true" if one.on else "false"}
        cells |= {name: f"{cells[name]:g}" for name in ("distance_m", "tolerance_m2")}
        # what a spreadsheet would take for a formula is made text
        row = [_no_formula(str(cells[name])) for name in COLUMNS]
        writer.writerow([*row, LEVELS[one.level].zh, one.version])
    return out.getvalue()


def _plain(text: str) -> str:
    stripped = text.strip()
    return stripped[1:] if stripped[:1] == "'" and _no_formula(stripped[1:]) == stripped else stripped


def _no_formula(text: str) -> str:
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
