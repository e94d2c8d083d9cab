"""The report of a staged file: counts, coordinate story, a picture, notes, and every row that was mended or refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Final

import pandas as pd
import streamlit as st

from exchange.report import Item, Report
from layers import figures
from planning import previews
from planning.atlas import Atlas
from planning.importing import Staged
from ui.desk_overview import headline
from ui.import_words import note_sentence, reason_sentence
from ui.markup import Html, each, element, show
from ui.words import t

MOST_LISTED: Final = 2_000


def report(staged: Staged, atlas: Atlas) -> None:
    """Draw the report."""
    told = staged.report
    show(_counts(told))
    if told.refused and not told.taken:
        show(element("p", t("没有一行可以入库，原因见下表。"), cls="alert", role="alert"))
    if staged.is_sample:
        show(element("p", t("示例数据"), cls="sample"))
    show(_story(staged))
    picture = previews.picture(staged, atlas)
    if picture is not None:
        st.image(picture, alt=t("可入库图形的位置示意，灰色为库中已有"))
    if told.notes:
        show(element("ul", each(element("li", note_sentence(note)) for note in told.notes), cls="notes"))
    if told.items:
        _rows(told)


def _counts(told: Report) -> Html:
    area = headline(Decimal(told.area_m2))
    cells = (
        (t("文件行数"), figures.count(told.rows), ""),
        (t("可入库"), figures.count(told.taken), ""),
        (t("其中修补"), figures.count(told.mended), ""),
        (t("拒绝"), figures.count(told.refused), ""),
        (t("可入库面积"), area.text, area.unit),
    )
    return element(
        "dl",
        each(
            element("div", element("dt", name), element("dd", element("strong", number), " ", element("small", sign)))
            for name, number, sign in cells
        ),
        cls="kpis five",
    )


def _story(staged: Staged) -> Html:
    told = staged.report
    how = {"file": t("文件声明"), "default": t("格式规定"), "given": t("人工指定")}
    frame = previews.extent(staged)
    rows = [
        (t("文件"), told.file),
        (t("格式"), told.format),
        (
            t("坐标系"),
            t(
                "{source}（{how}）→ {storage}",
                source=told.crs.source,
                how=how.get(told.crs.declared_how, told.crs.declared_how),
                storage=told.crs.storage,
            ),
        ),
        (t("转换精度"), t("{metres} 米", metres=figures.trimmed(told.crs.accuracy_m)) if told.crs.accuracy_m else ""),
        (t("文字编码"), told.encoding),
        (t("范围"), _range(frame) if frame else ""),
    ]
    return element(
        "dl", each(each((element("dt", name), element("dd", value))) for name, value in rows if value), cls="facts"
    )


def _range(frame: previews.Extent) -> str:
    south, north, west, east = (figures.fixed(value, 1) for value in (frame.south, frame.north, frame.west, frame.east))
    return t("X(北) {south} – {north}，Y(东) {west} – {east}", south=south, north=north, west=west, east=east)


def _rows(told: Report) -> None:
    listed = told.items[:MOST_LISTED]
    st.dataframe(
        pd.DataFrame(
            {
                "row": [item.row for item in listed],
                "where": [item.where for item in listed],
                "outcome": [_outcome(item) for item in listed],
                "reason": [reason_sentence(item) for item in listed],
            }
        ),
        hide_index=True, height=min(420, 38 + 35 * len(listed)),
        column_config={
            "row": st.column_config.NumberColumn(t("行"), format="%d", width="small"),
            "where": st.column_config.TextColumn(t("编号"), width="small"),
            "outcome": st.column_config.TextColumn(t("结果"), width="small"),
            "reason": st.column_config.TextColumn(t("原因"), width="large"),
        },
    )  # fmt: skip
    if len(told.items) > MOST_LISTED:
        show(element("p", t("只列出前 {count} 行，其余见检查报告。", count=figures.count(MOST_LISTED)), cls="hint"))


def _outcome(item: Item) -> str:
    return t("拒绝") if item.outcome == "refused" else t("修补")
