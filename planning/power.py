"""The power site that could feed a piece of land: the nearest with enough head-room, else the nearest that there is.

Head-room is a site's stored capacity less what supplied land that lies nearest to it is reckoned to draw. A site whose
capacity is not stored has no known head-room, and is said to have none known.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.power import PowerDensity, PowerTableRefused, parse_power
from layers.vocabulary import STAGES
from planning.atlas import Atlas
from planning.errors import Fault, Refused
from planning.seeding import DATA
from planning.snapshots import LayerSnapshot, ParcelSnapshot

SITES = "power_sites"


@dataclass(frozen=True, slots=True)
class Feeding:
    """What land needs and who could feed it.

    ``enough`` says whether the site is known to have the head-room; ``capacity_kva`` and ``headroom_kva`` are None
    where the capacity is not stored.
    """

    need_kva: float
    site_id: int
    code: str
    name: str
    distance_m: float
    capacity_kva: float | None
    headroom_kva: float | None
    enough: bool


class Sites:
    """The power sites as they stand, with what is drawn of each."""

    def __init__(self, atlas: Atlas) -> None:
        self.density = density()
        self.parcels = atlas.parcels()
        self.layer = atlas.layer(SITES)
        self.capacity = self.layer.frame["capacity_kva"].to_numpy(dtype=np.float64)
        self.headroom = self.capacity - _drawn(self.parcels, self.layer, self.density)

    def feeding(self, ids: tuple[int, ...]) -> Feeding | None:
        """Who could feed these parcels; None where there is no power site."""
        if not len(self.layer):
            return None
        rows = self.parcels.row_of(list(ids))
        uses = self.parcels.frame["land_use"].to_numpy(dtype=object)[rows]
        need = sum(
            self.density.kva(use, centi / 100.0)
            for use, centi in zip(uses, self.parcels.centi_m2[rows].tolist(), strict=True)
        )
        away = shapely.distance(self.layer.geoms[:, None], self.parcels.geoms[rows][None, :]).min(axis=1)
        enough = np.nan_to_num(self.headroom, nan=-1.0) >= need
        at = int(np.argmin(np.where(enough, away, np.inf))) if enough.any() else int(np.argmin(away))
        name = self.layer.frame["name"].iloc[at]
        return Feeding(
            need_kva=float(need),
            site_id=int(self.layer.ids[at]),
            code=str(self.layer.codes[at]),
            name=name if isinstance(name, str) else "",
            distance_m=float(away[at]),
            capacity_kva=_known(self.capacity[at]),
            headroom_kva=_known(self.headroom[at]),
            enough=bool(enough[at]),
        )


def density() -> PowerDensity:
    """The office's table; Refused when it is none."""
    path = DATA / "rules" / "power_density.csv"
    if not path.is_file():
        raise Refused(Fault("file_missing", {}, path.name))
    return _read(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _changed: int) -> PowerDensity:
    try:
        return parse_power(path.read_text(encoding="utf-8"))
    except PowerTableRefused as error:
        faults = [Fault("number_malformed", {"key": line, "value": line}, path.name) for line in error.lines]
        raise Refused(*faults) from error


def _drawn(parcels: ParcelSnapshot, sites: LayerSnapshot, table: PowerDensity) -> NDArray[np.float64]:
    """What supplied land draws of each site: all of it of the one that lies nearest."""
    drawn = np.zeros(len(sites))
    rows = np.flatnonzero(parcels.stage == STAGES.index("supplied"))
    if sites.index is None or not len(rows):
        return drawn
    nearest = sites.index.tree.nearest(parcels.geoms[rows])
    uses = parcels.frame["land_use"].to_numpy(dtype=object)[rows]
    needs = [
        table.kva(use, centi / 100.0) for use, centi in zip(uses, parcels.centi_m2[rows].tolist(), strict=True)
    ]  # fmt: skip
    np.add.at(drawn, nearest, needs)
    return drawn


def _known(value: np.float64) -> float | None:
    return float(value) if np.isfinite(value) else None
