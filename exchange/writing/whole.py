"""A file that appears whole or not at all: written beside its place, forced to the disk, then put in place."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exchange.errors import NotWritable

_CHUNK_BYTES: Final = 1 << 20
_LONGEST_SUFFIX: Final = 16
# of 9: the higher ones take twice the time for two in a hundred of the size
_ZIP_LEVEL: Final = 4


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written: where, how large, and its SHA-256."""

    path: Path
    size_bytes: int
    sha256: str


@contextmanager
def whole_file(out: Path, *, suffix: str | None = None) -> Iterator[Path]:
    """Give a draft path to write to; when the block ends well the draft takes the place of ``out``.

    The draft has the suffix of ``out``, or the one given: some writers go by it.

    Raises
    ------
    NotWritable
        The folder is missing or cannot be written, or the disk is full. What lay at ``out`` is untouched then.
    """
    if not out.name:
        raise NotWritable("cannot_write", {"reason": os.strerror(errno.EISDIR)}, str(out))
    # not the name of ``out`` with something before it, which may be as long as the disk allows already
    draft = out.with_name(f".{secrets.token_hex(6)}{(out.suffix if suffix is None else suffix)[:_LONGEST_SUFFIX]}")
    try:
        yield draft
        descriptor = os.open(draft, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        draft.replace(out)
        _settle(out.parent)
    except OSError as error:
        raise NotWritable("cannot_write", {"reason": error.strerror or type(error).__name__}, str(out)) from error
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


@contextmanager
def scratch_folder(beside: Path) -> Iterator[Path]:
    """A hidden folder on the same disk for files that are to become one; gone when the block ends."""
    folder = beside / f".{secrets.token_hex(6)}"
    folder.mkdir()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def zip_folder(folder: Path, draft: Path) -> None:
    """Put all files below a folder into one zip, in the order of their names."""
    with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=_ZIP_LEVEL) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())


def described(path: Path) -> Written:
    """Size and SHA-256 of a written file."""
    mark = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            mark.update(chunk)
    return Written(path, path.stat().st_size, mark.hexdigest())


def _settle(folder: Path) -> None:
    """Force the new name to the disk too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
