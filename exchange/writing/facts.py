"""What every file says of itself, in whatever place its format keeps for that: scenario, date, CRS, sample data."""

from __future__ import annotations

import re
from collections.abc import Collection
from types import MappingProxyType
from typing import Final
from xml.sax.saxutils import escape

from exchange.writing.outgoing import AREA_NOTE, SAMPLE_MARK, SAMPLE_MARK_EN, Outgoing
from geo.crs import read_crs

# in the order in which a person reads them; what else there is follows
NAMES: Final = MappingProxyType({
    "notice": ("数据标记", "Data mark"),
    "layer_zh": ("图层", "Layer"),
    "layer_en": ("图层（英文）", "Layer (English)"),
    "layer": ("图层代码", "Layer key"),
    "scenario": ("方案", "Scenario"),
    "less": ("已扣除", "Taken off"),
    "profile": ("出图口径", "Export profile"),
    "review_number": ("审图号", "Map review number"),
    "grid_m": ("坐标取整（m）", "Coordinates rounded to (m)"),
    "date": ("日期", "Date"),
    "by": ("制作", "Made by"),
    "crs": ("坐标系", "CRS"),
    "crs_name": ("坐标系名称", "Name of the CRS"),
    "storage_crs": ("入库坐标系", "CRS of the database"),
    "rows": ("行数", "Rows"),
    "revision": ("数据版本", "Revision"),
    "area_note": ("面积说明", "Areas"),
})  # fmt: skip
_AREA_NOTE_EN: Final = "the attribute values stand"
# what XML 1.0 cannot hold, written or as a reference
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_BREAKS: Final = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def facts_of(outgoing: Outgoing, epsg: int, lang: str = "zh") -> dict[str, str]:
    """Every fact as text, by its stable key, in the order in which they are read."""
    known = {key: str(value) for key, value in outgoing.facts.items() if value is not None}
    known |= {"crs": f"EPSG:{epsg}", "crs_name": read_crs(epsg).name}
    known["area_note"] = _AREA_NOTE_EN if lang == "en" else AREA_NOTE
    if outgoing.has_sample:
        known["notice"] = SAMPLE_MARK_EN if lang == "en" else SAMPLE_MARK
    order = [*(key for key in NAMES if key in known), *(key for key in known if key not in NAMES)]
    return {key: known[key] for key in order}


def named_facts(
    outgoing: Outgoing, epsg: int, lang: str = "zh", *, without: Collection[str] = ()
) -> list[tuple[str, str]]:
    """Every fact with what people call it, but for some keys."""
    place = 1 if lang == "en" else 0
    told = facts_of(outgoing, epsg, lang)
    return [(NAMES[key][place] if key in NAMES else key, text) for key, text in told.items() if key not in without]


def fact_line(outgoing: Outgoing, epsg: int, lang: str = "zh") -> str:
    """All facts in one line, for formats that keep one text."""
    comma, colon = ("; ", ": ") if lang == "en" else ("；", "：")
    return comma.join(f"{name}{colon}{one_line(text)}" for name, text in named_facts(outgoing, epsg, lang))


def title(outgoing: Outgoing, lang: str = "zh") -> str:
    """What the file is called in words: the layer and its scenario, and the mark of sample data before them."""
    name = outgoing.facts.get("layer_en" if lang == "en" else "layer_zh", outgoing.layer)
    scenario = outgoing.facts.get("scenario")
    mark = f"[{SAMPLE_MARK_EN if lang == 'en' else SAMPLE_MARK}] " if outgoing.has_sample else ""
    return mark + (f"{name} · {scenario}" if scenario else str(name))


def one_line(text: str) -> str:
    """Text without line ends and control characters, for formats whose lines mean something."""
    return _BREAKS.sub(" ", text)


def xml_text(text: object) -> str:
    """Text as XML holds it, inside an element or between double quotes; what XML cannot hold is left out."""
    return escape(_NOT_XML.sub("", str(text)), {'"': "&quot;"})


def esri_metadata(outgoing: Outgoing, epsg: int) -> str:
    """The facts as the metadata page that ArcGIS shows (``.shp.xml``, documentation of a geodatabase)."""
    name, about = xml_text(title(outgoing)), xml_text(fact_line(outgoing, epsg))
    keys = "".join(f"<keyword>{xml_text(f'{key}={text}')}</keyword>" for key, text in facts_of(outgoing, epsg).items())
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<metadata xml:lang="zh"><Esri><ArcGISFormat>1.0</ArcGISFormat></Esri>'
        f"<dataIdInfo><idCitation><resTitle>{name}</resTitle></idCitation><idAbs>{about}</idAbs>"
        f"<searchKeys>{keys}</searchKeys></dataIdInfo>"
        f'<refSysInfo><RefSystem><refSysID><identCode code="{epsg}"/><idCodeSpace>EPSG</idCodeSpace></refSysID>'
        "</RefSystem></refSysInfo></metadata>\n"
    )  # fmt: skip
