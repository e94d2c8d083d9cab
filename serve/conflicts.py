"""Where parcels lie on what may not be built on: the pieces that the map hatches."""

from __future__ import annotations

import threading

import numpy as np
import shapely
from pyproj import CRS

from geo.tiling import TileIndex
from layers.style import CONFLICTING
from planning.atlas import Atlas


class Conflicts:
    """The overlap of parcels and constraints, worked out once a pair of revisions; feature ids are parcel rows."""

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
        strict = np.isin(constraints.frame["kind"].to_numpy(dtype=object), CONFLICTING)
        pieces = np.full(len(parcels.ids), None, dtype=object)
        if parcels.index is not None and strict.any():
            zones = constraints.geoms[strict]
            zone, row = parcels.index.tree.query(zones, predicate="intersects")
            shared = shapely.intersection(parcels.geoms[row], zones[zone])
            solid = shapely.area(shared) > 0
            for place in np.unique(row[solid]):
                # a parcel lies on few constraints, and few parcels lie on any
                pieces[place] = shapely.union_all(shared[solid & (row == place)])
        return TileIndex(pieces, CRS.from_epsg(self._atlas.epsg))
