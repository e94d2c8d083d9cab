"""Briefings: freeze a scenario and the layers as they stand, and make the file of a template from what was frozen."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from math import isfinite
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely

from briefing import rendering, tally
from briefing.faces import FontsDamaged
from briefing.rendering import SIZES, CharactersMissing, Order
from briefing.snapshot import Conflicts, Shapes, Snapshot
from briefing.templates.catalogue import TEMPLATES
from geo.overlay import overlaps
from geo.units import centi_m2
from layers.rules import ANY
from layers.vocabulary import STAGES
from planning.atlas import Atlas
from planning.cards import SLIVER_M2
from planning.errors import Fault, Refused
from planning.quotas import quotas
from planning.ruling import rule_book_of
from planning.snapshots import LayerSnapshot, ParcelSnapshot
from store import audit

SUFFIXES: Final = (".png", ".pdf")
# more does not stand on one line in a size that a room can read
LONGEST_TITLE: Final = 60
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


@dataclass(frozen=True, slots=True)
class Brief:
    """What was made: the file's bytes and ending, its title, its snapshot's id, names without a place on the map."""

    body: bytes
    suffix: str
    title: str
    snapshot_id: str
    dropped: tuple[str, ...]


def brief(snapshot: Snapshot, order: Order, suffix: str, other: Snapshot | None = None) -> Brief:
    """Make a briefing from a snapshot; ``other`` is the scenario to compare with, and stands left.

    Raises
    ------
    Refused
        The order asks for what there is not: every fault at once. Or the bundled font lacks characters of the data
        (``characters_missing``), or is damaged (``fonts_damaged``); nothing is ever set in another font.
    """
    faults = order_faults(snapshot, order, suffix, other)
    if faults:
        raise Refused(*faults)
    beside = other if TEMPLATES[order.template].takes_other else None
    try:
        if order.size == rendering.A3:
            made = rendering.a3(snapshot, order)
        else:
            made = (rendering.pdf if suffix == ".pdf" else rendering.png)(snapshot, order, beside)
    except CharactersMissing as missing:
        raise Refused(Fault("characters_missing", {"characters": "".join(missing.characters)})) from missing
    except FontsDamaged as damaged:
        raise Refused(Fault("fonts_damaged", {"names": damaged.names})) from damaged
    return Brief(made.body, suffix, made.title, made.snapshot_id, made.dropped)


def order_faults(snapshot: Snapshot, order: Order, suffix: str, other: Snapshot | None) -> tuple[Fault, ...]:
    """Everything that an order asks for and there is not."""
    faults = []
    template = TEMPLATES.get(order.template)
    if template is None:
        known = tuple(one.zh for one in TEMPLATES.values())
        faults.append(Fault("unknown_template", {"template": order.template, "known": known}))
    if order.size == rendering.A3:
        if suffix != ".pdf" or (template is not None and template.takes_other):
            faults.append(Fault("sheet_is_pdf_of_one"))
    elif order.size not in SIZES:
        faults.append(Fault("unknown_size", {"size": order.size, "known": (*SIZES, rendering.A3)}))
    if suffix not in SUFFIXES:
        faults.append(Fault("brief_form_unknown", {"suffix": suffix, "known": SUFFIXES}))
    if len(order.title) > LONGEST_TITLE:
        faults.append(Fault("title_too_long", {"length": len(order.title), "longest": LONGEST_TITLE}))
    if any(unicodedata.category(one) in {"Cc", "Cf", "Cs"} for one in order.title):
        faults.append(Fault("control_character", {}, "title"))
    if template is not None and template.takes_park and order.park and order.park not in parks_of(snapshot):
        faults.append(Fault("unknown_park", {"park": order.park, "known": parks_of(snapshot)}))
    if template is not None and template.takes_other:
        if other is None:
            faults.append(Fault("comparison_alone"))
        elif other.epsg != snapshot.epsg:
            faults.append(Fault("comparison_elsewhere"))
    return tuple(faults)


def parks_of(snapshot: Snapshot) -> tuple[str, ...]:
    """Parks that parcels belong to, the one with most land first."""
    parts = tally.by_park(snapshot, np.ones(len(snapshot.stage), dtype=bool))
    return tuple(part.key for part in parts if part.key)


def freeze(atlas: Atlas, scenario_id: int) -> Snapshot:
    """Take the snapshot of a scenario; Refused when there is no such scenario."""
    state = atlas.scenario(scenario_id)
    parcels = atlas.parcels()
    while parcels.revision != state.parcels_revision:
        # somebody reshaped parcels between the two reads
        state, parcels = atlas.scenario(scenario_id), atlas.parcels()
    layers = {name: atlas.layer(name) for name in _COLUMNS}
    with atlas.db.read() as conn:
        last = audit.latest(conn, limit=1)
    return Snapshot(
        epsg=atlas.epsg,
        scenario_id=state.scenario.id,
        scenario=state.scenario.name,
        is_base=state.scenario.base_id is None,
        state=state.scenario.state,
        revision=state.revision,
        data_at=last[0].at if last else "",
        has_sample=parcels.has_sample or any(layer.has_sample for layer in layers.values() if len(layer)),
        stages=tuple(STAGES),
        clusters=atlas.clusters(),
        stage=parcels.stage,
        cluster=state.cluster,
        centi_m2=parcels.centi_m2,
        parcels=_shapes(parcels, _PARCEL_COLUMNS),
        conflicts=conflicts_of(parcels, layers["constraints"]),
        layers=MappingProxyType({name: _shapes(layer, _COLUMNS[name]) for name, layer in layers.items()}),
        quotas=tuple((code, int(one.mu.scaleb(2))) for code, one in sorted(quotas(atlas.db, scenario_id).items())),
        bases=_bases(atlas),
    )


def _bases(atlas: Atlas) -> tuple[tuple[str, str], ...]:
    """What each kind that bars building rests on: the rule for every cluster, in the rule book's own words."""
    held = {
        kind: one.basis
        for one in rule_book_of(atlas).rules
        if one.on and one.subject == ANY and one.layer == "constraints" and one.basis
        for kind in one.objects
    }
    return tuple((kind, held[kind]) for kind in BARRING if kind in held)


def conflicts_of(parcels: ParcelSnapshot, constraints: LayerSnapshot) -> Conflicts:
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
    if parcels.index is not None and strict.size:
        zone, row = parcels.index.tree.query(constraints.geoms[strict], predicate="intersects")
        shared = shapely.intersection(parcels.geoms[row], constraints.geoms[strict][zone])
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
    geoms = np.empty(len(pieces), dtype=object)
    geoms[:] = pieces
    noted = overlaps(parcels.geoms, constraints.geoms[np.isin(kinds.astype(str), NOTED)])
    belts = np.unique(noted["subject"].to_numpy()[centi_m2(noted["area_m2"].to_numpy()) >= _SLIVER_CENTI_M2])
    return Conflicts(
        np.array(rows, dtype=np.int64), np.array(areas, dtype=np.int64), tuple(shares), geoms, belts.astype(np.int64)
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
