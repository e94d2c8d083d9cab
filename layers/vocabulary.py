"""The closed lists of the field: reserve stages, road and park states, kinds of facility and constraint.

A term has a stable English key (stored and exported), its Chinese name, its English name and, where the office has
them, other spellings that files use. Order is the order of the working life, and is the order on screen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a closed list: stored by key, shown by zh or en, recognised in files by any spelling."""

    key: str
    zh: str
    en: str
    spellings: tuple[str, ...] = ()


class Vocabulary(Mapping[str, Term]):
    """An ordered closed list of terms, looked up by key; ``recognise`` takes any known spelling."""

    def __init__(self, name: str, *terms: Term) -> None:
        self.name = name
        self._terms = MappingProxyType({term.key: term for term in terms})
        self._spellings = {
            spelling.strip().casefold(): term.key
            for term in terms
            for spelling in (term.key, term.zh, term.en, *term.spellings)
        }

    def __getitem__(self, key: str) -> Term:
        return self._terms[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._terms)

    def __len__(self) -> int:
        return len(self._terms)

    def index(self, key: str) -> int:
        """Position of a key in the list, from 0."""
        return list(self._terms).index(key)

    def recognise(self, text: object) -> str | None:
        """Key of the term that a file's text means, or None when it is not one of the list."""
        return self._spellings.get(str(text).strip().casefold())


# 谋划→拟收储→收储中→在库→前期开发→净地待供→公告→供应: the product's stages of land reserve work;
# the wider list of 《土地储备管理办法》(国土资规〔2017〕17号) maps onto them
STAGES: Final = Vocabulary(
    "stage",
    Term("conceived", "谋划", "Conceived"),
    Term("intended", "拟收储", "Intended"),
    Term("acquiring", "收储中", "Acquiring", ("征收中", "收购中", "收回中")),
    Term("reserved", "在库", "In reserve", ("已收储", "储备")),
    Term("developing", "前期开发", "Developing", ("前期开发中",)),
    Term("ready", "净地待供", "Ready to supply", ("净地", "待供应", "具备供应条件")),
    Term("announced", "公告", "Announced", ("公告中",)),
    Term("supplied", "供应", "Supplied", ("已供应", "已供", "已出让", "出库", "已出库", "出让")),
)

ROAD_STATES: Final = Vocabulary(
    "road state",
    Term("built", "已建", "Built", ("existing", "现状", "建成", "竣工")),
    Term("construction", "在建", "Under construction", ("under construction",)),
    Term("planned", "规划", "Planned", ("拟建", "规划中")),
)

# GB/T 51328-2018 城市综合交通体系规划标准 names 快速路/主干路/次干路/支路; 高速 and 公路 are outside towns,
# 公路 by their administrative class (《公路法》第六条), which decides how far buildings keep away
ROAD_CLASSES: Final = Vocabulary(
    "road class",
    Term("motorway", "高速公路", "Motorway", ("高速",)),
    Term("trunk", "快速路", "Expressway"),
    Term("arterial", "主干路", "Arterial", ("主干道",)),
    Term("collector", "次干路", "Collector", ("次干道",)),
    Term("local", "支路", "Local street", ("街坊路",)),
    Term("national", "国道", "National highway"),
    Term("provincial", "省道", "Provincial highway"),
    Term("county", "县道", "County road"),
    Term("township", "乡道", "Township road"),
)

PARK_STATES: Final = Vocabulary(
    "park state",
    Term("operating", "投用", "In use", ("运营", "投入使用", "已投用")),
    Term("completed", "完工", "Completed", ("竣工",)),
    Term("construction", "在建", "Under construction"),
    Term("starting", "开工", "Starting", ("开工建设",)),
    Term("planned", "规划", "Planned"),
)

FACILITY_KINDS: Final = Vocabulary(
    "facility kind",
    Term("school", "学校", "School"),
    Term("housing", "住房", "Housing", ("集聚", "居住")),
    Term("talent_housing", "人才房", "Talent housing", ("人才社区",)),
)

FACILITY_STATES: Final = Vocabulary(
    "facility state",
    Term("operating", "投用", "In use"),
    Term("topped_out", "主体结顶", "Topped out"),
    Term("structure_done", "主体完工", "Main structure done"),
    Term("construction", "在建", "Under construction"),
    Term("starting", "开工", "Starting", ("开工建设",)),
    Term("planned", "规划", "Planned"),
)

CONSTRAINT_KINDS: Final = Vocabulary(
    "constraint kind",
    Term("farmland", "永久基本农田", "Permanent basic farmland", ("永农", "基本农田", "0202")),
    Term("ecology", "生态保护红线", "Ecological red line", ("生态红线", "0102")),
    Term("growth_boundary", "城镇开发边界", "Urban growth boundary", ("开发边界", "0400")),
    Term("protection", "防护距离", "Protection belt", ("防护", "防护绿地")),
    Term("river", "河道管理范围", "River control", ("河道", "蓝线")),
)

LANDSCAPE_KINDS: Final = Vocabulary(
    "landscape kind",
    Term("water", "水域", "Water"),
    Term("built_up", "建成区", "Built-up area"),
    Term("green", "山林绿地", "Green land"),
    Term("railway", "普通铁路", "Railway", ("铁路",)),
    Term("high_speed_railway", "高速铁路", "High-speed railway", ("高铁", "客运专线")),
    Term("power_line_10kv", "架空电力线 1-10 kV", "Overhead line 1-10 kV", ("10kV", "10千伏")),
    Term("power_line_110kv", "架空电力线 35-110 kV", "Overhead line 35-110 kV", ("35kV", "110kV", "35千伏", "110千伏")),
    Term("power_line_220kv", "架空电力线 220 kV", "Overhead line 220 kV", ("220kV", "220千伏")),
    Term("power_line_500kv", "架空电力线 500 kV", "Overhead line 500 kV", ("500kV", "500千伏")),
    Term("pipeline", "油气管道", "Oil or gas pipeline"),
    Term("landfill", "垃圾填埋场", "Landfill"),
)

TOWN_KINDS: Final = Vocabulary(
    "town kind",
    Term("subdistrict", "街道", "Sub-district"),
    Term("town", "镇", "Town"),
)

# qualifiers of figures, as the source words them: 余, 超, 以上 are stored and printed back, never dropped
QUALIFIERS: Final = Vocabulary(
    "qualifier",
    Term("exact", "", ""),
    Term("at_least", "≥", "≥", ("余", "超", "以上", "多")),
    Term("at_most", "≤", "≤", ("不超过", "以内")),
    Term("about", "约", "about", ("近",)),
)

# how a drawn shape takes parcels
PREDICATES: Final = Vocabulary(
    "predicate",
    Term("within", "完全在内", "Within"),
    Term("majority", "过半在内", "More than half"),
    Term("touches", "相交即选", "Touches"),
)

# kinds of neighbour; see geo/adjacency.py for the definitions
NEIGHBOUR_KINDS: Final = Vocabulary(
    "neighbour kind",
    Term("edge", "共边", "Shared edge"),
    Term("corner", "共点", "Corner"),
    Term("across", "隔路相邻", "Across a street"),
    Term("near", "邻近", "Near"),
    Term("overlap", "重叠", "Overlap"),
)
