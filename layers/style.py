"""How things look: one palette and one set of line patterns for screen and print.

Fill says the cluster (or the class of the theme), the outline's pattern says the stage, hatching says a conflict: three
channels, none of which rests on colour alone. Widths and dash lengths are CSS pixels at 96 dpi.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from layers import vocabulary

MU_PER_CENTI_M2: Final = 0.0015 / 100  # 15 亩 = 1 hm²; for classes and legends, not for sums that are reported
NONE: Final = 255  # the byte that says "no cluster", "no stage"
LOCKED: Final = 1  # bits of the flags byte
OWN: Final = 2

Theme = Literal["cluster", "stage", "area"]
THEMES: Final[tuple[Theme, ...]] = ("cluster", "stage", "area")


@dataclass(frozen=True, slots=True)
class Line:
    """A stroke: colour, width, dash pattern (empty is solid), and an optional casing below it."""

    color: str
    width: float
    dash: tuple[float, ...] = ()
    casing: str = ""
    casing_width: float = 0.0


@dataclass(frozen=True, slots=True)
class Area:
    """A filled shape: fill with its opacity, outline, and hatching where it has any."""

    fill: str
    line: Line | None = None
    opacity: float = 1.0
    hatch: str = ""


@dataclass(frozen=True, slots=True)
class Symbol:
    """A point sign: told apart by its form first and by colour second."""

    form: Literal["square", "circle", "diamond", "triangle", "bolt"]
    color: str
    glyph: str


INK: Final = "#1B2430"
LAND: Final = "#F8F7F3"
ACCENT: Final = "#0B4F8A"
ALERT: Final = "#C0272D"
SELECTED: Final = Line("#00B2FF", 2.6, (), INK, 4.6)
UNASSIGNED: Final = Area("#FDFDFB", Line("#7C8794", 1.0))

# outline by stage: the further along, the firmer the line; what is supplied steps back
STAGE_LINES: Final = MappingProxyType({
    "conceived": Line("#5F6B7A", 1.0, (1.2, 3.2)),
    "intended": Line(INK, 1.3, (1.6, 1.9)),
    "acquiring": Line(INK, 1.3, (6.0, 2.4)),
    "reserved": Line(INK, 1.3),
    "developing": Line(INK, 1.3, (9.0, 2.2, 1.6, 2.2)),
    "ready": Line(INK, 1.8),
    "announced": Line(INK, 2.2),
    "supplied": Line("#7C8794", 0.6),
})  # fmt: skip
# eight steps from sand to deep blue, lightness falling all the way, then grey for what has left the reserve
STAGE_FILLS: Final = MappingProxyType({
    "conceived": "#F4ECD2",
    "intended": "#EBD79C",
    "acquiring": "#DDB967",
    "reserved": "#A9BE86",
    "developing": "#6FA792",
    "ready": "#3F88A3",
    "announced": "#2B5A8C",
    "supplied": "#C9CDD2",
})  # fmt: skip
# blue is ready; what waits is warm; what nobody plans is grey; violet has no road at all
READINESS_FILLS: Final = MappingProxyType({
    "ready": "#2F7EBC",
    "waits_road": "#F08A24",
    "waits_land": "#F6D977",
    "no_road": "#8C6BB1",
    "unplanned": "#DADDE1",
    "supplied": "#F2F3F5",
})  # fmt: skip
AREA_FILLS: Final = ("#E6EFF6", "#B9D2E6", "#84AFD2", "#4A84B6", "#1D568C")
SUPPLIED_OPACITY: Final = 0.38

LANDSCAPE: Final = MappingProxyType({
    "water": Area("#CFE4F1", Line("#A9CBE0", 0.8)),
    "built_up": Area("#ECEAE4"),
    "green": Area("#E2ECD9"),
    "railway": Area("#FFFFFF", Line("#5F6B7A", 1.6, (8.0, 4.0)), 0.0),
    "high_speed_railway": Area("#FFFFFF", Line(INK, 2.0, (10.0, 4.0)), 0.0),
    "power_line_10kv": Area("#FFFFFF", Line("#8A6100", 0.8, (2.0, 3.0)), 0.0),
    "power_line_110kv": Area("#FFFFFF", Line("#8A6100", 1.0, (4.0, 3.0)), 0.0),
    "power_line_220kv": Area("#FFFFFF", Line("#8A6100", 1.3, (7.0, 3.0)), 0.0),
    "power_line_500kv": Area("#FFFFFF", Line("#8A6100", 1.6, (10.0, 3.0)), 0.0),
    "pipeline": Area("#FFFFFF", Line("#7A5A86", 1.3, (9.0, 2.2, 1.6, 2.2)), 0.0),
    "landfill": Area("#D8D2C4", Line("#8B8370", 1.0, (3.0, 2.0)), 0.8),
})  # fmt: skip
CONSTRAINTS: Final = MappingProxyType({
    "farmland": Area("#F3E9A9", Line("#A89010", 1.4, (6.0, 3.0)), 0.75),
    "ecology": Area("#CFE6C4", Line("#2E7D32", 1.4, (8.0, 3.0, 2.0, 3.0)), 0.75),
    "growth_boundary": Area("#FFFFFF", Line("#8A4B9C", 1.6, (12.0, 4.0)), 0.0),
    "protection": Area("#F6DDD6", Line("#B0563C", 1.2, (3.0, 3.0)), 0.55),
    "river": Area("#DCEAF3", Line("#2F6A93", 1.2, (5.0, 3.0)), 0.6),
})  # fmt: skip
# inside the growth boundary is where building belongs: it is no conflict to lie in it
CONFLICTING: Final = ("farmland", "ecology", "protection", "river")
CONFLICT: Final = Area("#FFFFFF", Line(ALERT, 1.4), 0.62, ALERT)

ROAD_WIDTHS: Final = MappingProxyType(
    {
        "motorway": 1.35,
        "trunk": 1.2,
        "arterial": 1.0,
        "collector": 0.8,
        "local": 0.6,
        "national": 1.2,
        "provincial": 1.1,
        "county": 0.9,
        "township": 0.7,
    },
)
ROADS: Final = MappingProxyType({
    "built": Line("#FFFFFF", 4.0, (), "#A6AEB8", 5.6),
    "construction": Line("#D9541E", 3.6, (9.0, 4.0), "#FFFFFF", 5.6),
    "planned": Line("#D9541E", 3.0, (2.2, 4.2), "#FFFFFF", 5.0),
})  # fmt: skip
MOTORWAY: Final = Line("#F2B04C", 4.0, (), "#B97F22", 5.6)
PARK: Final = Area("#FFFFFF", Line(ACCENT, 2.0, (), "#FFFFFF", 4.6), 0.0)
TOWN: Final = Line("#9AA3AE", 0.9, (7.0, 3.0, 1.6, 3.0))

FACILITIES: Final = MappingProxyType({
    "school": Symbol("circle", "#2B5A8C", "学"),
    "housing": Symbol("square", "#8A4B2A", "住"),
    "talent_housing": Symbol("diamond", "#6A3D8F", "才"),
})  # fmt: skip
POWER_SITE: Final = Symbol("bolt", "#8A6100", "电")


def ink_on(color: str) -> str:
    """The text colour, dark or white, that reads better on a fill; by WCAG 2.1 contrast."""
    light = _luminance(color)
    on_white = 1.05 / (light + 0.05)
    on_ink = (light + 0.05) / (_luminance(INK) + 0.05)
    return "#FFFFFF" if on_white > on_ink else INK


def text_on(color: str) -> str:
    """The colour of small text on a fill: as ``ink_on``, black where that falls short of 4.5 (WCAG 2.1, 1.4.3)."""
    ink = ink_on(color)
    return (
        ink
        if contrast(ink, color) >= _LEAST_TEXT
        else max(("#FFFFFF", "#000000"), key=lambda one: contrast(one, color))
    )


def contrast(one: str, other: str) -> float:
    """The contrast of two colours ``#RRGGBB``, 1 to 21, as WCAG 2.1 defines it."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


