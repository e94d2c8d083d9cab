"""What is known of a park or a parcel, measured on the shapes of a snapshot and on nothing else.

Areas in the plane are those of the ledger (a parcel) or of the outline (a park); those on the ellipsoid, neighbours and
frontages are measured as on a parcel's card, and are therefore the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from briefing.snapshot import Geoms, Shapes, Snapshot
from geo import adjacency, area, frontage
from geo.crs import storage_crs
from geo.index import ParcelIndex
from geo.overlay import overlaps
from geo.units import centi_m2

Kind = Literal["park", "parcel"]
NEAR_M: Final = 20.0  # across a street of this width the opposite parcel is still told as near
# below a square metre nothing lies on anything
_SLIVER_CENTI_M2: Final = 100
_TOLD: Final = ("farmland", "ecology", "river", "protection")
_ORDER: Final = ("overlap", "edge", "corner", "across", "near")


@dataclass(frozen=True, slots=True)
class Neighbour:
    """What lies beside: its row, how, how long the boundary is that both share, how wide the gap."""

    row: int
    kind: str
    length_m: float
    gap_m: float


@dataclass(frozen=True, slots=True)
class Frontage:
    """How much of a boundary faces a road (its row), and from how far."""

    road: int
    length_m: float
    distance_m: float


@dataclass(frozen=True, slots=True)
class Lying:
    """A constraint (its row) that a thing lies on, and with how much of it, in hundredths of a m²."""

    constraint: int
    kind: str
    centi_m2: int


@dataclass(frozen=True, slots=True)
class Facts:
    """What is measured of one thing."""

    plane_centi_m2: int
    ellipsoid_centi_m2: int
    perimeter_m: float
    neighbours: tuple[Neighbour, ...]
    frontages: tuple[Frontage, ...]
    lying: tuple[Lying, ...]


class Measured:
    """The parks or the parcels of a snapshot; each is measured when it is asked for."""

    def __init__(self, snapshot: Snapshot, kind: Kind) -> None:
        self._snapshot, self._kind = snapshot, kind
        self.shapes: Shapes = snapshot.parcels if kind == "parcel" else snapshot.layers["parks"]
        self.geoms: Geoms = self.shapes.geoms

    @cached_property
    def _index(self) -> ParcelIndex:
        return ParcelIndex(self.geoms)

    @cached_property
    def _roads(self) -> tuple[Geoms, NDArray[np.float64], shapely.STRtree]:
        layer = self._snapshot.layers["roads"]
        # a snapshot of earlier days does not tell widths
        told = layer.columns.get("width_m", ("",) * len(layer))
        widths = np.array([float(one) if one else np.nan for one in told])
        return layer.geoms, widths, shapely.STRtree(layer.geoms)

    @cached_property
    def _constraints(self) -> tuple[NDArray[np.int64], Geoms, shapely.STRtree]:
        layer = self._snapshot.layers["constraints"]
        rows = np.flatnonzero(np.isin(layer.column("kind").astype(str), _TOLD)) if len(layer) else np.zeros(0, np.int64)
        geoms: Geoms = layer.geoms[rows]
        return rows, geoms, shapely.STRtree(geoms)

    def of(self, row: int) -> Facts:
        """Measure one."""
        geom = self.geoms[row : row + 1]
        plane = self._snapshot.centi_m2[row] if self._kind == "parcel" else centi_m2(area.planar_m2(geom))[0]
        ellipsoid = centi_m2(area.ellipsoid_m2(geom, storage_crs(self._snapshot.epsg)))[0]
        return Facts(
            int(plane), int(ellipsoid), float(shapely.length(geom[0])), self._neighbours(row), self._frontages(row),
            self._lying(geom),
        )  # fmt: skip

    def _neighbours(self, row: int) -> tuple[Neighbour, ...]:
        pairs = adjacency.neighbours_of(self._index, [row], near_m=NEAR_M)
        other = np.where(pairs["left"] == row, pairs["right"], pairs["left"]).tolist()
        columns = (pairs[name].tolist() for name in ("kind", "length_m", "gap_m"))
        found = [Neighbour(*one) for one in zip(other, *columns, strict=True)]
        return tuple(sorted(found, key=lambda one: (_ORDER.index(one.kind), -one.length_m, one.gap_m, one.row)))

    def _frontages(self, row: int) -> tuple[Frontage, ...]:
        geoms, widths, tree = self._roads
        if not len(geoms):
            return ()
        west, south, east, north = self._index.bounds[row]
        reach = frontage.DISTANCE_M + float(np.nanmax(widths, initial=0.0)) / 2.0
        near = np.sort(tree.query(shapely.box(west - reach, south - reach, east + reach, north + reach)))
        found: pd.DataFrame = frontage.frontage_of(self._index, np.array([row]), geoms[near], widths_m=widths[near])
        lines = [
            Frontage(int(near[road]), float(length), float(distance))
            for road, length, distance in zip(found["road"], found["frontage_m"], found["distance_m"], strict=True)
        ]
        return tuple(sorted(lines, key=lambda one: (-one.length_m, one.road)))

    def _lying(self, geom: Geoms) -> tuple[Lying, ...]:
        rows, geoms, tree = self._constraints
        if not len(geoms):
            return ()
        near = np.sort(tree.query(geom[0], predicate="intersects"))
        found = overlaps(geom, geoms[near])
        kinds = self._snapshot.layers["constraints"].columns["kind"]
        lines = [
            Lying(int(rows[near[other]]), kinds[int(rows[near[other]])], int(piece))
            for other, piece in zip(found["other"], centi_m2(found["area_m2"].to_numpy()), strict=True)
            if piece >= _SLIVER_CENTI_M2
        ]
        return tuple(sorted(lines, key=lambda one: (-one.centi_m2, one.constraint)))
