"""Names of columns where the format allows few characters: those offices know (DKBH, DKMC …), or made from the name.

A dBASE column has at most ten characters, and programs agree on ASCII letters, figures and the underscore alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import count
from types import MappingProxyType
from typing import Final

from exchange.writing.outgoing import OutColumn

MOST_CHARACTERS: Final = 10
# the initials of the Chinese name as land registers write them, where they have a name for it; else made the same way
OFFICE_NAMES: Final = MappingProxyType({
    "code": "DKBH", "name": "DKMC", "town": "SZJD", "park": "SSYQ", "stage": "ZT", "land_use": "DLBM",
    "land_use_scheme": "DLBB", "ready_date": "JDRQ", "owner": "QLR", "reserve_agency": "CBJGMC",
    "declared_area_m2": "SBMJ", "far_min": "RJL_X", "far_max": "RJL_S", "density_min": "JZMD_X",
    "density_max": "JZMD_S", "green_min": "LHL_X", "green_max": "LHL_S", "investment_min": "TZQD_X",
    "tax_min": "MJSS_X", "protection_distance_m": "FHJL", "note": "BZ", "cluster": "CYJQDM", "cluster_name": "CYJQ",
    "cluster_name_en": "CYJQ_EN", "area_m2": "DKMJ", "area_mu": "DKMJ_MU", "area_ellipsoid_m2": "TQMJ",
    "length_m": "CD", "source": "LY", "is_sample": "SJBJ", "state": "JSZT", "milestone": "JD",
    "floor_area_m2": "YYJZMJ",
    "floor_area_qualifier": "MJXD", "from_street": "QD", "to_street": "ZD", "road_class": "DLDJ", "width_m": "HXKD",
    "opening": "JHTC", "kind": "LB", "basis": "YJ", "invested_wan": "YTZ", "invested_qualifier": "TZXD",
    "planned_wan": "JHTZ", "capacity_kva": "RL",
})  # fmt: skip
# the first-level characters of GB 2312 stand in the order of their pinyin: where each initial begins
_INITIALS: Final = "ABCDEFGHJKLMNOPQRSTWXYZ"
_BEGINS: Final = (
    0xB0A1, 0xB0C5, 0xB2C1, 0xB4EE, 0xB6EA, 0xB7A2, 0xB8C1, 0xB9FE, 0xBBF7, 0xBFA6, 0xC0AC, 0xC2E8, 0xC4C3, 0xC5B6,
    0xC5BE, 0xC6DA, 0xC8BB, 0xC8F6, 0xCBFA, 0xCDDA, 0xCEF4, 0xD1B9, 0xD4D1,
)  # fmt: skip
_FIRST_LEVEL_ENDS: Final = 0xD7F9
# words that the geodatabase and its SQL keep for themselves
_RESERVED: Final = frozenset(
    """
    add all alter and any as asc between by case cast check column constraint create date default delete desc distinct
    drop else end exists fid for foreign from group having in index insert integer into is join key like not null
    objectid oid on or order primary references select set shape shape_area shape_length table then union unique update
    user values view when where
""".split()
)
_GDB_MOST_CHARACTERS: Final = 64


def short_names(columns: Iterable[OutColumn]) -> dict[str, str]:
    """Key → name of at most ten ASCII characters, no two alike whatever the case."""
    used: set[str] = set()
    return {column.key: _free(_short(column), used, MOST_CHARACTERS) for column in columns}


def geodatabase_names(columns: Iterable[OutColumn]) -> dict[str, str]:
    """Key → name as a File Geodatabase takes it: letters of any script, figures and underscores, a letter first."""
    used: set[str] = set()
    return {column.key: _free(_lettered(column.key), used, _GDB_MOST_CHARACTERS) for column in columns}


def initials(text: str) -> str:
    """ASCII for any text: Chinese by the initial of its pinyin, letters in capitals, all else an underscore.

    Characters of GB 2312's second level, which is in no order of sound, become X.
    """
    return re.sub(r"_+", "_", "".join(_initial(character) for character in text)).strip("_")


def _short(column: OutColumn) -> str:
    name = OFFICE_NAMES.get(column.key) or initials(column.key)[:MOST_CHARACTERS].strip("_")
    return name if name[:1].isalpha() else f"F_{name}"[:MOST_CHARACTERS].strip("_")


def _initial(character: str) -> str:
    if character.isascii():
        return character.upper() if character.isalnum() else "_"
    code = int.from_bytes(character.encode("gb2312", "ignore") or b"\x00", "big")
    if _BEGINS[0] <= code <= _FIRST_LEVEL_ENDS:
        return _INITIALS[bisect_right(_BEGINS, code) - 1]
    return "X" if character.isalpha() else "_"


def _lettered(key: str) -> str:
    name = re.sub(r"\W", "_", key)[:_GDB_MOST_CHARACTERS]
    if not name[:1].isalpha():
        name = f"F_{name}"[:_GDB_MOST_CHARACTERS]
    return f"{name}_"[:_GDB_MOST_CHARACTERS] if name.casefold() in _RESERVED else name


def _free(name: str, used: set[str], most: int) -> str:
    tries = (name if n == 1 else f"{name[: most - len(str(n)) - 1]}_{n}" for n in count(1))
    found = next(one for one in tries if one.casefold() not in used)
    used.add(found.casefold())
    return found
