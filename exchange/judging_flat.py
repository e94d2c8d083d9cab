"""Which rows of a layer of polygons can be measured: whole columns at once, and the doubtful few one by one.

What `exchange.judging` does for any geometry, for polygons that come as flat arrays. Rows that are proven valid are
taken as they are; the others (holes, several parts, other types, faults) go through `exchange.judging`, so that what is
refused and mended, and why, is the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from exchange import crs_gate, judging
from exchange.crs_gate import Source
from exchange.errors import FileRefused
from exchange.formats import geoparquet
from exchange.formats.geoparquet import Columns
from exchange.formats.opened import Opened
from geo.crs import converter, label
from geo.flat import FlatPolygons
from geo.partition import bounds_of
from geo.validity import proven


@dataclass
class JudgedFlat:
    """Polygons in the CRS to work in, which rows are taken, and what is to be said of the others."""

    polygons: FlatPolygons
    taken: NDArray[np.bool_]
    items: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)
    crs: dict[str, Any] = field(default_factory=dict)


def judge(found: Columns, *, given_crs: str | None, storage_epsg: int | None = None) -> JudgedFlat:
    """Bring every polygon into the CRS to work in, mended where need be, or refuse its row.

    Raises
    ------
    FileRefused
        The CRS is unknown or contradicted, or no row has a polygon.
    """
    native = found.declared.encoding != "WKB"
    if native:
        flat = geoparquet.from_native(found.geometry, found.declared.encoding)
        read = np.diff(flat.row_start) > 0
    else:
        from exchange.formats import wkb  # noqa: PLC0415 - loads numba, which most files do without

        flat, read = wkb.flat_polygons(found.geometry)
    # a row that is not read is empty in the flat arrays: its bounds are asked of the general way
    others = _looked_at(found, flat, np.flatnonzero(~read))
    bounds = bounds_of(flat)
    bounds[~read] = shapely.bounds(others.geoms).reshape(-1, 4)
    there = np.isfinite(bounds).all(axis=1)
    if not there.any():
        reasons = sorted({str(item["code"]) for item in others.items})
        raise FileRefused("no_geometry", {"rows": len(flat), "reasons": reasons})
    opened = Opened("Parquet", np.zeros(0, dtype=object), (), found.declared.crs, found.declared.how)
    source, storage = judging.crs_pair(opened, bounds[there], given_crs, storage_epsg)
    wild = np.zeros(len(flat), dtype=bool)
    wild[there] = crs_gate.wild_rows(source, bounds[there])
    way = converter(source.crs, storage)
    if way.moves:
        x, y = way.points(flat.xy[:, 0], flat.xy[:, 1])
        flat = FlatPolygons(np.column_stack([x, y]), flat.ring_start, flat.part_start, flat.row_start)
    doubtful = ~(proven(flat) & read & ~wild)
    result = _with_the_doubtful(found, flat, doubtful, wild, source, storage)
    accuracy_m = way.accuracy_m if np.isfinite(way.accuracy_m) else None
    result.crs = {
        "source": source.name, "declared_how": source.how, "storage": label(storage),
        "operation": way.operation, "accuracy_m": accuracy_m,
    }  # fmt: skip
    return result


def _with_the_doubtful(
    found: Columns, flat: FlatPolygons, doubtful: NDArray[np.bool_], wild: NDArray[np.bool_], source: Source,
    storage: pyproj.CRS,
) -> JudgedFlat:  # fmt: skip
    rows = np.flatnonzero(doubtful)
    judged = _looked_at(found, flat, rows)
    judged.refuse(wild[rows] & ~shapely.is_missing(judged.geoms), "coordinates_out_of_range", crs=source.name)
    if len(rows):
        judging.convert(judged, source, storage)
        judging.mend_shapes(judged)
    refused = shapely.is_missing(judged.geoms)
    changed = np.zeros(len(rows), dtype=bool)
    changed[[item["row"] - 1 for item in judged.items]] = True
    taken = np.ones(len(flat), dtype=bool)
    taken[rows[refused]] = False
    if changed.any():
        order = np.arange(len(flat))
        order[rows[changed]] = len(flat) + np.arange(int(changed.sum()))
        flat = FlatPolygons.joined([flat, FlatPolygons.of(judged.geoms[changed])]).take(order)
    items = [item | {"row": int(rows[item["row"] - 1]) + 1} for item in judged.items]
    return JudgedFlat(flat, taken, sorted(items, key=lambda item: int(item["row"])), judged.notes)


def _looked_at(found: Columns, flat: FlatPolygons, rows: NDArray[np.int64]) -> judging.Judged:
    """Take some rows the general way, up to their shapes, in the CRS of the file."""
    if found.declared.encoding == "WKB":
        values = found.geometry.take(rows).to_numpy(zero_copy_only=False).astype(object)
    else:
        values = np.asarray(shapely.to_wkb(flat.take(rows).shapes()), dtype=object)
        values[~np.asarray(found.geometry.take(rows).is_valid())] = None
    judged = judging.decoded(values)
    judging.take_shapes(judged, ("polygon",))
    return judged
