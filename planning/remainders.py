"""The part of a red line that nothing stands against: what constraints and parcels leave of it, and its export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from exchange.writing.outgoing import BATCH_ROWS, Batch, OutColumn, Outgoing
from geo import remainder as taking
from geo.units import mu, square_metres
from layers.schema import AREA, LAYERS
from layers.style import CONFLICTING
from layers.vocabulary import CONSTRAINT_KINDS
from planning import exporting, outlines
from planning.atlas import PARCELS, Atlas
from planning.errors import Fault, Refused
from planning.releasing import Release, under
from planning.snapshots import LayerSnapshot

LAYER: Final = "remainder"
NAMES: Final = ("红线扣除冲突后的剩余", "Red line less conflicts")
# what stands against building unless somebody chooses otherwise
KINDS: Final = CONFLICTING
_COLUMNS: Final = (
    OutColumn("code", "text", "编号", "Code"),
    OutColumn("name", "text", "名称", "Name"),
    OutColumn("red_line", "text", "红线", "Red line"),
    OutColumn("red_line_m2", "number", "红线面积", "Area of the red line", "㎡"),
    OutColumn("taken_m2", "number", "红线内扣除面积", "Taken off the red line", "㎡"),
    OutColumn("taken_by", "text", "扣除明细", "Taken by"),
    OutColumn(AREA.key, "number", AREA.zh, AREA.en, AREA.unit),
    OutColumn("area_mu", "number", "面积", "Area", "亩"),
    OutColumn("is_sample", "boolean", "数据标记", "Data mark"),
)


@dataclass(frozen=True, slots=True)
class RedLine:
    """A polygon from which conflicts are taken off."""

    code: str
    name: str
    geom: BaseGeometry
    is_sample: bool = False
    parcel_id: int | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One red line and what became of it, in exact m²: area = left + slivers + everything taken, by kind in turn."""

    red_line: RedLine
    area_m2: Decimal
    left_m2: Decimal
    sliver_m2: Decimal
    slivers: int
    taken_m2: tuple[tuple[str, Decimal], ...]
    pieces: NDArray[np.object_]
    piece_m2: tuple[Decimal, ...]

    @property
    def removed_m2(self) -> Decimal:
        """All that is not left."""
        return self.area_m2 - self.left_m2


@dataclass(frozen=True, slots=True)
class Remainders:
    """The accounts of some red lines, and whether sample data took part."""

    accounts: tuple[Account, ...]
    kinds: tuple[str, ...]
    has_sample: bool

    @property
    def pieces(self) -> int:
        """How many pieces are left in all."""
        return sum(len(one.pieces) for one in self.accounts)


def red_lines_of_file(atlas: Atlas, path: Path, *, crs: str | None = None) -> tuple[RedLine, ...]:
    """Each polygon of a file; Refused when some cannot be used."""
    geoms = outlines.polygons_of_file(atlas, path, crs=crs)
    return tuple(RedLine(f"{path.stem}-{number}", path.stem, geom) for number, geom in enumerate(geoms, start=1))


def red_lines_of_layer(atlas: Atlas, layer: str, ids: Sequence[int] | NDArray[np.int64]) -> tuple[RedLine, ...]:
    """Some polygons of a layer, such as parks or parcels; Refused when one is no polygon."""
    snapshot = atlas.layer(layer)
    rows = snapshot.row_of(np.asarray(ids, dtype=np.int64))
    frame = snapshot.frame.iloc[rows]
    flat = [
        str(code)
        for code, geom in zip(snapshot.codes[rows], snapshot.geoms[rows], strict=True)
        if shapely.get_dimensions(geom) != 2  # noqa: PLR2004 - an area
    ]
    if flat:
        raise Refused(*(Fault("red_line_no_polygon", {"code": code}) for code in flat))
    rest = zip(
        snapshot.codes[rows], frame["name"], snapshot.geoms[rows], frame["is_sample"], snapshot.ids[rows], strict=True
    )
    return tuple(
        RedLine(str(code), str(name or ""), geom, bool(sample), int(key) if layer == PARCELS else None)
        for code, name, geom, sample, key in rest
    )


