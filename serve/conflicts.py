"""Where parcels lie on what may not be built on: the pieces that the map hatches."""

from __future__ import annotations

import threading

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS
from shapely.geometry.base import BaseGeometry

from geo.tiling import TileIndex
from planning.atlas import Atlas
from planning.freezing import BARRING, NOTED


class Conflicts:
    """The overlap of parcels and constraints, worked out once a pair of revisions.

    A feature's id is its parcel's row where it bars building, and the row behind all rows (n + row) for the rest of the
    parcel that lies in a protection belt, which is told and bars nothing.
    """

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._lock = threading.Lock()
        self._held: tuple[str, TileIndex] | None = None

    def revision(self) -> str:
        """The two revisions it stands on."""
        return f"{self._atlas.parcels().revision}-{self._atlas.layer('constraints').revision}"

    def index(self) -> TileIndex:
        """The pieces, by parcel row."""
        with self._lock:
            revision = self.revision()
            if self._held is None or self._held[0] != revision:
                self._held = (revision, self._work_out())
            return self._held[1]

    def _work_out(self) -> TileIndex:
        parcels, constraints = self._atlas.parcels(), self._atlas.layer("constraints")
        kinds = constraints.frame["kind"].to_numpy(dtype=object).astype(str)
        count = len(parcels.ids)
        pieces = np.full(2 * count, None, dtype=object)
        if parcels.index is not None:
            barring = _pieces(parcels.index.tree, parcels.geoms, constraints.geoms[np.isin(kinds, BARRING)])
            told = _pieces(parcels.index.tree, parcels.geoms, constraints.geoms[np.isin(kinds, NOTED)])
            for row, piece in barring.items():
                pieces[row] = piece
            for row, piece in told.items():
                rest = shapely.difference(piece, barring[row]) if row in barring else piece
                if shapely.area(rest) > 0:
                    pieces[count + row] = rest
        return TileIndex(pieces, CRS.from_epsg(self._atlas.epsg))


def _pieces(tree: shapely.STRtree, parcels: NDArray[np.object_], zones: NDArray[np.object_]) -> dict[int, BaseGeometry]:
    """The part of each parcel that lies on some of the zones, by row."""
    if not len(zones):
        return {}
    zone, row = tree.query(zones, predicate="intersects")
    shared = shapely.intersection(parcels[row], zones[zone])
    solid = shapely.area(shared) > 0
    # a parcel lies on few constraints, and few parcels lie on any
    return {int(place): shapely.union_all(shared[solid & (row == place)]) for place in np.unique(row[solid])}
