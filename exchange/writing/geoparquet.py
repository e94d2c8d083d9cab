"""GeoParquet 1.1: columns for analysis, one row group a batch, each with the box of its shapes.

Shapes are WKB in a column ``geometry`` beside ``bbox`` (the covering of the 1.1 specification); x is east always. The
facts are key-value metadata of the file under ``chantu``, each column's Chinese name is metadata of its field.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from numpy.typing import NDArray

from exchange.errors import NotWritable
from exchange.writing import arrow_rows
from exchange.writing.facts import facts_of
from exchange.writing.outgoing import Outgoing
from exchange.writing.whole import whole_file
from geo.crs import read_crs

_CORNERS: Final = ("xmin", "ymin", "xmax", "ymax")
_BBOX: Final = pa.field("bbox", pa.struct([pa.field(name, pa.float64()) for name in _CORNERS]))
_NAMES: Final = {
    0: "Point", 1: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon",
    7: "GeometryCollection",
}  # fmt: skip


def write_geoparquet(outgoing: Outgoing, out: Path, *, epsg: int) -> None:
    """Write GeoParquet in this CRS."""
    if outgoing.rows == 0:
        raise NotWritable("nothing_to_write", {"form": "geoparquet"})
    plain = arrow_rows.schema_of(outgoing)
    named = [
        field.with_metadata({"zh": column.head("zh"), "en": column.head("en")})
        for field, column in zip(plain, outgoing.columns, strict=False)
    ]
    schema = pa.schema([*named, plain.field(arrow_rows.GEOMETRY), _BBOX])
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    kinds: set[int] = set()
    with whole_file(out, suffix=".parquet") as draft, pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        for batch, shapes in arrow_rows.placed(outgoing, epsg):
            geoms = np.asarray(shapely.orient_polygons(shapes, exterior_cw=False), dtype=object)
            bounds = shapely.bounds(geoms)
            low, high = np.minimum(low, bounds[:, :2].min(axis=0)), np.maximum(high, bounds[:, 2:].max(axis=0))
            kinds |= set(np.unique(shapely.get_type_id(geoms)).tolist())
            rows = arrow_rows.record_batch(outgoing, batch, geoms, plain)
            writer.write_batch(pa.record_batch([*rows.columns, _boxes(bounds)], schema=schema))
        # only now are the extent and the types known
        page = _geo(epsg, kinds, [*low.tolist(), *high.tolist()])
        writer.add_key_value_metadata(
            {
                "geo": json.dumps(page, ensure_ascii=False),
                "chantu": json.dumps(facts_of(outgoing, epsg), ensure_ascii=False),
            }
        )


def _boxes(bounds: NDArray[np.float64]) -> pa.Array:
    return pa.StructArray.from_arrays([pa.array(bounds[:, at]) for at in range(4)], fields=list(_BBOX.type))


def _geo(epsg: int, kinds: set[int], bbox: list[float]) -> dict[str, Any]:
    column = {
        "encoding": "WKB",
        "geometry_types": sorted(_NAMES[kind] for kind in kinds),
        "crs": read_crs(epsg).to_json_dict(),
        "orientation": "counterclockwise",
        "edges": "planar",
        "bbox": bbox,
        "covering": {"bbox": {corner: ["bbox", corner] for corner in _CORNERS}},
    }
    return {"version": "1.1.0", "primary_column": arrow_rows.GEOMETRY, "columns": {arrow_rows.GEOMETRY: column}}
