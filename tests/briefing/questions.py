"""Twenty questions that a leader asks of a picture, which templates must answer each, and the answer by the register.

An answer is a list of phrases that must stand on the picture, spaces aside; each is computed from the stored tables
(tests.briefing.register) and from nothing that composes a slide.
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from tests.briefing.register import HELD, Register, headline, mu, percent

Answer = list[str]
_KINDS = {"farmland": "永久基本农田", "ecology": "生态保护红线", "river": "河道管理范围"}
ALL = ("overview", "park", "clusters", "conflicts", "progress", "roads", "comparison")


@dataclass(frozen=True)
class Question:
    """What is asked, the templates that must answer it, and how the answer is found."""

    asked: str
    templates: tuple[str, ...]
    answer: Callable[[Register], Answer]


def bare(name: str) -> str:
    """A park's name without its brackets."""
    return name.partition("(")[0].partition("（")[0].strip()


def _now(one: Register) -> Answer:
    return [f"净地可供 {headline(one.cleared['area_m2'].sum())}"]


def _whole(one: Register) -> Answer:
    return [headline(one.open["area_m2"].sum()), f"合计 {mu(one.open['area_m2'].sum())} {len(one.open)}"]


def _now_but_struck(one: Register) -> Answer:
    return [f"其中 {one.struck['stage'].isin(('ready', 'announced')).sum()} 宗已是净地，处置前不得供应"]


def _where(one: Register) -> Answer:
    said = [f"{len(one.struck)} 宗压占管控线，共 {headline(one.struck['piece'].sum())}"]
    return [*said, *(f"压占 {count} 宗" for count in one.struck["park"].value_counts().unique())]


def _worst(one: Register) -> Answer:
    worst = one.struck.iloc[0]
    leaves = worst["kind"] != "river" and worst["piece"] > worst["area_m2"] / 2
    said = f"{worst.name}（{bare(worst['park'])}）压占{_KINDS[worst['kind']]} {mu(worst['piece'], 1)} 亩"
    return [said, "建议退出储备" if leaves else "建议调整范围线"]


def _which_leave(one: Register) -> Answer:
    gone = one.struck[(one.struck["kind"] != "river") & (one.struck["piece"] > one.struck["area_m2"] / 2)]
    rows = [f"{mu(row['piece'], 1)} {percent(row['piece'], row['area_m2'])} 退出" for _, row in gone.iterrows()]
    return [f"{len(gone)} 宗退出储备，{len(one.struck) - len(gone)} 宗调整范围线", *rows]


def _how_bad(one: Register) -> Answer:
    area, whole = one.struck["piece"].sum(), one.open["area_m2"].sum()
    return [f"占可用储备 {area * 100 / whole:.1f}"]


def _leading_cluster(one: Register) -> Answer:
    areas = one.open.groupby("cluster")["area_m2"].sum().sort_values(ascending=False)
    first, share = areas.iloc[0], percent(areas.iloc[0], areas.sum())
    return [f"{areas.index[0]}最大，{headline(first)}，占 {share}"]


def _bars(one: Register) -> Answer:
    areas = one.open.groupby("cluster")["area_m2"].agg(["sum", "size"])
    return [f"{mu(row['sum'])} {int(row['size'])}" for _, row in areas.iterrows()]


def _undecided(one: Register) -> Answer:
    left = one.open[one.open["cluster"].isna()]
    return [f"{len(left)} 宗共 {headline(left['area_m2'].sum())}未定集群"]


def _undecided_share(one: Register) -> Answer:
    left = one.open[one.open["cluster"].isna()]["area_m2"].sum()
    return [f"{percent(left, one.open['area_m2'].sum())} 未定集群"]


def _largest_park(one: Register) -> Answer:
    areas = one.open.groupby("park")["area_m2"].sum().sort_values(ascending=False)
    park, area = areas.index[0], areas.iloc[0]
    clusters = one.open[one.open["park"] == park].groupby("cluster")["area_m2"].sum().sort_values(ascending=False)
    row = f"{bare(park)} {clusters.index[0]} {percent(clusters.iloc[0], area)} {mu(area)}"
    return [f"按可用面积排列 园区 主导集群 占比 可用，亩 {row}"]


def _fullest_park(one: Register) -> Answer:
    areas = one.parcels.groupby("park")["area_m2"].sum()
    gone = one.parcels[one.parcels["stage"] == "supplied"].groupby("park")["area_m2"].sum()
    shares = (gone / areas).dropna().sort_values(ascending=False)
    park = shares.index[0]
    row = f"{bare(park)} {percent(gone[park], areas[park])} {mu(areas[park] - gone[park])}"
    return [f"按已供应占比排列 园区 已供应 可用，亩 净地，亩 {row}"]


