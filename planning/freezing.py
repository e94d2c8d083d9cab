"""Freezing: a scenario and the layers under it as one briefing snapshot; a published one as it was on its day.

What a draft says is frozen when it is asked for. What was published is frozen when it is published and kept beside the
publication (decision 0178), so that its briefing can be made again when parcels, layers and rules are long others.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import isfinite
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from briefing.snapshot import NONE, Conflicts, Shapes, Snapshot, unpacked
from geo.overlay import overlaps
from geo.units import centi_m2
from layers.land_theme import LandClass, classes_of, occurring
from layers.rules import ANY
from layers.vocabulary import STAGES
from planning import publishing
from planning.atlas import Atlas
from planning.cards import SLIVER_M2
from planning.land_uses import land_classes
from planning.quotas import quotas
from planning.ruling import rule_book_of
from planning.snapshots import LayerSnapshot, stage_bytes
from store import audit, published_briefs, reviews
from store.scenarios import PUBLISHED, Scenario

Geoms = NDArray[np.object_]
_COLUMNS: Final = MappingProxyType({
    "parks": ("code", "name", "state", "milestone"),
    "roads": ("code", "name", "state", "road_class", "opening", "width_m"),
    "facilities": ("code", "name", "kind", "state", "milestone"),
    "constraints": ("code", "name", "kind"),
    "towns": ("code", "name", "kind"),
    "landscape": ("name", "kind"),
})  # fmt: skip
_PARCEL_COLUMNS: Final = ("code", "name", "park", "town", "ready_date")
# what the table of rules forbids or asks to be argued, and what it only tells (data/rules/conflicts.csv, CT-038 ff.)
BARRING: Final = ("farmland", "ecology", "river")
NOTED: Final = ("protection",)
_SLIVER_CENTI_M2: Final = int(SLIVER_M2 * 100)
# acts that say nothing of the land: they make no snapshot another one
ASIDE: Final = (
    "export_briefing", "export_layer", "save_view", "rename_view", "order_views", "delete_view", "set_export_profiles",
)  # fmt: skip


def freeze(atlas: Atlas, scenario_id: int) -> Snapshot:
    """Take the snapshot of a scenario, a published one as it was on its day; Refused when there is no such scenario."""
    one = atlas.scenario(scenario_id).scenario
    if one.state == PUBLISHED:
        with atlas.db.read() as conn:
            kept = published_briefs.content(conn, scenario_id)
        return unpacked(kept) if kept is not None else _of_publication(atlas, one)
    return freeze_as_it_stands(atlas, scenario_id)


def freeze_as_it_stands(atlas: Atlas, scenario_id: int) -> Snapshot:
    """Take the snapshot of a scenario over the parcels and layers of now."""
    state, parcels = atlas.scenario(scenario_id), atlas.parcels()
    while parcels.revision != state.parcels_revision:
        # somebody reshaped parcels between the two reads
        state, parcels = atlas.scenario(scenario_id), atlas.parcels()
    layers = {name: atlas.layer(name) for name in _COLUMNS}
    uses, use = _land_use(parcels.frame["land_use"], parcels.frame["land_use_scheme"])
    with atlas.db.read() as conn:
        data_at = audit.latest_at(conn, without=ASIDE)
    return Snapshot(
        epsg=atlas.epsg,
        scenario_id=state.scenario.id,
        scenario=state.scenario.name,
        is_base=state.scenario.base_id is None,
        state=state.scenario.state,
        revision=state.revision,
        data_at=data_at,
        has_sample=parcels.has_sample or any(layer.has_sample for layer in layers.values() if len(layer)),
        stages=tuple(STAGES),
        clusters=atlas.clusters(),
        stage=parcels.stage,
        cluster=state.cluster,
        centi_m2=parcels.centi_m2,
        parcels=_shapes(parcels, _PARCEL_COLUMNS),
        conflicts=conflicts_of(parcels.geoms, layers["constraints"]),
        layers=MappingProxyType({name: _shapes(layer, _COLUMNS[name]) for name, layer in layers.items()}),
        quotas=tuple((code, int(one.mu.scaleb(2))) for code, one in sorted(quotas(atlas.db, scenario_id).items())),
        bases=_bases(atlas),
        land_classes=uses,
        land_use=use,
    )


def _land_use(codes: Iterable[object], schemes: Iterable[object]) -> tuple[tuple[LandClass, ...], NDArray[np.uint8]]:
    classes = land_classes()
    return occurring(classes, classes_of(list(codes), list(schemes), classes))


def _bases(atlas: Atlas) -> tuple[tuple[str, str], ...]:
    """What each kind that bars building rests on: the rule for every cluster, in the rule book's own words."""
    held = {
        kind: one.basis
        for one in rule_book_of(atlas).rules
        if one.on and one.subject == ANY and one.layer == "constraints" and one.basis
        for kind in one.objects
    }
    return tuple((kind, held[kind]) for kind in BARRING if kind in held)


