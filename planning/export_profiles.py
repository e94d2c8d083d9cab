"""What may leave, for whom: the export profiles 内部, 会商 and 公开, as data with their basis, changed like limits.

A profile says which columns are left out, how coarse coordinates are, whether a watermark and a 审图号 go along, and
from what extent on a person is warned. Until somebody sets them they are those of the product.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import Connection

from layers.schema import LAYERS
from planning.actors import Actor, Clock, utc_now
from planning.errors import Fault, Refused
from planning.writing import Act, writing
from store import settings
from store.database import Database

_KEY: Final = "export_profiles"
INTERNAL, CONSULT, PUBLIC = "internal", "consult", "public"
LONGEST_BASIS: Final = 300
LONGEST_SECRECY: Final = 20
COARSEST_M: Final = 1000.0
# columns that every row of an export has, or none could be told from another
_KEPT: Final = frozenset({"code", "is_sample"})
MORE_COLUMNS: Final = ("cluster", "cluster_name", "cluster_name_en", "area_m2", "area_mu", "area_ellipsoid_m2",
                       "length_m", "source", "extra")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """For whom something is made.

    Attributes
    ----------
    left_out
        Keys of columns that are not written, of whatever layer; ``extra`` stands for columns of the source files.
    grid_m
        Coordinates are rounded to a multiple of this many metres in the storage CRS; 0 leaves them as they are.
    watermark
        Pictures and pages bear who made them, and when.
    review_number
        Nothing is made without a 审图号, which is printed.
    georeferenced
        A sheet says in its file, and with grid figures, where it lies.
    secrecy
        What stands at the foot unless somebody writes otherwise.
    warn_km2
        A larger extent is warned of; 0 never warns.
    basis
        On what this was set.
    """

    key: str
    left_out: tuple[str, ...] = ()
    grid_m: float = 0.0
    watermark: bool = False
    review_number: bool = False
    georeferenced: bool = True
    secrecy: str = ""
    warn_km2: float = 25.0
    basis: str = ""


_PERSONAL: Final = ("owner", "note", "extra")
DEFAULTS: Final[Mapping[str, Profile]] = MappingProxyType({
    one.key: one
    for one in (
        Profile(
            key=INTERNAL, secrecy="内部资料 注意保管",
            basis="本单位规定：内部使用，字段和坐标不减。超过 25 平方千米提醒：1:500–1:2000 地形成果"
            "连续覆盖超过 25 平方千米属涉密事项（使用前核对原文）",
        ),
        Profile(
            key=CONSULT, left_out=_PERSONAL, watermark=True, secrecy="会商材料 会后收回",
            basis="本单位规定：不带权利人、备注和原文件其他字段，加水印（用户、时间）以便追溯；25 平方千米的提醒同内部",
        ),
        Profile(
            key=PUBLIC, left_out=(*_PERSONAL, "reserve_agency", "declared_area_m2", "source"), grid_m=10.0,
            review_number=True, georeferenced=False, secrecy="",
            basis="《地图管理条例》（国务院令第664号）、《公开地图内容表示规范》（自然资规〔2023〕2号）：向社会公开的地图应送审并标注审图号。"
            "略去的字段和坐标取整到 10 米是本单位规定，使用前核对原文",
        ),
    )
})  # fmt: skip
# between what numbers may be set
RANGES: Final[Mapping[str, tuple[float, float]]] = MappingProxyType({
    "grid_m": (0.0, COARSEST_M), "warn_km2": (0.0, 1_000_000.0),
})  # fmt: skip


def profiles(db: Database) -> Mapping[str, Profile]:
    """The profiles in force, 内部 first."""
    with db.read() as conn:
        return profiles_of(conn)


def profiles_of(conn: Connection) -> Mapping[str, Profile]:
    """The profiles in force, on an open connection; what a later release may have added is left aside."""
    held = settings.find(conn, _KEY)
    told: dict[str, dict[str, Any]] = {}
    with suppress(ValueError):
        told = json.loads(held) if held else {}
    known = {one.name for one in fields(Profile)}
    return MappingProxyType({
        key: replace(default, **{
            name: tuple(value) if name == "left_out" else value
            for name, value in told.get(key, {}).items() if name in known and name != "key"
        })  # type: ignore[arg-type] # written below
        for key, default in DEFAULTS.items()
    })  # fmt: skip


def columns_that_may_go() -> tuple[str, ...]:
    """Keys of all columns that a profile may leave out."""
    keys = dict.fromkeys(key for schema in LAYERS.values() for key in schema.keys)
    return tuple(key for key in (*keys, *(one for one in MORE_COLUMNS if one not in keys)) if key not in _KEPT)


def set_profile(db: Database, profile: Profile, *, actor: Actor, clock: Clock = utc_now) -> bool:
    """Put a profile in force; False when it is already.

    Raises
    ------
    Refused
        ``unknown_profile``; ``unknown_column`` for each column that there is not; ``limit_out_of_range``;
        ``basis_missing`` when it is not the product's own and nobody says why; texts that are too long.
    """
    profile = replace(
        profile, left_out=tuple(dict.fromkeys(profile.left_out)), basis=" ".join(profile.basis.split()),
        secrecy=" ".join(profile.secrecy.split()),
    )  # fmt: skip
    faults = _faults(profile)
    if faults:
        raise Refused(*faults)
    with writing(db) as conn:
        before = profiles_of(conn)
        if before[profile.key] == profile:
            return False
        Act.begin(conn, actor, clock).audit(
            "set_export_profiles", "export_profiles",
            {"before": asdict(before[profile.key]), "after": asdict(profile)},
        )  # fmt: skip
        after = {**before, profile.key: profile}
        own = {key: asdict(one) for key, one in after.items() if one != DEFAULTS[key]}
        settings.put(conn, _KEY, json.dumps(own, ensure_ascii=False))
    return True


def _faults(profile: Profile) -> list[Fault]:
    if profile.key not in DEFAULTS:
        return [Fault("unknown_profile", {"profile": profile.key, "known": tuple(DEFAULTS)})]
    known = columns_that_may_go()
    faults = [Fault("unknown_column", {"column": key, "known": known}) for key in profile.left_out if key not in known]
    faults += [
        Fault("limit_out_of_range", {"limit": key, "value": value, "least": least, "most": most})
        for key, (least, most) in RANGES.items()
        if not (math.isfinite(value := getattr(profile, key)) and least <= value <= most)
    ]
    if profile != DEFAULTS[profile.key] and not profile.basis:
        faults.append(Fault("basis_missing"))
    if len(profile.basis) > LONGEST_BASIS:
        faults.append(Fault("basis_too_long", {"length": len(profile.basis), "longest": LONGEST_BASIS}))
    if len(profile.secrecy) > LONGEST_SECRECY:
        faults.append(Fault("text_too_long", {
            "field": "secrecy", "length": len(profile.secrecy), "longest": LONGEST_SECRECY
        }))  # fmt: skip
    return faults
