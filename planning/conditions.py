"""Conditions on the columns of the parcels, and the rows that meet them all."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.schema import LAYERS, Field
from layers.vocabulary import STAGES, Vocabulary
from planning.errors import Fault, Refused
from planning.snapshots import NONE, ParcelSnapshot, ScenarioSnapshot, rows_of

Mask = NDArray[np.bool_]

_ORDER: Final[Mapping[str, Callable[[Any, Any], Any]]] = {
    "=": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}  # fmt: skip
# ``empty`` and ``filled`` need no value; ``in`` takes a sequence; ``contains`` is for text, without case
OPERATORS: Final = (*_ORDER, "in", "contains", "empty", "filled")
# what a condition may name besides the parcels' own columns; ``text`` is the code or the name
EXTRA_FIELDS: Final = ("cluster", "locked", "area_m2", "area_mu", "text", "id")
_CENTI_MU_SCALE: Final = Decimal(1_000_000)  # 亩 × 10⁶ = hundredths of a m² × 15
_CENTI: Final = Decimal(100)
_STARTS_OF_DATES: Final = (len("YYYY"), len("YYYY-MM"))


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: a column, an operator of OPERATORS, a value.

    Terms (stage, …) are given by key or any known spelling, clusters by code or None, areas as numbers.
    """

    field: str
    op: str
    value: object = None


class _Wrong(ValueError):
    """A condition cannot be met by any reading; carries the fault's code."""


def matching(parcels: ParcelSnapshot, state: ScenarioSnapshot, conditions: Sequence[Condition]) -> Mask:
    """Say of each row of the parcels whether it meets every condition; Refused with all that are wrong."""
    met = np.ones(len(parcels), dtype=bool)
    faults = []
    for nth, condition in enumerate(conditions):
        try:
            met &= _rows(parcels, state, condition)
        except _Wrong as wrong:
            told = {"field": condition.field, "op": condition.op, "value": str(condition.value)[:100]}
            faults.append(Fault(str(wrong), told, where=f"condition {nth + 1}"))
    if faults:
        raise Refused(*faults)
    return met


def values_of(parcels: ParcelSnapshot, field: str) -> list[str]:
    """The values that a text column has, each once, sorted."""
    return sorted({value for value in parcels.frame[field].tolist() if isinstance(value, str) and value})


def _rows(parcels: ParcelSnapshot, state: ScenarioSnapshot, condition: Condition) -> Mask:
    if condition.op not in OPERATORS:
        raise _Wrong("unknown_operator")
    if condition.field in EXTRA_FIELDS:
        return _of_extra(parcels, state, condition)
    fields = {field.key: field for field in LAYERS["parcels"].fields}
    if condition.field not in fields:
        raise _Wrong("unknown_field")
    return _of_column(parcels, fields[condition.field], condition)


def _of_extra(parcels: ParcelSnapshot, state: ScenarioSnapshot, condition: Condition) -> Mask:
    match condition.field:
        case "cluster":
            return _of_cluster(parcels, state, condition)
        case "locked":
            locked = state.locked[rows_of(state.ids, parcels.ids)]
            return _compared(locked, condition, _truth)
        case "area_m2":
            return _compared(parcels.centi_m2, condition, lambda value: float(_number(value) * _CENTI))
        case "area_mu":
            return _compared(parcels.centi_m2 * 15, condition, lambda value: float(_number(value) * _CENTI_MU_SCALE))
        case "id":
            return _compared(parcels.ids, condition, lambda value: float(_number(value)))
    if condition.op != "contains":
        raise _Wrong("unknown_operator")
    met = np.zeros(len(parcels), dtype=bool)
    for index in parcels.texts:
        met[index.containing(str(condition.value))] = True
    return met


def _of_cluster(parcels: ParcelSnapshot, state: ScenarioSnapshot, condition: Condition) -> Mask:
    cluster = state.cluster[rows_of(state.ids, parcels.ids)]
    if condition.op in {"empty", "filled"}:
        return np.asarray((cluster == NONE) == (condition.op == "empty"))
    if condition.op not in {"=", "!=", "in"}:
        raise _Wrong("unknown_operator")

    def place(code: object) -> int:
        if code in {None, ""}:
            return NONE
        if code not in state.codes:
            raise _Wrong("unknown_value")
        return state.codes.index(str(code))

    return _compared(cluster, condition, place)


def _of_column(parcels: ParcelSnapshot, field: Field, condition: Condition) -> Mask:
    column = parcels.frame[field.key]
    if condition.op in {"empty", "filled"}:
        blank = column.isna() | (column.astype(object) == "")
        return np.asarray(blank if condition.op == "empty" else ~blank, dtype=bool)
    if field.key == "stage":
        return _compared(parcels.stage, condition, lambda value: STAGES.index(_term(STAGES, value)))
    if field.kind in {"number", "integer"}:
        return _compared(column.to_numpy(dtype=np.float64), condition, lambda value: float(_number(value)))
    return _of_text(column, field, condition)


def _of_text(column: pd.Series[Any], field: Field, condition: Condition) -> Mask:
    if condition.op == "contains":
        wanted = str(condition.value).casefold()
        return np.array([isinstance(text, str) and wanted in text.casefold() for text in column.tolist()], dtype=bool)
    terms = field.terms
    filled = column.notna().to_numpy(dtype=bool)
    # dates are ISO text, so the order of text is the order of time
    found = _compared(
        column.where(filled, "").to_numpy(dtype=object),
        condition,
        (lambda value: _term(terms, value)) if terms is not None else _day if field.kind == "date" else str,
    )
    return np.asarray(found & (filled | (condition.op == "!=")))


def _compared(column: NDArray[Any], condition: Condition, read: Callable[[object], object]) -> Mask:
    """Compare a column with the value, or with each of them for ``in``; NaN meets nothing but ``!=``."""
    if condition.op == "in":
        if isinstance(condition.value, str) or not isinstance(condition.value, Sequence):
            raise _Wrong("unknown_value")
        kind = object if column.dtype == object else np.float64
        return np.isin(column, np.array([read(value) for value in condition.value], dtype=kind))
    if condition.op not in _ORDER:
        raise _Wrong("unknown_operator")
    return np.asarray(_ORDER[condition.op](column, read(condition.value)), dtype=bool)


def _day(value: object) -> str:
    """A date, or the beginning of one (2026, 2026-07), as ISO text."""
    told = str(value).strip()
    try:
        date.fromisoformat(told + "-01-01"[len(told) - len("YYYY") :] if len(told) in _STARTS_OF_DATES else told)
    except ValueError as error:
        raise _Wrong("unknown_value") from error
    return told


def _term(terms: Vocabulary, value: object) -> str:
    key = terms.recognise(value)
    if key is None:
        raise _Wrong("unknown_value")
    return key


def _number(value: object) -> Decimal:
    try:
        # Decimal reads 1_0 as 10, which nobody means
        number = Decimal(str(value).replace("_", "?"))
    except InvalidOperation as error:
        raise _Wrong("unknown_value") from error
    if not number.is_finite():
        raise _Wrong("unknown_value")
    return number


def _truth(value: object) -> bool:
    told = {"true": True, "1": True, "是": True, "false": False, "0": False, "否": False}.get(str(value).casefold())
    if told is None:
        raise _Wrong("unknown_value")
    return told
