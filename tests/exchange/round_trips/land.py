"""Land of every kind to send out and take back: holes, islands, parts, near-collinear corners, half a metre or ten km.

Around Yiwu in EPSG:4549, eastings without the zone number. Values are those that tools like to turn into something
else, and Chinese of every kind.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import hypothesis.strategies as st
import numpy as np
import shapely

from exchange.writing.outgoing import Batch, OutColumn, Outgoing
from layers.clusters import Cluster
from layers.schema import LAYERS
from layers.vocabulary import STAGES

CLUSTERS: Final = (
    Cluster("chips", "芯片半导体", "Chips", "芯", "#5B8FF9"),
    Cluster("health", "大健康", "Health", "康", "#61DDAA"),
)
# what spreadsheets and readers take for a number, a date, a truth value, a formula or nothing
TURNED: Final = (
    "T0103", "001", "1e5", "0x10", "2026-01-02", "1-2", "3/4", "00", "-0", "+1", "1.0", "1,234", "=1+1", "@x", "true",
    "NULL", "nan", "None", "12345678901234567890", "330782001001GB00001", "007\N{FULLWIDTH DIGIT ONE}", "甲-1", "㙦01",
)  # fmt: skip
# ordinary, rare (䶮 and 㙦 are not in GBK, 𠮷 is beyond the basic plane), traditional, and marks that formats mean
CHARACTERS: Final = "义乌苏溪镇地块工业园䶮𠮷㙦釐產〇①㎡AZaz09 '\"“”,，;；:|/\\%^&<>@[]=+-_#$~.（）"
# a line end, where the format can hold one
BREAK: Final = "甲\n乙"

codes = st.one_of(st.sampled_from(TURNED), st.text("AZ09-_.=甲𠮷䶮", min_size=1, max_size=12))
texts = st.text(CHARACTERS, min_size=1, max_size=18).map(str.strip).filter(bool)
notes = st.one_of(texts, st.sampled_from(TURNED), st.just(BREAK))
dates = st.dates(dt.date(1900, 1, 1), dt.date(2199, 12, 31)).map(lambda day: day.isoformat())
cents = st.integers(0, 10**12).map(lambda number: number / 100)


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The value, or nothing."""
    return st.one_of(st.none(), strategy)


_PARCELS: Final = LAYERS["parcels"]
_FIELDS: Final = ("code", "name", "stage", "land_use", "ready_date", "declared_area_m2", "far_min", "note")
# keys of fields as the schema has them, then what source files had besides
COLUMNS: Final = (
    *(OutColumn(one.key, one.kind, one.zh, one.en, one.unit, one.terms) for one in map(_PARCELS.field, _FIELDS)),
    OutColumn("cluster", "text", "产业集群代码", "Cluster code"),
    OutColumn("颜色", "text", "颜色", "颜色"),
    OutColumn("层数", "integer", "层数", "层数"),
    OutColumn("地价", "number", "地价", "地价"),
    OutColumn("已供", "boolean", "已供", "已供"),
)
_VALUES: Final[Mapping[str, st.SearchStrategy[Any]]] = {
    "name": maybe(texts), "stage": maybe(st.sampled_from(sorted(STAGES))),
    "land_use": maybe(st.sampled_from(["100102", "0802", "001", "1e5"])), "ready_date": maybe(dates),
    "declared_area_m2": maybe(cents), "far_min": maybe(st.floats(0, 20)), "note": maybe(notes),
    "cluster": maybe(st.sampled_from(["chips", "health"])), "颜色": maybe(notes),
    "层数": maybe(st.integers(-(2**53), 2**53)), "地价": maybe(st.floats(allow_nan=False, allow_infinity=False)),
    "已供": maybe(st.booleans()),
}  # fmt: skip


@dataclass(frozen=True)
class Land:
    """Some rows: shapes in EPSG:4549, and a list a column."""

    geoms: Any
    values: Mapping[str, list[Any]]

    def outgoing(self, *, sample: bool = False) -> Outgoing:
        """The rows on their way out, without the mark as a column."""
        return Outgoing(
            layer="parcels", epsg=4549, columns=COLUMNS, rows=len(self.geoms), has_sample=sample, dimensions=(2,),
            batches=lambda: iter([Batch(np.arange(len(self.geoms)) + 1, self.geoms, self.values)]),
            facts={"layer": "parcels", "layer_zh": "储备地块", "layer_en": "Reserve parcels", "scenario": "方案一"},
            clusters=CLUSTERS, land_uses={("2023", "100102"): "二类工业用地"},
        )  # fmt: skip


