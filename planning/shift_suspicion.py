"""Whether a file's parcels lie half a kilometre off, as those do that were drawn on a web map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import shapely
from numpy.typing import NDArray
from sqlalchemy import select

from exchange.report import Note
from geo import gcj
from geo.crs import converter
from layers.schema import LayerSchema
from store.database import Database
from store.idsets import among
from store.rtree import ids_in_box
from store.tables import LAYER_TABLES

# so many shapes settle the question
MOST_ASKED: Final = 200
_LONLAT_2000: Final = 4490
_SAID_ALREADY: Final = frozenset({"shift_taken_back"})


def shift_suspected(
    db: Database, schema: LayerSchema, notes: Sequence[Note], some: NDArray[np.object_]
) -> tuple[Note, ...]:
    """Note ``shift_suspected`` when shapes fit stored ones only after a shift is taken back; nothing is moved.

    ``some`` are shapes of the file in the storage CRS, ``notes`` what was said of it already.
    """
    if any(note.code in _SAID_ALREADY for note in notes):
        return ()
    some = some[shapely.get_dimensions(some) == 2]  # noqa: PLR2004 - polygons
    if not len(some):
        return ()
    settled = {shift: _taken_back(some, shift, db.epsg) for shift in gcj.SHIFTS}
    known = _near(db, schema, np.concatenate([some, *settled.values()]))
    if not len(known):
        return ()
    found = gcj.suspected(some, known, settled)
    if found is None:
        return ()
    shift, fitting = found
    return (Note("shift_suspected", {"shift": shift, "fitting": fitting, "of": len(some)}),)


def _near(db: Database, schema: LayerSchema, some: NDArray[np.object_]) -> NDArray[np.object_]:
    """The stored polygons whose box meets that of any of some shapes."""
    table = LAYER_TABLES[schema.name]
    with db.read() as conn:
        ids = {key for box in shapely.bounds(some).tolist() for key in ids_in_box(conn, schema.name, tuple(box))}
        query = select(table.c.geometry).where(among(table.c.id, sorted(ids)))
        stored = conn.execute(query).scalars().all()
    shapes = np.asarray(shapely.from_wkb(np.array(stored, dtype=object)), dtype=object)
    return np.asarray(shapes[shapely.get_dimensions(shapes) == 2], dtype=object)  # noqa: PLR2004 - polygons


def _taken_back(geoms: NDArray[np.object_], shift: gcj.Shift, epsg: int) -> NDArray[np.object_]:
    to_degrees, back = converter(epsg, _LONLAT_2000), converter(_LONLAT_2000, epsg)

    def settle(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = to_degrees.points(xy[:, 0], xy[:, 1])
        return np.column_stack(back.points(*gcj.settled(shift, lon, lat)))

    return np.asarray(shapely.transform(geoms, settle), dtype=object)
