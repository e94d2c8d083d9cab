"""A zip from outside, opened with limits: how many, how large, how dense, no zip in a zip, base names only."""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from exchange import limits
from exchange.errors import FileRefused
from exchange.formats import geodatabase

_CHUNK_BYTES: Final = 1 << 20
_LOCAL_HEADER_BYTES: Final = 30
# all that zipfile raises for an archive that is cut, spoiled, or packed by a method it does not know
_BROKEN: Final = (
    zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError, RuntimeError, zlib.error, lzma.LZMAError,
)  # fmt: skip
# what mac and Windows put beside the data, and what a shapefile's set may hold that we have no use for
_IGNORED: Final = re.compile(r"(^|/)(__MACOSX/|\.DS_Store$|Thumbs\.db$|desktop\.ini$|\._)", re.IGNORECASE)
_ENCRYPTED: Final = 0x1
_UTF8_NAME: Final = 0x800


def unpack(path: Path, target: Path) -> dict[Path, str]:
    """Write the members into ``target`` under names of our own, and give back which file was which.

    Members that shared a folder and a stem still share a stem, so that the parts of a shapefile find each other. The
    tables of a geodatabase find each other by their own names: they keep these, which are a fixed form of letters and
    digits, in a folder ``memberN.gdb`` that stands for them all in what is given back.

    Raises
    ------
    FileRefused
        The archive is broken, encrypted, holds no file, has a zip inside, lists a name twice, overlaps itself, or is
        past a limit. Sizes are counted while reading; what the directory claims is not believed.
    """
    with _opened(path) as archive:
        members = [info for info in archive.infolist() if not _is_folder(info) and not _IGNORED.search(info.filename)]
        _check_listing(archive.infolist(), members)
        names = _Names(target, [member_name(info) for info in members])
        written: dict[Path, str] = {}
        total = 0
        for info in members:
            name = member_name(info)
            out = names.of(name)
            if out.exists():
                raise FileRefused("zip_name_twice", {"member": name})
            total += _write_member(archive, info, out, most=limits.ZIP_MOST_BYTES - total)
            written |= {out.parent: _folder_name(name, path)} if out.parent != target else {out: name}
        _check_ratio(path, total)
    return written


class _Names:
    """Names of our own for members, under one folder."""

    def __init__(self, target: Path, names: list[str]) -> None:
        self._target = target
        self._stems: dict[tuple[str, str], str] = {}
        inner = [_inner(name) for name in names]
        self._databases = {str(each.parent) for each in inner if geodatabase.TABLE.fullmatch(each.name)}

    def of(self, name: str) -> Path:
        """Where a member goes; only what a geodatabase is made of goes into its folder."""
        inner = _inner(name)
        if str(inner.parent) in self._databases and geodatabase.MEMBER.fullmatch(inner.name):
            folder = self._target / f"{self._stem(str(inner.parent), '')}.gdb"
            folder.mkdir(exist_ok=True)
            return folder / inner.name.lower()
        suffix = re.sub(r"[^a-z0-9.]", "", inner.suffix.lower())[:10]
        return self._target / f"{self._stem(str(inner.parent), inner.stem.casefold())}{suffix}"

    def _stem(self, folder: str, stem: str) -> str:
        return self._stems.setdefault((folder, stem), f"member{len(self._stems)}")


def _inner(name: str) -> PurePosixPath:
    return PurePosixPath(name.replace("\\", "/"))


def _folder_name(name: str, archive: Path) -> str:
    """Name of the folder that a member lies in; tables at the top of an archive are in one without a name."""
    return str(_inner(name).parent) if _inner(name).parent.name else f"{archive.stem}.gdb"


def member_name(info: zipfile.ZipInfo) -> str:
    """Name of a member; without the UTF-8 flag Chinese Windows wrote GBK, which zipfile reads as cp437."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _is_folder(info: zipfile.ZipInfo) -> bool:
    """Whether an entry is a folder; the library does not bear one without a name."""
    return info.filename.endswith("/")


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _BROKEN as error:
        raise FileRefused("zip_broken", {"reason": type(error).__name__}) from error


def _check_listing(everything: list[zipfile.ZipInfo], members: list[zipfile.ZipInfo]) -> None:
    if not members:
        raise FileRefused("zip_empty")
    if len(everything) > limits.ZIP_MOST_ENTRIES:
        raise FileRefused("zip_too_many", {"entries": len(everything), "most": limits.ZIP_MOST_ENTRIES})
    if any(info.flag_bits & _ENCRYPTED for info in everything):
        raise FileRefused("zip_encrypted")
    ends = 0
    # an entry is at least its header, its name and its packed bytes: less than that between two means they share bytes
    for info in sorted(everything, key=lambda each: each.header_offset):
        if info.header_offset < ends:
            raise FileRefused("zip_overlapping", {"member": member_name(info)})
        ends = info.header_offset + _LOCAL_HEADER_BYTES + info.compress_size


def _write_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, out: Path, *, most: int) -> int:
    size = 0
    with archive.open(info) as source, out.open("xb") as file:
        while chunk := source.read(_CHUNK_BYTES):
            if size == 0 and chunk.startswith((b"PK\3\4", b"PK\5\6")):
                raise FileRefused("zip_nested", {"member": member_name(info)})
            size += len(chunk)
            if size > most:
                raise FileRefused("zip_too_large", {"most_bytes": limits.ZIP_MOST_BYTES})
            if size > limits.ZIP_RATIO_MATTERS_FROM_BYTES and size > limits.ZIP_MOST_RATIO * max(info.compress_size, 1):
                raise FileRefused("zip_bomb", {"member": member_name(info), "most_ratio": limits.ZIP_MOST_RATIO})
            file.write(chunk)
    return size


def _check_ratio(path: Path, total: int) -> None:
    if total > limits.ZIP_RATIO_MATTERS_FROM_BYTES and total > limits.ZIP_MOST_RATIO * path.stat().st_size:
        raise FileRefused("zip_bomb", {"member": "*", "most_ratio": limits.ZIP_MOST_RATIO})
