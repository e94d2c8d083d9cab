"""File Geodatabase: a folder of tables, sent as a zip or named on the command line."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from exchange.formats import gdal
from exchange.formats.opened import Opened, Wanted

# what a geodatabase is made of; locks, thumbnails and whatever else lies in the folder are left alone
MEMBER: Final = re.compile(
    r"(a[0-9a-f]{8}\.(gdbtable|gdbtablx|gdbindexes|spx|atx|horizon|freelist)"
    r"|a[0-9a-f]{8}\.[0-9a-z_]{1,80}\.(spx|atx)|gdb|timestamps)",
    re.IGNORECASE,
)
TABLE: Final = re.compile(r"a[0-9a-f]{8}\.gdbtable", re.IGNORECASE)


def is_geodatabase(folder: Path) -> bool:
    """Whether a folder holds tables of a geodatabase."""
    return folder.is_dir() and any(TABLE.fullmatch(each.name) for each in folder.iterdir())


def members(folder: Path) -> list[Path]:
    """Files of a geodatabase in its folder, by name; links are no files of it."""
    return sorted(
        each for each in folder.iterdir() if MEMBER.fullmatch(each.name) and each.is_file() and not each.is_symlink()
    )


def read(path: Path, wanted: Wanted) -> Opened:
    """Read one feature class of the geodatabase in a folder whose name ends in ``.gdb``."""
    return gdal.read_layer("OpenFileGDB", path, wanted)
