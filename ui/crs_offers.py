"""The coordinate systems that the numbers of a refused file allow, each with what shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planning.errors import Fault
from ui.words import t


def offers(fault: Fault) -> tuple[tuple[str, str], ...]:
    """Words to ask with (``EPSG:4528;swapped``) and the sentence for people, best first; empty when there are none."""
    found = fault.values.get("candidates", ())
    return tuple((str(one["crs"]), _sentence(one)) for one in found) if isinstance(found, list | tuple) else ()


def _sentence(one: Mapping[str, Any]) -> str:
    because = {
        "zone_prefix": t("东坐标以 {zone} 开头：{zone} 带", zone=one.get("zone", "")),
        "degrees": t("数值是经纬度的范围"),
        "storage": t("数值落在本库坐标系的适用范围"),
        "web_mercator": t("数值是网络墨卡托的范围"),
    }[str(one["because"])]
    crs, _, turned = str(one["crs"]).partition(";")
    return (
        t("{crs}，X、Y 对调（{because}）", crs=crs, because=because)
        if turned
        else t("{crs}（{because}）", crs=crs, because=because)
    )
