"""Ways to spoil a file: at any byte, at numbers and lengths, at words that readers obey, and by joining two files."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from typing import Final

# numbers at the edges of what formats hold, and words that turn a reader's head
_EDGES: Final = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_NUMBERS: Final = (
    b"NaN", b"Infinity", b"-Infinity", b"1e308", b"-1e308", b"1e400", b"1e-320", b"0", b"-0.0", b"9" * 40,
    b"40507286.292", b"3243188.176", b"180.0000001", b"-90.5", b"0x10", b"1e999999",
)  # fmt: skip
_WORDS: Final = (
    b"/etc/passwd", b"http://127.0.0.1:9/", b"/vsicurl/http://127.0.0.1:9/x",
    b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>', b"&b;", b"\0", b"\r\n", b"]]>", b"{", b"}", b"[", b"]",
    b'"', b"\\u0000", b"\xff\xfe", b"\xef\xbb\xbf", b"\x1e", b",", b"@", b"<OGRVRTDataSource>", b"../../",
    b"=cmd|' /C calc'!A0", "䶮𠮷㙦".encode(), "地块".encode("gb18030"), b"EPSG:4549", b"null", b"true",
)  # fmt: skip
# of the zips so many are spoiled inside
_INSIDE: Final = 0.8
_NUMBER: Final = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?")


def spoiled(body: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A file with one to six things wrong."""
    if body.startswith(b"PK") and chance.random() < _INSIDE:
        return _inside(body, others, chance)
    found = bytearray(body)
    for _ in range(1 + min(int(chance.expovariate(0.7)), 5)):
        if not found:
            break
        chance.choice(_WAYS)(found, others, chance)
    return bytes(found)


def _inside(body: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A zip in order, with one member spoiled: what checks of the archive do not see."""
    out = io.BytesIO()
    try:
        with (
            zipfile.ZipFile(io.BytesIO(body)) as archive,
            zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as spoiled_one,
        ):
            names = [info.filename for info in archive.infolist() if not info.is_dir()]
            unlucky = chance.choice(names)
            for name in names:
                held = archive.read(name)
                spoiled_one.writestr(name, spoiled(held, others, chance) if name == unlucky else held)
    except (zipfile.BadZipFile, IndexError):
        return body
    return out.getvalue()


def _flip(body: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(body))
    body[at] ^= 1 << chance.randrange(8)


def _byte(body: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    body[chance.randrange(len(body))] = chance.randrange(256)


def _edge(body: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    """A count, a length or an offset, at one of the places where one may stand."""
    form = chance.choice(("<B", "<H", ">H", "<I", ">I", "<Q", ">Q"))
    size = struct.calcsize(form)
    if len(body) < size:
        return
    # heads are at the front
    at = chance.randrange(min(len(body) - size + 1, 4096 if chance.random() < 0.7 else len(body)))
    value = chance.choice(_EDGES) + chance.choice((-1, 0, 0, 1))
    struct.pack_into(form, body, at, value % (1 << (8 * size)))


def _double(body: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    """A coordinate in binary."""
    if len(body) < 8:
        return
    at = chance.randrange(len(body) - 7)
    value = chance.choice((float("nan"), float("inf"), -1e308, 1e300, 1e-320, 0.0, 40507286.292))
    struct.pack_into(chance.choice("<>") + "d", body, at, value)


def _cut(body: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(body))
    del body[at : at + (len(body) if chance.random() < 0.3 else chance.randrange(1, 64))]


def _again(body: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    at, length = chance.randrange(len(body)), chance.randrange(1, 256)
    piece = body[at : at + length] * chance.choice((1, 1, 2, 50))
    body[at:at] = piece


def _insert(body: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    at = chance.randrange(len(body) + 1)
    body[at:at] = chance.choice(_WORDS)


def _number(body: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    """A number in text."""
    places = [found.span() for found in _NUMBER.finditer(bytes(body[:200_000]))]
    if places:
        start, end = chance.choice(places)
        body[start:end] = chance.choice(_NUMBERS)


def _swap(body: bytearray, _: Sequence[bytes], chance: random.Random) -> None:
    one, other, size = chance.randrange(len(body)), chance.randrange(len(body)), chance.randrange(1, 64)
    first, second = body[one : one + size], body[other : other + size]
    if len(first) == len(second):
        body[one : one + size], body[other : other + size] = second, first


def _join(body: bytearray, others: Sequence[bytes], chance: random.Random) -> None:
    other = chance.choice(others)
    if other:
        body[chance.randrange(len(body)) :] = other[chance.randrange(len(other)) :]


_WAYS: Final[tuple[Callable[[bytearray, Sequence[bytes], random.Random], None], ...]] = (
    _flip, _byte, _edge, _edge, _double, _cut, _again, _insert, _insert, _number, _number, _swap, _join,
)  # fmt: skip
