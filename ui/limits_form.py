"""导入检查的限值: what the checks of a file go by, on what basis, since when; changed here, recorded in the audit."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from planning.errors import Busy, Fault, Refused
from planning.import_limits import DEFAULT, RANGES, ImportLimits, import_limits, set_import_limits
from ui import office, signing
from ui.markup import element, show
from ui.sentences import fault_sentence
from ui.words import t

_KEY: Final = "limit_{}"
_TOLD: Final = "limits_told"
_PERCENT: Final = frozenset({"area_share", "pattern_share"})


def limits_form() -> None:
    """Draw the limits in force, to be changed."""
    held = import_limits(office.database())
    show(element("h2", t("导入检查的限值"), cls="section"))
    basis = held.basis or t("产品默认值，出处见每一处问题的说明")
    show(element("p", t("导入文件时按这些限值检查，下一个文件起生效。依据：{basis}。", basis=basis), cls="hint"))
    with st.expander(t("修改限值"), key="limits_open"), st.form("limits_form", border=False):
        columns = st.columns(2)
        for at, key in enumerate(RANGES):
            _asked(key, held, columns[at % 2])
        st.text_input(t("依据（文件、标准或会议）"), value=held.basis, max_chars=200, key="limit_basis")
        signing.ask("limits")
        with st.container(horizontal=True):
            st.form_submit_button(t("保存限值"), type="primary", key="limits_save", on_click=_save, args=(held,))
            st.form_submit_button(
                t("恢复默认值"), key="limits_default", disabled=held == DEFAULT, on_click=_set, args=(DEFAULT,)
            )
    for fault in st.session_state.pop(_TOLD, ()):
        if isinstance(fault, Fault):
            show(element("p", fault_sentence(_in_words(fault)), cls="alert", role="alert"))
        else:
            show(element("p", fault, cls="done", role="status"))


def _asked(key: str, held: ImportLimits, column: st.delta_generator.DeltaGenerator) -> None:
    scale = 100 if key in _PERCENT else 1
    least, most = RANGES[key]
    value = float(getattr(held, key)) * scale
    # a form forgets what was put into it when the limits in force are others
    column.number_input(
        limit_name(key), value=value, min_value=float(least * scale), max_value=float(most * scale),
        step=1.0 if key == "pattern_rows" else 0.01, format="%.0f" if key == "pattern_rows" else "%.4g",
        key=_field(key, held),
    )  # fmt: skip


def _field(key: str, held: ImportLimits) -> str:
    scale = 100 if key in _PERCENT else 1
    return f"{_KEY.format(key)}_{float(getattr(held, key)) * scale}"


def _save(held: ImportLimits) -> None:
    given = {key: float(st.session_state[_field(key, held)]) for key in RANGES}
    _set(_limits(given, str(st.session_state.get("limit_basis") or "")))


def _limits(given: dict[str, float], why: str) -> ImportLimits:
    values = {key: round(value / 100 if key in _PERCENT else value, 9) for key, value in given.items()}
    plain = {key: value for key, value in values.items() if key != "pattern_rows"}
    limits = replace(DEFAULT, **plain, pattern_rows=int(values["pattern_rows"]))  # type: ignore[arg-type] # all numbers
    return limits if limits == DEFAULT and not why.strip() else replace(limits, basis=why)


def _set(limits: ImportLimits) -> None:
    try:
        by = signing.given("limits")
        changed = set_import_limits(office.database(), limits, actor=office.actor(), by=by)
        st.session_state[_TOLD] = (t("限值已保存，记入审计。") if changed else t("限值没有变化。"),)
    except Refused as refused:
        st.session_state[_TOLD] = refused.faults
    except Busy:
        st.session_state[_TOLD] = (Fault("busy"),)


def _in_words(fault: Fault) -> Fault:
    if fault.code != "limit_out_of_range":
        return fault
    return Fault(fault.code, {**fault.values, "limit": limit_name(str(fault.values["limit"]))}, fault.where)


def limit_name(key: str) -> str:
    """What a limit is called, with its unit."""
    return {
        "tolerance_m": t("边界容差（m）"), "sliver_area_m2": t("碎片面积小于（㎡）"),
        "sliver_width_m": t("碎片宽度小于（m）"), "area_share": t("面积相差超过（%）"),
        "area_m2": t("且面积相差超过（㎡）"), "pattern_share": t("编号同一格式至少占（%）"),
        "pattern_rows": t("编号格式至少看（个）"), "same_place_m": t("视为同一边界（m）"),
    }[key]  # fmt: skip
