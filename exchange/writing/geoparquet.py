"""GeoParquet 1.1: columns for analysis, one row group a batch, each with the box of its shapes.

Shapes are multi-part WKB in a column ``geometry`` beside ``bbox`` (the covering of the 1.1 specification); x is east
always. The facts are key-value metadata of the file under ``chantu``, each column's Chinese name that of its field.
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
_NAMES: Final = ("MultiPoint", "MultiLineString", "MultiPolygon")


def write_geoparquet(outgoing: Outgoing, out: Path, *, epsg: int) -> None:
    """Write GeoParquet in this CRS."""
    if outgoing.rows == 0:
        raise NotWritable("nothing_to_write", {"form": "geoparquet"})
    plain = arrow_rows.schema_of(outgoing)
    named = [
        field.with_metadata({"zh": column.head("zh"), "en": column.head("en")})
        for field, column in zip(plain, outgoing.columns, strict=False)
    ]
    # in the schema, where every reader looks, so before the first row: the extent is not known then, and each row has
    # its own
    schema = pa.schema([*named, plain.field(arrow_rows.GEOMETRY), _BBOX]).with_metadata(
        {
            "geo": json.dumps(_geo(outgoing, epsg), ensure_ascii=False),
            "chantu": json.dumps(facts_of(outgoing, epsg), ensure_ascii=False),
        }
    )
    with whole_file(out, suffix=".parquet") as draft, pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        for batch, shapes in arrow_rows.placed(outgoing, epsg):
            geoms = arrow_rows.multi(np.asarray(shapely.orient_polygons(shapes, exterior_cw=False), dtype=object))
            rows = arrow_rows.record_batch(outgoing, batch, geoms, plain)
            writer.write_batch(pa.record_batch([*rows.columns, _boxes(shapely.bounds(geoms))], schema=schema))


def _boxes(bounds: NDArray[np.float64]) -> pa.Array:
    return pa.StructArray.from_arrays([pa.array(bounds[:, at]) for at in range(4)], fields=list(_BBOX.type))


def _geo(outgoing: Outgoing, epsg: int) -> dict[str, Any]:
    column = {
        "encoding": "WKB",
        "geometry_types": sorted(_NAMES[dimension] for dimension in outgoing.dimensions),
        "crs": read_crs(epsg).to_json_dict(),
        "orientation": "counterclockwise",
        "edges": "planar",
        "covering": {"bbox": {corner: ["bbox", corner] for corner in _CORNERS}},
    }
    return {"version": "1.1.0", "primary_column": arrow_rows.GEOMETRY, "columns": {arrow_rows.GEOMETRY: column}}