def remainders(
    atlas: Atlas,
    red_lines: Sequence[RedLine],
    *,
    kinds: Sequence[str] = KINDS,
    less_parcels: bool = False,
    least_m2: float = taking.LEAST_M2,
) -> Remainders:
    """Take the constraints of these kinds, in their order, and then perhaps the parcels, off each red line.

    A parcel that is a red line itself takes nothing.

    Raises
    ------
    Refused
        ``nothing_selected``, ``unknown_constraint_kind``, or ``least_area_negative``.
    """
    if not red_lines:
        raise Refused(Fault("nothing_selected"))
    unknown = [kind for kind in kinds if kind not in CONSTRAINT_KINDS]
    faults = [Fault("unknown_constraint_kind", {"kind": kind, "known": tuple(CONSTRAINT_KINDS)}) for kind in unknown]
    if not 0 <= least_m2 < np.inf:
        faults.append(Fault("least_area_negative", {"given": least_m2}))
    if faults:
        raise Refused(*faults)
    takers = _takers(atlas, tuple(dict.fromkeys(kinds)))
    if less_parcels:
        takers[PARCELS] = _parcels(atlas, [line.parcel_id for line in red_lines if line.parcel_id is not None])
    accounts = []
    sample = any(line.is_sample for line in red_lines)
    for line in red_lines:
        near = [taker.near(line.geom) for taker in takers.values()]
        sample = sample or any(marked for _, marked in near)
        found = taking.remainder(line.geom, [geoms for geoms, _ in near], least_m2=least_m2)
        accounts.append(_account(line, tuple(takers), found))
    return Remainders(tuple(accounts), tuple(takers), sample)


def export(
    atlas: Atlas,
    found: Remainders,
    *,
    form: str,
    out: Path,
    crs: str | None = None,
    scenario_id: int | None = None,
    lang: str = "zh",
    at: datetime | None = None,
    by: str = "",
    given: Release | None = None,
) -> exporting.Exported:
    """Write the pieces that are left, one row each; Refused as ``exporting.export``."""
    exporting.refuse_unknown_form(form)
    told = dict(exporting.dated(at, by))
    if scenario_id is not None:
        told["scenario"] = atlas.scenario(scenario_id).scenario.name
    out_going = outgoing(atlas, found, told=told, lang=lang)
    if given is not None:
        out_going = under(out_going, given)
    return exporting.write(out_going, form=form, crs=crs, out=out, lang=lang)


def preview(
    atlas: Atlas,
    found: Remainders,
    *,
    scenario_id: int,
    form: str,
    crs: str | None = None,
    lang: str = "zh",
    at: datetime | None = None,
    given: Release | None = None,
) -> exporting.Preview:
    """The beginning of what ``export`` would write."""
    exporting.refuse_unknown_form(form)
    told = {**exporting.dated(at, ""), "scenario": atlas.scenario(scenario_id).scenario.name}
    out_going = outgoing(atlas, found, told=told, lang=lang)
    if given is not None:
        out_going = under(out_going, given)
    return exporting.previewed(out_going, form=form, crs=crs, lang=lang)


def parks_of(atlas: Atlas) -> dict[int, str]:
    """Parks that are drawn as polygons, by id, with code and name."""
    parks = atlas.layer("parks")
    areal = shapely.get_dimensions(parks.geoms) == 2  # noqa: PLR2004 - an area
    named = zip(parks.ids[areal].tolist(), parks.codes[areal], parks.frame["name"].to_numpy()[areal], strict=True)
    return {key: f"{code} {name or ''}".strip() for key, code, name in named}


