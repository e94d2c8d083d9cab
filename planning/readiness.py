"""When each parcel is ready: its own date, and the first road that gives it access; what a road's date decides.

Land is ready on the later of two days: that on which it is net land (its stage says so, or its date), and that on which
the first road that it fronts is open. A road that is built gives access from the beginning; a project from its opening
on; one without a date never. The rule is data: see `layers.readiness`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.readiness import (
    DAYS_PER_MONTH,
    FULL_SCORE,
    NO_ROAD,
    READY,
    STATES,
    SUPPLIED,
    UNPLANNED,
    WAITS_LAND,
    WAITS_ROAD,
    ReadinessRule,
    ReadinessRuleRefused,
    end_of_quarter,
    opening_date,
    parse_readiness,
    quarter_of,
)
from layers.vocabulary import STAGES
from planning.atlas import Atlas
from planning.errors import Fault, Refused
from planning.joining import frontage_by_road
from planning.seeding import DATA
from planning.snapshots import LayerSnapshot, ParcelSnapshot

Days = NDArray[np.int64]
Rows = NDArray[np.int64]

# days are counted as date.toordinal does; before all of them, and after all of them
ALWAYS: Final = 0
NEVER: Final = 4_000_000
BUILT: Final = "built"
ROADS: Final = "roads"


@dataclass(frozen=True)
class Readiness:
    """Row by row of the parcels: the day of net land, that of access, and which road gives it first.

    ``road`` is a row of the roads: of those that open first the one with the longest frontage, -1 where the parcel
    fronts none. ``fronts`` lists every frontage that gives access (rows ``parcel``, ``road``, and ``frontage_m``), and
    ``opens`` the day of each road.
    """

    parcels: ParcelSnapshot
    roads: LayerSnapshot
    rule: ReadinessRule
    land: Days
    access: Days
    road: Rows
    opens: Days
    fronts: pd.DataFrame

    @property
    def ready_on(self) -> Days:
        """The day on which each parcel is ready, NEVER where no date is known."""
        return np.maximum(self.land, self.access)

    @property
    def has_left(self) -> NDArray[np.bool_]:
        """Parcels that have been supplied: nothing is waited for."""
        return np.isin(self.parcels.stage, [STAGES.index(one) for one in self.rule.left_stages])

    def at(self, day: date) -> NDArray[np.uint8]:
        """The place in STATES of each parcel on a day."""
        now = day.toordinal()
        conditions = [
            (self.has_left, SUPPLIED),
            (self.land == NEVER, UNPLANNED),
            (self.road < 0, NO_ROAD),
            (self.land > now, WAITS_LAND),
            (self.access > now, WAITS_ROAD),
        ]
        return np.select(
            [one for one, _ in conditions], [STATES.index(name) for _, name in conditions], STATES.index(READY)
        ).astype(np.uint8)

    def score(self, day: date) -> NDArray[np.float64]:
        """The readiness part of a score, 0 to 10: full when ready on the day, less by each month later, 0 for never."""
        late = np.maximum(self.ready_on - day.toordinal(), 0) / DAYS_PER_MONTH
        points = FULL_SCORE * (1.0 - late / self.rule.score_zero_months)
        return np.where(self.ready_on == NEVER, 0.0, np.clip(points, 0.0, FULL_SCORE))

    def dependants(self, road: int) -> Rows:
        """Parcels whose access hangs on a project (a row of the roads): they front it, and no road that is built."""
        if self.opens[road] == ALWAYS:
            return np.empty(0, dtype=np.int64)
        of_road = self.fronts.loc[self.fronts["road"] == road, "parcel"].to_numpy(dtype=np.int64)
        waiting = (self.access[of_road] != ALWAYS) & ~self.has_left[of_road]
        return np.sort(of_road[waiting])

    def quarters(self, today: date) -> list[date]:
        """The last days of all quarters from the first date that matters to one past the last, today's among them."""
        known = [*self.land.tolist(), *self.opens.tolist(), today.toordinal()]
        dated = [one for one in known if ALWAYS < one < NEVER]
        (year, quarter), last = quarter_of(date.fromordinal(min(dated))), quarter_of(date.fromordinal(max(dated)))
        ends = [end_of_quarter(year, quarter)]
        while (year, quarter) <= last:
            year, quarter = (year, quarter + 1) if quarter < 4 else (year + 1, 1)  # noqa: PLR2004  # quarters of a year
            ends.append(end_of_quarter(year, quarter))
        return ends


@dataclass(frozen=True, slots=True)
class Moved:
    """One parcel whose readiness a road's date moves: the day before and after (None = never), and the scores."""

    parcel_id: int
    code: str
    before: date | None
    after: date | None
    score_before: float
    score_after: float