def _of_publication(atlas: Atlas, one: Scenario) -> Snapshot:
    """The snapshot of what was published before snapshots were kept: its own parcels, over the layers of now."""
    table = publishing.published(atlas.db, one.id).table
    with atlas.db.read() as conn:
        day = next(made.at for made in reviews.publications(conn) if made.scenario_id == one.id)
    now = freeze_as_it_stands(atlas, one.id)
    places = {cluster.code: at for at, cluster in enumerate(now.clusters)}
    uses, use = _land_use(table["land_use"].to_pylist(), table["land_use_scheme"].to_pylist())
    geoms: Any = shapely.from_wkb(np.array(table["geometry"].to_pylist(), dtype=object))
    return replace(
        now,
        scenario=one.name,
        data_at=day,
        # what was painted since, under it, is no part of it
        revision=0,
        stage=stage_bytes(pd.Series(table["stage"].to_pylist(), dtype=object)),
        cluster=np.array([places.get(code, NONE) for code in table["cluster"].to_pylist()], dtype=np.uint8),
        centi_m2=np.asarray(table["area_centi_m2"], dtype=np.int64),
        parcels=Shapes(geoms, MappingProxyType({
            name: tuple(text or "" for text in table[name].to_pylist()) for name in _PARCEL_COLUMNS
        })),
        conflicts=conflicts_of(geoms, atlas.layer("constraints")),
        land_classes=uses,
        land_use=use,
    )  # fmt: skip


def conflicts_of(geoms: Geoms, constraints: LayerSnapshot) -> Conflicts:
    """Every parcel that lies on what bars building, with its piece in all and by kind; those within belts are noted.

    Pieces are joined before they are measured, so that ground that two constraints share counts once. Below a square
    metre nothing lies on anything.
    """
    kinds = constraints.frame["kind"].to_numpy(dtype=object)
    strict = np.flatnonzero(np.isin(kinds.astype(str), BARRING))
    rows: list[int] = []
    areas: list[int] = []
    shares: list[tuple[tuple[str, int], ...]] = []
    pieces: list[object] = []
    if len(geoms) and strict.size:
        zone, row = shapely.STRtree(geoms).query(constraints.geoms[strict], predicate="intersects")
        shared = shapely.intersection(geoms[row], constraints.geoms[strict][zone])
        for place in np.unique(row[shapely.area(shared) > 0]).tolist():
            # a parcel lies on few constraints, and few parcels lie on any
            mine = row == place
            piece = shapely.union_all(shared[mine])
            area = int(centi_m2([shapely.area(piece)])[0])
            if area < _SLIVER_CENTI_M2:
                continue
            of_kind = {
                kind: int(centi_m2([shapely.area(shapely.union_all(shared[mine & (kinds[strict][zone] == kind)]))])[0])
                for kind in sorted(set(kinds[strict][zone[mine]].tolist()))
            }
            rows.append(place)
            areas.append(area)
            shares.append(tuple(sorted(((k, v) for k, v in of_kind.items() if v), key=lambda one: (-one[1], one[0]))))
            pieces.append(piece)
    joined: Geoms = np.empty(len(pieces), dtype=object)
    joined[:] = pieces
    noted = overlaps(geoms, constraints.geoms[np.isin(kinds.astype(str), NOTED)])
    belts = np.unique(noted["subject"].to_numpy()[centi_m2(noted["area_m2"].to_numpy()) >= _SLIVER_CENTI_M2])
    return Conflicts(
        np.array(rows, dtype=np.int64), np.array(areas, dtype=np.int64), tuple(shares), joined, belts.astype(np.int64)
    )


def _shapes(layer: LayerSnapshot, columns: tuple[str, ...]) -> Shapes:
    frame = layer.frame.assign(code=layer.codes)
    return Shapes(layer.geoms, MappingProxyType({name: _texts(frame[name]) for name in columns}))


def _texts(column: pd.Series[Any]) -> tuple[str, ...]:
    """A column as text; numbers as they are written, what is missing as nothing."""
    return tuple(
        one if isinstance(one, str) else f"{one:g}" if isinstance(one, (int, float)) and isfinite(one) else ""
        for one in column.tolist()
    )
