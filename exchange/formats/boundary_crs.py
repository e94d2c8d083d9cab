"""The CRS of a 界址点 text: datum, zone width and zone by the words of its header, the zone also by its eastings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from exchange.errors import FileRefused
from exchange.formats.axes import DEGREES, NO_ZONE
from exchange.formats.opened import CrsHow, FileNote

# EPSG codes of the first zone of each family: (degrees wide, zone number in the easting) -> code
_FAMILIES: Final[Mapping[str, Mapping[tuple[int, bool], int]]] = MappingProxyType({
    "cgcs2000": {(3, True): 4513, (3, False): 4534, (6, True): 4491, (6, False): 4502},
    "xian80": {(3, True): 2349, (3, False): 2370, (6, True): 2327, (6, False): 2338},
    "beijing54": {(3, True): 2401, (3, False): 2422, (6, True): 21413, (6, False): 21453},
})  # fmt: skip
_GEOGRAPHIC: Final = MappingProxyType({"cgcs2000": 4490, "xian80": 4610, "beijing54": 4214, "wgs84": 4326})
# zones of China by their width in degrees; the two ranges do not meet, so a zone tells its width
_ZONES: Final = MappingProxyType({3: range(25, 46), 6: range(13, 24)})
# a datum named by its first word that is found; a local system is none of them, whatever year it carries
_DATUMS: Final = (
    (re.compile(r"独立|地方|城市|自定义|local", re.IGNORECASE), "local"),
    (re.compile(r"2000|cgcs", re.IGNORECASE), "cgcs2000"),
    (re.compile(r"wgs|84", re.IGNORECASE), "wgs84"),
    (re.compile(r"80|西安"), "xian80"),
    (re.compile(r"54|北京"), "beijing54"),
)
_OLD: Final = frozenset({"xian80", "beijing54"})
# no zone has so high a number: it is the longitude of the central meridian
_LARGEST_ZONE: Final = 60


@dataclass(frozen=True, slots=True)
class Declared:
    """What the text says of its CRS, and by what."""

    crs: str | None
    how: CrsHow
    evidence: tuple[FileNote, ...]


def declared(header: Mapping[str, str], frame: int, prefix: FileNote | None) -> Declared:
    """Say which CRS header and eastings declare together; None where they leave it open.

    Parameters
    ----------
    header
        Words of the header by key.
    frame
        What the coordinates are in: degrees, metres without zone, or the zone before the eastings.
    prefix
        The evidence for that zone.

    Raises
    ------
    FileRefused
        ``zone_contradicted`` (header and eastings name different zones), ``zone_of_other_width`` (no such zone of that
        width), ``crs_datum_needs_parameters`` (an old datum, and not even the zone is known).
    """
    words, width = header.get("坐标系", ""), _width(header)
    datum = next((name for pattern, name in _DATUMS if pattern.search(words)), "")
    zone = _zone(header, width or 3)
    evidence = _evidence(header, words, zone)
    if frame > NO_ZONE:
        if zone not in {NO_ZONE, frame}:
            values = {"header": zone, "prefix": frame, **(prefix.values if prefix is not None else {})}
            raise FileRefused("zone_contradicted", values)
        zone = frame
    code = _code(datum, header, frame, zone, width)
    if code is None and datum in _OLD:
        raise FileRefused("crs_datum_needs_parameters", {"words": words[:60]})
    return Declared(f"EPSG:{code}" if code else None, "file" if code else "none", evidence)


def _code(datum: str, header: Mapping[str, str], frame: int, zone: int, width: int | None) -> int | None:
    if frame == DEGREES:
        # many writers leave 米 in the header of a text in degrees: then the two contradict, and a person is asked
        return _GEOGRAPHIC.get(datum) if "米" not in header.get("计量单位", "") else None
    if zone == NO_ZONE or width == 0:
        return None
    wide = next((degrees for degrees, zones in _ZONES.items() if zone in zones), None)
    if wide is None or width not in {None, wide}:
        raise FileRefused("zone_of_other_width", {"zone": zone, "degrees": width or 0})
    first = _FAMILIES[datum][wide, frame > NO_ZONE] if datum in _FAMILIES else None
    return first + zone - _ZONES[wide].start if first is not None else None


def _width(header: Mapping[str, str]) -> int | None:
    """Degrees of a zone by the header: None when it does not say, 0 when it says neither 3 nor 6."""
    words = header.get("几度分带") or header.get("分带") or ""
    words = words.replace("三", "3").replace("六", "6")
    found = re.search(r"\d+(?:\.\d+)?", words)
    if found is None:
        return None
    return {3.0: 3, 6.0: 6}.get(float(found[0]), 0)


def _zone(header: Mapping[str, str], width: int) -> int:
    """Zone number by the header, 0 when it does not say; a central meridian in its place is counted in zones."""
    for key in ("带号", "中央子午线", "中央经线"):
        found = re.search(r"\d+", header.get(key, ""))
        number = int(found[0]) if found else 0
        if number > _LARGEST_ZONE or (number and key != "带号"):
            return number // 3 if width == 3 else (number + 3) // 6  # noqa: PLR2004 - 3-degree zones are centred on 3 n
        if number:
            return number
    return NO_ZONE


def _evidence(header: Mapping[str, str], words: str, zone: int) -> tuple[FileNote, ...]:
    notes = [FileNote("header_crs", {"words": words[:60]})] if words else []
    notes += [FileNote("header_zone", {"zone": zone})] if zone else []
    if "度" in header.get("计量单位", "") or "degree" in header.get("计量单位", "").casefold():
        notes.append(FileNote("degrees_in_header", {"words": header["计量单位"][:20]}))
    return tuple(notes)
