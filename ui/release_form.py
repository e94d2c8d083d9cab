"""出图口径: which profile something leaves under, asked on the pages 汇报 and 导出; what is to be said before."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from layers.schema import LAYERS
from planning import export_profiles, exporting, releasing
from planning.errors import Fault, Refused
from planning.export_profiles import Profile
from planning.releasing import Release
from ui import office
from ui.markup import element, show
from ui.sentences import fault_sentence
from ui.words import language, t


def column_name(key: str) -> str:
    """A column of any layer's export in the tab's language."""
    found = next((one for layer in LAYERS for one in exporting.columns_of(layer) if one.key == key), None)
    return key if found is None else found.en if language() == "en" else found.zh


def profile_name(key: str) -> str:
    """A profile in the tab's language."""
    return releasing.NAMES[key][language() == "en"] if key in releasing.NAMES else key


def asked(page: str) -> tuple[Release | None, tuple[Fault, ...]]:
    """Ask for the profile and, where it needs one, the 审图号; what refuses it comes back beside none."""
    known = export_profiles.profiles(office.database())
    key = st.selectbox(t("口径"), list(known), key=f"{page}_profile", format_func=profile_name)
    number = ""
    if known[key].review_number:
        number = st.text_input(t("审图号"), key=f"{page}_review_number", max_chars=releasing.LONGEST_NUMBER)
    show(element("p", told(known[key]), cls="hint"))
    try:
        return releasing.release(office.database(), key, actor=office.actor(), review_number=number), ()
    except Refused as refused:
        return None, refused.faults


def told(profile: Profile) -> str:
    """What a profile does, in one line."""
    said = []
    if profile.left_out:
        said.append(t("略去 {names}", names="、".join(column_name(key) for key in profile.left_out)))
    if profile.grid_m:
        said.append(t("坐标取整到 {grid} 米", grid=f"{profile.grid_m:g}"))
    if profile.review_number:
        said.append(t("须有审图号"))
    if profile.watermark:
        said.append(t("图上加水印（用户、时间）"))
    if not profile.georeferenced:
        said.append(t("图纸不带坐标"))
    return "；".join(said) or t("字段和坐标不减")


def warn(faults: Sequence[Fault | None], given: Release | None) -> None:
    """Say what is to be thought of; quietly of wide ground while it stays inside, nothing where there is nothing."""
    inside = given is not None and given.profile.key == export_profiles.INTERNAL
    for fault in faults:
        if fault is not None and inside and fault.code == "wide_ground":
            show(element("p", fault_sentence(fault), cls="hint"))
        elif fault is not None:
            show(element("p", fault_sentence(fault), cls="alert", role="alert"))
