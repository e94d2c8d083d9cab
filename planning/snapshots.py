"""What everyone reads: frozen pictures of a layer, and of a scenario over the parcels, each of one revision.

Rows are in id order; a row's position is the dense index that tiles and byte arrays use. Arrays are read only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, TypeVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.crs import storage_crs
from geo.index import ParcelIndex
from geo.tiling import TileIndex
from geo.units import centi_m2
from layers.vocabulary import STAGES
from planning.acts import Done
from planning.carrying import Measured, pairs_of
from planning.errors import Fault, Refused
from planning.lookup import TextIndex
from store.scenarios import Scenario

# the byte that says "no cluster" and "no stage" in arrays that travel to the browser
NONE: Final = 255
_T = TypeVar("_T", bound=np.generic)


@dataclass(frozen=True)
class LayerSnapshot:
    """The live rows of one layer.

    ``frame`` has the layer's keys and the common columns, index = id: text, term keys and ISO dates as objects
    with None where missing, numbers as float64 with NaN; ``extra`` is JSON text of what the file had besides.
    """

    name: str
    epsg: int
    revision: int
    ids: NDArray[np.int64]
    codes: NDArray[np.object_]
    geoms: NDArray[np.object_]
    frame: pd.DataFrame

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def index(self) -> ParcelIndex | None:
        """The spatial index over the rows, or None for a layer without rows."""
        return ParcelIndex(self.geoms) if len(self.ids) else None

    @cached_property
    def tiles(self) -> TileIndex:
        """The cutter of vector tiles over the rows."""
        return TileIndex(self.geoms, storage_crs(self.epsg))

    @cached_property
    def has_sample(self) -> bool:
        """Whether any row is schematic sample data, which is to be marked wherever it shows."""
        return bool(self.frame["is_sample"].any())

    @cached_property
    def id_of_code(self) -> dict[str, int]:
        """Permanent id by code."""
        return dict(zip(self.codes.tolist(), self.ids.tolist(), strict=True))

    @cached_property
    def texts(self) -> tuple[TextIndex, TextIndex]:
        """The codes and the names, ready to be searched."""
        return TextIndex(self.codes), TextIndex(self.frame["name"].to_numpy(dtype=object))

    def ids_of(self, codes: Iterable[str]) -> NDArray[np.int64]:
        """Ids of these codes, in the order given; Refused with every code that there is not."""
        wanted = list(codes)
        unknown = [code for code in wanted if code not in self.id_of_code]
        if unknown:
            raise Refused(*(Fault("unknown_code", {"code": code, "layer": self.name}) for code in unknown))
        return np.array([self.id_of_code[code] for code in wanted], dtype=np.int64)

    def code_of(self, one: int) -> str:
        """The code of an id; Refused when it is not (or no longer) there."""
        return str(self.codes[self.row_of([one])[0]])

    def row_of(self, ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
        """Positions of these ids, in the order given; Refused when some are not (or no longer) there."""
        return rows_of(self.ids, ids)


@dataclass(frozen=True)
class ParcelSnapshot(LayerSnapshot):
    """The live parcels; geometry is of ``revision``, attributes of ``fields_revision``."""

    fields_revision: int
    stage: NDArray[np.uint8]
    centi_m2: NDArray[np.int64]

    @cached_property
    def adjacency(self) -> pd.DataFrame:
        """All neighbouring pairs of the layer, by row (see geo.adjacency)."""
        return pairs_of(self.ids, self.index, self.geoms, vars(self).pop("measured_before", None))

    @cached_property
    def ellipsoid_centi_m2(self) -> NDArray[np.int64]:
        """Area on the ellipsoid of each row in whole hundredths of a m²."""
        return exact_areas(self.frame["area_ellipsoid_m2"].to_numpy(dtype=np.float64))

    def follow(self, earlier: ParcelSnapshot) -> None:
        """Hand on what was measured of an earlier revision, or of one before it, for what will be asked of this one."""
        known = vars(earlier).get("measured_before")
        if "adjacency" in vars(earlier) and earlier.index is not None:
            known = Measured(earlier.ids, earlier.index, earlier.adjacency)
        if known is not None:
            vars(self)["measured_before"] = known


@dataclass(frozen=True)
class ScenarioSnapshot:
    """One scenario over the parcels of one revision, row by row.

    ``cluster`` is the effective cluster as an index in ``codes``, 255 = unassigned; ``inherited`` what the base
    alone would give; ``version`` that of the scenario's own row (0 = none): what a tab passes as seen.
    ``revision`` is the last one taken in whole; ``ahead`` lists later ones of this tab's own acts, when others
    wrote in between.
    """

    scenario: Scenario
    revision: int
    parcels_revision: int
    codes: tuple[str, ...]
    ids: NDArray[np.int64]
    cluster: NDArray[np.uint8]
    inherited: NDArray[np.uint8]
    version: NDArray[np.int64]
    own: NDArray[np.bool_]
    parcel_locked: NDArray[np.bool_]
    locked_clusters: frozenset[str]
    ahead: tuple[int, ...] = ()

    @cached_property
    def locked(self) -> NDArray[np.bool_]:
        """Rows that cannot be changed: locked themselves, or of a locked cluster."""
        of_cluster = np.zeros(NONE + 1, dtype=bool)
        of_cluster[[self.codes.index(code) for code in self.locked_clusters]] = True
        return frozen(self.parcel_locked | of_cluster[self.cluster])

    def code_at(self, row: int) -> str | None:
        """Code of the cluster of a row, None when it is unassigned."""
        at = int(self.cluster[row])
        return None if at == NONE else self.codes[at]

    def seen(self, ids: Sequence[int] | NDArray[np.int64]) -> dict[int, int]:
        """The assignment versions that this picture shows, by parcel id: what ``assign`` wants to know."""
        rows = rows_of(self.ids, ids)
        return dict(zip((int(one) for one in ids), self.version[rows].tolist(), strict=True))

    def after(self, done: Done) -> ScenarioSnapshot:
        """Return this picture with an act's changes put in: what a tab shows next, without reading the database.

        What others wrote in the meantime is not in it, and stays countable (``planning.atlas.behind``).
        """
        if done.scenario_id != self.scenario.id:
            raise ValueError(done.scenario_id)
        if done.command_id is None or done.revision in self.ahead or done.revision <= self.revision:
            return self
        follows = done.previous_revision == self.revision
        changes = [change for change in done.changes if _holds(self.ids, change.parcel_id)]
        rows = np.searchsorted(self.ids, [change.parcel_id for change in changes])
        index = {code: at for at, code in enumerate(self.codes)} | {None: NONE}
        cluster, version = self.cluster.copy(), self.version.copy()
        own, locked = self.own.copy(), self.parcel_locked.copy()
        cluster[rows] = [index[change.after] for change in changes]
        version[rows] = [change.version for change in changes]
        own[rows] = [change.own for change in changes]
        locked[rows] = [change.locked for change in changes]
        return replace(
            self,
            revision=done.revision if follows else self.revision,
            ahead=self.ahead if follows else (*self.ahead, done.revision),
            cluster=frozen(cluster),
            version=frozen(version),
            own=frozen(own),
            parcel_locked=frozen(locked),
            locked_clusters=done.locked_clusters,
        )


def frozen(array: NDArray[_T]) -> NDArray[_T]:
    """Make an array read only and return it."""
    array.setflags(write=False)
    return array


def rows_of(all_ids: NDArray[np.int64], ids: Sequence[int] | NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of ids in a sorted array of ids; Refused when some are not in it."""
    wanted = np.asarray(ids, dtype=np.int64)
    rows = np.searchsorted(all_ids, wanted)
    there = rows < len(all_ids)
    there[there] = all_ids[rows[there]] == wanted[there]
    if not there.all():
        raise Refused(*(Fault("unknown_parcel", {"id": int(one)}) for one in wanted[~there]))
    return rows.astype(np.int64)


def stage_bytes(stages: pd.Series[str]) -> NDArray[np.uint8]:
    """Each stage key as its position in STAGES, 255 where there is none."""
    found = pd.Categorical(stages, categories=list(STAGES)).codes.astype(np.int16)
    return frozen(np.where(found < 0, NONE, found).astype(np.uint8))


def exact_areas(area_m2: NDArray[np.float64]) -> NDArray[np.int64]:
    """Stored areas as whole hundredths of a m², of which sums are made."""
    return frozen(centi_m2(area_m2))


def _holds(ids: NDArray[np.int64], one: int) -> bool:
    at = int(np.searchsorted(ids, one))
    return at < len(ids) and int(ids[at]) == one