@st.composite
def rings(draw: st.DrawFn, radius: float) -> list[tuple[float, float]]:
    """Corners about the origin, all around it, so that a smaller copy of the ring lies within it."""
    count = draw(st.integers(5, 9))
    turns = [(at + draw(st.floats(-0.3, 0.3))) / count for at in range(count)]
    reach = [radius * draw(st.floats(0.7, 1.0)) for _ in range(count)]
    corners = [
        (r * math.cos(2 * math.pi * t), r * math.sin(2 * math.pi * t)) for r, t in zip(reach, turns, strict=True)
    ]
    if draw(st.booleans()):
        # a corner on the first edge, to the last bit or a hair off it: what simplifying readers drop
        (x, y), (u, v) = corners[:2]
        share, hair = draw(st.floats(0.3, 0.7)), draw(st.sampled_from([0.0, 0.002, 0.000_01]))
        corners.insert(1, (x + share * (u - x) + hair, y + share * (v - y)))
    return corners


def _at(corners: Sequence[tuple[float, float]], east: float, north: float, scale: float = 1.0) -> list[Any]:
    return [(east + scale * x, north + scale * y) for x, y in corners]


@st.composite
def shapes(draw: st.DrawFn) -> Any:
    """A shape of one or two parts, with a hole and an island in it or not."""
    radius = draw(st.sampled_from([0.4, 7.0, 120.0, 10_000.0]))
    east, north = draw(st.floats(480_000, 520_000)), draw(st.floats(3_200_000, 3_260_000))
    corners = draw(rings(radius))
    holed = draw(st.booleans())
    hole = [_at(corners, east, north, 0.5)] if holed else []
    parts = [shapely.Polygon(_at(corners, east, north), hole)]
    if draw(st.booleans()) and hole:
        parts.append(shapely.Polygon(_at(corners, east, north, 0.2)))
    if draw(st.booleans()):
        parts.append(shapely.Polygon(_at(draw(rings(radius)), east + 3 * radius, north)))
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


@st.composite
def lands(draw: st.DrawFn, *, most: int = 8) -> Land:
    """Some rows with codes that differ."""
    drawn = draw(st.lists(shapes().filter(shapely.is_valid), min_size=3, max_size=most))
    geoms = np.empty(len(drawn), dtype=object)
    geoms[:] = drawn
    count = len(drawn)
    named = draw(st.lists(codes, min_size=count, max_size=count, unique=True))
    return Land(geoms, {
        "code": named, **{key: draw(st.lists(one, min_size=count, max_size=count)) for key, one in _VALUES.items()},
    })  # fmt: skip


def farthest_m(before: Iterable[Any], after: Iterable[Any]) -> float:
    """How far any corner has moved; infinite where a shape has other rings or corners than before."""
    moved = 0.0
    for one, other in zip(map(_parts, before), map(_parts, after), strict=True):
        if [len(ring) for ring in one] != [len(ring) for ring in other]:
            return math.inf
        moved = max([moved, *(_moved(a, b) for a, b in zip(one, other, strict=True))])
    return moved


def _parts(geom: Any) -> list[Any]:
    """Corners of each ring, rings in the order of their place and size: formats keep neither order nor direction."""
    held = [shapely.get_coordinates(ring)[:-1] for ring in shapely.get_rings(shapely.get_parts(geom))]
    return sorted(held, key=lambda xy: (len(xy), *np.round(xy.mean(axis=0), 1), round(float(np.ptp(xy[:, 0])), 1)))


def _moved(one: Any, other: Any) -> float:
    """Farthest corner over the best start and direction of the ring."""
    turned = (np.roll(way, start, axis=0) for way in (other, other[::-1]) for start in range(len(other)))
    return float(min(np.hypot(*(one - each).T).max() for each in turned))
