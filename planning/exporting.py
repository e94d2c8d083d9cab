"""A layer handed over: any selection, in a scenario, in a named form, with the page that explains its fields."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from exchange.errors import NotWritable
from exchange.writing import forms, sidecar
from exchange.writing.facts import named_facts
from exchange.writing.outgoing import BATCH_ROWS, Batch, Note, OutColumn, Outgoing
from exchange.writing.whole import described
from geo.crs import CrsRefused, authority_code, label, read_crs
from geo.units import mu, square_metres
from geo.zones import numbered, zone_of
from layers.schema import AREA, ELLIPSOID_AREA, LAYERS, LENGTH
from planning.atlas import Atlas
from planning.errors import Fault, Refused
from planning.land_uses import land_uses
from planning.releasing import Release, under
from planning.snapshots import NONE, LayerSnapshot, ScenarioSnapshot
from planning.source_columns import source_columns, source_values

# what can be written, by name
FORMS: Final = forms.FORMS

_CLUSTER: Final = (
    OutColumn("cluster", "text", "产业集群代码", "Cluster code"),
    OutColumn("cluster_name", "text", "产业集群", "Cluster"),
    OutColumn("cluster_name_en", "text", "产业集群（英文）", "Cluster (English)"),
)
_MU: Final = OutColumn("area_mu", "number", "面积", "Area", "亩")
_SOURCE: Final = OutColumn("source", "text", "来源", "Source")
_SAMPLE: Final = OutColumn("is_sample", "boolean", "数据标记", "Data mark")
# stands for all other columns of the source files where columns are named; never written under this name
_EXTRA: Final = OutColumn("extra", "json", "原文件其他字段", "Other columns of the source file")


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written: the file, its rows, size and hash, the page of its fields where one lies beside it.

    ``notes`` say what the form could not hold as it was.
    """

    path: Path
    rows: int
    size_bytes: int
    sha256: str
    crs: str
    fields_path: Path | None
    notes: tuple[Note, ...] = ()


def export(  # noqa: PLR0913 - each a choice of its own
    atlas: Atlas,
    *,
    layer: str,
    scenario_id: int,
    ids: Sequence[int] | NDArray[np.int64] | None = None,
    form: str,
    crs: str | None = None,
    out: Path,
    columns: Sequence[str] | None = None,
    lang: str = "zh",
    at: datetime | None = None,
    by: str = "",
    given: Release | None = None,
) -> Exported:
    """Write a layer, whole or some ids of it in the order given, as the scenario has it.

    Parameters
    ----------
    form
        One of ``FORMS``. ``geojson`` (RFC 7946) and ``kml`` are in WGS 84, ``txt`` in a numbered 3-degree zone, the
        others in the storage CRS unless ``crs`` says another.
    columns
        Keys of the columns to write, in order; all when None.
    lang
        Language of heads and terms in forms for people (tables, Shapefile, geodatabase, KML, DXF). GeoJSON,
        GeoPackage, GeoParquet and FlatGeobuf have the stable English keys in either.
    at, by
        The date and the maker's name that the file bears; none when empty.
    given
        Under which profile the file leaves (planning.releasing); everything, as it is, when None.

    Raises
    ------
    Refused
        The form, the layer, an id, a column or the CRS is not to be had, or the file cannot be written.
    """
    refuse_unknown_form(form)
    snapshot = atlas.layer(layer)
    state = atlas.scenario(scenario_id)
    rows = np.arange(len(snapshot)) if ids is None else snapshot.row_of(np.asarray(ids, dtype=np.int64))
    chosen = columns if given is None else _let_out(layer, columns, given)
    outgoing = _outgoing(atlas, snapshot, state, rows, columns=chosen, told=dated(at, by))
    return write(outgoing if given is None else under(outgoing, given), form=form, crs=crs, out=out, lang=lang)


def refuse_unknown_form(form: str) -> None:
    """Raise Refused when there is no such form."""
    if form not in FORMS:
        raise Refused(Fault("unknown_form", {"form": form, "known": tuple(FORMS)}))


