"""The roads drawn by hand: the named ones with their true end streets, and the skeleton of motorways and arterials.

From the source only the topology is known (which street a road starts and ends at), so only that is true here; every
alignment is schematic. A road whose name begins with 示例 is invented.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from data.sample.drawing import Point

OPENING: Final = "年内竣工通车"
UNKNOWN: Final = "未载明"


@dataclass(frozen=True, slots=True)
class HandRoad:
    """One hand-drawn road in sheet kilometres; ``starts_at`` and ``ends_at`` name the road its end is brought to."""

    name: str
    road_class: str
    state: str
    width_m: float
    path_km: tuple[Point, ...]
    starts_at: str = ""
    ends_at: str = ""
    from_street: str = ""
    to_street: str = ""
    opening: str = ""
    closed: bool = False
    key: str = ""


# order matters: a road may only be brought to one that stands before it
NAMED: Final = (
    HandRoad("五洲大道", "arterial", "built", 50.0, (
        (-4.5, -8.6), (-4.0, -6.4), (-3.3, -4.2), (-2.3, -2.2), (-1.5, -0.2), (-1.0, 2.0), (-0.9, 4.6),
        (-1.3, 7.2), (-1.5, 9.6),
        (-0.9, 12.0), (0.4, 14.4))),
    HandRoad("五联路", "arterial", "built", 40.0, (
        (-6.2, 1.6), (-3.6, 1.6), (-1.0, 2.0), (1.2, 2.5), (3.0, 2.6), (4.6, 2.3), (6.0, 2.6), (7.2, 3.7),
        (9.0, 4.3))),
    HandRoad("诚信大道", "arterial", "built", 46.0, (
        (-4.7, 6.4), (-2.8, 5.8), (-1.1, 5.8), (1.0, 6.2), (3.0, 6.4), (5.0, 7.1), (7.0, 8.6), (9.4, 9.6))),
    HandRoad("竺阳路", "arterial", "built", 36.0, (
        (-3.4, 10.2), (-1.4, 9.4), (0.8, 9.3), (2.6, 9.7), (4.6, 10.0), (6.6, 10.9), (8.8, 12.4))),
    HandRoad("武岩北路", "arterial", "construction", 36.0, ((1.5, 6.3), (1.75, 7.3), (1.5, 8.4), (1.62, 9.45)),
             "诚信大道", "竺阳路", "诚信大道", "竺阳路", OPENING),
    HandRoad("同泽路", "collector", "construction", 30.0, ((2.7, -1.3), (2.95, -0.2), (2.7, 1.2), (2.85, 2.55)),
             "", "五联路", "芳菲路", "五联路", OPENING),
    HandRoad("芳菲路", "collector", "construction", 30.0, ((-1.8, -0.9), (-0.4, -1.5), (1.2, -1.25), (2.7, -1.3)),
             "五洲大道", "同泽路", "五洲大道", "同泽路", OPENING),
)  # fmt: skip

SKELETON: Final = (
    HandRoad("", "motorway", "built", 70.0, (
        (-9.4, -10.4), (-7.6, -7.0), (-6.0, -3.6), (-5.6, 0.0), (-5.3, 3.4), (-5.0, 6.6), (-3.6, 9.8),
        (-1.4, 13.4), (0.9, 16.0),
        (1.4, 18.0))),
    HandRoad("", "motorway", "built", 70.0, (
        (-4.4, 8.3), (-2.6, 10.6), (0.6, 11.6), (4.0, 11.7), (8.4, 13.8), (12.6, 14.0), (17.0, 12.6), (21.0, 12.2),
        (28.0, 11.0))),
    HandRoad("", "trunk", "built", 60.0, (
        (-16.6, 2.9), (-13.0, 3.0), (-10.4, 4.4), (-7.8, 3.9), (-5.3, 3.9), (-2.4, 4.0), (0.0, 4.3), (2.6, 4.4),
        (5.2, 4.5),
        (7.0, 5.2), (8.6, 6.6), (10.9, 7.4), (14.0, 7.1), (17.2, 7.3), (20.2, 8.5), (25.0, 10.1)),
        key="middle trunk"),
    HandRoad("", "trunk", "built", 56.0, (
        (10.4, 10.3), (12.8, 11.4), (14.9, 13.0), (16.2, 15.0), (16.9, 17.4), (17.3, 20.0), (18.0, 22.4),
        (17.4, 25.0), (16.9, 28.4),
        (17.2, 30.6))),
    HandRoad("", "arterial", "built", 44.0, (
        (6.1, 3.4), (5.9, 5.6), (6.6, 8.0), (8.6, 9.8), (11.2, 10.2), (13.2, 8.7), (13.9, 6.2), (13.8, 3.6),
        (13.0, 0.6), (11.4, -1.7),
        (9.0, -2.1), (7.3, -1.0), (6.4, 1.4)), closed=True, key="ring"),
    HandRoad("", "arterial", "built", 40.0, (
        (7.9, 5.9), (9.0, 4.2), (9.6, 2.6), (10.3, 0.4), (10.2, -1.9), (9.2, -4.2))),
    HandRoad("", "arterial", "built", 40.0, (
        (6.5, 7.7), (5.4, 9.4), (4.6, 11.0), (4.3, 13.0), (3.7, 15.2), (2.4, 17.4))),
    HandRoad("", "arterial", "built", 42.0, (
        (2.3, 4.4), (3.3, 1.4), (3.9, -0.9), (3.6, -3.2), (2.7, -5.0), (2.2, -7.2), (2.6, -9.4), (2.9, -12.4),
        (2.3, -15.6), (1.7, -18.2),
        (2.3, -21.4), (2.6, -25.4))),
    HandRoad("", "arterial", "built", 40.0, (
        (9.0, -2.1), (7.2, -4.7), (5.2, -7.0), (2.4, -8.7), (-0.6, -9.9), (-2.6, -12.2), (-4.4, -13.6))),
    HandRoad("", "arterial", "built", 36.0, (
        (-5.8, 9.8), (-2.2, 11.9), (1.2, 12.9), (4.3, 13.3), (7.4, 12.6), (10.2, 11.7), (12.8, 11.4))),
    HandRoad("", "arterial", "built", 36.0, (
        (-2.2, -8.2), (-4.1, -6.7), (-6.4, -5.3), (-8.6, -1.6), (-9.6, 1.4), (-10.4, 4.4), (-10.2, 6.6))),
    HandRoad("", "arterial", "built", 36.0, (
        (13.9, 5.6), (16.0, 9.8), (16.9, 13.4), (16.3, 15.4))),
    HandRoad("", "arterial", "planned", 36.0, (
        (-1.9, -1.2), (-3.6, 0.4), (-4.1, 2.4), (-3.6, 4.0), (-3.3, 6.0))),
    HandRoad("", "arterial", "planned", 36.0, (
        (13.9, 2.6), (16.6, 4.8), (18.9, 6.2), (20.4, 8.6), (20.9, 12.2))),
    # its ends are not in the source: it is drawn between two invented roads, so that it claims no named one
    HandRoad("铜山路", "collector", "construction", 30.0, ((3.5, 4.5), (3.75, 5.3), (4.6, 5.75), (5.95, 5.9)),
             "middle trunk", "ring", UNKNOWN, UNKNOWN, OPENING),
)  # fmt: skip
