"""The list of templates, by their names in the product, 总览 the first."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from briefing.slide import Slide, Subject
from briefing.snapshot import Snapshot
from briefing.templates import clusters, comparison, conflicts, overview, park, progress, roads


@dataclass(frozen=True, slots=True)
class Template:
    """One template: its key, its name, how it is composed, and what it has to be told."""

    key: str
    zh: str
    en: str
    compose: Callable[[Snapshot, Subject], Slide]
    takes_park: bool = False
    takes_other: bool = False


TEMPLATES: Final[Mapping[str, Template]] = MappingProxyType({
    one.key: one
    for one in (
        Template("overview", "总览", "Overview", overview.compose),
        Template("park", "单园区", "One park", park.compose, takes_park=True),
        Template("clusters", "集群分区", "Clusters", clusters.compose),
        Template("conflicts", "冲突清单", "Conflicts", conflicts.compose),
        Template("progress", "储备进度", "Progress", progress.compose),
        Template("roads", "道路配套", "Roads and facilities", roads.compose),
        Template("comparison", "方案对比", "Comparison", comparison.compose, takes_other=True),
    )
})  # fmt: skip


def named(name: str) -> Template | None:
    """The template of a key, or of a Chinese or English name."""
    wanted = name.strip().casefold()
    return next((one for one in TEMPLATES.values() if wanted in {one.key, one.zh, one.en.casefold()}), None)
