"""汇报: choose a template and a scenario, see the slide as it will be, take it away as PNG or PDF."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from briefing import themes
from briefing.rendering import A3, SIZES, Order, composed
from briefing.slide import Imprint
from briefing.snapshot import Snapshot, packed
from briefing.templates.catalogue import TEMPLATES, Template
from layers import figures
from layers.land_theme import THEME as LAND_USE
from planning import briefings, releasing
from planning.actors import utc_now
from planning.atlas import Atlas
from planning.briefings import Brief
from planning.errors import Fault, PlanningError
from planning.import_jobs import ImportJob
from planning.releasing import Release
from ui import briefing_documents, office, release_form, story_desk
from ui.desk_tools import scenario_name
from ui.markup import each, element, plain, show
from ui.opening import ready
from ui.sentences import fault_sentence
from ui.words import language, t

_KEY: Final = "briefing"
_PREVIEW: Final = "1920x1080"
_WIDE: Final = "2880x2160"
POLL_SECONDS: Final = 0.4
# a preview takes half a second: only what takes longer is waited for by looking again
_SOON_S: Final = 1.5


@dataclass(frozen=True, slots=True)
class Asked:
    """What the form asks for, and the snapshots that it is asked of."""

    snapshot: Snapshot
    other: Snapshot | None
    order: Order
    given: Release | None = None  # under what it leaves; None while it may not

    @property
    def key(self) -> tuple[str, str, Order]:
        """What makes two askings the same."""
        return self.snapshot.id, self.other.id if self.other is not None else "", self.order

    def made(self, suffix: str, size: str) -> Brief:
        """The file, in a size of its own."""
        return briefings.brief(self.snapshot, replace(self.order, size=size), suffix, self.other)

    def left(self, suffix: str, size: str) -> bytes:
        """The file under its profile, of this moment, entered in the log; what cannot be entered does not leave."""
        if self.given is None:
            raise OSError
        given = replace(self.given, at=utc_now())
        imprint = replace(self.order.imprint, watermark=given.watermark)
        made = replace(self, order=replace(self.order, imprint=imprint)).made(suffix, size)
        self._log(given, made.body, size=size, form=suffix.lstrip("."), snapshot=made.snapshot_id)
        return made.body

    def kept(self) -> bytes:
        """The snapshot, to make the same again; it is in the log too."""
        if self.given is None:
            raise OSError
        body = packed(self.snapshot)
        self._log(replace(self.given, at=utc_now()), body, form="brief", snapshot=self.snapshot.id)
        return body

    def _log(self, given: Release, body: bytes, **what: str) -> None:
        try:
            releasing.log(
                office.database(), given, actor=office.actor(), verb="export_briefing",
                scenario_id=self.snapshot.scenario_id, body=body, template=self.order.template,
                theme=self.order.theme, **what,
            )  # fmt: skip
        except PlanningError as error:
            # the browser shows a failed download
            raise OSError(str(error)) from error


@dataclass(slots=True)
class Preview:
    """The slide that is being drawn, or was."""

    key: tuple[str, str, Order]
    job: ImportJob[Brief]


def page() -> None:
    """Draw the page."""
    atlas = office.atlas()
    tab = ready(atlas)
    show(element("h1", t("汇报"), cls="title"))
    lead = t("一页一个结论：标题、指标、图例和表格都出自同一份快照，页脚印有快照编号。")
    show(element("p", lead, cls="lead"))
    left, right = st.columns([1, 3], gap="medium")
    with left:
        asked = _ask(atlas, tab.scenario_id)
    with right:
        _show(asked)
    with left:
        _take_away(asked)
        briefing_documents.section(atlas, asked.snapshot, asked.other, asked.order, asked.given)
        story_desk.section(tab, atlas, _wanted(asked))


def _ask(atlas: Atlas, shown: int) -> Asked:
    """The form; what is not needed for the template is not asked."""
    scenarios = {one.id: one for one in atlas.scenarios()}
    key = st.selectbox(
        t("模板"), list(TEMPLATES), key="brief_template", format_func=lambda one: template_name(TEMPLATES[one])
    )
    template = TEMPLATES[key]
    keys = list(scenarios)
    chosen = st.selectbox(
        t("方案"), keys, index=keys.index(shown), key="brief_scenario",
        format_func=lambda one: scenario_name(scenarios[one]),
    )  # fmt: skip
    other = None
    if template.takes_other:
        rest = [one for one in keys if one != chosen] or keys
        against = st.selectbox(
            t("与哪个方案比"), rest, key="brief_against", format_func=lambda one: scenario_name(scenarios[one])
        )
        other = briefings.freeze(atlas, against)
    snapshot = briefings.freeze(atlas, chosen)
    park = ""
    if template.takes_park:
        park = st.selectbox(t("园区"), list(briefings.parks_of(snapshot)), key="brief_park") or ""
    theme = _theme(key)
    title = st.text_input(
        t("标题"), key="brief_title", max_chars=briefings.LONGEST_TITLE, placeholder=t("留空则按数据写出结论")
    )
    maker = st.text_input(t("编制单位"), value=os.environ.get("CHANTU_OFFICE", ""), key="brief_office", max_chars=40)
    secrecy = st.text_input(
        t("密级提示"), key="brief_secrecy", max_chars=20, placeholder=t("留空则随口径")
    )  # fmt: skip
    given, faults = release_form.asked("brief")
    imprint = Imprint(office=maker.strip(), secrecy=secrecy.strip())
    if given is not None:
        imprint = given.imprint(imprint)
        if imprint.watermark:
            # the time stands on what is taken away: a preview is not drawn anew each minute
            imprint = replace(imprint, watermark=t("{name}　预览", name=given.by))
    asked = Asked(snapshot, other, Order(key, _PREVIEW, title, park, theme, imprint), given)
    release_form.warn((*faults, _too_wide(asked)), given)
    return asked


def _wanted(asked: Asked) -> story_desk.Wanted:
    """What a show of it begins with."""
    against = None if asked.other is None else asked.other.scenario_id
    order = asked.order
    return story_desk.Wanted(asked.snapshot.scenario_id, order.template, order.park, order.theme, against)


def _theme(template: str) -> str:
    """In which colours: those of the template, or by land use where the template can be drawn so."""
    names = {"": t("产业集群"), LAND_USE: t("规划用地")}
    fits = themes.takes(template, LAND_USE)
    chosen = st.segmented_control(
        t("图面"), list(names), default="", key="brief_theme", format_func=names.__getitem__, disabled=not fits,
        required=True, help=None if fits else t("这个模板说的是集群，只按集群着色。"),
    )  # fmt: skip
    return chosen or "" if fits else ""


def _too_wide(asked: Asked) -> Fault | None:
    if asked.given is None or asked.order.template not in TEMPLATES:
        return None
    try:
        slide = composed(asked.snapshot, asked.order, asked.other)
    except ValueError:
        # what cannot be composed is said where the slide would be
        return None
    return asked.given.warning(releasing.pictured_km2(asked.snapshot, slide))


def template_name(template: Template) -> str:
    """A template in the tab's language."""
    return template.en if language() == "en" else template.zh