def dated(at: datetime | None, by: str) -> dict[str, str]:
    """When and by whom, as facts of a file."""
    return ({"date": at.date().isoformat()} if at is not None else {}) | ({"by": by} if by else {})


def write(outgoing: Outgoing, *, form: str, crs: str | None, out: Path, lang: str) -> Exported:
    """Write what goes out in a form, and the page of its fields where the form has one; raise Refused."""
    try:
        epsg = _target_epsg(form, crs, outgoing.epsg)
        notes = FORMS[form].write(outgoing, out, epsg=epsg, lang=lang)
        fields_path = sidecar.write_sidecar(outgoing, out) if FORMS[form].fields_beside else None
    except NotWritable as error:
        raise Refused(Fault(error.code, error.values, error.where)) from error
    except CrsRefused as error:
        raise Refused(Fault(error.code, error.values)) from error
    written = described(out)
    return Exported(out, outgoing.rows, written.size_bytes, written.sha256, f"EPSG:{epsg}", fields_path, notes)


@dataclass(frozen=True, slots=True)
class Preview:
    """What a file will hold: heads, some first rows, its facts by name, and how many rows there are of what shapes."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    facts: tuple[tuple[str, str], ...]
    count: int
    dimensions: tuple[int, ...]


def preview(
    atlas: Atlas,
    *,
    layer: str,
    scenario_id: int,
    ids: Sequence[int] | NDArray[np.int64] | None = None,
    form: str,
    crs: str | None = None,
    lang: str = "zh",
    at: datetime | None = None,
    most: int = 8,
    given: Release | None = None,
) -> Preview:
    """The beginning of what ``export`` would write; Refused as it."""
    refuse_unknown_form(form)
    snapshot = atlas.layer(layer)
    rows = np.arange(len(snapshot)) if ids is None else snapshot.row_of(np.asarray(ids, dtype=np.int64))
    told = dated(at, "") | {"rows": str(len(rows))}
    chosen = None if given is None else _let_out(layer, None, given)
    outgoing = _outgoing(atlas, snapshot, atlas.scenario(scenario_id), rows[:most], columns=chosen, told=told)
    whole = replace(
        outgoing if given is None else under(outgoing, given),
        rows=len(rows),
        has_sample=bool(snapshot.frame["is_sample"].to_numpy()[rows].any()),
        dimensions=_dimensions(snapshot.geoms[rows]),
    )
    return previewed(whole, form=form, crs=crs, lang=lang, most=most)


def previewed(outgoing: Outgoing, *, form: str, crs: str | None, lang: str, most: int = 8) -> Preview:
    """The beginning of what goes out."""
    try:
        epsg = _target_epsg(form, crs, outgoing.epsg)
    except CrsRefused as error:
        raise Refused(Fault(error.code, error.values)) from error
    first = next(outgoing.batches(), None)
    lists = [
        [column.said(value, lang) for value in first.values[column.key][:most]] if first is not None else []
        for column in outgoing.columns
    ]
    heads = [column.head(lang) for column in outgoing.columns]
    return Preview(
        # a column of a source file may be called as one of ours: its key tells them apart
        heads=tuple(
            head if heads.count(head) == 1 else f"{head} {column.key}"
            for head, column in zip(heads, outgoing.columns, strict=True)
        ),
        rows=tuple(zip(*lists, strict=True)),
        facts=tuple(named_facts(outgoing, epsg, lang, without=_KNOWN_ALREADY[lang == "en"])),
        count=outgoing.rows,
        dimensions=outgoing.dimensions,
    )


# what who has just chosen the layer need not be told: its name in the other language, keys, the database's own CRS
_KNOWN_ALREADY: Final = (
    frozenset({"layer", "layer_en", "storage_crs", "revision"}),
    frozenset({"layer", "layer_zh", "storage_crs", "revision"}),
)


def crs_choices(form: str, storage_epsg: int) -> tuple[str, ...]:
    """The CRS that a form is usually asked in, the one that it has unless told first; none where it has no choice."""
    storage, plain = f"EPSG:{storage_epsg}", zone_of(storage_epsg)
    with_number = () if plain is None else (f"EPSG:{numbered(storage_epsg)}",)
    match FORMS[form].crs:
        case "any":
            return tuple(dict.fromkeys((storage, "EPSG:4490", *with_number)))
        case "plane":
            return tuple(dict.fromkeys((storage, *with_number)))
        case "zone":
            return tuple(dict.fromkeys((*with_number, storage)))
        case _:
            return ()


def rows_of(atlas: Atlas, *, layer: str, scenario_id: int) -> list[dict[str, Any]]:
    """Every row of a layer as plain values by column key, ``id`` first: what a list shows."""
    snapshot, state = atlas.layer(layer), atlas.scenario(scenario_id)
    columns = columns_of(layer)
    names = {one.code: (one.name_zh, one.name_en) for one in atlas.clusters()}
    values = _values(snapshot, state, np.arange(len(snapshot)), columns, names)
    keys = [column.key for column in columns]
    rows = zip(snapshot.ids.tolist(), *(values[key] for key in keys), strict=True)
    return [dict(zip(("id", *keys), row, strict=True)) for row in rows]


def columns_of(layer: str) -> tuple[OutColumn, ...]:
    """Every column that an export of the layer may have, in order."""
    schema = LAYERS[layer]
    own = tuple(OutColumn(f.key, f.kind, f.zh, f.en, f.unit, f.terms) for f in schema.fields)
    cluster = _CLUSTER if layer == "parcels" else ()
    measures = [OutColumn(f.key, f.kind, f.zh, f.en, f.unit) for f in (AREA, ELLIPSOID_AREA, LENGTH)]
    areal = [measures[0], _MU, measures[1]] if "polygon" in schema.shapes else []
    linear = [measures[2]] if "line" in schema.shapes else []
    return (*own, *cluster, *areal, *linear, _SOURCE, _SAMPLE, _EXTRA)


def form_of(out: Path, *, crs: str | None = None) -> str | None:
    """The form that a file's name means, or None. GeoJSON in a CRS other than WGS 84 is the kind that names it."""
    form = forms.form_of_name(out.name)
    return "geojson-cgcs2000" if form == "geojson" and crs is not None and not _is_wgs84(crs) else form


