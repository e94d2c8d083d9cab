"""The industrial sites: the named parks in the towns that their names say, and the invented ones called 示例园区.

State and milestone are the source's own words for the year (年内投入使用, 完工, 开工建设). Floor area is known only as
the total of the fifteen operated parks (超 120 万方); how it divides is invented, and every part carries the total's
qualifier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from data.sample.drawing import Point

PLACED: Final = "位置示意"
NAME_ONLY: Final = "位置示意；来源未载明所在镇街"
SHARED_OUT: Final = "建筑面积为示例分摊，仅 15 个园区合计有出处"


@dataclass(frozen=True, slots=True)
class Site:
    """One park: what is known of it, where it is drawn, and how much reserve land lies in it."""

    name: str
    town: str
    centre_km: Point
    state: str
    milestone: str
    floor_area_m2: int
    land_hectares: float
    parcels: int
    cluster: str
    second: str
    note: str


SITES: Final = (
    Site("城西针织产业园(原琳多地块)", "城西街道", (-2.6, 5.0), "operating", "年内投入使用",
         96_000, 150, 28, "knitwear", "logistics", PLACED),
    Site("表面处理环保产业园", "义亭镇", (-6.3, -7.2), "operating", "年内投入使用",
         68_000, 110, 20, "surface", "equipment", NAME_ONLY),
    Site("稠江崇山产业园", "稠江街道", (2.3, 0.6), "completed", "年内完工", 0, 210, 38, "equipment", "optoelectronics",
         "位置示意；文中又称崇山产业园"),
    Site("高科技产业园", "苏溪镇", (14.9, 17.0), "starting", "年内开工建设",
         0, 190, 32, "optoelectronics", "chips", NAME_ONLY),
    Site("义乌市数字经济产业园", "北苑街道", (2.3, 7.9), "starting", "年内开工建设",
         0, 140, 26, "digital", "chips", NAME_ONLY),
    Site("芯片产业园", "稠江街道", (0.3, -2.2), "operating", "", 118_000, 120, 22, "chips", "optoelectronics",
         "位置示意；来源未载明所在镇街与建设状态，因已有企业用电而作运营园区"),
    Site("义乌高层次人才创业园", "稠江街道", (4.9, 0.6), "operating", "", 82_000, 34, 5, "digital", "health",
         "位置示意；见于图片说明，来源未载明所在镇街"),
    Site("义乌科技创业园", "北苑街道", (4.9, 5.2), "operating", "", 105_000, 40, 6, "equipment", "digital",
         "位置示意；见于图片说明，来源未载明所在镇街"),
    Site("示例园区-01", "苏溪镇", (18.7, 14.5), "operating", "",
         152_000, 190, 32, "optoelectronics", "equipment", PLACED),
    Site("示例园区-02", "廿三里街道", (21.2, 9.4), "operating", "",
         74_000, 130, 24, "knitwear", "health", PLACED),
    Site("示例园区-03", "后宅街道", (2.2, 14.1), "operating", "",
         121_000, 160, 25, "logistics", "digital", PLACED),
    Site("示例园区-04", "佛堂镇", (4.5, -9.9), "operating", "",
         66_000, 150, 26, "equipment", "surface", PLACED),
    Site("示例园区-05", "义亭镇", (-2.4, -7.4), "operating", "",
         58_000, 130, 24, "optoelectronics", "equipment", PLACED),
    Site("示例园区-06", "上溪镇", (-11.4, 2.3), "operating", "",
         61_000, 120, 20, "equipment", "knitwear", PLACED),
    Site("示例园区-07", "大陈镇", (18.2, 21.2), "operating", "",
         43_000, 80, 13, "knitwear", "logistics", PLACED),
    Site("示例园区-08", "福田街道", (15.2, 10.6), "operating", "",
         79_000, 90, 14, "logistics", "digital", PLACED),
    Site("示例园区-09", "赤岸镇", (2.6, -16.9), "operating", "",
         34_000, 70, 11, "health", "knitwear", PLACED),
    Site("示例园区-10", "江东街道", (11.9, -1.2), "operating", "",
         43_000, 36, 6, "health", "digital", PLACED),
)  # fmt: skip