def _show(asked: Asked) -> None:
    """The slide; it is drawn on a thread of its own, begun when something else is asked for."""
    held: Preview | None = st.session_state.get(_KEY)
    if held is None or held.key != asked.key:
        held = Preview(asked.key, ImportJob(lambda _watch: asked.made(".png", _PREVIEW)))
        st.session_state[_KEY] = held
        with st.spinner(t("正在出图…")):
            held.job.wait(_SOON_S)
    if not held.job.is_done:
        _waiting(held)
        return
    if held.job.faults:
        sentences = each(element("span", fault_sentence(one)) for one in held.job.faults)
        show(element("p", sentences, cls="alert", role="alert"))
    elif held.job.outcome is not None:
        _picture(held.job.outcome)


@st.fragment(run_every=POLL_SECONDS)
def _waiting(held: Preview) -> None:
    if held.job.is_done:
        st.rerun()
    seconds = int(held.job.running_s)
    show(element("p", t("正在出图，已用 {seconds} 秒；画好就显示在这里。", seconds=seconds), cls="hint", role="status"))


def _picture(made: Brief) -> None:
    st.image(made.body, caption=plain(made.title), width="stretch", alt=made.title)
    told = t("快照 {id}", id=made.snapshot_id)
    if made.dropped:
        names = "、".join(made.dropped[:12]) + ("…" if len(made.dropped) > 12 else "")  # noqa: PLR2004 - of a line
        count = figures.count(len(made.dropped))
        told += t("；图上放不下 {count} 个名称：{names}", count=count, names=names)
    show(element("p", told, cls="hint"))


def _take_away(asked: Asked) -> None:
    """The files; each is made when its button is pressed."""
    name = f"{template_name(TEMPLATES[asked.order.template])}-{asked.snapshot.id}"
    held: Preview | None = st.session_state.get(_KEY)
    shut = held is None or bool(held.job.faults) or asked.given is None
    for key, label, make, ending, mime in (
        ("png", t("下载 PNG（16:9，3840×2160）"), _bytes(asked, ".png", "3840x2160"), ".png", "image/png"),
        ("png43", t("下载 PNG（4:3，2880×2160）"), _bytes(asked, ".png", _WIDE), "-4x3.png", "image/png"),
        ("pdf", t("下载 PDF（矢量）"), _bytes(asked, ".pdf", "3840x2160"), ".pdf", "application/pdf"),
        ("a3", t("下载 A3 图纸（GeoPDF）"), _bytes(asked, ".pdf", A3), "-A3.pdf", "application/pdf"),
        ("kept", t("下载快照（日后重出）"), asked.kept, ".brief", "application/octet-stream"),
    ):
        st.download_button(
            label, data=make, file_name=f"{name}{ending}", mime=mime, key=f"brief_{key}", on_click="ignore",
            width="stretch", type="primary" if key == "png" else "secondary",
            disabled=shut or (key == "a3" and asked.other is not None) or (key == "kept" and not _may_keep(asked)),
        )  # fmt: skip


def _bytes(asked: Asked, suffix: str, size: str) -> Callable[[], bytes]:
    if size not in {*SIZES, A3}:
        raise ValueError(size)
    return lambda: asked.left(suffix, size)


def _may_keep(asked: Asked) -> bool:
    return asked.given is not None and asked.given.keeps_snapshot