def _target_epsg(form: str, crs: str | None, storage_epsg: int) -> int:
    rule = FORMS[form].crs
    if rule == "wgs84":
        if crs is not None and not _is_wgs84(crs):
            raise Refused(Fault("form_is_wgs84", {"form": form, "crs": crs}))
        return 4326
    if rule == "table":
        return storage_epsg
    if crs is None:
        # without a zone the form itself says what is missing
        return (numbered(storage_epsg) or storage_epsg) if rule == "zone" else storage_epsg
    target = read_crs(_spelled(crs))
    code = authority_code(target)
    if code is None or code[0] != "EPSG":
        raise Refused(Fault("crs_without_epsg", {"crs": crs}))
    if not (target.is_projected or target.is_geographic) or len(target.axis_info) != 2:  # noqa: PLR2004 - east and north
        raise Refused(Fault("crs_not_for_maps", {"crs": crs}))
    return int(code[1])


def _is_wgs84(crs: str) -> bool:
    try:
        return label(read_crs(_spelled(crs))) in {"EPSG:4326", "OGC:CRS84"}
    except CrsRefused as error:
        raise Refused(Fault(error.code, error.values)) from error


def _spelled(crs: str) -> str:
    return f"EPSG:{crs.strip()}" if crs.strip().isdigit() else crs.strip()


