"""The tables of a page of the atlas: facts, roads, neighbours, constraints and their basis, parcels of a park."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from briefing import numbers, tally
from briefing.atlas.choosing import Chosen
from briefing.atlas.facts import Facts, Neighbour
from briefing.looks import UNASSIGNED, Theme, looks
from briefing.picture import short_codes
from briefing.slide import Bars, Column, Sign, Signs, Table
from briefing.snapshot import NONE, Snapshot
from briefing.templates import parts
from layers import figures, style, vocabulary
from layers.draw.paper.view import View

_ABREAST: Final = 3
BESIDE: Final = {"overlap": "重叠", "edge": "共边", "corner": "接角", "across": "隔路相对", "near": "邻近"}


def cluster_of(snapshot: Snapshot, row: int) -> str:
    """A parcel's cluster in words."""
    at = int(snapshot.cluster[row])
    return UNASSIGNED if at == NONE else snapshot.clusters[at].name_zh


def land_use_of(snapshot: Snapshot, row: int) -> str:
    """A parcel's land use in words; nothing in a snapshot that holds none."""
    if snapshot.land_use is None:
        return ""
    groups, known = looks(snapshot, "land-use")
    look = known[int(groups[row])]
    return f"{look.name}（{look.glyph}）" if look.glyph else look.name


def stage_of(snapshot: Snapshot, row: int) -> str:
    """A parcel's stage in words."""
    at = int(snapshot.stage[row])
    return "未填" if at == NONE else vocabulary.STAGES[snapshot.stages[at]].zh


def areas(facts: Facts) -> tuple[tuple[str, str], ...]:
    """Plane and ellipsoid, as three units have them, and the difference."""
    plane, ellipsoid = numbers.area_m2(facts.plane_centi_m2), numbers.area_m2(facts.ellipsoid_centi_m2)
    return (
        ("平面面积", f"{figures.square_metres(plane)} ㎡ = {figures.hectares(plane)} 公顷 = {figures.mu(plane)} 亩"),
        ("椭球面积", f"{figures.square_metres(ellipsoid)} ㎡（差 {figures.signed(ellipsoid - plane)}）"),
        ("周长", f"{figures.fixed(facts.perimeter_m, 2)} 米"),
        ("临路", f"{len(facts.frontages)} 条，最长 {figures.fixed(facts.frontages[0].length_m, 1)} 米"
         if facts.frontages else "不临路"),
    )  # fmt: skip


def parcel_facts(snapshot: Snapshot, chosen: Chosen, facts: Facts) -> Table:
    """What the ledger says of a parcel, and its areas."""
    columns, row = snapshot.parcels.columns, chosen.row
    struck = [one for one in tally.in_conflict(snapshot, tally.available(snapshot)) if one.row == row]
    told = (
        ("名称", columns["name"][row]),
        ("镇街 · 园区", f"{columns['town'][row]} · {parts.park_name(columns['park'][row]) or '园区外'}"),
        ("储备阶段", stage_of(snapshot, row)),
        ("产业集群", cluster_of(snapshot, row)),
        *((("规划用地", use),) if (use := land_use_of(snapshot, row)) else ()),
        ("净地日期", columns["ready_date"][row]),
        *(("处置建议", parts.advice(snapshot, one)) for one in struck),
    )  # fmt: skip
    return _facts("地块信息", ((key, text or "—") for key, text in (*told, *areas(facts))))


def park_facts(snapshot: Snapshot, chosen: Chosen, facts: Facts) -> Table:
    """What is known of a park, and the sums of its parcels."""
    layer, inside = snapshot.layers["parks"], snapshot.parcels.column("park").astype(str) == chosen.name
    available = tally.available(snapshot) & inside
    whole, now = tally.summed(snapshot, available), tally.summed(snapshot, available & tally.cleared(snapshot))
    worst = tally.in_conflict(snapshot, available)
    state = layer.columns["state"][chosen.row]
    told = (
        ("建设状态", vocabulary.PARK_STATES[state].zh if state in vocabulary.PARK_STATES else state),
        ("可用储备", f"{numbers.count(whole.parcels)} 宗 {numbers.worded(whole.centi_m2)}"),
        ("净地可供", f"{numbers.count(now.parcels)} 宗 {numbers.worded(now.centi_m2)}"),
        ("压占管控线", f"{len(worst)} 宗 {numbers.worded(sum(one.centi_m2 for one in worst))}" if worst else "无"),
    )  # fmt: skip
    return _facts("园区信息", ((key, text or "—") for key, text in (*told, *areas(facts))))


def _facts(head: str, told: object) -> Table:
    rows = tuple((str(key), str(text)) for key, text in told)  # type: ignore[attr-defined]
    return Table(head, "面积依 CGCS2000", (Column("项目", 0.24), Column("内容", 0.76)), rows)


def roads(snapshot: Snapshot, facts: Facts) -> Table | None:
    """The roads that it faces, the longest first."""
    columns, states = snapshot.layers["roads"].columns, vocabulary.ROAD_STATES
    rows = tuple(
        (columns["name"][one.road] or columns["code"][one.road] or "未命名",
         states[columns["state"][one.road]].zh if columns["state"][one.road] in states else "—",
         figures.fixed(one.length_m, 1), "0.0" if one.distance_m < 0.05 else figures.fixed(one.distance_m, 1))
        for one in facts.frontages
    )  # fmt: skip
    heads = (
        Column("道路", 0.42),
        Column("状态", 0.18),
        Column("临路，米", 0.20, "right"),
        Column("距离，米", 0.20, "right"),
    )
    return _table("临路", "20 米内", heads, rows, "条")