def readiness(
    atlas: Atlas, *, rule: ReadinessRule | None = None, openings: Mapping[int, date | None] | None = None
) -> Readiness:
    """When all parcels are ready; ``openings`` gives roads (by id) another day than is stored, None for no day.

    Raises
    ------
    Refused
        A road that is not there, or a rule table that is none.
    """
    rule = rule or standing_rule()
    parcels, roads = atlas.parcels(), atlas.layer(ROADS)
    opens = _opens(roads, openings or {})
    fronts = _giving_access(atlas, roads, rule)
    row, road = fronts["parcel"].to_numpy(dtype=np.int64), fronts["road"].to_numpy(dtype=np.int64)
    access, first = np.full(len(parcels), NEVER, dtype=np.int64), np.full(len(parcels), -1, dtype=np.int64)
    # of each parcel the road that opens first, and of those the longest frontage, comes last and stays
    order = np.lexsort((fronts["frontage_m"].to_numpy(), -opens[road], row))
    access[row[order]], first[row[order]] = opens[road[order]], road[order]
    return Readiness(parcels, roads, rule, _land(parcels, rule), access, first, opens, fronts)


def moved(before: Readiness, after: Readiness, day: date) -> tuple[Moved, ...]:
    """Every parcel that becomes ready on another day, the most affected first; scores are as on ``day``."""
    was, is_ = before.ready_on, after.ready_on
    rows = np.flatnonzero((was != is_) & ~before.has_left)
    score_before, score_after = before.score(day), after.score(day)
    order = rows[np.lexsort((before.parcels.codes[rows].astype(str), -np.abs(is_[rows] - was[rows])))]
    return tuple(
        Moved(
            int(before.parcels.ids[at]), str(before.parcels.codes[at]), day_of(was[at]), day_of(is_[at]),
            float(score_before[at]), float(score_after[at]),
        )
        for at in order.tolist()
    )  # fmt: skip


def projects(roads: LayerSnapshot) -> Rows:
    """Rows of the roads that are not built yet, in the order of their codes."""
    rows = np.flatnonzero(~_is_built(roads))
    return rows[np.argsort(roads.codes[rows].astype(str), kind="stable")].astype(np.int64)


def day_of(ordinal: np.int64 | int) -> date | None:
    """A day, None for never; land that is ready already has the first day of all."""
    at = int(ordinal)
    return None if at == NEVER else date.min if at == ALWAYS else date.fromordinal(at)


def standing_rule() -> ReadinessRule:
    """The office's rule as the file holds it; Refused when it is not one."""
    path = DATA / "rules" / "readiness.csv"
    return _read(path, path.stat().st_mtime_ns) if path.is_file() else _missing(path)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> ReadinessRule:
    try:
        return parse_readiness(path.read_text(encoding="utf-8"))
    except ReadinessRuleRefused as error:
        faults = [Fault(code, {"key": key, "value": value}, path.name) for key, code, value in error.faults]
        raise Refused(*faults) from error


def _missing(path: Path) -> ReadinessRule:
    raise Refused(Fault("file_missing", {}, path.name))


def _opens(roads: LayerSnapshot, given: Mapping[int, date | None]) -> Days:
    """The day on which each road is open."""
    frame = roads.frame
    built = _is_built(roads)
    known = [opening_date(text) for text in frame["opening"]]
    opens = np.array([NEVER if one is None else one.toordinal() for one in known], dtype=np.int64)
    opens[built] = ALWAYS
    for row, day in zip(roads.row_of(list(given)), given.values(), strict=True):
        opens[row] = NEVER if day is None else day.toordinal()
    return opens


def _is_built(roads: LayerSnapshot) -> NDArray[np.bool_]:
    """Roads that are there: a road of which no state is told is one of the map, and counts among them."""
    state = roads.frame["state"]
    return np.asarray((state == BUILT) | state.isna(), dtype=np.bool_)


def _giving_access(atlas: Atlas, roads: LayerSnapshot, rule: ReadinessRule) -> pd.DataFrame:
    """Frontages that are long enough, on roads that a parcel may open on to."""
    table = frontage_by_road(atlas, rule.access_distance_m)
    closed = np.isin(roads.frame["road_class"].to_numpy(dtype=object).astype(str), rule.no_access_classes)
    kept = (table["frontage_m"].to_numpy() >= rule.access_frontage_m) & ~closed[table["road"].to_numpy(dtype=np.int64)]
    found: pd.DataFrame = table[kept].reset_index(drop=True)
    return found


def _land(parcels: ParcelSnapshot, rule: ReadinessRule) -> Days:
    """The day on which each parcel is net land."""
    dates = parcels.frame["ready_date"]
    land = np.array(
        [date.fromisoformat(one).toordinal() if isinstance(one, str) else NEVER for one in dates], dtype=np.int64
    )
    land[np.isin(parcels.stage, [STAGES.index(one) for one in rule.ready_stages])] = ALWAYS
    return land
