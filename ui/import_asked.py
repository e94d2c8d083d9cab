"""What a file leaves for a person to say: its coordinate system when it names none, its layer when it holds several."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from planning import coordinate_systems
from planning.errors import Fault, Refused
from planning.staged import Staged
from ui.crs_offers import offers
from ui.import_state import Item, Wanted
from ui.import_words import bounds_sentence
from ui.markup import element, plain, show
from ui.sentences import fault_sentence
from ui.words import t

# what files of an office are in, most usual first; any other EPSG code can be typed
COMMON_CRS: Final = ("EPSG:4490", "EPSG:4549", "EPSG:4528", "EPSG:4326", "EPSG:3857", "GCJ-02", "BD-09")
# notes that list the layers of a file
_CHOICES: Final = frozenset({"sublayer_chosen", "all_layers_read"})
# refusals for where the numbers lie
_PLACE_FAULTS: Final = frozenset({"not_degrees", "outside_storage_crs"})
_LAYER_FAULTS: Final = frozenset({"sublayer_needed", "sublayer_unknown"})


def ask(item: Item, staged: Staged | None) -> None:
    """Draw the questions; an answer reads the file again."""
    faults = item.job.faults if item.job is not None and item.job.is_done else ()
    if staged is None and not faults:
        return
    _crs(item, staged, faults)
    _layer(item, staged, faults)


def reread(item: Item, name: str, key: str) -> None:
    """Read the file again by what was chosen."""
    item.read(_but(item.wanted, name, st.session_state.get(key) or None))


def _but(one: Wanted, name: str, value: Any) -> Wanted:
    now: dict[str, Any] = {
        "layer": one.layer, "crs": one.crs, "sublayer": one.sublayer, "encoding": one.encoding,
        "supplier": one.supplier, "mapping": one.mapping,
    }  # fmt: skip
    return Wanted(**{**now, name: value})


def _crs(item: Item, staged: Staged | None, faults: tuple[Fault, ...]) -> None:
    """A file that declares its coordinate system is only asked when it was shifted on the way, or was not believed."""
    doubted = staged is not None and any(note.code == "shift_suspected" for note in staged.report.notes)
    if staged is not None and staged.report.crs.declared_how == "file" and not doubted:
        return
    if staged is None and item.wanted.crs is None and not any(_of_the_crs(fault) for fault in faults):
        return
    options = [*COMMON_CRS, *_of_the_office()]
    if item.wanted.crs and item.wanted.crs not in options:
        options.append(item.wanted.crs)
    key = f"import_crs_{item.number}_{item.reads}"
    st.selectbox(
        t("坐标系（文件没有声明时填写）"), options,
        index=options.index(item.wanted.crs) if item.wanted.crs in options else None, key=key,
        accept_new_options=True, format_func=crs_name, placeholder=t("按文件声明"), filter_mode="contains",
        on_change=reread, args=(item, "crs", key),
    )  # fmt: skip
    for fault in faults:
        _offer(item, fault)
    if staged is not None and doubted:
        _offer_shift(item, staged)


def _of_the_crs(fault: Fault) -> bool:
    """Whether another coordinate system could be the way out: not for a file that is empty or of no known form."""
    return fault.code.startswith("crs_") or fault.code in _PLACE_FAULTS


def _offer_shift(item: Item, staged: Staged) -> None:
    """The shift that was suspected, to be taken back by one click."""
    for note in staged.report.notes:
        if note.code == "shift_suspected":
            shift = str(note.values["shift"])
            st.button(
                t("按 {shift} 还原，重新检查", shift=plain(shift)), key=f"import_offer_{item.number}_{shift}",
                on_click=_take_offer, args=(item, shift),
            )  # fmt: skip


def _offer(item: Item, fault: Fault) -> None:
    """Coordinate systems that the numbers allow, with what shows it; nothing is read until a person chooses."""
    bounds = fault.values.get("bounds")
    if isinstance(bounds, list | tuple):
        show(element("p", bounds_sentence(bounds), cls="hint"))
    offered = offers(fault)
    if not offered:
        return
    words = t("按坐标数值可能是下面几种（数值不能区分 2000、1980 西安和 1954 北京坐标系，请向来文单位核实）：")
    show(element("p", words, cls="hint"))
    for crs, sentence in offered:
        st.button(plain(sentence), key=f"import_offer_{item.number}_{crs}", on_click=_take_offer, args=(item, crs))


def _take_offer(item: Item, crs: str) -> None:
    item.read(_but(item.wanted, "crs", crs))


def _of_the_office() -> list[str]:
    """Names of the coordinate systems that the administrator registered; what is wrong with them is said."""
    try:
        return [one.name for one in coordinate_systems.named()]
    except Refused as refused:
        for fault in refused.faults:
            show(element("p", fault_sentence(fault), cls="alert", role="alert"))
        return []


def crs_name(code: str) -> str:
    """A coordinate system with its name, where the office has one for it."""
    return {
        "EPSG:4490": t("EPSG:4490 国家2000 经纬度"),
        "EPSG:4549": t("EPSG:4549 国家2000 三度带 120°（不加带号）"),
        "EPSG:4528": t("EPSG:4528 国家2000 三度带 40 带（加带号）"),
        "EPSG:4326": t("EPSG:4326 WGS 84 经纬度"),
        "EPSG:3857": t("EPSG:3857 网络墨卡托"),
        "GCJ-02": t("GCJ-02 偏移经纬度（高德、腾讯、奥维加偏）"),
        "BD-09": t("BD-09 偏移经纬度（百度）"),
    }.get(code, code)


def _layer(item: Item, staged: Staged | None, faults: tuple[Fault, ...]) -> None:
    told: Mapping[str, Any] = next((fault.values for fault in faults if fault.code in _LAYER_FAULTS), {})
    if staged is not None:
        told = next((note.values for note in staged.report.notes if note.code in _CHOICES), {})
    names = [str(name) for name in told.get("sublayers", ())]
    if not names:
        return
    # a drawing is read as a whole unless one of its layers is asked for
    whole = staged is not None and ("all" in told or "sublayer" not in told)
    options = ["", *names] if whole else names
    now = staged.report.sublayer if staged is not None else item.wanted.sublayer
    said = {str(layer["name"]): _said_of(layer) for layer in told.get("layers", ())}
    key = f"import_sublayer_{item.number}_{item.reads}"
    st.selectbox(
        t("文件里的图层"), options, index=options.index(now) if now in options else (0 if whole else None), key=key,
        format_func=lambda name: said.get(name, name) if name else t("全部图层"), on_change=reread,
        args=(item, "sublayer", key),
    )  # fmt: skip


def _said_of(layer: Mapping[str, Any]) -> str:
    """Name of a layer of a file with its shapes and rows, as far as they are told."""
    name = str(layer["name"])
    kind = {"polygon": t("面"), "line": t("线"), "point": t("点")}.get(str(layer["kind"]), t("混合"))
    if layer["rows"] is None and layer["kind"] == "mixed":
        return name
    if layer["rows"] is None:
        return t("{name}（{kind}）", name=name, kind=kind)
    return t("{name}（{kind}，{rows} 行）", name=name, kind=kind, rows=layer["rows"])
