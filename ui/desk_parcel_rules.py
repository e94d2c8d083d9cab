"""What the rules say of a parcel as it is painted, on its card: each row, who signed for it, what fell away."""

from __future__ import annotations

from typing import Final

from layers.rules import LEVELS
from planning import ruling, ruling_gate
from planning.atlas import Atlas
from planning.ruling import FORBIDDEN, Row
from planning.ruling_gate import StandingOverride
from ui.markup import Html, element, group
from ui.rule_words import cause_name, extent
from ui.sentences import clock_time
from ui.session import Tab
from ui.words import t, term

MOST_ROWS: Final = 12


def rules_of(tab: Tab, atlas: Atlas, parcel_id: int, cluster: str | None) -> Html:
    """The section of the card; nothing for a parcel that is unassigned and was never signed for."""
    signed = ruling_gate.overrides_of(atlas, tab.shown, parcel_id)
    if cluster is None and not signed:
        return group()
    found = ruling.judge(atlas, tab.shown, [parcel_id], None)
    reason = ruling_gate.reason_of(atlas, tab.shown, parcel_id)
    by_key = {one.key: one for one in signed if one.holds}
    rows = [_row(row, by_key.get(row.key)) for row in found.by_parcel(parcel_id)[:MOST_ROWS]]
    fallen = [_fallen(one) for one in signed if not one.holds][:MOST_ROWS]
    return group(
        element("h3", t("规则核对"), cls="section"),
        element("ul", *rows, *fallen, cls="card-rules") if rows or fallen else None,
        element("p", t("与现行规则无冲突"), cls="hint") if not rows else None,
        element("p", t("分配理由：{reason}", reason=reason), cls="hint") if reason else None,
    )


def _row(row: Row, signed: StandingOverride | None) -> Html:
    return element(
        "li",
        element("b", term(LEVELS, row.level), cls=f"level {row.level}"), " ", cause_name(row), " ",
        element("span", extent(row), cls="figure"),
        element("span", t("依据：{basis}", basis=row.rule.basis), cls="line quiet"),
        element("span", _word(signed), cls="line signed" if signed else "line") if row.level == FORBIDDEN else None,
    )  # fmt: skip


def _word(signed: StandingOverride | None) -> str:
    if signed is None:
        return t("未签字")
    one = signed.override
    at = clock_time(one.signed_at)
    if not signed.asked_by:
        return t("{by} 于 {at} 签字放行：{reason}", by=one.signed_by, at=at, reason=one.reason)
    return t("{asker} 申请，{by} 于 {at} 签字放行：{reason}", asker=signed.asked_by, by=one.signed_by, at=at,
             reason=one.reason)  # fmt: skip


def _fallen(one: StandingOverride) -> Html:
    names = {"boundary": t("边界"), "cluster": t("集群"), "rule": t("规则")}
    fell = "、".join(names[name] for name in one.fell)
    return element("li", element("span", _word(one), cls="quiet"), " ",
                   element("span", t("已失效（{fell}已改动）", fell=fell), cls="line"))  # fmt: skip