_LEAST_TEXT: Final = 4.5
_LINEAR_BELOW: Final = 0.03928  # of sRGB, as WCAG 2.1 words it


def _luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= _LINEAR_BELOW else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def area_breaks_mu(area_mu: NDArray[np.float64]) -> tuple[float, float, float, float]:
    """The four limits in 亩 between the five area classes: quintiles, rounded to 1, 1.5, 2, 3, 5, 7 × 10ⁿ, rising."""
    steps = np.array([1, 1.5, 2, 3, 5, 7])
    ladder = np.round(np.concatenate([steps * 10.0**n for n in range(-3, 7)]), 6)
    if not area_mu.size:
        return (10.0, 30.0, 100.0, 300.0)
    places: list[int] = []
    for quintile in np.quantile(area_mu, (0.2, 0.4, 0.6, 0.8)):
        nearest = int(np.argmin(np.abs(np.log(ladder) - np.log(max(float(quintile), ladder[0])))))
        places.append(max(nearest, places[-1] + 1) if places else min(nearest, len(ladder) - 4))
    first, second, third, fourth = (float(ladder[min(place, len(ladder) - 1)]) for place in places)
    return (first, second, third, fourth)


def state_bytes(
    cluster: NDArray[np.uint8], stage: NDArray[np.uint8], flags: NDArray[np.uint8], area_class: NDArray[np.uint8]
) -> bytes:
    """The colours of a scenario as the browser reads them: four runs of N bytes, a byte a parcel in each."""
    return b"".join(part.astype(np.uint8, copy=False).tobytes() for part in (cluster, stage, flags, area_class))


