"""What faults of the parcels and their mends are called."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from planning.checking import Proposal
from ui.words import t

KINDS: Final = MappingProxyType({
    "invalid": "图形无效",
    "duplicate": "重复图形",
    "near_duplicate": "近似重复",
    "overlap": "重叠",
    "gap": "缝隙",
    "sliver": "碎片",
    "dangling_vertex": "悬挂点",
    "near_vertices": "近重合点",
    "repeated_vertex": "重复点",
})  # fmt: skip
# what it means, in one line under the name
MEANINGS: Final = MappingProxyType({
    "invalid": "边界自相交或不成面，面积算不准。",
    "duplicate": "与另一宗的边界完全相同。",
    "near_duplicate": "与另一宗的边界处处相距不到 0.10 m。",
    "overlap": "同一块地属于两宗。",
    "gap": "夹在地块之间、不属于任何一宗的窄条或小块。",
    "sliver": "面积不到 1 ㎡，或宽度不到 0.10 m。",
    "dangling_vertex": "界址点没有落在邻宗的边上。",
    "near_vertices": "两宗的界址点本应是同一点，却没有重合。",
    "repeated_vertex": "同一个界址点连续出现两次。",
})  # fmt: skip
WAYS: Final = MappingProxyType({
    "insert": "在邻宗的边上补点",
    "move": "把点移到边上",
    "snap": "两侧界址点并为一点",
    "give": "并入 {codes}",
    "cut": "从 {codes} 裁去",
    "merge": "碎片并入 {codes}",
    "remove": "删去多余的点",
    "repair": "重建边界",
    "end": "注销 {codes}",
})  # fmt: skip


def kind_name(code: str) -> str:
    """Name a kind of fault."""
    return t(KINDS[code])


def meaning(code: str) -> str:
    """Say what a kind of fault means."""
    return t(MEANINGS[code])


def way_name(proposal: Proposal) -> str:
    """Name a way to mend, with the parcel that gains or loses."""
    return t(WAYS[proposal.way], codes=_chief(proposal))


def _chief(proposal: Proposal) -> str:
    """The parcel that the way is about: the one that ends, or whose area changes most in its sense."""
    ended = [one.code for one in proposal.changes if one.shape is None]
    if proposal.way == "end":
        return "、".join(ended)
    kept = [one for one in proposal.changes if one.shape is not None]
    sign = -1 if proposal.way == "cut" else 1
    return max(kept, key=lambda one: sign * one.change_m2).code if kept else "、".join(ended)
