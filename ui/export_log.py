"""导出记录: what left, when, by whom, under which profile, of which snapshot; by page and by command line."""

from __future__ import annotations

from typing import Final

import streamlit as st

from briefing.templates.catalogue import TEMPLATES
from layers.schema import LAYERS
from planning import releasing, remainders
from planning.atlas import Atlas
from planning.brief_documents import DOCUMENTS
from planning.releasing import Left
from ui.briefing_documents import document_name
from ui.desk_tools import scenario_name
from ui.markup import element, show
from ui.release_form import profile_name
from ui.sentences import clock_time
from ui.words import language, named, t

MOST: Final = 30


def log(atlas: Atlas) -> None:
    """Draw the log, newest first."""
    show(element("h2", t("导出记录"), cls="section"))
    lines = releasing.logged(atlas.db, limit=MOST)
    if not lines:
        show(element("p", t("还没有导出过。"), cls="hint"))
        return
    names = {one.id: scenario_name(one) for one in atlas.scenarios()}
    heads = (t("时间"), t("谁"), t("导出了什么"), t("方案"), t("口径"), t("快照或校验值"))
    head = element("tr", *(element("th", name, scope="col") for name in heads))
    rows = [
        element("tr", *(element("td", text) for text in (
            clock_time(one.at), f"{one.by} · {one.origin}", what_left(one),
            names.get(one.scenario_id, str(one.scenario_id)), _profile(one), one.snapshot or one.sha256[:12],
        )))
        for one in lines
    ]  # fmt: skip
    with st.container(key="export_log"):
        show(element("table", element("thead", head), element("tbody", *rows), cls="grid"))


def what_left(one: Left) -> str:
    """A template or a layer, and the form it left in."""
    if one.what in TEMPLATES:
        name = TEMPLATES[one.what].en if language() == "en" else TEMPLATES[one.what].zh
    elif one.what in DOCUMENTS:
        name = document_name(one.what)
    elif one.what == remainders.LAYER:
        name = t("红线扣除冲突后的剩余")
    else:
        name = named(LAYERS[one.what]) if one.what in LAYERS else one.what
    return f"{name} {one.form}"


def _profile(one: Left) -> str:
    return f"{profile_name(one.profile)} {one.review_number}".strip()
