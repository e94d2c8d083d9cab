"""Review by two people: hand in, take back, send back with a reason, publish; and what was published, as on its day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

import streamlit as st

from layers import figures
from planning import people, publishing, reviewing
from planning.atlas import Atlas
from planning.errors import Fault
from planning.ledger import ClusterTotal
from planning.people import Signature
from store.scenarios import Scenario
from ui import office, signing
from ui.markup import element, plain, show
from ui.scenario_state import Looking
from ui.scenario_tree import labelled_plain
from ui.scenario_words import state_name, step_name
from ui.sentences import clock_time, name_of
from ui.words import t

_WHO: Final = "review_who"
_WORDS: Final = "review_words"
_NOTE: Final = "review_note"
_DRIFT: Final = "review_drift"


def panel(held: Looking, atlas: Atlas, one: Scenario) -> None:
    """Draw the state, what can be done next, what was published, and the steps so far."""
    if held.pending is not None:
        act, held.pending = held.pending, None
        # a passphrase, and every parcel of the scenario: half a second at 13,000 parcels
        with st.spinner(t("正在核对口令，逐宗封存数据…")):
            act()
        st.rerun()
    show(
        element("p", t("「{name}」", name=labelled_plain(one)), " ",
                element("span", state_name(one), cls=f"state {one.state}"), cls="looked")
    )  # fmt: skip
    if one.base_id is None:
        show(element("p", t("现状由导入而来，不送审。"), cls="hint"))
        return
    match one.state:
        case "draft":
            _form(held, one, "planner", {"submit": t("送审")}, t("附言（可不填）"))
            show(element("p", t("送审后方案不能再改，直到撤回、退回。"), cls="hint"))
        case "in_review":
            _form(held, one, "reviewer", {"publish": t("通过并发布"), "send_back": t("退回")}, t("退回的理由，或附言"))
            show(element("p", t("审核人不能是送审人。发布的内容就是送审的内容，此后不再改变。"), cls="hint"))
            with st.expander(t("送审人撤回")):
                _form(held, one, "planner", {"withdraw": t("撤回")}, t("附言（可不填）"))
        case _:
            _published(atlas, one)
    _steps(atlas, one)


def _form(held: Looking, one: Scenario, role: str, acts: dict[str, str], note: str) -> None:
    """Ask who signs, by what passphrase, and what they say; the passphrase is forgotten as soon as it was used."""
    names = signing.signers(role)
    if not names:
        show(
            element(
                "p",
                t("还没有能这样签字的人员：请在「人员」页登记，并由本人设好口令。"),
                cls="hint",
            )
        )
        return
    key = "_".join(acts)
    with st.form(f"review_{key}", clear_on_submit=True):
        st.selectbox(t("签字人"), names, key=f"{_WHO}_{key}", format_func=plain)
        st.text_input(t("签字口令"), key=f"{_WORDS}_{key}", type="password", autocomplete="off")
        st.text_area(note, key=f"{_NOTE}_{key}", max_chars=1000, height=68)
        with st.container(horizontal=True, gap="small"):
            for verb, label in acts.items():
                st.form_submit_button(
                    label, key=f"review_do_{verb}", type="primary" if verb != "send_back" else "secondary",
                    on_click=_act, args=(held, one, role, verb, key),
                )  # fmt: skip


def _act(held: Looking, one: Scenario, role: str, verb: str, key: str) -> None:
    who, words, note = (str(st.session_state.get(f"{part}_{key}") or "") for part in (_WHO, _WORDS, _NOTE))
    # the browser forgets it with the form, the session only at the next message: here it is forgotten at once
    st.session_state[f"{_WORDS}_{key}"] = ""
    if not words:
        held.said, held.faults = "", (Fault("passphrase_empty"),)
        return
    held.pending = partial(_do, held, one, role, verb, who, words, note)


def _do(held: Looking, one: Scenario, role: str, verb: str, who: str, words: str, note: str) -> None:
    db, actor = office.database(), office.actor()
    signed: Signature | None = held.attempt(
        partial(people.sign, db, name=who, passphrase=words, role=role, actor=actor), ""
    )
    if signed is None:
        return
    given = {"actor": actor, "scenario_id": one.id, "signature": signed}
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "submit": (partial(reviewing.submit, db, **given, note=note), t("已送审，等另一人审核。")),  # type: ignore[arg-type]  # one dict for four acts
        "withdraw": (partial(reviewing.withdraw, db, **given, note=note), t("已撤回，可以再改。")),  # type: ignore[arg-type]
        "send_back": (partial(reviewing.send_back, db, **given, reason=note), t("已退回，理由已记下。")),  # type: ignore[arg-type]
        "publish": (partial(reviewing.publish, db, **given, note=note), t("已发布；当日的数据已封存。")),  # type: ignore[arg-type]
    }
    held.attempt(*acts[verb])


def _published(atlas: Atlas, one: Scenario) -> None:
    made = reviewing.publications(atlas.db)[one.id]
    facts = (
        (t("发布时间"), clock_time(made.at)), (t("地块"), t("{count} 宗", count=figures.count(made.parcels))),
        (t("面积"), t("{mu} 亩", mu=figures.fixed(figures.mu_of(publishing.area_m2(made)), 2))),
        (t("内容编号"), made.digest[:16]),
    )  # fmt: skip
    show(
        element(
            "dl",
            *(element(tag, text) for pair in facts for tag, text in zip(("dt", "dd"), pair, strict=True)),
            cls="facts",
        )
    )
    head = element(
        "tr", element("th", t("发布当日"), scope="col"),
        *(element("th", name, scope="col", cls="figure") for name in (t("宗"), t("亩"))),
    )  # fmt: skip
    order = {code: at for at, code in enumerate(one.code for one in atlas.clusters())}
    rows = [
        element("tr", element("th", name_of(total.cluster, atlas.clusters()), scope="row"),
                element("td", figures.count(total.parcels), cls="figure"),
                element("td", figures.fixed(total.mu, 2), cls="figure"))
        for total in sorted(
            _totals_of(atlas, one.id, made.digest), key=lambda total: order.get(total.cluster or "", len(order))
        )
    ]  # fmt: skip
    show(element("table", element("thead", head), element("tbody", *rows), cls="grid areas"))
    with st.container(horizontal=True, gap="small"):
        st.download_button(
            t("下载当日数据（GeoParquet）"), data=lambda: publishing.published_file(office.database(), one.id),
            file_name=f"published-{one.id}-{made.digest[:12]}.parquet", key="review_file", on_click="ignore",
        )  # fmt: skip
        if st.button(t("与现在核对"), key="review_check"):
            with st.spinner(t("正在逐宗核对…")):
                st.session_state[_DRIFT] = (one.id, publishing.drift(atlas.db, one.id))
    checked = st.session_state.get(_DRIFT)
    if checked and checked[0] == one.id:
        since = checked[1]
        said = t(
            "发布之后：{gone} 宗注销，{new} 宗新增，{reshaped} 宗界线改动，{reassigned} 宗集群不同。已发布的不变。",
            gone=len(since.gone), new=len(since.new), reshaped=len(since.reshaped), reassigned=len(since.reassigned),
        )  # fmt: skip
        show(element("p", said, cls="done", role="status"))


def _totals_of(atlas: Atlas, scenario_id: int, digest: str) -> Sequence[ClusterTotal]:
    # what is published never changes: its digest is the key
    held = st.session_state.setdefault("review_totals", {})
    if digest not in held:
        held[digest] = publishing.published(atlas.db, scenario_id).totals()
    found: Sequence[ClusterTotal] = held[digest]
    return found


def _steps(atlas: Atlas, one: Scenario) -> None:
    steps = reviewing.steps(atlas.db, one.id)
    if not steps:
        return
    show(element("h3", t("送审经过"), cls="section"))
    lines = [
        element(
            "li", element("strong", step_name(step.step)), " · ", step.signed_by, " · ", clock_time(step.at),
            element("span", step.note, cls="line quiet") if step.note else None,
        )
        for step in reversed(steps)
    ]  # fmt: skip
    show(element("ol", *lines, cls="history"))