def _openings(one: Register) -> Answer:
    named = one.roads[one.roads["opening"].notna()]
    out = []
    for name in named["name"].unique():
        mine = named[named["name"] == name]
        land = headline(one.near(mine)["area_m2"].sum()).removesuffix("亩").strip()
        out.append(f"{name} 在建 {mine.length.sum() / 1000:.1f} {mine['opening'].iloc[0]} {land}")
    return out


def _opened_land(one: Register) -> Answer:
    building = one.roads[one.roads["state"] == "construction"]
    near = one.near(building)
    bare_land = len(near) - near["stage"].isin(("ready", "announced")).sum()
    return [
        f"在建道路 {building.length.sum() / 1000:.1f} 千米，沿线 150 米内有可用储备 {headline(near['area_m2'].sum())}",
        f"{len(near)} 宗，其中 {bare_land} 宗还不是净地",
    ]


def _schools(one: Register) -> Answer:
    return [f"配套设施 {len(one.facilities)} 处", *one.facilities["name"]]


def _progress(one: Register) -> Answer:
    held = one.parcels[one.parcels["stage"].isin(HELD)]["area_m2"].sum()
    return [f"已入库 {headline(held)}，占 {percent(held, one.parcels['area_m2'].sum())}"]


def _waiting(one: Register) -> Answer:
    early = one.parcels[one.parcels["stage"].isin(("conceived", "intended", "acquiring", "reserved", "developing"))]
    areas = early.groupby("stage")["area_m2"].agg(["sum", "size"]).sort_values("sum", ascending=False)
    return [f"{int(areas['size'].iloc[0])} 宗 {headline(areas['sum'].iloc[0])}", "建议"]


def _changed(one: Register) -> Answer:
    both = one.parcels["cluster"].fillna("") != one.base["cluster"].fillna("")
    moved = one.parcels[both]
    return [f"改派 {len(moved)} 宗 {headline(moved['area_m2'].sum())}"]


def _gains(one: Register) -> Answer:
    fixed = one.base["stage"] != "supplied"
    now, then = (frame[fixed].groupby("cluster")["area_m2"].sum() for frame in (one.parcels, one.base))
    gain = (now - then).sort_values(ascending=False)
    first = gain.index[0]
    return [
        f"{first}增加最多，增 {headline(gain.iloc[0])}",
        f"{first} {mu(then[first])} {mu(now[first])} +{mu(gain.iloc[0])}",
    ]


def _when_and_whose(_one: Register) -> Answer:
    return ["数据截至 2026-01-05", "编制：示例编制单位", "数据来源：土地储备台账、产业园区与管控要素"]


def _how_secret(_one: Register) -> Answer:
    return ["内部资料 注意保管", "示例数据", "方案一", "草案", "快照 "]


QUESTIONS = (
    Question("现在能供多少亩？", ("overview", "progress"), _now),
    Question("家底一共多少，多少宗？", ("overview",), _whole),
    Question("能供的里面有没有供不得的？", ("overview",), _now_but_struck),
    Question("问题在哪里，多大？", ("overview",), _where),
    Question("最坏的是哪一宗，怎么办？", ("overview",), _worst),
    Question("哪几宗退出，哪几宗调整？", ("conflicts",), _which_leave),
    Question("压占的占家底多少？", ("conflicts",), _how_bad),
    Question("哪个集群最多，占多少？", ("clusters",), _leading_cluster),
    Question("每个集群各有多少？", ("overview", "clusters"), _bars),
    Question("还有多少没有定集群？", ("clusters",), _undecided),
    Question("没定的占几成？", ("overview",), _undecided_share),
    Question("哪个园区家底最厚？", ("clusters",), _largest_park),
    Question("哪个园区最满？", ("progress",), _fullest_park),
    Question("哪条路什么时候通，带出多少地？", ("roads",), _openings),
    Question("修路一共带出多少地，能不能马上供？", ("roads",), _opened_land),
    Question("学校和住房有哪些？", ("roads",), _schools),
    Question("收储到了哪一步，卡在哪里？", ("progress",), lambda one: [*_progress(one), *_waiting(one)]),
    Question("比现状改了什么，谁得了地？", ("comparison",), lambda one: [*_changed(one), *_gains(one)]),
    Question("什么时候的数，谁做的，从哪里来？", ALL, _when_and_whose),
    Question("密级是什么，是不是真的，哪个方案？", ALL, _how_secret),
)  # fmt: skip


def spans(phrase: str, texts: Sequence[str]) -> Iterator[set[int]]:
    """Where a phrase stands among texts in the order in which they were set: the texts that it runs over, each time."""
    tight = ["".join(one.split()) for one in texts]
    ends, at = [], 0
    for one in tight:
        at += len(one)
        ends.append(at)
    joined, wanted = "".join(tight), "".join(phrase.split())
    start = joined.find(wanted)
    while start >= 0:
        first, last = bisect.bisect_right(ends, start), bisect.bisect_right(ends, start + len(wanted) - 1)
        yield set(range(first, last + 1))
        start = joined.find(wanted, start + 1)
