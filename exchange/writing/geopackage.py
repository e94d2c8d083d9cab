"""GeoPackage: one layer with its style inside, all multi-part because the format wants one type.

The style is a row of ``layer_styles``, the table in which QGIS keeps default styles; the Chinese names of the columns
stand in ``gpkg_data_columns``, the facts in ``gpkg_metadata`` and, as one text, in the layer's description.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyarrow as pa

from exchange.errors import NotWritable
from exchange.writing import arrow_rows, qgis_style
from exchange.writing.facts import facts_of, title
from exchange.writing.outgoing import Outgoing
from exchange.writing.whole import whole_file

_GEOMETRY: Final = "geom"
# of the format: 1.4, which GDAL writes unless told, differs in nothing that is used here, and older programs warn of it
_VERSION: Final = "1.2"
# the columns by which QGIS finds a style; empty text, not nothing, is what it asks for
_STYLE_TEXTS: Final = (
    "f_table_catalog", "f_table_schema", "f_table_name", "f_geometry_column", "styleName", "styleQML", "styleSLD",
    "description", "owner", "ui",
)  # fmt: skip


def write_geopackage(outgoing: Outgoing, out: Path, *, epsg: int) -> None:
    """Write a GeoPackage in this CRS."""
    import pyogrio  # noqa: PLC0415 - here, because a page that exports no GeoPackage need not wait for GDAL

    if outgoing.rows == 0:
        raise NotWritable("nothing_to_write", {"form": "gpkg"})
    facts = facts_of(outgoing, epsg)
    schema = arrow_rows.schema_of(outgoing)

    def batches() -> Iterator[pa.RecordBatch]:
        for batch, geoms in arrow_rows.placed(outgoing, epsg):
            yield arrow_rows.record_batch(outgoing, batch, arrow_rows.multi(geoms), schema)

    with whole_file(out, suffix=".gpkg") as draft:
        with arrow_rows.Stream(schema, batches()).drawn() as reader:
            pyogrio.raw.write_arrow(
                reader,
                str(draft),
                layer=outgoing.layer,
                driver="GPKG",
                geometry_name=arrow_rows.GEOMETRY,
                geometry_type=outgoing.shape_name,
                crs=f"EPSG:{epsg}",
                layer_metadata=facts,
                dataset_options={"VERSION": _VERSION},
                layer_options={
                    "DESCRIPTION": json.dumps(facts, ensure_ascii=False), "IDENTIFIER": title(outgoing),
                    "GEOMETRY_NAME": _GEOMETRY,
                },
            )  # fmt: skip
        _add_style(outgoing, draft)


def _add_style(outgoing: Outgoing, draft: Path) -> None:
    from pyogrio import raw  # noqa: PLC0415 - as above

    texts = dict.fromkeys(_STYLE_TEXTS, "") | {
        "f_table_name": outgoing.layer, "f_geometry_column": _GEOMETRY, "styleName": title(outgoing),
        "styleQML": qgis_style.qml(outgoing), "styleSLD": qgis_style.sld(outgoing), "description": title(outgoing),
    }  # fmt: skip
    table = pa.table({
        **{name: [text] for name, text in texts.items()},
        "useAsDefault": [True],
        "update_time": pa.array([dt.datetime.now(dt.UTC)], pa.timestamp("ms", tz="UTC")),
    })  # fmt: skip
    with arrow_rows.gdal_writes():
        raw.write_arrow(table, str(draft), layer="layer_styles", driver="GPKG", append=True)