def _outgoing(
    atlas: Atlas,
    snapshot: LayerSnapshot,
    state: ScenarioSnapshot,
    rows: NDArray[np.int64],
    *,
    columns: Sequence[str] | None,
    told: Mapping[str, str],
) -> Outgoing:
    named = _chosen(snapshot.name, columns)
    own = tuple(column for column in named if column.key != _EXTRA.key)
    names = {one.code: (one.name_zh, one.name_en) for one in atlas.clusters()}
    extra = snapshot.frame["extra"]
    others = source_columns(
        (extra.iloc[rows] if _EXTRA in named else ()), taken={column.key for column in columns_of(snapshot.name)}
    )

    def batches() -> Iterator[Batch]:
        for start in range(0, len(rows), BATCH_ROWS):
            some = rows[start : start + BATCH_ROWS]
            values = _values(snapshot, state, some, own, names)
            if others:
                values |= source_values(others, extra.iloc[some])
            yield Batch(snapshot.ids[some], snapshot.geoms[some], values)

    schema = LAYERS[snapshot.name]
    facts: dict[str, Any] = {
        "layer": schema.name,
        "layer_zh": schema.zh,
        "layer_en": schema.en,
        "scenario": state.scenario.name,
        "storage_crs": f"EPSG:{snapshot.epsg}",
        "rows": len(rows),
        "revision": snapshot.revision,
        **told,
    }
    return Outgoing(
        layer=snapshot.name,
        epsg=snapshot.epsg,
        columns=(*own, *(one.out for one in others)),
        rows=len(rows),
        has_sample=bool(snapshot.frame["is_sample"].to_numpy()[rows].any()),
        dimensions=_dimensions(snapshot.geoms[rows]),
        batches=batches,
        facts=facts,
        clusters=atlas.clusters(),
        land_uses=land_uses() if snapshot.name == "parcels" else {},
    )


def _let_out(layer: str, columns: Sequence[str] | None, given: Release) -> list[str]:
    """The columns asked for, all when None, without those that the profile leaves out."""
    asked = [column.key for column in columns_of(layer)] if columns is None else columns
    return [key for key in asked if key not in given.profile.left_out]


def _dimensions(geoms: NDArray[np.object_]) -> tuple[int, ...]:
    return tuple(np.unique(shapely.get_dimensions(geoms)).tolist())


def _chosen(layer: str, columns: Sequence[str] | None) -> tuple[OutColumn, ...]:
    known = {column.key: column for column in columns_of(layer)}
    if columns is None:
        return tuple(known.values())
    unknown = [key for key in columns if key not in known]
    if unknown:
        raise Refused(*(Fault("unknown_column", {"column": key, "known": tuple(known)}) for key in unknown))
    return tuple(known[key] for key in columns)


def _values(
    snapshot: LayerSnapshot,
    state: ScenarioSnapshot,
    rows: NDArray[np.int64],
    columns: tuple[OutColumn, ...],
    names: dict[str, tuple[str, str]],
) -> dict[str, list[Any]]:
    """Each column of some rows as plain Python values, None where there is nothing."""
    frame = snapshot.frame.iloc[rows]
    values: dict[str, list[Any]] = {}
    for column in columns:
        if column.key in frame:
            values[column.key] = _plain(frame[column.key], as_json=column.kind == "json")
    wanted = {column.key for column in columns}
    if "area_mu" in wanted:
        values["area_mu"] = [_mu(area) for area in _plain(frame["area_m2"])]
    if wanted & {column.key for column in _CLUSTER}:
        codes = [None if at == NONE else state.codes[at] for at in state.cluster[rows].tolist()]
        values["cluster"] = codes
        values["cluster_name"] = [names[code][0] if code in names else None for code in codes]
        values["cluster_name_en"] = [names[code][1] if code in names else None for code in codes]
    return values


def _plain(series: pd.Series[Any], *, as_json: bool = False) -> list[Any]:
    values = series.astype(object).where(series.notna(), None).tolist()
    return [None if value is None else json.loads(value) for value in values] if as_json else values


def _mu(area_m2: float | None) -> float | None:
    """亩 of a recorded area, exact to the digits that the area has."""
    return None if area_m2 is None else float(mu(square_metres(int(Decimal(str(area_m2)).scaleb(2)))))
