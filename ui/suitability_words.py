"""The words of suitability: criteria, their values, and the layers that a result rests on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Final

from layers import figures
from layers.criteria import CRITERIA
from layers.schema import LAYERS
from layers.vocabulary import STAGES
from ui.words import language, named, t, unit

# from pale to deep green-blue, lightness falling all the way; read without colour too
CLASS_FILLS: Final = ("#F1E8DA", "#DCD9A8", "#9FC79B", "#4F9E94", "#1F6480")


def criterion_name(key: str) -> str:
    """The name of a criterion in the tab's language."""
    return CRITERIA[key].en if language() == "en" else CRITERIA[key].zh


def how_measured(key: str) -> str:
    """How a criterion is measured."""
    return CRITERIA[key].how_en if language() == "en" else CRITERIA[key].how_zh


def headed(key: str) -> str:
    """The name with its unit."""
    symbol = CRITERIA[key].unit
    return f"{criterion_name(key)} ({t('年') if symbol == '年' else unit(symbol)})" if symbol else criterion_name(key)


def value_text(key: str, value: float | None) -> str:
    """A value with its unit, as a person reads it."""
    if value is None:
        return t("未登记")
    if key == "stage":
        return named(list(STAGES.values())[int(value) - 1])
    if key == "conflict":
        return (t("无"), t("提示"), t("需论证"), t("禁止"))[int(value)]
    symbol = CRITERIA[key].unit
    digits = 2 if key in {"compactness", "ready_years"} else 1 if key in {"area_mu", "neighbours"} else 0
    number = f"{value:,.{digits}f}"
    return f"{number} {t('年') if symbol == '年' else unit(symbol)}" if symbol else number


def class_name(place: int) -> str:
    """The name of a class of scores."""
    return (t("0–2 不适宜"), t("2–4 较差"), t("4–6 一般"), t("6–8 较适宜"), t("8–10 适宜"))[place]


def inputs_text(names: Iterable[str]) -> str:
    """What has changed, in words."""
    return t("、").join(dict.fromkeys(_input_name(name) for name in names))


def _input_name(name: str) -> str:
    if name.startswith("assignments"):
        return t("方案的集群分配")
    fixed = {"parcels.fields": t("地块台账"), "clusters": t("集群表"), "rules": t("规则")}
    return fixed.get(name) or (named(LAYERS[name]) if name in LAYERS else name)


def score_text(score: float) -> str:
    """A score of 0 to 10."""
    return figures.NOTHING if score != score else f"{score:.2f}"  # noqa: PLR0124 - NaN


def today() -> date:
    """The calendar day where the program runs: ready dates are counted from it unless a person says another."""
    return datetime.now().astimezone().date()
