"""XML from outside made harmless before anybody reads it: no document type, no entities, UTF-8, not too deep."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from typing import Final
from xml.parsers import expat

from exchange import limits
from exchange.errors import FileRefused
from exchange.progress import Watch

_CHUNK_BYTES: Final = 1 << 20
_DECLARED: Final = re.compile(rb"""^(\s*<\?xml[^>]*?encoding\s*=\s*["'])([A-Za-z0-9._-]+)(["'][^>]*\?>)""")
_HEAD_BYTES: Final = 1024
# what Python's parser reads by itself
_READ_BY_EXPAT: Final = frozenset({"utf-8", "utf-16", "iso8859-1", "ascii"})


def as_utf8(path: Path, folder: Path) -> tuple[Path, str]:
    """The same document in an encoding that every parser reads, in a folder of its own, and the encoding it was in.

    Raises
    ------
    FileRefused
        ``encoding_unknown``, or ``unreadable`` where the text is not in the encoding that it declares.
    """
    folder.mkdir()
    out = folder / "document.xml"
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    declared = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
    name = _known(declared[2].decode("ascii")) if declared else "utf-8"
    if name in _READ_BY_EXPAT or declared is None:
        out.symlink_to(path.resolve())
        return out, name
    decoder = codecs.getincrementaldecoder(name)()
    with path.open("rb") as incoming, out.open("x", encoding="utf-8", newline="") as file:
        first = True
        while chunk := incoming.read(_CHUNK_BYTES):
            try:
                text = decoder.decode(chunk)
            except UnicodeDecodeError as error:
                raise FileRefused("unreadable", {"reason": f"not {name}"}) from error
            file.write(
                re.sub(r"""encoding\s*=\s*["'][^"']*["']""", 'encoding="UTF-8"', text, count=1) if first else text
            )
            first = False
    return out, name


def _known(name: str) -> str:
    try:
        return codecs.lookup({"gbk": "gb18030", "gb2312": "gb18030"}.get(name.casefold(), name)).name
    except LookupError as error:
        raise FileRefused("encoding_unknown", {"encoding": name[:40], "known": ["utf-8", "gb18030"]}) from error


def parser() -> expat.XMLParserType:
    """A parser with namespaces as ``uri name`` that refuses a document type, and so every entity of its own."""
    made = expat.ParserCreate(namespace_separator=" ")
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse_doctype
    made.EntityDeclHandler = _refuse_doctype
    return made


def parse(path: Path, made: expat.XMLParserType, watch: Watch) -> None:
    """Feed a document to a parser.

    Raises
    ------
    FileRefused
        ``xml_broken`` with line and column; whatever the handlers refuse.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK_BYTES):
                made.Parse(chunk, False)
                watch("parse", file.tell(), size)
            made.Parse(b"", True)
        except expat.ExpatError as error:
            raise FileRefused("xml_broken", {"line": error.lineno, "column": error.offset + 1}) from error


def check(path: Path, watch: Watch) -> None:
    """Walk through a document and refuse a document type, depth beyond the limit, and what is no XML."""
    depth = 0

    def down(_name: str, _attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > limits.MOST_XML_DEPTH:
            raise FileRefused("xml_too_deep", {"most": limits.MOST_XML_DEPTH})

    def up(_name: str) -> None:
        nonlocal depth
        depth -= 1

    made = parser()
    made.StartElementHandler, made.EndElementHandler = down, up
    parse(path, made, watch)


def _refuse_doctype(*_: object) -> None:
    raise FileRefused("xml_doctype")
