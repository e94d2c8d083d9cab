"""Parcels chosen by the polygons of a file: what lies in them, mostly in them, or touches them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from exchange import reading
from exchange.errors import FileRefused
from geo import selecting
from geo.adjacency import TOLERANCE_M
from geo.selecting import Predicate
from layers.schema import Shape
from layers.vocabulary import PREDICATES
from planning.atlas import Atlas
from planning.errors import Fault, Refused


def by_file(atlas: Atlas, path: Path, predicate: Predicate, *, crs: str | None = None) -> NDArray[np.int64]:
    """Ids of the parcels that the polygons of a file take together, ascending.

    ``within`` allows for the tolerance of boundary points (0.10 m).

    Raises
    ------
    Refused
        The file cannot be read, or some of its polygons cannot be used: a hole in the outline would choose silently.
    """
    if predicate not in PREDICATES:
        raise Refused(Fault("unknown_predicate", {"predicate": predicate, "known": tuple(PREDICATES)}))
    geoms = _read(atlas, path, "polygon", crs=crs)
    parcels = atlas.parcels()
    if parcels.index is None:
        return np.zeros(0, dtype=np.int64)
    outline = shapely.union_all(geoms)
    if predicate == "within":
        # an outline drawn along parcels and written with rounded coordinates still holds them
        outline = shapely.buffer(outline, TOLERANCE_M, join_style="mitre")
    return parcels.ids[selecting.by_shape(parcels.index, outline, predicate)]


def polygons_of_file(atlas: Atlas, path: Path, *, crs: str | None = None) -> NDArray[np.object_]:
    """Each polygon of a file, in the storage CRS; Refused as ``by_file``."""
    return _read(atlas, path, "polygon", crs=crs)


def line_of_file(atlas: Atlas, path: Path, *, crs: str | None = None) -> BaseGeometry:
    """The lines of a file together, in the storage CRS; Refused as ``by_file``."""
    found: BaseGeometry = shapely.union_all(_read(atlas, path, "line", crs=crs))
    return found


def _read(atlas: Atlas, path: Path, shape: Shape, *, crs: str | None) -> NDArray[np.object_]:
    try:
        with reading.secured(path, path.name) as original:
            read = reading.read(original, shapes=(shape,), storage_epsg=atlas.epsg, crs=crs, strict=False, columns=())
    except FileRefused as refused:
        raise Refused(Fault(refused.code, refused.values, refused.where or path.name)) from refused
    bad = [item for item in read.items if item.outcome == "refused"]
    if bad:
        raise Refused(*(Fault(item.code, item.detail, f"{path.name} row {item.row}") for item in bad[:20]))
    return np.asarray(read.geoms, dtype=object)
