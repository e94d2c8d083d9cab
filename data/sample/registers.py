"""The facts without a place, as CSV: funds, equity, firms, targets, projects, service, power, each with its qualifier.

Only the sums have a source. How a sum divides is invented (示例分摊); a real firm never gets a figure of its own but an
even share of the sum, so that nobody can take it for a fact.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from data.sample.facilities import FACILITIES, POWER_SITES
from data.sample.named_roads import NAMED, OPENING, SKELETON
from data.sample.sites import SITES

Row = tuple[object, ...]
DIVIDED: Final = "示例分摊，仅合计有出处"
EVEN: Final = "合计的平均数，非该企业数据；仅合计有出处"
UNKNOWN: Final = "来源未载明"
YEAR: Final = 2021


def registers() -> dict[str, str]:
    """Return the text of every register, by file name."""
    return {
        "funds.csv": _csv(
            ("code", "name", "counted", "scale_yi", "subscribed_yi", "paid_in_yi", "qualifier", "note"), _funds()
        ),
        "equity_projects.csv": _csv(("code", "name", "firm", "paid_in_yi", "qualifier", "note"), _equity()),
        "firms.csv": _csv(("code", "name", "sector", "cluster", "through", "fund", "note"), _firms()),
        "park_targets.csv": _csv(
            ("park", "year", "output_yi", "rent_wan", "tax_wan", "new_firms", "qualifier", "note"), _park_targets()
        ),
        "projects.csv": _csv(
            (
                "code",
                "name",
                "kind",
                "layer",
                "milestone",
                "due_text",
                "due_date",
                "investment_yi",
                "qualifier",
                "note",
            ),
            _projects(),
        ),
        "service.csv": _csv(("item", "kind", "figure", "unit", "qualifier", "wording", "note"), _service()),
        "power.csv": _csv(
            ("park", "invested_wan", "invested_qualifier", "planned_wan", "planned_qualifier", "note"), _power()
        ),
    }


def _csv(head: Sequence[str], rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((*head, "is_sample"))
    writer.writerows([*("" if value is None else value for value in row), "true"] for row in rows)
    return text.getvalue()


def _funds() -> list[Row]:
    figures = (
        ("18.60", "9.50", "5.20"),
        ("14.25", "7.20", "3.60"),
        ("10.80", "5.60", "2.90"),
        ("7.60", "4.10", "2.00"),
        ("5.20", "2.60", "1.30"),
    )
    rows: list[Row] = [
        (f"示例JJ-{number:02d}", f"示例基金-{number:02d}", "true", *values, "exact", DIVIDED)
        for number, values in enumerate(figures, 1)
    ]
    # named apart from the five, without figures
    rows.append(
        ("JJ-00", "义乌招商母基金", "false", None, None, None, None, "专项用于招商引资项目股权投资；规模来源未载明")
    )
    return rows


def _equity() -> list[Row]:
    named = ("瞻芯电子", "晶科能源", "旭高太阳能", "阿优文化创意")
    even = Decimal("10.54") / 16
    rest = ("1.205", "1.060", "0.980", "0.900", "0.820", "0.720", "0.610", "0.480", "0.390", "0.320", "0.240", "0.180")
    rows: list[Row] = [(f"GQ-{n:02d}", f"{firm}股权投资", firm, even, "exact", EVEN) for n, firm in enumerate(named, 1)]
    return rows + [
        (f"示例GQ-{n:02d}", f"示例股权项目-{n:02d}", f"示例企业-{n:02d}", amount, "exact", DIVIDED)
        for n, amount in enumerate(rest, 5)
    ]


def _firms() -> list[Row]:
    return [
        ("QY-01", "华灿光电", "LED", "optoelectronics", "fund", UNKNOWN, "基金招引的 LED 龙头企业；所在园区来源未载明"),
        ("QY-02", "木林森", "LED", "optoelectronics", "fund", UNKNOWN, "基金招引的 LED 龙头企业；所在园区来源未载明"),
        ("QY-03", "瞻芯电子", "芯片", "chips", "equity", None, "股权投资引进；所在园区来源未载明"),
        ("QY-04", "晶科能源", "光伏", "optoelectronics", "equity", None, "股权投资引进；所在园区来源未载明"),
        ("QY-05", "旭高太阳能", "光伏", "optoelectronics", "equity", None, "股权投资引进；所在园区来源未载明"),
        ("QY-06", "阿优文化创意", "文化创意", "culture", "equity", None, "股权投资引进；所在园区来源未载明"),
    ]


def _park_targets() -> list[Row]:
    operated = [site for site in SITES if site.floor_area_m2]
    areas = [site.floor_area_m2 for site in operated]
    output, rent, tax, firms = _shared(3700, areas), _shared(12000, areas), _shared(11500, areas), _shared(30, areas)
    return [
        (site.name, YEAR, Decimal(output[k]) / 100, rent[k], tax[k], firms[k], "exact", f"{DIVIDED}，按建筑面积")
        for k, site in enumerate(operated)
    ]


def _shared(total: int, weights: Sequence[int]) -> list[int]:
    """Return whole shares of a total by weight, the largest remainders rounded up, so that they add up exactly."""
    whole = sum(weights)
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda k: (-(total * weights[k] % whole), k))
    for k in by_remainder[: total - sum(shares)]:
        shares[k] += 1
    return shares


def _projects() -> list[Row]:
    """Return the works of the year; the ten supporting works stand for the source's 10个以上."""
    milestones = [(site.name, "产业园", "parks", site.milestone) for site in SITES if site.milestone]
    milestones += [(road.name, "道路", "roads", OPENING) for road in (*NAMED, *SKELETON) if road.opening]
    milestones += [
        (one.name, "学校" if one.kind == "school" else "住房", "facilities", one.milestone)
        for one in FACILITIES
        if one.milestone
    ]
    milestones += [(f"示例配套工程-{n:02d}", "配套工程", "", "年内实施") for n in range(1, 11)]
    weights = {"产业园": 150, "道路": 40, "学校": 35, "住房": 55, "配套工程": 12}
    shares = _shared(1500, [weights[kind] for _, kind, _, _ in milestones])
    return [
        (f"示例XM-{n:02d}", name, kind, layer, milestone, "年内", f"{YEAR}-12-31",
         Decimal(shares[n - 1]) / 100, "exact",
         f"{DIVIDED}；来源为“10个以上”" if kind == "配套工程" else DIVIDED)
        for n, (name, kind, layer, milestone) in enumerate(milestones, 1)
    ]  # fmt: skip


def _service() -> list[Row]:
    counted: list[Row] = [
        ("走访服务企业", "record", 150, "家", "at_least", "走访服务企业150余家", "2021年以来"),
        ("收集解决问题", "record", 20, "项", "at_least", "收集解决问题20余项", "2021年以来"),
        ("辖区配套工程", "record", 10, "个", "at_least", "10个以上辖区配套工程", "2021年"),
    ]
    named = ("场地供需不匹配", "用电容量不足", "停车难", "用水用电", "招工用工", "住宿保障")
    return counted + [(name, "problem", None, None, None, name, "来源列举的问题类别，未载明件数") for name in named]


def _power() -> list[Row]:
    return [
        (park, f"{invested:g}", "at_least", f"{planned:g}", "exact", DIVIDED)
        for park, invested, planned, _ in POWER_SITES
    ]
