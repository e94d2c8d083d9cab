"""The conditions of a search for land: what joins parcels, how large, how soon, how much road."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

import streamlit as st

from geo.grouping import MOST_PARCELS
from layers.clusters import Cluster
from layers.vocabulary import ROAD_CLASSES, STAGES
from planning.ground import AVAILABLE
from planning.grouping import Asked
from planning.joining import CLUSTER_RULES, MOST_GAP_M, Joining
from ui.words import cluster_name, t, term

_NO_CLUSTER: Final = ""
_FORMAT: Final = "%g"  # 150, not 150.00; decimals when there are some


@dataclass(slots=True)
class Form:
    """What was filled in last: it outlives the widgets, which Streamlit forgets when they are not drawn."""

    least_mu: float | None = 150.0
    most_mu: float | None = None
    most_parcels: int = 3
    gap_m: float = 20.0
    ready_by: date | None = None
    frontage_m: float | None = None
    frontage_on: list[str] = field(default_factory=list)
    not_across: list[str] = field(default_factory=lambda: ["motorway", "trunk"])
    not_across_water: bool = True
    stages: list[str] = field(default_factory=list)
    clusters: list[str] = field(default_factory=list)
    same_stage: bool = False
    cluster_rule: str = "any"

    @property
    def joining(self) -> Joining:
        return Joining(
            self.gap_m, self.same_stage, self.cluster_rule, tuple(self.not_across), self.not_across_water
        )  # fmt: skip

    @property
    def asked(self) -> Asked | None:
        """What is asked for, None while no area is filled in."""
        if not self.least_mu:
            return None
        return Asked(
            Decimal(str(self.least_mu)),
            self.most_parcels,
            most_mu=None if not self.most_mu else Decimal(str(self.most_mu)),
            ready_by=self.ready_by,
            least_frontage_m=self.frontage_m or 0.0,
            frontage_on=tuple(self.frontage_on),
            stages=tuple(self.stages) or AVAILABLE,
            clusters=tuple(code or None for code in self.clusters),
            joining=self.joining,
        )


def search_form(form: Form, clusters: Sequence[Cluster]) -> None:
    """Ask for the conditions of a search and keep the answers."""
    left, right = st.columns(2)
    with left:
        form.least_mu = st.number_input(
            t("面积至少（亩）"),
            min_value=0.0,
            max_value=1e6,
            value=form.least_mu,
            step=10.0,
            key="groups_least",
            format="%g",
        )
        form.ready_by = st.date_input(t("净地不晚于"), value=form.ready_by, format="YYYY-MM-DD", key="groups_ready",
                                      min_value=date(2000, 1, 1), max_value=date(2099, 12, 31))  # fmt: skip
    with right:
        form.most_parcels = int(
            st.number_input(
                t("最多几宗"), min_value=1, max_value=MOST_PARCELS, value=form.most_parcels, key="groups_most"
            )
        )
        form.frontage_m = st.number_input(
            t("临路至少（米）"), min_value=0.0, max_value=1e6, value=form.frontage_m, step=50.0, key="groups_frontage",
            format=_FORMAT, placeholder=t("不限"),
        )  # fmt: skip
    _apart(form)
    with st.expander(t("更多条件")):
        form.most_mu = st.number_input(
            t("面积至多（亩）"), min_value=0.0, max_value=1e6, value=form.most_mu, step=10.0, key="groups_most_mu",
            format=_FORMAT, placeholder=t("不限"),
        )  # fmt: skip
        form.frontage_on = st.multiselect(
            t("临路的道路等级"), list(ROAD_CLASSES), default=form.frontage_on, key="groups_frontage_on",
            placeholder=t("不限"), format_func=lambda key: term(ROAD_CLASSES, key),
        )  # fmt: skip
        form.stages = st.multiselect(
            t("储备阶段"), list(STAGES), default=form.stages, key="groups_stages", placeholder=t("除已供应外"),
            format_func=lambda key: term(STAGES, key),
        )  # fmt: skip
        names = {one.code: cluster_name(one) for one in clusters}
        form.clusters = st.multiselect(
            t("产业集群"), [_NO_CLUSTER, *names], default=[one for one in form.clusters if one in {"", *names}],
            key="groups_clusters", placeholder=t("全部"), format_func=lambda code: names.get(code, t("未分配")),
        )  # fmt: skip
        _alike(form)


def blocks_form(form: Form) -> None:
    """Ask what joins parcels into one block."""
    _apart(form)
    with st.expander(t("更多条件")):
        _alike(form)


def _apart(form: Form) -> None:
    left, right = st.columns([2, 3])
    with left:
        form.gap_m = st.number_input(
            t("相隔至多（米）"), min_value=0.0, max_value=MOST_GAP_M, value=form.gap_m, step=5.0, key="groups_gap",
            format=_FORMAT, help=t("0 米：必须有共同的边界"),
        )  # fmt: skip
    with right:
        form.not_across = st.multiselect(
            t("不跨道路"), list(ROAD_CLASSES), default=form.not_across, key="groups_not_across",
            placeholder=t("都可以跨"), format_func=lambda key: term(ROAD_CLASSES, key),
        )  # fmt: skip
    form.not_across_water = st.checkbox(t("不跨河道和水域"), value=form.not_across_water, key="groups_water")


def _alike(form: Form) -> None:
    names = {"any": t("不限"), "same": t("必须相同"), "compatible": t("按规则表可以相邻")}
    form.cluster_rule = st.selectbox(
        t("组内的产业集群"), CLUSTER_RULES, index=CLUSTER_RULES.index(form.cluster_rule), key="groups_rule",
        format_func=lambda key: names[key],
    )  # fmt: skip
    form.same_stage = st.checkbox(t("储备阶段必须相同"), value=form.same_stage, key="groups_same_stage")
