"""GeoJSON texts one after the other: parted by record separators (RFC 8142) or one a line, as the first byte tells."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from exchange import limits
from exchange.errors import FileRefused

_SEPARATOR: Final = b"\x1e"
_MARK: Final = b"\xef\xbb\xbf"
_GEOMETRIES: Final = frozenset({
    "Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "GeometryCollection",
})  # fmt: skip


@dataclass
class Texts:
    """The features of all texts, each with its bytes as they stand in the file or as they are written anew."""

    features: list[Any] = field(default_factory=list)
    pieces: list[bytes] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write all of them as one FeatureCollection."""
        with path.open("wb") as file:
            file.write(b'{"type":"FeatureCollection","features":[')
            for at, piece in enumerate(self.pieces):
                file.write(b",\n" if at else b"\n")
                file.write(piece)
            file.write(b"]}")


def read(path: Path) -> Texts:
    """Read every text; features, bare geometries and collections of features may alternate.

    Raises
    ------
    FileRefused
        ``json_broken`` or ``json_not_utf8`` with the place in the file, ``format_not_taken`` when there is no GeoJSON.
    """
    size = path.stat().st_size
    if size > limits.MOST_JSON_BYTES:
        raise FileRefused("json_too_large", {"bytes": size, "most_bytes": limits.MOST_JSON_BYTES})
    raw = path.read_bytes().removeprefix(_MARK)
    separator = _SEPARATOR if raw.lstrip().startswith(_SEPARATOR) else b"\n"
    texts = Texts()
    line, at = 1, 0
    while at < len(raw):
        end = raw.find(separator, at)
        end = len(raw) if end < 0 else end
        piece = raw[at:end]
        if piece.strip():
            _add(texts, piece, line, at)
            if len(texts.features) > limits.MOST_ROWS:
                raise FileRefused("too_many_rows", {"most": limits.MOST_ROWS})
        line += piece.count(b"\n") + (separator == b"\n")
        at = end + 1
    if not texts.features:
        raise FileRefused("no_rows")
    return texts


def _add(texts: Texts, piece: bytes, line: int, at: int) -> None:
    document = _parsed(piece, line, at)
    kind = str(document.get("type")) if isinstance(document, dict) else ""
    if kind == "Feature":
        texts.features.append(document)
        texts.pieces.append(piece.strip())
    elif kind in _GEOMETRIES:
        _add_made(texts, {"type": "Feature", "properties": {}, "geometry": document})
    elif kind == "FeatureCollection" and isinstance(document.get("features"), list):
        # a CRS of one text cannot be that of all: it is refused where one inside a feature is
        if document.get("crs") is not None:
            raise FileRefused("crs_inside_feature", {"line": line})
        for feature in document["features"]:
            _add_made(texts, feature)
    else:
        raise FileRefused("format_not_taken", {"format": "json", "line": line})


def _add_made(texts: Texts, feature: Any) -> None:
    texts.features.append(feature)
    texts.pieces.append(json.dumps(feature).encode())


def _parsed(piece: bytes, line: int, at: int) -> Any:
    try:
        return json.loads(piece)
    except UnicodeDecodeError as error:
        raise FileRefused("json_not_utf8", {"byte": at + error.start}) from error
    except json.JSONDecodeError as error:
        column = error.colno
        raise FileRefused("json_broken", {"line": line + error.lineno - 1, "column": column}) from error
    except (RecursionError, ValueError) as error:
        raise FileRefused("json_too_deep_or_long", {"line": line}) from error
