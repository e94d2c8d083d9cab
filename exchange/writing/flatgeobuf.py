"""FlatGeobuf: one file with its own index, read in part over a network; shapes of any type, columns with both names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from exchange.errors import NotWritable
from exchange.writing import arrow_rows
from exchange.writing.facts import fact_line, facts_of, title
from exchange.writing.outgoing import Outgoing
from exchange.writing.whole import whole_file


def write_flatgeobuf(outgoing: Outgoing, out: Path, *, epsg: int) -> None:
    """Write a FlatGeobuf in this CRS. The index sorts the rows by place: their order is not kept."""
    import pyogrio  # noqa: PLC0415 - here, because only this form needs it

    if outgoing.rows == 0:
        raise NotWritable("nothing_to_write", {"form": "fgb"})
    schema = arrow_rows.schema_of(outgoing)

    def batches() -> Iterator[pa.RecordBatch]:
        for batch, geoms in arrow_rows.placed(outgoing, epsg):
            yield arrow_rows.record_batch(outgoing, batch, arrow_rows.multi(geoms), schema)

    with whole_file(out, suffix=".fgb") as draft, arrow_rows.Stream(schema, batches()).drawn() as reader:
        pyogrio.raw.write_arrow(
            reader,
            str(draft),
            layer=outgoing.layer,
            driver="FlatGeobuf",
            geometry_name=arrow_rows.GEOMETRY,
            geometry_type=outgoing.shape_name,
            crs=f"EPSG:{epsg}",
            layer_metadata=facts_of(outgoing, epsg),
            layer_options={
                "TITLE": title(outgoing), "DESCRIPTION": fact_line(outgoing, epsg),
                "TEMPORARY_DIR": str(draft.parent),
            },
        )  # fmt: skip
