"""出图口径: the export profiles in force and on what basis; changed here, recorded in the audit."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import streamlit as st

from planning.errors import Busy, Fault, Refused
from planning.export_profiles import (
    DEFAULTS,
    LONGEST_BASIS,
    RANGES,
    Profile,
    columns_that_may_go,
    profiles,
    set_profile,
)
from ui import office
from ui.markup import element, show
from ui.release_form import column_name, profile_name, told
from ui.sentences import fault_sentence
from ui.words import t

_TOLD: Final = "profiles_told"


def profiles_form() -> None:
    """Draw the profiles, to be changed."""
    show(element("h2", t("出图口径"), cls="section"))
    show(element("p", t("汇报和导出按口径出：略去哪些字段、坐标取整多少、要不要水印和审图号。"), cls="hint"))
    for key, profile in profiles(office.database()).items():
        with st.expander(f"{profile_name(key)}：{told(profile)}", key=f"profile_open_{key}"):
            _one(profile)
    for said in st.session_state.pop(_TOLD, ()):
        if isinstance(said, Fault):
            show(element("p", fault_sentence(_in_words(said)), cls="alert", role="alert"))
        else:
            show(element("p", said, cls="done", role="status"))


def _one(held: Profile) -> None:
    show(element("p", t("依据：{basis}", basis=held.basis), cls="hint"))
    # a form forgets what was put into it when the profile in force is another
    mark = f"{held.key}_{hash(held)}"
    with st.form(f"profile_{held.key}", border=False):
        left_out = st.multiselect(
            t("略去的字段"), columns_that_may_go(), default=list(held.left_out), format_func=column_name,
            key=f"profile_left_out_{mark}",
        )  # fmt: skip
        one, two = st.columns(2)
        grid = one.number_input(
            limit_name("grid_m"), value=float(held.grid_m), min_value=0.0, max_value=RANGES["grid_m"][1],
            key=f"profile_grid_{mark}",
        )  # fmt: skip
        warn = two.number_input(
            limit_name("warn_km2"), value=float(held.warn_km2), min_value=0.0, max_value=RANGES["warn_km2"][1],
            key=f"profile_warn_{mark}",
        )  # fmt: skip
        ticks = {
            name: column.checkbox(label, value=getattr(held, name), key=f"profile_{name}_{mark}")
            for name, label, column in (
                ("watermark", t("加水印（用户、时间）"), one), ("review_number", t("须有审图号"), one),
                ("georeferenced", t("图纸带坐标（GeoPDF）"), two),
            )
        }  # fmt: skip
        secrecy = st.text_input(t("密级提示"), value=held.secrecy, max_chars=20, key=f"profile_secrecy_{mark}")
        basis = st.text_area(
            t("依据（文件、标准或会议）"), value=held.basis, max_chars=LONGEST_BASIS, key=f"profile_basis_{mark}"
        )
        with st.container(horizontal=True):
            saved = st.form_submit_button(t("保存口径"), type="primary", key=f"profile_save_{held.key}")
            restored = st.form_submit_button(
                t("恢复默认值"), key=f"profile_default_{held.key}", disabled=held == DEFAULTS[held.key]
            )
    if saved or restored:
        wanted = replace(
            held, left_out=tuple(left_out), grid_m=float(grid), warn_km2=float(warn), secrecy=secrecy, basis=basis,
            watermark=ticks["watermark"], review_number=ticks["review_number"], georeferenced=ticks["georeferenced"],
        )  # fmt: skip
        _set(DEFAULTS[held.key] if restored else wanted)


def _set(profile: Profile) -> None:
    try:
        changed = set_profile(office.database(), profile, actor=office.actor())
        st.session_state[_TOLD] = (t("口径已保存，记入审计。") if changed else t("口径没有变化。"),)
    except Refused as refused:
        st.session_state[_TOLD] = refused.faults
    except Busy:
        st.session_state[_TOLD] = (Fault("busy"),)
    st.rerun()


def _in_words(fault: Fault) -> Fault:
    if fault.code != "limit_out_of_range":
        return fault
    return Fault(fault.code, {**fault.values, "limit": limit_name(str(fault.values["limit"]))}, fault.where)


def limit_name(key: str) -> str:
    """What a number of a profile is called, with its unit."""
    return {"grid_m": t("坐标取整（m，0 为不取整）"), "warn_km2": t("范围超过多少提醒（km²，0 为不提醒）")}[key]
