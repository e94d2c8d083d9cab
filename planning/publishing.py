"""What a scenario is on a day, frozen: every parcel with its boundary, areas, columns and cluster, under one digest.

The content is one GeoParquet file, so that any GIS opens it in ten years. The digest is of the values and not of the
file: the same values have the same digest whatever release of the library packs them.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import shapely
from sqlalchemy import Connection

from geo.crs import storage_crs
from geo.units import centi_m2
from layers.schema import LAYERS
from planning.effective import effective
from planning.errors import Fault, Refused
from planning.ledger import ClusterTotal, total
from store import clusters, features, reviews
from store.audit import canonical
from store.database import Database
from store.scenarios import Scenario

PARCELS: Final = "parcels"


@dataclass(frozen=True)
class Frozen:
    """A scenario's content as a table (``COLUMNS``), its digest, and what it is about."""

    table: pa.Table
    digest: str

    @property
    def parcels(self) -> int:
        """How many parcels."""
        return int(self.table.num_rows)

    @property
    def centi_m2(self) -> int:
        """Their area, in hundredths of a m²."""
        return int(np.asarray(self.table["area_centi_m2"]).sum())

    def totals(self) -> tuple[ClusterTotal, ...]:
        """One line a cluster that has parcels, by code, then that of the unassigned: the figures of the day."""
        area = np.asarray(self.table["area_centi_m2"], dtype=np.int64)
        held = np.array(self.table["cluster"].to_pylist(), dtype=object)
        codes = sorted({code for code in held if code is not None})
        lines: list[str | None] = [*codes, None]
        return tuple(total(code, int((held == code).sum()), int(area[held == code].sum())) for code in lines)


def freeze(conn: Connection, one: Scenario, epsg: int) -> Frozen:
    """Take a scenario as it stands, over the live parcels."""
    shapes = features.load_shapes(conn, PARCELS)
    frame = features.load_attributes(conn, PARCELS)
    names: dict[int, str | None] = {key: code for code, key in clusters.ids_by_code(conn).items()}
    shown = effective(conn, one.id, shapes.ids).cluster
    keys = LAYERS[PARCELS].keys
    columns: dict[str, pa.Array] = {
        "id": pa.array(shapes.ids),
        "cluster": pa.array([names.get(key) for key in shown.tolist()], pa.string()),
        "area_centi_m2": pa.array(centi_m2(shapes.area_m2)),
        "area_ellipsoid_m2": pa.array(frame["area_ellipsoid_m2"].to_numpy(), pa.float64(), from_pandas=True),
        **{key: _column(frame[key].to_numpy()) for key in keys},
        "geometry": pa.array(shapely.to_wkb(shapes.geoms, output_dimension=2).tolist(), pa.binary()),
    }
    about = {"scenario": one.id, "name": one.name, "epsg": epsg}
    table = pa.table(columns).replace_schema_metadata(_metadata(about, shapes.geoms, epsg))
    return Frozen(table, digest_of(table))


def packed(frozen: Frozen) -> bytes:
    """The file: GeoParquet 1.1, zstd."""
    out = io.BytesIO()
    pq.write_table(frozen.table, out, compression="zstd", compression_level=12)
    return out.getvalue()


def unpacked(content: bytes) -> Frozen:
    """Read the file again; the digest is that of what it holds."""
    table = pq.read_table(io.BytesIO(content))
    return Frozen(table, digest_of(table))


def digest_of(table: pa.Table) -> str:
    """SHA-256 over what the table is about and every column, name and values in canonical JSON, geometry as WKB."""
    mark = hashlib.sha256()
    mark.update(table.schema.metadata[b"chantu"])
    for name in table.column_names:
        mark.update(f"\n{name}\n".encode())
        if name == "geometry":
            for wkb in table[name].to_pylist():
                mark.update(len(wkb).to_bytes(8, "big"))
                mark.update(wkb)
        else:
            mark.update(canonical(table[name].to_pylist()).encode())
    return mark.hexdigest()


def published(db: Database, scenario_id: int) -> Frozen:
    """What a published scenario was on its day; Refused when it is not published."""
    return unpacked(published_file(db, scenario_id))


def published_file(db: Database, scenario_id: int) -> bytes:
    """The GeoParquet file of a published scenario; Refused when it is not published."""
    with db.read() as conn:
        content = reviews.content(conn, scenario_id)
    if content is None:
        raise Refused(Fault("not_published", {"scenario": scenario_id}))
    return content


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the database has gone on since a publication: parcels gone, new, reshaped, in another cluster."""

    gone: tuple[str, ...]
    new: tuple[str, ...]
    reshaped: tuple[str, ...]
    reassigned: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many parcels are not what they were; one that was both reshaped and reassigned counts once."""
        return len({*self.gone, *self.new, *self.reshaped, *self.reassigned})


def drift(db: Database, scenario_id: int) -> Drift:
    """Compare a published scenario with the same scenario as it would show today; Refused when it is not published."""
    then = published(db, scenario_id).table
    with db.read() as conn:
        one = _scenario(conn, scenario_id)
        now = freeze(conn, one, db.epsg).table
    old, new = _by_id(then), _by_id(now)
    both = [key for key in old if key in new]
    return Drift(
        gone=tuple(old[key][0] for key in old if key not in new),
        new=tuple(new[key][0] for key in new if key not in old),
        reshaped=tuple(new[key][0] for key in both if old[key][2] != new[key][2]),
        reassigned=tuple(new[key][0] for key in both if old[key][1] != new[key][1]),
    )


def _scenario(conn: Connection, scenario_id: int) -> Scenario:
    # at call time: planning.writing is about acts, and this module is read by the check of the database too
    from planning.writing import known_scenario  # noqa: PLC0415

    return known_scenario(conn, scenario_id)


def _by_id(table: pa.Table) -> dict[int, tuple[str, str | None, bytes]]:
    names = ("id", "code", "cluster", "geometry")
    rows = zip(*(table[name].to_pylist() for name in names), strict=True)
    return {key: (code, cluster, wkb) for key, code, cluster, wkb in rows}


def _column(values: Any) -> pa.Array:
    return pa.array(values, from_pandas=True) if values.dtype != object else pa.array(values.tolist(), pa.string())


def _metadata(about: dict[str, object], geoms: Any, epsg: int) -> dict[bytes, bytes]:
    names = {3: "Polygon", 6: "MultiPolygon"}
    kinds = sorted({names[int(kind)] for kind in np.unique(shapely.get_type_id(geoms)) if int(kind) in names})
    column = {"encoding": "WKB", "geometry_types": kinds, "crs": storage_crs(epsg).to_json_dict()}
    geo = {"version": "1.1.0", "primary_column": "geometry", "columns": {"geometry": column}}
    return {b"chantu": canonical(about).encode(), b"geo": json.dumps(geo).encode()}


def area_m2(one: reviews.Publication) -> Decimal:
    """The published area, exactly."""
    return Decimal(one.centi_m2).scaleb(-2)
