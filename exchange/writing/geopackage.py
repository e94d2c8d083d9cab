"""GeoPackage: one layer, written batch by batch through GDAL, all multi-part because the format wants one type."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from exchange.errors import NotWritable
from exchange.writing.outgoing import AREA_NOTE, SAMPLE_MARK, Outgoing
from exchange.writing.whole import whole_file
from geo.crs import converter

_MULTI: Final = {0: "MultiPoint", 1: "MultiLineString", 2: "MultiPolygon"}


def write_geopackage(outgoing: Outgoing, out: Path, *, epsg: int) -> None:
    """Write a GeoPackage in this CRS; the layer's description holds the facts and the mark of sample data."""
    import pyogrio  # noqa: PLC0415 - here, because a page that exports no GeoPackage need not wait for GDAL

    if outgoing.rows == 0:
        raise NotWritable("nothing_to_write", {"form": "gpkg"})
    way = converter(outgoing.epsg, epsg)
    facts = {**outgoing.facts, "area_note": AREA_NOTE} | ({"notice": SAMPLE_MARK} if outgoing.has_sample else {})
    fields = np.array([column.key for column in outgoing.columns], dtype=object)
    with whole_file(out, suffix=".gpkg") as draft:
        for number, batch in enumerate(outgoing.batches()):
            geoms = way.geometries(batch.geoms)
            data = [_column(batch.values[column.key], column.kind) for column in outgoing.columns]
            pyogrio.raw.write(
                str(draft),
                geometry=shapely.to_wkb(_multi(geoms)),
                field_data=[values for values, _ in data],
                field_mask=[mask for _, mask in data],
                fields=fields,
                layer=outgoing.layer,
                driver="GPKG",
                geometry_type=_type_of(geoms) if number == 0 else "Unknown",
                crs=f"EPSG:{epsg}",
                append=number > 0,
                layer_options={"DESCRIPTION": json.dumps(facts, ensure_ascii=False), "IDENTIFIER": outgoing.layer},
            )


def _multi(geoms: NDArray[np.object_]) -> NDArray[np.object_]:
    makers: dict[int, Any] = {1: shapely.multilinestrings, 3: shapely.multipolygons, 0: shapely.multipoints}
    multi = geoms.copy()
    kinds = shapely.get_type_id(geoms)
    for kind, maker in makers.items():
        rows = np.flatnonzero(kinds == kind)
        if len(rows):
            multi[rows] = maker(geoms[rows], indices=np.arange(len(rows)))
    return multi


def _type_of(geoms: NDArray[np.object_]) -> str:
    dimensions = np.unique(shapely.get_dimensions(geoms))
    return _MULTI[int(dimensions[0])] if len(dimensions) == 1 else "Unknown"


def _column(values: Any, kind: str) -> tuple[NDArray[Any], NDArray[np.bool_] | None]:
    """One column as GDAL takes it: numbers with NaN, text with None, and what is empty."""
    if kind == "number":
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64), None
    empty = np.array([value is None for value in values], dtype=bool)
    if kind == "integer":
        return np.array([value or 0 for value in values], dtype=np.int64), empty
    if kind == "boolean":
        return np.array([bool(value) for value in values], dtype=np.bool_), empty
    texts = [json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value for value in values]
    return np.array(texts, dtype=object), None
