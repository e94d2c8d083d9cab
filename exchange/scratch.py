"""Folders for files of others while they are looked at, and the end of what a process left behind that was killed."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from typing import Final, Literal

_NAME: Final = re.compile(r"chantu-(?:up|in|read)-(?P<pid>\d+)-\w+")


def folder_for(purpose: Literal["up", "in", "read"]) -> Path:
    """Make a folder that only this user reads: ``up`` for uploads, ``in`` for originals, ``read`` for what was read."""
    return Path(tempfile.mkdtemp(prefix=f"chantu-{purpose}-{os.getpid()}-"))


def swept() -> int:
    """Remove the folders of processes of this user that are no more; their number.

    A process that is killed removes nothing, and what was dropped on it are other people's files.
    """
    removed = 0
    for path in Path(tempfile.gettempdir()).glob("chantu-*"):
        named = _NAME.fullmatch(path.name)
        if named is None or _lives(int(named["pid"])) or path.is_symlink():
            continue
        if path.lstat().st_uid == os.getuid():
            shutil.rmtree(path, ignore_errors=True)
            removed += 1
    return removed


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
