"""The layers and their fields: one table that the database, the files, the forms and the exports all read.

Keys are English and stable: they are column names in the database and property names in exports. Chinese and English
aliases are for people. Units stand in the key (``_m2``) and are repeated for the column head.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from layers import vocabulary
from layers.vocabulary import Vocabulary

Kind = Literal["text", "number", "integer", "date", "boolean", "term"]
Shape = Literal["polygon", "line", "point"]


@dataclass(frozen=True, slots=True)
class Field:
    """One attribute: what it is called, what it may hold, who may change it, and how files may name it."""

    key: str
    kind: Kind
    zh: str
    en: str
    unit: str = ""
    terms: Vocabulary | None = None
    editable: bool = False
    minimum: float | None = None
    maximum: float | None = None
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LayerSchema:
    """One layer: its name, the shapes it takes, and its own fields after the common ones."""

    name: str
    zh: str
    en: str
    shapes: tuple[Shape, ...]
    fields: tuple[Field, ...]
    code_prefix: str

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(field.key for field in self.fields)

    def field(self, key: str) -> Field:
        """Return the field of that key; raise KeyError when the layer has none."""
        for field in self.fields:
            if field.key == key:
                return field
        raise KeyError(key)


CODE: Final = Field(
    "code", "text", "编号", "Code",
    spellings=("地块编号", "DKBH", "dkbh", "编号", "CODE", "parcel_id", "地番区域", "gml_id"),
)  # fmt: skip
NAME: Final = Field(
    "name", "text", "名称", "Name", editable=True, spellings=("地块名称", "DKMC", "dkmc", "名称", "NAME", "园区名称"),
)  # fmt: skip
NOTE: Final = Field("note", "text", "备注", "Note", editable=True, spellings=("备注", "BZ", "remark"))

# computed from geometry by the product and never taken from a file; every layer has them where they make sense
AREA: Final = Field("area_m2", "number", "面积（平面）", "Area (plane)", "㎡")
ELLIPSOID_AREA: Final = Field("area_ellipsoid_m2", "number", "面积（椭球）", "Area (ellipsoid)", "㎡")
LENGTH: Final = Field("length_m", "number", "长度", "Length", "m")

_PARCELS = LayerSchema(
    "parcels", "储备地块", "Reserve parcels", ("polygon",), (
        CODE, NAME,
        Field("town", "text", "镇街", "Town", spellings=("所在街道", "szjd", "镇街", "XZQ")),
        Field("park", "text", "所属园区", "Park", spellings=("园区",)),
        Field("stage", "term", "储备阶段", "Reserve stage", terms=vocabulary.STAGES, editable=True,
              spellings=("阶段", "状态", "zt")),
        Field("land_use", "text", "用地代码", "Land-use code", editable=True, spellings=("地类编码", "DLBM", "用地分类代码")),
        Field("land_use_scheme", "text", "用地分类版本", "Land-use scheme", editable=True),
        Field("ready_date", "date", "净地日期", "Ready date", editable=True),
        Field("owner", "text", "权属", "Owner", editable=True, spellings=("bdcqr", "不动产权人", "权利人")),
        Field("reserve_agency", "text", "储备机构", "Reserve agency", editable=True, spellings=("cbjgmc", "储备机构名称")),
        Field("declared_area_m2", "number", "申报面积", "Declared area", "㎡", editable=True, minimum=0.0,
              spellings=("申报面积", "dkmj_m2")),
        Field("far_min", "number", "容积率下限", "FAR, at least", editable=True, minimum=0.0, maximum=20.0, spellings=("RJL_X",)),
        Field("far_max", "number", "容积率上限", "FAR, at most", editable=True, minimum=0.0, maximum=20.0, spellings=("RJL_S",)),
        Field("density_min", "number", "建筑密度下限", "Building density, at least", "%", editable=True, minimum=0.0, maximum=100.0,
              spellings=("JZMD_X",)),
        Field("density_max", "number", "建筑密度上限", "Building density, at most", "%", editable=True, minimum=0.0, maximum=100.0,
              spellings=("JZMD_S",)),
        Field("green_min", "number", "绿地率下限", "Green ratio, at least", "%", editable=True, minimum=0.0, maximum=100.0,
              spellings=("LHL_X",)),
        Field("green_max", "number", "绿地率上限", "Green ratio, at most", "%", editable=True, minimum=0.0, maximum=100.0,
              spellings=("LHL_S",)),
        Field("investment_min", "number", "投资强度下限", "Investment, at least", "万元/亩", editable=True, minimum=0.0),
        Field("tax_min", "number", "亩均税收下限", "Tax per mu, at least", "万元/亩", editable=True, minimum=0.0),
        Field("protection_distance_m", "number", "防护距离", "Protection distance", "m", editable=True, minimum=0.0,
              maximum=5000.0),
        NOTE,
    ), "DK",
)  # fmt: skip

_PARKS = LayerSchema(
    "parks", "产业园区", "Industrial parks", ("polygon", "point"), (
        CODE, NAME,
        Field("state", "term", "建设状态", "State", terms=vocabulary.PARK_STATES, editable=True),
        Field("milestone", "text", "节点", "Milestone", editable=True),
        Field("town", "text", "镇街", "Town"),
        Field("floor_area_m2", "number", "运营建筑面积", "Operated floor area", "㎡", editable=True, minimum=0.0),
        Field("floor_area_qualifier", "term", "面积限定", "Floor-area qualifier", terms=vocabulary.QUALIFIERS, editable=True),
        NOTE,
    ), "YQ",
)  # fmt: skip

_ROADS = LayerSchema(
    "roads", "道路工程", "Road projects", ("line", "polygon"), (
        CODE, NAME,
        Field("from_street", "text", "起点", "From", editable=True),
        Field("to_street", "text", "终点", "To", editable=True),
        Field("state", "term", "建设状态", "State", terms=vocabulary.ROAD_STATES, editable=True),
        Field("road_class", "term", "等级", "Class", terms=vocabulary.ROAD_CLASSES, editable=True),
        Field("width_m", "number", "红线宽度", "Right-of-way width", "m", editable=True, minimum=0.0, maximum=200.0),
        Field("opening", "text", "计划通车", "Planned opening", editable=True),
        NOTE,
    ), "DL",
)  # fmt: skip

_FACILITIES = LayerSchema(
    "facilities", "配套设施", "Facilities", ("point", "polygon"), (
        CODE, NAME,
        Field("kind", "term", "类别", "Kind", terms=vocabulary.FACILITY_KINDS, editable=True),
        Field("state", "term", "建设状态", "State", terms=vocabulary.FACILITY_STATES, editable=True),
        Field("milestone", "text", "节点", "Milestone", editable=True),
        Field("town", "text", "镇街", "Town"),
        NOTE,
    ), "PT",
)  # fmt: skip

_CONSTRAINTS = LayerSchema(
    "constraints", "管控要素", "Constraints", ("polygon",), (
        CODE, NAME,
        Field("kind", "term", "类别", "Kind", terms=vocabulary.CONSTRAINT_KINDS, editable=True),
        Field("basis", "text", "依据", "Basis", editable=True),
        NOTE,
    ), "GK",
)  # fmt: skip

_TOWNS = LayerSchema(
    "towns", "镇街", "Towns", ("polygon",), (
        CODE, NAME,
        Field("kind", "term", "类别", "Kind", terms=vocabulary.TOWN_KINDS),
        NOTE,
    ), "ZJ",
)  # fmt: skip

_POWER_SITES = LayerSchema(
    "power_sites", "供电设施", "Power sites", ("point", "polygon"), (
        CODE, NAME,
        Field("park", "text", "所属园区", "Park"),
        Field("invested_wan", "number", "已投资", "Invested", "万元", editable=True, minimum=0.0),
        Field("invested_qualifier", "term", "投资限定", "Qualifier", terms=vocabulary.QUALIFIERS),
        Field("planned_wan", "number", "计划投资", "Planned", "万元", editable=True, minimum=0.0),
        Field("capacity_kva", "number", "容量", "Capacity", "kVA", editable=True, minimum=0.0),
        NOTE,
    ), "GD",
)  # fmt: skip

_LANDSCAPE = LayerSchema(
    "landscape", "底图要素", "Landscape", ("polygon", "line"), (
        CODE, NAME,
        Field("kind", "term", "类别", "Kind", terms=vocabulary.LANDSCAPE_KINDS),
        NOTE,
    ), "DT",
)  # fmt: skip

# bottom to top: the order in which the map draws them is layers/style.py's matter
LAYERS: Final = MappingProxyType({
    schema.name: schema
    for schema in (
        _PARCELS, _PARKS, _ROADS, _FACILITIES, _CONSTRAINTS, _TOWNS, _POWER_SITES, _LANDSCAPE,
    )
})  # fmt: skip
