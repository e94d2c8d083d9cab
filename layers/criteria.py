"""The criteria of suitability: what is measured, in what unit, and the curve that turns it into marks of 0 to 10.

A curve is piecewise linear: it is given by some points, is level beyond the first and the last, and is data that a
planner edits. What was not measured has no mark; nothing is taken for zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

HIGHEST_MARK: Final = 10.0
MOST_POINTS: Final = 12
Curve = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion: its names, its unit, its curve and weight to begin with, and how it is measured."""

    key: str
    zh: str
    en: str
    unit: str
    curve: Curve
    weight: float
    how_zh: str
    how_en: str
    per_cluster: bool = False


def _criterion(key: str, names: tuple[str, str], unit: str, weight: float, how: tuple[str, str], *points: tuple[float, float],
               per_cluster: bool = False) -> Criterion:  # fmt: skip
    return Criterion(key, names[0], names[1], unit, points, weight, how[0], how[1], per_cluster)


# curves and weights are examples to begin with, which the office sets anew: no standard gives them for reserve land
CRITERIA: Final = MappingProxyType({
    one.key: one
    for one in (
        _criterion("motorway_m", ("距高速公路", "Distance to a motorway"), "m", 6,
                   ("地块边界到最近高速公路线的直线距离，含在建与规划", "Straight line from the parcel to the nearest motorway, planned ones too"),
                   (0, 4), (300, 10), (3_000, 10), (10_000, 2), (15_000, 0)),
        _criterion("arterial_m", ("距干路", "Distance to a main road"), "m", 14,
                   ("地块边界到最近国省道或主干路线的直线距离，含在建与规划", "Straight line to the nearest trunk or arterial road, planned ones too"),
                   (0, 10), (200, 10), (800, 6), (2_000, 2), (4_000, 0)),
        _criterion("collector_m", ("距次干路、支路", "Distance to a minor road"), "m", 6,
                   ("地块边界到最近次干路或支路线的直线距离，含在建与规划", "Straight line to the nearest collector or local road, planned ones too"),
                   (0, 10), (100, 10), (500, 5), (1_500, 0)),
        _criterion("frontage_m", ("临路长度", "Frontage"), "m", 10,
                   ("各级道路临路长度之和", "Lengths on all roads that the parcel fronts, added up"),
                   (0, 0), (50, 6), (150, 9), (300, 10)),
        _criterion("power_m", ("距供电设施", "Distance to power"), "m", 6,
                   ("地块边界到最近供电设施的直线距离", "Straight line to the nearest power site"),
                   (0, 10), (500, 10), (2_000, 6), (5_000, 1), (8_000, 0)),
        _criterion("power_kva", ("供电余量", "Power head-room"), "kVA", 10,
                   ("最近供电设施登记的容量；未登记的不作零", "Registered capacity of the nearest power site; where none is registered it is missing, not zero"),
                   (0, 0), (2_000, 5), (10_000, 9), (20_000, 10)),
        _criterion("stage", ("储备阶段", "Reserve stage"), "", 12,
                   ("阶段的序号：谋划 1 … 公告 7，供应 8", "Place of the stage: conceived 1 … announced 7, supplied 8"),
                   (1, 1), (2, 2), (3, 4), (4, 6), (5, 8), (6, 10), (7, 6), (8, 0)),
        _criterion("ready_years", ("距就绪年数", "Years until ready"), "年", 12,
                   ("净地与首条临路道路通车中较晚的一天，减计算日期；已就绪为 0；日期不明的不作零", "The later of net land and of the first road that opens to it, less the date of the calculation; 0 when past; missing where a date is not known"),
                   (0, 10), (1, 8), (3, 3), (5, 0)),
        _criterion("area_mu", ("面积", "Area"), "亩", 8,
                   ("登记面积", "Registered area"),
                   (5, 2), (20, 6), (60, 10), (300, 10), (600, 7)),
        _criterion("compactness", ("形状紧凑度", "Compactness"), "", 6,
                   ("4πA/P²（Polsby-Popper）：圆为 1，正方形 0.79", "4πA/P² (Polsby-Popper): a circle has 1, a square 0.79"),
                   (0.2, 0), (0.5, 6), (0.75, 10)),
        _criterion("neighbours", ("同集群相邻", "Neighbours of the cluster"), "%", 10,
                   ("与同集群地块共边长度占周长的百分比", "Boundary shared with parcels of the cluster, in per cent of the perimeter"),
                   (0, 2), (20, 7), (50, 10), per_cluster=True),
        _criterion("conflict", ("规则冲突", "Conflicts"), "", 20,
                   ("按现行规则判定的最重一级：无 0，提示 1，需论证 2，禁止 3", "Worst level by the rules in force: none 0, notice 1, justify 2, forbidden 3"),
                   (0, 10), (1, 7), (2, 3), (3, 0), per_cluster=True),
    )
})  # fmt: skip


def curve_faults(curve: Sequence[Sequence[float]]) -> list[tuple[str, object]]:
    """Everything that is wrong with a curve, as (code, value)."""
    faults: list[tuple[str, object]] = []
    if not 1 < len(curve) <= MOST_POINTS:
        faults.append(("curve_points", len(curve)))
    values = np.array([point[0] for point in curve], dtype=np.float64)
    marks = np.array([point[1] for point in curve], dtype=np.float64)
    if not (np.isfinite(values).all() and np.isfinite(marks).all()):
        return [*faults, ("curve_not_finite", None)]
    if (np.diff(values) <= 0).any():
        faults.append(("curve_not_rising", tuple(values.tolist())))
    outside = marks[(marks < 0) | (marks > HIGHEST_MARK)]
    if len(outside):
        faults.append(("curve_mark_out_of_range", float(outside[0])))
    return faults


def marks(values: ArrayLike, curve: Curve) -> NDArray[np.float64]:
    """Marks of 0 to 10 by the curve; NaN stays NaN."""
    given = np.asarray(values, dtype=np.float64)
    found = np.interp(given, [point[0] for point in curve], [point[1] for point in curve])
    return np.where(np.isnan(given), np.nan, found)


def combined(mark: NDArray[np.float64], weight: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weighted mean of the marks that there are (criteria in rows), and the share of the weight that is known.

    The score of a parcel of which nothing is known is NaN.
    """
    known = ~np.isnan(mark)
    share = weight @ known
    summed = weight @ np.where(known, mark, 0.0)
    score = np.divide(summed, share, out=np.full(mark.shape[1], np.nan), where=share > 0)
    return score, share / weight.sum() if weight.sum() > 0 else np.zeros(mark.shape[1])