def neighbours(snapshot: Snapshot, chosen: Chosen, facts: Facts) -> Table | None:
    """What lies beside it: parcels beside a parcel, parks beside a park."""
    if chosen.kind == "parcel":
        codes = short_codes(snapshot)
        rows = tuple(
            (codes[one.row], cluster_of(snapshot, one.row), BESIDE[one.kind], _beside(one)) for one in facts.neighbours
        )
        columns = (Column("编号", 0.22), Column("集群", 0.34), Column("关系", 0.22), Column("长度，米", 0.22, "right"))
        return _table("相邻地块", "共边或相对长度", columns, rows, "宗")
    names = snapshot.layers["parks"].columns["name"]
    parks = tuple((parts.park_name(names[one.row]), BESIDE[one.kind], _beside(one)) for one in facts.neighbours)
    heads = (Column("园区", 0.56), Column("关系", 0.22), Column("长度，米", 0.22, "right"))
    return _table("相邻园区", "共边或相对长度", heads, parks, "个")


def _beside(one: Neighbour) -> str:
    """The length that is shared; of what only lies near, how far it is."""
    return f"隔 {figures.fixed(one.gap_m, 1)}" if one.kind == "near" else figures.fixed(one.length_m, 1)


def constraints(snapshot: Snapshot, facts: Facts) -> Table | None:
    """Constraints that it lies on, each with its part; what bars building, and belts that only tell."""
    columns = snapshot.layers["constraints"].columns
    rows = tuple(
        (columns["name"][one.constraint] or columns["code"][one.constraint], vocabulary.CONSTRAINT_KINDS[one.kind].zh,
         numbers.parcel_mu(one.centi_m2), numbers.percent(one.centi_m2, facts.plane_centi_m2))
        for one in facts.lying
    )  # fmt: skip
    heads = (Column("管控要素", 0.38), Column("类型", 0.28), Column("亩", 0.18, "right"), Column("占比", 0.16, "right"))
    return _table("压占与防护距离", "1 ㎡ 及以上", heads, rows, "处")


def basis(snapshot: Snapshot, facts: Facts) -> str:
    """What the constraints that it lies on rest on, in the words of the rule book."""
    kinds = {one.kind for one in facts.lying}
    return "；".join(
        f"{vocabulary.CONSTRAINT_KINDS[kind].zh}：{said}" for kind, said in snapshot.bases if kind in kinds
    )


def parcels(snapshot: Snapshot, park: str, most_rows: int) -> Table:
    """The parcels of a park by code, three abreast, in at most so many rows; what lies on constraints is starred."""
    columns = snapshot.parcels.columns
    struck = {one.row for one in tally.in_conflict(snapshot, tally.available(snapshot))}
    codes = short_codes(snapshot)
    mine = sorted(
        np.flatnonzero(snapshot.parcels.column("park").astype(str) == park).tolist(),
        key=lambda row: columns["code"][row],
    )
    cells = [
        (codes[row] + ("※" if row in struck else ""), numbers.parcel_mu(int(snapshot.centi_m2[row]))) for row in mine
    ]
    high = max(min(-(-len(cells) // _ABREAST), most_rows), 1)
    runs = [cells[nth * high : (nth + 1) * high] for nth in range(_ABREAST)]
    rows = tuple(
        tuple(text for run in runs for text in (run[nth] if nth < len(run) else ("", "")))
        for nth in range(min(high, len(cells)))
    )
    heads = tuple(one for _ in runs for one in (Column("编号", 0.165), Column("亩", 0.13, "right")))
    gaps = tuple(replace(one, part=one.part + (0.035 if nth % 2 else 0.0)) for nth, one in enumerate(heads))
    return Table("地块一览", "含已供应，※ 为压占管控线", gaps, rows, rest=max(len(cells) - _ABREAST * high, 0))


def legend(snapshot: Snapshot, view: View, theme: Theme = "cluster") -> Signs:
    """Clusters (or land uses), stages and lines that are seen on this page, and no others."""
    seen = np.flatnonzero(view.seen(snapshot.parcels.geoms))
    groups, known = looks(snapshot, theme)
    at = set(groups[seen].tolist())
    items = [
        Sign(f"{one.name}（{one.glyph}）" if one.glyph else one.name, "area", one.color, style.Line(style.INK, 0.8))
        for nth, one in known.items()
        if nth in at
    ]
    stages = {vocabulary.STAGES[snapshot.stages[one]].zh for one in set(snapshot.stage[seen].tolist()) - {NONE}}
    items += [one for one in parts.stage_signs(snapshot) if one.label.removesuffix("（淡色）") in stages]
    return Signs("图例", (*items, *parts.ground_signs(snapshot)))


def _table(
    head: str, unit: str, heads: tuple[Column, ...], rows: tuple[tuple[str, ...], ...], measure: str
) -> Table | None:
    return Table(head, unit, heads, rows, measure=measure) if rows else None


def at_most(table: Table | None, rows: int) -> Table | None:
    """A table with so many rows at most; it says how many there are besides."""
    if table is None or len(table.rows) <= rows:
        return table
    return replace(table, rows=table.rows[:rows], rest=table.rest + len(table.rows) - rows)


Piece = Bars | Signs | Table
