"""Rows to write: Chinese of every kind, nothing, dates, codes that look like numbers or formulas, holes and parts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import numpy as np
import shapely

from exchange.writing.outgoing import Batch, OutColumn, Outgoing
from layers.clusters import Cluster
from layers.vocabulary import STAGES

CLUSTERS: Final = (
    Cluster("chips", "芯片半导体", "Chips", "芯", "#5B8FF9"),
    Cluster("health", "大健康", "Health", "康", "#61DDAA"),
)
NAMES: Final = ("=1+1", "䶮庄𠮷㙦", "甲，乙,丙\n丁@[戊]", "<b>&\"'%%c^J", None)
CODES: Final = ("T0103", "001", "A-2", "A 3", "A-4")
AREAS: Final = (31_874.12, 0.01, 123_456.78, 9_999_999.99, None)
DATES: Final = ("2026-01-31", None, "1949-10-01", None, "2026-12-31")
COLUMNS: Final = (
    OutColumn("code", "text", "编号", "Code"),
    OutColumn("name", "text", "名称", "Name"),
    OutColumn("stage", "term", "储备阶段", "Reserve stage", terms=STAGES),
    OutColumn("land_use", "text", "用地代码", "Land-use code"),
    OutColumn("ready_date", "date", "净地日期", "Ready date"),
    OutColumn("cluster", "text", "产业集群代码", "Cluster code"),
    OutColumn("area_m2", "number", "面积（平面）", "Area (plane)", "㎡"),
    OutColumn("is_sample", "boolean", "数据标记", "Data mark"),
    OutColumn("颜色", "text", "颜色", "颜色"),
    OutColumn("order", "integer", "order", "order"),
)


def shapes() -> list[Any]:
    """A square, one with a hole, two parts, a hole with an island, and a shape off the millimetre grid."""
    square = shapely.box(507_000, 3_243_000, 507_100, 3_243_100)
    holed = shapely.box(507_200, 3_243_000, 507_300, 3_243_100).difference(
        shapely.box(507_230, 3_243_030, 507_260, 3_243_060)
    )
    parts = shapely.union(
        shapely.box(507_400, 3_243_000, 507_450, 3_243_050), shapely.box(507_460, 3_243_060, 507_500, 3_243_100)
    )
    island = shapely.union(
        shapely.box(507_600, 3_243_000, 507_700, 3_243_100).difference(
            shapely.box(507_620, 3_243_020, 507_680, 3_243_080)
        ),
        shapely.box(507_640, 3_243_040, 507_660, 3_243_060),
    )
    odd = shapely.Polygon([(507_800.12345, 3_243_000.6789), (507_850.5, 3_243_090.25), (507_899.1, 3_243_003.3333)])
    return [square, holed, parts, island, odd]


def outgoing(
    *,
    geoms: Sequence[Any] | None = None,
    names: Sequence[str | None] = NAMES,
    columns: tuple[OutColumn, ...] = COLUMNS,
    layer: str = "parcels",
    facts: dict[str, Any] | None = None,
) -> Outgoing:
    """The rows, two batches of them, all of scenario 方案一."""
    drawn = np.empty(len(NAMES) if geoms is None else len(geoms), dtype=object)
    drawn[:] = shapes() if geoms is None else geoms
    count = len(drawn)
    held: dict[str, list[Any]] = {
        "code": list(CODES), "name": list(names), "stage": ["ready", None, "supplied", "ready", "conceived"],
        "land_use": ["100102", None, "0802", "100102", None], "ready_date": list(DATES),
        "cluster": ["chips", "health", None, "chips", "health"], "area_m2": list(AREAS),
        "is_sample": [False, True, False, False, False], "颜色": ["红", None, "蓝" * 100, "x", ""],
        "order": [1, None, 3, 2**40, -5],
    }  # fmt: skip

    def batches():
        for some in (range(min(3, count)), range(3, count)):
            rows = list(some)
            if rows:
                values = {column.key: [held[column.key][row % 5] for row in rows] for column in columns}
                yield Batch(np.array(rows) + 11, drawn[rows], values)

    return Outgoing(
        layer=layer,
        epsg=4549,
        columns=columns,
        rows=count,
        has_sample=True,
        dimensions=tuple(np.unique(shapely.get_dimensions(drawn)).tolist()),
        batches=batches,
        facts={
            "layer": layer, "layer_zh": "储备地块", "layer_en": "Reserve parcels", "scenario": "方案一",
            "date": "2026-11-26", "storage_crs": "EPSG:4549", "rows": count, **(facts or {}),
        },
        clusters=CLUSTERS,
        land_uses={("2023", "100102"): "二类工业用地"},
    )  # fmt: skip


def same_shapes(one: Iterable[Any], other: Iterable[Any], tolerance_m: float) -> bool:
    """Whether shapes are the same to a distance, ring for ring."""
    return all(
        shapely.area(shapely.symmetric_difference(a, b)) <= tolerance_m * (shapely.length(a) + 1)
        and shapely.hausdorff_distance(a, b) <= 2 * tolerance_m
        for a, b in zip(one, other, strict=True)
    )
