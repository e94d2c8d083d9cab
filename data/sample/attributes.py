"""What each reserve parcel is said to be: stage, dates, land use, control values, base cluster.

All of it is invented, and within reason.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from data.sample.drawing import chance
from data.sample.reserve import Lot

Value = str | float | int | bool | None

# share of parcels in each stage of reserve work, in working order
STAGE_SHARES: Final = (
    ("conceived", 0.12), ("intended", 0.16), ("acquiring", 0.14), ("reserved", 0.20), ("developing", 0.13),
    ("ready", 0.12), ("announced", 0.05), ("supplied", 0.08),
)  # fmt: skip
# the quarter in which land of a stage is, or was, clear; stages before 收储中 have no date yet
READY_QUARTERS: Final = {
    "acquiring": ("2022-09-30", "2022-12-31", "2023-06-30"),
    "reserved": ("2022-03-31", "2022-06-30", "2022-09-30"),
    "developing": ("2021-12-31", "2022-03-31", "2022-06-30"),
    "ready": ("2021-03-31", "2021-06-30", "2021-09-30"),
    "announced": ("2020-12-31", "2021-03-31"),
    "supplied": ("2020-06-30", "2020-09-30", "2020-12-31"),
}
# default land class of a cluster, 用地用海分类 2023
LAND_USE: Final = {
    "optoelectronics": ("100102", "100101"), "equipment": ("100102", "100102"), "health": ("100101", "100102"),
    "chips": ("100102", "100102"), "digital": ("100101", "0802"), "knitwear": ("100101", "100102"),
    "surface": ("100103", "100103"), "logistics": ("110101", "110102"),
}  # fmt: skip
# 示例 control values by cluster: FAR at least, investment and yearly tax (万元/亩) at least
CONTROLS: Final = {
    "optoelectronics": (1.6, 450.0, 30.0), "equipment": (1.5, 400.0, 28.0), "health": (1.8, 420.0, 32.0),
    "chips": (1.8, 500.0, 35.0), "digital": (2.0, 380.0, 35.0), "knitwear": (2.0, 300.0, 22.0),
    "surface": (1.2, 350.0, 25.0), "logistics": (1.2, 300.0, 20.0),
}  # fmt: skip
SCREENING_DISTANCE_M: Final = 100.0


def parcel_rows(lots: Sequence[Lot]) -> list[dict[str, Value]]:
    """Return the properties of every lot, keyed as the parcel layer is, with its base cluster and the sample mark."""
    return [_row(number, lot) for number, lot in enumerate(lots, 1)]


def _row(number: int, lot: Lot) -> dict[str, Value]:
    stage = _stage(number)
    trade = lot.site.cluster if chance(62, number) < 0.78 else lot.site.second
    # the early stages and a third of the others have no cluster yet: they are what the planner is here for
    assigned = chance(63, number) < (0.34 if stage in {"conceived", "intended"} else 0.72)
    far_min, investment, tax = CONTROLS[trade]
    polluting = trade == "surface"
    return {
        "code": f"示例DK-{number:03d}",
        "name": f"示例地块{number:03d}",
        "town": lot.site.town,
        "park": lot.site.name,
        "stage": stage,
        "land_use": LAND_USE[trade][chance(64, number) > 0.8],
        "land_use_scheme": "2023",
        "ready_date": _pick(READY_QUARTERS.get(stage, (None,)), 65, number),
        "owner": None if stage == "conceived" else f"示例权利人-{1 + int(chance(66, number) * 40):02d}",
        "reserve_agency": "示例储备机构",
        "declared_area_m2": round(
            lot.shape.area * (1 + (chance(67, number) - 0.5) * 0.004), 0 if chance(68, number) < 0.4 else 2
        ),
        "far_min": far_min,
        "far_max": round(far_min + 1.0 + round(chance(69, number)) * 0.5, 1),
        "density_min": 40.0,
        "density_max": 60.0 if chance(70, number) < 0.6 else None,
        "green_min": None,
        "green_max": 15.0 if chance(71, number) < 0.7 else 20.0,
        "investment_min": investment,
        "tax_min": tax,
        "protection_distance_m": SCREENING_DISTANCE_M if polluting else None,
        "note": lot.note or None,
        "cluster": trade if assigned else None,
        "is_sample": True,
    }


def _stage(number: int) -> str:
    luck, reached = chance(61, number), 0.0
    for stage, share in STAGE_SHARES:
        reached += share
        if luck < reached:
            return stage
    return STAGE_SHARES[-1][0]


def _pick(choices: tuple[str | None, ...], *key: int) -> str | None:
    return choices[int(chance(*key) * len(choices))]