def outgoing(atlas: Atlas, found: Remainders, *, told: dict[str, str], lang: str = "zh") -> Outgoing:
    """The pieces as rows on their way out, what took land off them named in the language of the file."""
    rows = [(account, at) for account in found.accounts for at in range(len(account.pieces))]
    less = (", " if lang == "en" else "、").join(kind_name(kind, lang) for kind in found.kinds)

    def batches() -> Iterator[Batch]:
        for start in range(0, len(rows), BATCH_ROWS):
            some = rows[start : start + BATCH_ROWS]
            geoms = np.empty(len(some), dtype=object)
            geoms[:] = [account.pieces[at] for account, at in some]
            listed = [_row(account, at, has_sample=found.has_sample, lang=lang) for account, at in some]
            values = {column.key: [row[column.key] for row in listed] for column in _COLUMNS}
            yield Batch(np.arange(start + 1, start + 1 + len(some)), geoms, values)

    return Outgoing(
        layer=LAYER,
        epsg=atlas.epsg,
        columns=_COLUMNS,
        rows=len(rows),
        has_sample=found.has_sample,
        dimensions=(2,) if rows else (),
        batches=batches,
        facts={
            "layer": LAYER, "layer_zh": NAMES[0], "layer_en": NAMES[1], "storage_crs": f"EPSG:{atlas.epsg}",
            "rows": len(rows), "less": less, **told,
        },
    )  # fmt: skip


def kind_name(kind: str, lang: str = "zh") -> str:
    """What takes land off: a kind of constraint, or the parcels."""
    named = LAYERS[PARCELS] if kind == PARCELS else CONSTRAINT_KINDS[kind]
    return named.en if lang == "en" else named.zh


class _Taker:
    """Shapes of one kind, and which of them are sample data."""

    def __init__(self, layer: LayerSnapshot, rows: NDArray[np.intp]) -> None:
        self._geoms = layer.geoms[rows]
        self._marks = layer.frame["is_sample"].to_numpy()[rows].astype(bool)
        self._tree = shapely.STRtree(self._geoms)

    def near(self, area: BaseGeometry) -> tuple[NDArray[np.object_], bool]:
        """Those that meet an area, and whether some are sample data."""
        hits = np.sort(self._tree.query(area, predicate="intersects"))
        return self._geoms[hits], bool(self._marks[hits].any())


def _takers(atlas: Atlas, kinds: tuple[str, ...]) -> dict[str, _Taker]:
    layer = atlas.layer("constraints")
    held = layer.frame["kind"].to_numpy()
    return {kind: _Taker(layer, np.flatnonzero(held == kind)) for kind in kinds}


def _parcels(atlas: Atlas, own: list[int]) -> _Taker:
    parcels = atlas.parcels()
    return _Taker(parcels, np.flatnonzero(~np.isin(parcels.ids, own)))


def _account(line: RedLine, kinds: tuple[str, ...], found: taking.Remainder) -> Account:
    taken = zip(kinds, found.taken_centi_m2, strict=True)
    return Account(
        red_line=line,
        area_m2=square_metres(found.whole_centi_m2),
        left_m2=square_metres(int(found.piece_centi_m2.sum())),
        sliver_m2=square_metres(found.sliver_centi_m2),
        slivers=len(found.slivers),
        taken_m2=tuple((kind, square_metres(centi)) for kind, centi in taken),
        pieces=found.pieces,
        piece_m2=tuple(square_metres(centi) for centi in found.piece_centi_m2.tolist()),
    )


def _row(account: Account, at: int, *, has_sample: bool, lang: str) -> dict[str, Any]:
    line, area = account.red_line, account.piece_m2[at]
    english = lang == "en"
    listed = [f"{kind_name(kind, lang)} {taken:.2f}㎡" for kind, taken in account.taken_m2 if taken]
    if account.sliver_m2:
        listed.append(f"{'slivers' if english else '碎面'} {account.sliver_m2:.2f}㎡")
    return {
        "code": f"{line.code}-S{at + 1}",
        "name": f"{line.name or line.code}{' remainder ' if english else '剩余'}{at + 1}",
        "red_line": " ".join(part for part in (line.code, line.name) if part),
        "red_line_m2": float(account.area_m2),
        "taken_m2": float(account.removed_m2),
        "taken_by": ("; " if english else "；").join(listed),
        "area_m2": float(area),
        "area_mu": float(mu(area)),
        "is_sample": has_sample,
    }
