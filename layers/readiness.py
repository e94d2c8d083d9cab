"""When land is ready: which stages are net land, what counts as access by a road, when a road opens, and the score.

The rule is data (``data/rules/readiness.csv``), edited by the office; this module knows its form and refuses a bad one.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Final

from layers.vocabulary import ROAD_CLASSES, STAGES, Vocabulary

# what a parcel is at a time, in the order of a legend
(READY, WAITS_ROAD, WAITS_LAND, NO_ROAD, UNPLANNED, SUPPLIED) = STATES = (
    "ready", "waits_road", "waits_land", "no_road", "unplanned", "supplied",
)  # fmt: skip
FULL_SCORE: Final = 10.0
DAYS_PER_MONTH: Final = 365.2425 / 12

_KEYS: Final = (
    "ready_stages", "left_stages", "access_distance_m", "access_frontage_m", "no_access_classes", "score_zero_months",
)  # fmt: skip
_DIGITS: Final = "一二三四"


class ReadinessRuleRefused(ValueError):
    """The table is malformed; ``faults`` holds every (key, code, value) that is wrong."""

    def __init__(self, faults: tuple[tuple[str, str, str], ...]) -> None:
        super().__init__("; ".join(f"{key}: {code} {value!r}" for key, code, value in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class ReadinessRule:
    """The rule; ``basis`` says of each key where it comes from."""

    ready_stages: tuple[str, ...]
    left_stages: tuple[str, ...]
    access_distance_m: float
    access_frontage_m: float
    no_access_classes: tuple[str, ...]
    score_zero_months: float
    basis: Mapping[str, str]


def parse_readiness(text: str) -> ReadinessRule:
    """Read the rule from CSV text with the columns key, value, unit, basis.

    Raises
    ------
    ReadinessRuleRefused
        A key is missing, a number is none or not positive, a stage or road class is not of its list.
    """
    rows = {(row.get("key") or "").strip(): row for row in csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))}
    faults: list[tuple[str, str, str]] = [(key, "key_missing", "") for key in _KEYS if key not in rows]
    value = {key: (rows[key].get("value") or "").strip() if key in rows else "" for key in _KEYS}

    def terms(key: str, known: Vocabulary) -> tuple[str, ...]:
        listed = tuple(part.strip() for part in value[key].split(";") if part.strip())
        faults.extend((key, "term_unknown", part) for part in listed if part not in known)
        return listed

    def number(key: str) -> float:
        if re.fullmatch(r"\d+(\.\d+)?", value[key]) and float(value[key]) > 0:
            return float(value[key])
        if key in rows:
            faults.append((key, "number_malformed", value[key]))
        return 1.0

    rule = ReadinessRule(
        terms("ready_stages", STAGES),
        terms("left_stages", STAGES),
        number("access_distance_m"),
        number("access_frontage_m"),
        terms("no_access_classes", ROAD_CLASSES),
        number("score_zero_months"),
        MappingProxyType({key: (rows[key].get("basis") or "").strip() for key in _KEYS if key in rows}),
    )
    if faults:
        raise ReadinessRuleRefused(tuple(faults))
    return rule


_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_FORMS: Final = tuple(
    re.compile(form)
    for form in (
        _YEAR + r"[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?",
        _YEAR + r"[-/.年](?P<month>\d{1,2})月?",
        _YEAR + r"\s*年?\s*[-第]?\s*(?:Q(?P<quarter>[1-4])|(?P<named>[一二三四1-4])季度)",
        _YEAR + r"(?:年?(?:底|末|内|年底|年末|年内)?)",
    )
)


def opening_date(text: object) -> date | None:
    """The day on which a road is open by, from the words of the plan; None when they name none (年内竣工通车).

    A month, a quarter or a year means its last day: nothing is promised earlier. Words after the date
    (2027年6月建成通车) do not matter.
    """
    if not isinstance(text, str):
        return None
    words = re.sub(r"(前|底前|竣工|建成|完工|通车|开通|计划|预计|力争)", "", text.strip())
    for form in _FORMS:
        found = form.fullmatch(words)
        if found is not None:
            return _last_day(found.groupdict())
    return None


def _last_day(parts: Mapping[str, str | None]) -> date | None:
    year = int(parts["year"] or 0)
    if (quarter := parts.get("quarter") or parts.get("named")) is not None:
        return end_of_quarter(year, int(quarter) if quarter.isdigit() else _DIGITS.index(quarter) + 1)
    if (month := parts.get("month")) is None:
        return date(year, 12, 31)
    try:
        if (day := parts.get("day")) is not None:
            return date(year, int(month), int(day))
        return _end_of_month(year, int(month))
    except ValueError:
        return None


def _end_of_month(year: int, month: int) -> date:
    first_of_next = date(year + month // 12, month % 12 + 1, 1) if 1 <= month <= 12 else date(year, month, 1)  # noqa: PLR2004  # months of a year; any other is refused by date itself
    return first_of_next - timedelta(days=1)


def end_of_quarter(year: int, quarter: int) -> date:
    """Return the last day of a quarter, 1 to 4."""
    return _end_of_month(year, 3 * quarter)


def quarter_of(day: date) -> tuple[int, int]:
    """Year and quarter of a day."""
    return day.year, (day.month + 2) // 3
