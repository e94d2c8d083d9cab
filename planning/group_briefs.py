"""简报 of a group of parcels: its figures, how each came about, and of which scenario and day, on one page."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import numpy as np

from exchange.brief_sheet import BriefLine, BriefSheet
from layers import figures
from layers.vocabulary import ROAD_CLASSES, STAGES
from planning.atlas import Atlas
from planning.blocks import Block
from planning.cards import method_of
from planning.grouping import Asked
from planning.power import Feeding, Sites
from planning.readiness import day_of, readiness
from planning.snapshots import NONE, ScenarioSnapshot

BASE_NAME: Final = ("现状", "Existing")
_WORDS: Final = {
    "title": ("连片用地简报", "Brief of a group of parcels"),
    "what": ("项目", "Item"),
    "figure": ("数值", "Figure"),
    "basis": ("依据", "Basis"),
    "scenario": ("方案", "Scenario"),
    "at": ("编制时间", "Made at"),
    "by": ("编制人", "Made by"),
    "codes": ("地块编号", "Parcels"),
    "count": ("宗数", "Number of parcels"),
    "area": ("面积", "Area"),
    "asked": ("查找条件", "Conditions"),
    "surplus": ("超出要求", "Beyond what was asked"),
    "places": ("所在镇街、园区", "Towns and parks"),
    "stages": ("储备阶段", "Reserve stages"),
    "clusters": ("产业集群（本方案）", "Clusters (this scenario)"),
    "frontage": ("临路", "Frontage"),
    "shape": ("形状", "Shape"),
    "land": ("净地", "Clear land"),
    "ready": ("就绪", "Ready"),
    "power": ("供电", "Power"),
    "none": ("无", "none"),
    "undated": ("{count} 宗未填净地日期", "{count} without a date"),
    "unknown": ("有地块未定", "not known for some"),
    "met": ("已具备", "met already"),
    "unassigned": ("未分配", "unassigned"),
    "parcels": ("{count} 宗", "{count}"),
    "sample": ("含示例数据，图形与编号均为示意，不能作为依据。", "Holds sample data: shapes and codes are schematic."),
    "frontage_basis": (
        "边界正对道路、相距 20 米以内、中间没有别的地块的长度，按道路等级合计",
        "boundary that faces a road within 20 m with no parcel in between, by road class",
    ),
    "area_basis": (
        "{crs} 平面面积，每宗四舍五入到 0.01 ㎡ 后相加；亩 = ㎡ × 0.0015",
        "plane areas in {crs}, each rounded half up to 0.01 m², added; mu = m² × 0.0015",
    ),
    "shape_basis": (
        "紧凑度为 Polsby–Popper（4πA/P²），圆为 1", "compactness is Polsby–Popper (4πA/P²); a circle has 1",
    ),
    "land_basis": ("各宗净地日期中最晚的", "the latest of the parcels' dates"),
    "ready_basis": (
        "净地与通路中较晚的一个；临路 {frontage} 米以上的已建道路或最早通车的道路工程算通路",
        "the later of clear land and access: a built road, or the first project to open, with {frontage} m of frontage",
    ),
    "power_enough": (
        "{site}，相距 {metres} 米，余量 {headroom} kVA，需 {need} kVA",
        "{site}, {metres} m away, {headroom} kVA of head-room, {need} kVA needed",
    ),
    "power_short": (
        "没有已知余量足够的；最近的 {site} 相距 {metres} 米，余量 {headroom} kVA，需 {need} kVA",
        "none is known to have enough; the nearest, {site}, is {metres} m away with {headroom} kVA, {need} kVA needed",
    ),
    "power_unknown": (
        "没有已知余量足够的；最近的 {site} 相距 {metres} 米，容量未载明，需 {need} kVA",
        "none is known to have enough; the nearest, {site}, is {metres} m away, capacity not told, {need} kVA needed",
    ),
    "power_none": ("没有供电设施数据", "no power sites are stored"),
    "power_basis": (
        "负荷按用地负荷密度估算（规则表 power_density.csv）；余量 = 容量 − 离它最近的已供应地块的估算负荷",
        "loads by density of land class (power_density.csv); head-room = capacity less that of supplied land nearest",
    ),
}  # fmt: skip


def brief(
    atlas: Atlas,
    state: ScenarioSnapshot,
    block: Block,
    *,
    asked: Asked | None,
    english: bool,
    made: tuple[str, datetime],
) -> BriefSheet:
    """Put the page together; ``made`` says by whom and when, ``asked`` under which conditions it was found."""

    def say(key: str, **values: object) -> str:
        return _WORDS[key][english].format(**values)

    unit = "mu" if english else "亩"
    lines = [
        BriefLine(say("scenario"), BASE_NAME[english] if state.scenario.base_id is None else state.scenario.name),
        BriefLine(say("at"), f"{made[1].astimezone():%Y-%m-%d %H:%M}"),
        BriefLine(say("by"), made[0]),
        BriefLine(say("count"), say("parcels", count=block.parcels)),
        BriefLine(
            say("area"), f"{figures.mu(block.area.m2)} {unit} = {figures.square_metres(block.area.m2)} ㎡",
            say("area_basis", crs=method_of(atlas.epsg).crs),
        ),
    ]  # fmt: skip
    if asked is not None:
        lines.append(BriefLine(say("asked"), f"≥ {figures.trimmed(asked.least_mu)} {unit}, ≤ {asked.most_parcels}"))
        over = figures.mu_of(block.area.m2)
        lines.append(BriefLine(say("surplus"), f"{figures.fixed((over or 0) - asked.least_mu, 2)} {unit}"))
    lines += _places(atlas, state, block, english=english)
    front = ", ".join(
        f"{_road_class(name, english=english)} {figures.metres(length)} m" for name, length in block.frontage_m
    )
    lines.append(BriefLine(say("frontage"), front or say("none"), say("frontage_basis")))
    lines.append(
        BriefLine(say("shape"), f"{figures.fixed(block.polsby_popper, 2)} · P = {figures.metres(block.perimeter_m)} m",
                  say("shape_basis"))
    )  # fmt: skip
    land = block.ready_date or say("none")
    undated = f" ({say('undated', count=block.undated)})" if block.undated else ""
    lines.append(BriefLine(say("land"), land + undated, say("land_basis")))
    lines.append(_ready(atlas, block, english=english))
    lines.append(BriefLine(say("power"), power_words(Sites(atlas).feeding(block.ids), english=english),
                           say("power_basis")))  # fmt: skip
    heads = (say("what"), say("figure"), say("basis"))
    rows = atlas.parcels().row_of(list(block.ids))
    sample = bool(atlas.parcels().frame["is_sample"].to_numpy()[rows].any())
    return BriefSheet(say("title"), heads, lines, say("sample") if sample else "")


def power_words(feeding: Feeding | None, *, english: bool) -> str:
    """Say who could feed the land."""
    if feeding is None:
        return _WORDS["power_none"][english]
    key = "power_enough" if feeding.enough else "power_unknown" if feeding.headroom_kva is None else "power_short"
    return _WORDS[key][english].format(
        site=feeding.name or feeding.code, metres=figures.fixed(feeding.distance_m, 0) if feeding.distance_m else "0",
        headroom=figures.fixed(feeding.headroom_kva, 0), need=figures.fixed(feeding.need_kva, 0),
    )  # fmt: skip


def _places(atlas: Atlas, state: ScenarioSnapshot, block: Block, *, english: bool) -> list[BriefLine]:
    parcels = atlas.parcels()
    rows = parcels.row_of(list(block.ids))
    frame = parcels.frame.iloc[rows]
    names = [one for key in ("town", "park") for one in dict.fromkeys(frame[key].dropna().tolist())]
    stages = [list(STAGES.values())[at] for at in dict.fromkeys(parcels.stage[rows].tolist()) if at != NONE]
    by_code = {one.code: one for one in atlas.clusters()}
    held = [state.code_at(int(row)) for row in rows]
    clusters = [
        _WORDS["unassigned"][english] if code is None else (by_code[code].name_en if english else by_code[code].name_zh)
        for code in dict.fromkeys(held)
    ]
    return [
        BriefLine(_WORDS["codes"][english], ", ".join(str(code) for code in parcels.codes[rows])),
        BriefLine(_WORDS["places"][english], ", ".join(names) or _WORDS["none"][english]),
        BriefLine(_WORDS["stages"][english], ", ".join(one.en if english else one.zh for one in stages)),
        BriefLine(_WORDS["clusters"][english], ", ".join(clusters)),
    ]


def _ready(atlas: Atlas, block: Block, *, english: bool) -> BriefLine:
    found = readiness(atlas)
    rows = atlas.parcels().row_of(list(block.ids))
    last = day_of(int(np.max(found.ready_on[rows])))
    word = _WORDS["unknown"][english] if last is None else last.isoformat()
    if last is not None and last.year == 1:
        word = _WORDS["met"][english]
    basis = _WORDS["ready_basis"][english].format(frontage=figures.trimmed(found.rule.access_frontage_m))
    return BriefLine(_WORDS["ready"][english], word, basis)


def _road_class(name: str, *, english: bool) -> str:
    term = ROAD_CLASSES.get(name)
    return "—" if term is None else (term.en if english else term.zh)
