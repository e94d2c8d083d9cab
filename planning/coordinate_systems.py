"""The coordinate systems that an office has of its own: local grids, and parameters from the old datums, by name.

They lie in one TOML file that an administrator writes (``CHANTU_CRS_FILE``, default ``var/coordinate_systems.toml``),
one table a name, each with its ``basis`` (who issued the parameters, when, for where):

    ["1980 西安 → 2000（某区四参数）"]
    source = 2385            # EPSG code of what files declare
    target = 4549
    dx_north_m = -2.345      # x′ = dx + k (x cos α − y sin α), y′ = dy + k (x sin α + y cos α); x is north
    dy_east_m = 113.210
    rotation_arcsec = 0.512
    scale_ppm = -1.204
    basis = "…"

    ["城市独立坐标系"]
    proj = "+proj=tmerc +lat_0=0 +lon_0=120.0833333333 +x_0=500000 +y_0=0 +ellps=GRS80 +units=m"
    basis = "…"
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from exchange.crs_words import Similarity, understood
from exchange.errors import FileRefused
from planning.errors import Fault, Refused

_DEFAULT: Final = Path("var/coordinate_systems.toml")
_NUMBERS: Final = ("dx_north_m", "dy_east_m", "rotation_arcsec", "scale_ppm")


@dataclass(frozen=True, slots=True)
class Named:
    """One coordinate system of the office: its name, the words that stand for it, and on whose authority."""

    name: str
    words: str
    basis: str


def named() -> tuple[Named, ...]:
    """All that the file has; none when there is no file.

    Raises
    ------
    Refused
        ``crs_file_broken`` with the name and what is wrong: a parameter that is misread would move every parcel.
    """
    path = Path(os.environ.get("CHANTU_CRS_FILE") or _DEFAULT)
    if not path.is_file():
        return ()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Refused(Fault("crs_file_broken", {"reason": str(error)[:120]}, path.name)) from error
    return tuple(_read(name, table, path.name) for name, table in tables.items())


def resolved(crs: str | None) -> str | None:
    """The words that a name of the office stands for; what is no such name is given back as it is."""
    if crs is None:
        return None
    return next((one.words for one in named() if one.name == crs.strip()), crs)


def _read(name: str, table: Any, file: str) -> Named:
    try:
        basis = str(table["basis"])
        if "proj" in table:
            words = str(table["proj"])
        else:
            words = Similarity(
                source=int(table["source"]), target=int(table["target"]), **{key: float(table[key]) for key in _NUMBERS}
            ).words
        understood(words)
    except KeyError as error:
        raise Refused(Fault("crs_file_broken", {"name": name, "reason": f"{error.args[0]} ?"}, file)) from error
    except (TypeError, ValueError, FileRefused) as error:
        raise Refused(Fault("crs_file_broken", {"name": name, "reason": str(error)[:120]}, file)) from error
    return Named(name, words, basis)
