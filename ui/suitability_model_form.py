"""The model in the panel: weights by sliders or in pairs, curves in a table with a picture, and its name."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Final

import numpy as np
import pandas as pd
import streamlit as st

from layers.criteria import CRITERIA, curve_faults
from layers.draw.curves import curve_picture
from layers.weighting import ACCEPTABLE_RATIO, Pair, Priorities, matrix_of
from planning.errors import Conflict, Fault, Refused
from planning.suitability_model import HIGHEST_WEIGHT, LONGEST_NAME, judged, save, versions
from ui import office
from ui.markup import each, element, plain, show
from ui.sentences import clock_time, fault_sentence
from ui.suitability_state import Desk, opened, weigh
from ui.suitability_words import criterion_name, headed, how_measured
from ui.words import t

# what a person compares at once: 6 criteria are 15 pairs
MOST_COMPARED: Final = 6
FIRST_COMPARED: Final = 4
_STEPS: Final = (*(1 / n for n in range(9, 1, -1)), 1.0, *(float(n) for n in range(2, 10)))


def weights(held: Desk) -> None:
    """Draw the weights."""
    names = {"direct": t("直接给权重"), "pairs": t("两两比较")}
    mode = st.segmented_control(
        t("权重怎样定"),
        list(names),
        default=held.mode,
        key=f"suit_mode_{held.edits}",
        format_func=lambda key: names[key],
        label_visibility="collapsed",
        required=True,
    )
    held.mode = "pairs" if mode == "pairs" else "direct"
    if held.mode == "direct":
        _sliders(held)
    else:
        _pairs(held)
    _keep(held)


def _sliders(held: Desk) -> None:
    show(element("p", t("0 为不计；按占总和的比例折算。"), cls="hint"))
    for key in CRITERIA:
        place = f"suit_weight_{key}_{held.edits}"
        st.session_state.setdefault(place, round(min(held.model.weights.get(key, 0.0), HIGHEST_WEIGHT)))
        st.slider(
            plain(criterion_name(key)),
            0,
            round(HIGHEST_WEIGHT),
            step=1,
            key=place,
            help=plain(how_measured(key)),
            on_change=_slid,
            args=(held, key),
        )


def _slid(held: Desk, key: str) -> None:
    value = float(st.session_state[f"suit_weight_{key}_{held.edits}"])
    weigh(held, {**held.model.weights, key: value}, None)


def _pairs(held: Desk) -> None:
    ranked = sorted(CRITERIA, key=lambda key: -held.model.weights.get(key, 0.0))
    judged_ones = [key for key in CRITERIA if any(key in pair for pair in held.pairs)]
    compared = st.multiselect(
        t("比较哪几项（2–6 项，其余不计）"),
        list(CRITERIA),
        key=f"suit_compared_{held.edits}",
        default=judged_ones or ranked[:FIRST_COMPARED],
        format_func=criterion_name,
        max_selections=MOST_COMPARED,
    )
    keys = tuple(key for key in CRITERIA if key in compared)
    if len(keys) < 2:  # noqa: PLR2004 - a pair
        show(element("p", t("至少选两项。"), cls="hint"))
        return
    found: dict[Pair, float] = {}
    for one, other in combinations(keys, 2):
        step = st.select_slider(
            t("{one} 对 {other}", one=plain(criterion_name(one)), other=plain(criterion_name(other))),
            list(range(len(_STEPS))),
            value=_nearest(held.pairs.get((one, other), 1.0)),
            key=f"suit_pair_{one}_{other}_{held.edits}",
            format_func=lambda at: _ratio_text(_STEPS[at]),
        )
        found[one, other] = _STEPS[int(step)]
    try:
        told = judged(keys, found)
    except Refused as refused:
        show(element("p", each(fault_sentence(one) for one in refused.faults), cls="alert", role="alert"))
        return
    _consistency(told, keys, found)
    if found != held.pairs or held.model.judgements is None:
        held.pairs = found
        weigh(
            held, {key: float(told.weights[keys.index(key)] * 100) if key in keys else 0.0 for key in CRITERIA}, found
        )
        st.rerun(scope="fragment")


def _nearest(ratio: float) -> int:
    return int(np.argmin(np.abs(np.log(np.array(_STEPS)) - np.log(ratio))))


def _ratio_text(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 1 else f"1/{1 / ratio:.0f}"


def _consistency(told: Priorities, keys: tuple[str, ...], found: dict[Pair, float]) -> None:
    rows = each(
        element(
            "tr", element("th", criterion_name(key), scope="row"), element("td", f"{weight * 100:.1f} %", cls="figure")
        )
        for key, weight in zip(keys, told.weights, strict=True)
    )
    show(element("table", element("tbody", rows), cls="grid suit-weights"))
    ratio = f"{told.ratio:.3f}"
    if told.is_acceptable:
        show(element("p", t("一致性比率 {ratio}，不超过 0.10，可以用。", ratio=ratio), cls="done", role="status"))
        return
    judged_matrix = matrix_of(keys, found)
    # the judgement that is farthest from what the weights say of it
    away = np.abs(np.log(judged_matrix) - np.log(told.weights[:, None] / told.weights[None, :]))
    one, other = np.unravel_index(int(np.argmax(np.triu(away))), away.shape)
    wanted = told.weights[one] / told.weights[other]
    show(
        element(
            "p",
            t(
                "一致性比率 {ratio}，超过 {most}：前后矛盾。最不一致的是「{one} 对 {other}」，合其余的约为 {wanted}。",
                ratio=ratio,
                most=f"{ACCEPTABLE_RATIO:.2f}",
                one=criterion_name(keys[one]),
                other=criterion_name(keys[other]),
                wanted=_ratio_text(_STEPS[_nearest(float(np.clip(wanted, 1 / 9, 9)))]),
            ),
            cls="alert",
            role="alert",
        )
    )


def curves(held: Desk) -> None:
    """Draw one curve: its picture, and its points in a table."""
    key = str(
        st.selectbox(t("哪一项的曲线"), list(CRITERIA), key="suit_curve_key", format_func=criterion_name)
        or next(iter(CRITERIA))
    )
    show(element("p", how_measured(key), cls="hint"))
    curve = held.model.curve(key)
    st.image(curve_picture(curve), alt=t("{name}的曲线", name=criterion_name(key)))
    rows = pd.DataFrame({"value": [x for x, _ in curve], "mark": [y for _, y in curve]})
    edited = st.data_editor(
        rows,
        key=f"suit_curve_{key}_{held.edits}",
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        column_config={
            "value": st.column_config.NumberColumn(headed(key), required=True),
            "mark": st.column_config.NumberColumn(t("分（0–10）"), required=True),
        },
    )
    points = edited.dropna().sort_values("value").to_numpy(dtype=np.float64)
    wanted = tuple((float(x), float(y)) for x, y in points)
    faults = curve_faults(wanted)
    if faults:
        show(
            element(
                "p",
                each(fault_sentence(Fault(code, {"criterion": key, "value": value})) for code, value in faults),
                cls="alert",
                role="alert",
            )
        )
    elif wanted != curve:
        st.button(
            t("用这条曲线"),
            key="suit_curve_take",
            type="primary",
            width="stretch",
            on_click=_curve_taken,
            args=(held, key, wanted),
        )
    if curve != CRITERIA[key].curve:
        st.button(
            t("恢复示例曲线"),
            key="suit_curve_reset",
            width="stretch",
            on_click=_curve_taken,
            args=(held, key, CRITERIA[key].curve),
        )
    show(
        element("p", t("两点之间按直线折算，两端之外取端点的分。示例曲线与权重没有标准可依，由单位自定。"), cls="hint")
    )


def _curve_taken(held: Desk, key: str, curve: tuple[tuple[float, float], ...]) -> None:
    held.model = replace(held.model, curves={**held.model.curves, key: curve})
    held.edits += 1
    held.said = ""


def _keep(held: Desk) -> None:
    """Keep the model under a name, and go back to an earlier version."""
    with st.container(key="suit_keep", horizontal=True, vertical_alignment="bottom", gap="small"):
        name = st.text_input(
            t("模型名称"), value=held.model.name, max_chars=LONGEST_NAME, key=f"suit_name_{held.edits}"
        )
        st.button(t("保存为新版本"), key="suit_save", on_click=_save, args=(held, str(name)))
    if held.said:
        show(element("p", held.said, cls="done", role="status"))
    for fault in held.faults:
        show(element("p", fault_sentence(fault), cls="alert", role="alert"))
    kept = versions(office.database(), held.model.name)
    if len(kept) > 1:
        with st.expander(t("历史版本（{count}）", count=len(kept))):
            for one in kept:
                st.button(
                    t("第 {version} 版 · {by} · {at}", version=one.version, by=plain(one.by), at=clock_time(one.at)),
                    key=f"suit_version_{one.version}",
                    width="stretch",
                    type="tertiary",
                    on_click=opened,
                    args=(held, one),
                )


def _save(held: Desk, name: str) -> None:
    version = held.model.version if name == held.model.name else 0
    try:
        kept = save(office.database(), actor=office.actor(), model=replace(held.model, name=name, version=version))
    except Refused as refused:
        held.faults, held.said = refused.faults, ""
    except Conflict:
        held.faults, held.said = (Fault("model_changed_meanwhile"),), ""
    else:
        held.model, held.faults = kept, ()
        held.said = t("已保存：{name} 第 {version} 版。", name=kept.name, version=kept.version)