def flag_bytes(locked: NDArray[np.bool_], own: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """The flags byte: LOCKED and OWN."""
    flags: NDArray[np.uint8] = locked.astype(np.uint8) * np.uint8(LOCKED) | own.astype(np.uint8) * np.uint8(OWN)
    return flags


def browser_style() -> dict[str, object]:
    """The whole style as plain values, ready for JSON; lists follow the order of the vocabularies."""
    return {
        "ink": INK,
        "land": LAND,
        "accent": ACCENT,
        "selected": asdict(SELECTED),
        "unassigned": asdict(UNASSIGNED),
        "stageLines": [asdict(STAGE_LINES[key]) for key in vocabulary.STAGES],
        "stageFills": [STAGE_FILLS[key] for key in vocabulary.STAGES],
        "areaFills": list(AREA_FILLS),
        "supplied": vocabulary.STAGES.index("supplied"),
        "suppliedOpacity": SUPPLIED_OPACITY,
        "landscape": [asdict(LANDSCAPE[key]) for key in vocabulary.LANDSCAPE_KINDS],
        "constraints": [asdict(CONSTRAINTS[key]) for key in vocabulary.CONSTRAINT_KINDS],
        "conflict": asdict(CONFLICT),
        "roads": [asdict(ROADS[key]) for key in vocabulary.ROAD_STATES],
        "motorway": asdict(MOTORWAY),
        "roadWidths": [ROAD_WIDTHS[key] for key in vocabulary.ROAD_CLASSES],
        "park": asdict(PARK),
        "town": asdict(TOWN),
        "facilities": [asdict(FACILITIES[key]) for key in vocabulary.FACILITY_KINDS],
        "powerSite": asdict(POWER_SITE),
        "flags": {"locked": LOCKED, "own": OWN},
        "none": NONE,
    }


def area_classes(
    centi_m2: NDArray[np.int64],
) -> tuple[NDArray[np.uint8], tuple[float, float, float, float]]:
    """The area class 0…4 of each parcel, and the four limits in 亩 between them; a limit belongs to the class above."""
    area_mu = np.asarray(centi_m2 * MU_PER_CENTI_M2, dtype=np.float64)
    breaks = area_breaks_mu(area_mu)
    return np.searchsorted(np.array(breaks), area_mu, side="right").astype(np.uint8), breaks
