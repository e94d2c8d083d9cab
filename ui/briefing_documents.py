"""Documents of several pages on the page 汇报: deck, report and atlas, made beside the page and then taken away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from briefing.rendering import Order
from briefing.snapshot import Snapshot
from layers import figures
from planning import brief_documents, briefings, long_work, releasing
from planning.actors import utc_now
from planning.atlas import Atlas
from planning.brief_documents import DOCUMENTS
from planning.briefings import Brief
from planning.long_work import Progress, Work
from planning.releasing import Release
from ui import office
from ui.markup import element, show
from ui.words import t
from ui.work_progress import ended_badly, progress

_MIME: Final = {
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation", ".pdf": "application/pdf",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be made: of which snapshot, compared with which, in whose name, of which parks and parcels."""

    kind: str
    snapshot: Snapshot
    other: Snapshot | None
    order: Order
    of: tuple[str, ...] = ()
    given: Release | None = None  # under what it leaves; None while it may not

    @property
    def file_name(self) -> str:
        return f"{document_name(self.kind)}-{self.snapshot.id}{DOCUMENTS[self.kind]}"


def document_name(kind: str) -> str:
    """A kind of document in the tab's language."""
    return {"deck": t("演示文稿"), "report": t("汇报简报"), "atlas": t("图册")}[kind]


def section(
    atlas: Atlas, snapshot: Snapshot, other: Snapshot | None, order: Order, given: Release | None
) -> None:  # fmt: skip
    """Choose a document, have it made, take it away."""
    show(element("h2", t("多页材料"), cls="section"))
    kind = st.selectbox(t("材料"), list(DOCUMENTS), key="brief_document", format_func=document_name)
    of: tuple[str, ...] = ()
    if kind == "atlas":
        of = _pages(snapshot)
        show(element("p", t("每个园区、每宗地块一页 A3；都不选则出全部园区。"), cls="hint"))
    elif other is None and snapshot.scenario_id != 1:
        base = brief_documents.base_of(atlas, snapshot.scenario_id)
        other = None if base is None else briefings.freeze(atlas, base)
    wanted = Wanted(kind, snapshot, None if kind == "atlas" else other, order, of, given)
    work = long_work.find(key_of(atlas))
    busy = work is not None and not work.is_done
    st.button(
        t("生成"),
        key="brief_make",
        width="stretch",
        type="primary",
        disabled=busy or given is None,
        on_click=begin,
        args=(atlas, wanted),
    )
    if work is not None:
        _result(work, busy=busy)


def _pages(snapshot: Snapshot) -> tuple[str, ...]:
    parks = st.multiselect(t("园区"), list(briefings.parks_of(snapshot)), key="brief_atlas_parks")
    codes = st.multiselect(t("地块"), list(snapshot.parcels.columns["code"]), key="brief_atlas_parcels")
    return (*parks, *codes)


def key_of(atlas: Atlas) -> tuple[str, str, str]:
    """What this person's document is found by, after a refresh too."""
    return ("brief_document", atlas.db.url, office.actor().name)


def begin(atlas: Atlas, wanted: Wanted) -> None:
    """Begin to make it on a thread of its own; what was made before is let go."""
    long_work.forget(key_of(atlas))
    long_work.begin(key_of(atlas), wanted.file_name, lambda work: made(wanted, work))


def made(wanted: Wanted, work: Work[Brief]) -> Brief:
    """Make it, telling of each page; stopped between two pages when that is asked."""

    def watch(done: int, of: int) -> None:
        work.check()
        work.tell(Progress(done, of, "page"))

    if wanted.given is None:
        raise ValueError(wanted.kind)
    given = replace(wanted.given, at=utc_now())
    order = replace(wanted.order, imprint=replace(wanted.order.imprint, watermark=given.watermark))
    brief = brief_documents.document(wanted.snapshot, wanted.kind, order, wanted.other, of=wanted.of, watch=watch)
    # what is not in the log does not leave
    releasing.log(
        office.database(), given, actor=office.actor(), verb="export_briefing", scenario_id=wanted.snapshot.scenario_id,
        body=brief.body, template=wanted.kind, theme=wanted.order.theme,
        form=brief.suffix.lstrip("."), snapshot=brief.snapshot_id,
    )  # fmt: skip
    return brief


def _result(work: Work[Brief], *, busy: bool) -> None:
    if busy:
        progress(work, "brief_document", _said)
    elif not ended_badly(work) and work.outcome is not None:
        brief = work.outcome
        st.download_button(
            t("下载 {name}", name=work.title), data=brief.body, file_name=work.title, mime=_MIME[brief.suffix],
            key="brief_document_file", on_click="ignore", width="stretch",
        )  # fmt: skip
        told = t("快照 {id}", id=brief.snapshot_id)
        show(element("p", told + _unplaced(brief.dropped), cls="hint"))


def _unplaced(names: Sequence[str]) -> str:
    if not names:
        return ""
    shown = "、".join(names[:12]) + ("…" if len(names) > 12 else "")  # noqa: PLR2004 - of a line
    return t("；图上放不下 {count} 个名称：{names}", count=figures.count(len(names)), names=shown)


def _said(told: Progress) -> str:
    return t("正在出图：{done} / {of} 页", done=int(told.done), of=int(told.of)) if told.of else t("正在出图…")
