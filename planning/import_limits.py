"""What counts as a problem of a file that comes in: the limits of the office, kept in the database with their basis.

Until somebody sets them they are those of the product, whose sources stand in layers.import_checks. A change is one
entry of the audit chain: who, when, from what to what, on what basis.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from types import MappingProxyType
from typing import Final

from sqlalchemy import Connection

from layers.import_checks import check_of
from planning.actors import Actor, Clock, utc_now
from planning.errors import Fault, Refused
from planning.people import Signature, granted
from planning.writing import Act, writing
from store import settings
from store.database import Database

_KEY: Final = "import_limits"
_LONGEST_BASIS: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportLimits:
    """Limits of the checks, metres and square metres.

    Attributes
    ----------
    tolerance_m
        Boundaries within this are one (TD/T 1001, poorest grade); two parcels overlap when their common area is more
        than this times the boundary they share.
    sliver_area_m2, sliver_width_m
        Below either a part of a parcel is a sliver; width is twice the area over the perimeter.
    area_share, area_m2
        Declared and computed area differ when they are apart by more than the larger of the two.
    pattern_share, pattern_rows
        A form of codes is the rule when at least this share of at least so many codes has it.
    same_place_m
        Boundaries that are nowhere further apart are the same boundary: half the grid of 0.001 m.
    basis
        On what they were set; "" while they are those of the product.
    """

    tolerance_m: float = 0.10
    sliver_area_m2: float = 1.0
    sliver_width_m: float = 0.10
    area_share: float = 0.005
    area_m2: float = 1.0
    pattern_share: float = 0.8
    pattern_rows: int = 5
    same_place_m: float = 0.0005
    basis: str = ""


DEFAULT: Final = ImportLimits()
# between what each may be set: an accuracy of boundary points up to that of a sketch map, never nothing
RANGES: Final[Mapping[str, tuple[float, float]]] = MappingProxyType({
    "tolerance_m": (0.001, 10.0), "sliver_area_m2": (0.01, 1_000.0), "sliver_width_m": (0.001, 10.0),
    "area_share": (0.0, 0.5), "area_m2": (0.01, 10_000.0), "pattern_share": (0.5, 1.0), "pattern_rows": (2, 1_000),
    "same_place_m": (0.0, 0.1),
})  # fmt: skip


def import_limits(db: Database) -> ImportLimits:
    """The limits in force."""
    with db.read() as conn:
        return limits_of(conn)


def limits_of(conn: Connection) -> ImportLimits:
    """The limits in force, on an open connection; what a later release may have added is left aside."""
    held = settings.find(conn, _KEY)
    told: dict[str, object] = {}
    with suppress(ValueError):
        told = json.loads(held) if held else {}
    known = {one.name for one in fields(ImportLimits)}
    return replace(DEFAULT, **{key: value for key, value in told.items() if key in known})  # type: ignore[arg-type] # written below


def set_import_limits(
    db: Database, limits: ImportLimits, *, actor: Actor, by: Signature | None = None, clock: Clock = utc_now
) -> bool:
    """Put limits in force, from the next file on; False when they are in force already.

    ``by`` is the signature of somebody who may give rights, wanted once there is one.

    Raises
    ------
    Refused
        ``limit_out_of_range`` for each that is; ``basis_missing`` when they are not the product's own and nobody says
        why; ``basis_too_long``; ``signature_missing``.
    """
    limits = replace(limits, basis=" ".join(limits.basis.split()))
    faults = [
        Fault("limit_out_of_range", {"limit": key, "value": value, "least": least, "most": most})
        for key, (least, most) in RANGES.items()
        if not least <= (value := getattr(limits, key)) <= most
    ]
    if not limits.basis and limits != DEFAULT:
        faults.append(Fault("basis_missing"))
    if len(limits.basis) > _LONGEST_BASIS:
        faults.append(Fault("basis_too_long", {"length": len(limits.basis), "longest": _LONGEST_BASIS}))
    if faults:
        raise Refused(*faults)
    with writing(db) as conn:
        before = limits_of(conn)
        if before == limits:
            return False
        act = Act.begin(conn, actor, clock)
        said = granted(act, by)
        act.audit("set_import_limits", "import_limits", {"before": asdict(before), "after": asdict(limits), **said})
        settings.put(conn, _KEY, json.dumps(asdict(limits), ensure_ascii=False))
    return True


def basis_of(code: str, limits: ImportLimits, *, english: bool) -> str:
    """The limit that a check went by and its source, in one language; "" where a check has none."""
    check = check_of(code)
    said = check.limit[english].format(**_said(limits))
    source = limits.basis or check.basis[english]
    if not said:
        return check.basis[english]
    return f"{said}: {source}" if english else f"{said}：{source}"


def _said(limits: ImportLimits) -> dict[str, str]:
    values = {key: f"{getattr(limits, key):g}" for key in RANGES}
    return values | {"area_percent": f"{100 * limits.area_share:g}"}
