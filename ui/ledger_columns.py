"""How the register's columns show: heads with units, figures with their decimals, terms by name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import pandas as pd
import streamlit as st

from layers.clusters import Cluster
from layers.schema import Field
from layers.vocabulary import Vocabulary
from planning.registers import COLUMNS
from ui.words import cluster_name, headed, t, term

PINNED: Final = "code"
DECIMALS: Final = {
    "area_mu": 2,
    "area_ha": 4,
    "area_m2": 2,
    "area_ellipsoid_m2": 2,
    "declared_area_m2": 2,
    "far_min": 2,
    "far_max": 2,
    "density_min": 1,
    "density_max": 1,
    "green_min": 1,
    "green_max": 1,
    "investment_min": 1,
    "tax_min": 1,
}


def displayed(rows: pd.DataFrame, clusters: Sequence[Cluster]) -> pd.DataFrame:
    """The rows with names in place of keys; a new frame, the version left out."""
    names = {one.code: cluster_name(one) for one in clusters}
    shown = rows[[field.key for field in COLUMNS]].copy()
    shown["cluster"] = [names.get(code, t("未分配")) for code in rows["cluster"]]
    for field in COLUMNS:
        if field.terms is not None:
            shown[field.key] = [term(field.terms, key) for key in rows[field.key]]
    return shown


def column_config(*, editing: bool = False) -> dict[str, Any]:
    """A configuration for each column of the register."""
    return {field.key: _configured(field, editing=editing) for field in COLUMNS}


def _configured(field: Field, *, editing: bool) -> Any:
    head, pinned = headed(field), field.key == PINNED
    locked = not (editing and field.editable)
    match field.kind:
        case "number" | "integer":
            places = DECIMALS.get(field.key)
            return st.column_config.NumberColumn(
                head, format="localized" if places is None else f"%,.{places}f", disabled=locked,
                min_value=field.minimum, max_value=field.maximum,
            )  # fmt: skip
        case "boolean":
            return st.column_config.CheckboxColumn(head, disabled=locked)
        case "date" if editing:
            return st.column_config.DateColumn(head, disabled=locked, format="YYYY-MM-DD")
        case "term" if editing and field.terms is not None:
            return _choice(head, field.terms, disabled=locked)
        case _:
            return st.column_config.TextColumn(head, disabled=locked, pinned=pinned)


def _choice(head: str, terms: Vocabulary, *, disabled: bool) -> Any:
    return st.column_config.SelectboxColumn(
        head, options=list(terms), format_func=lambda key: term(terms, key), disabled=disabled
    )
