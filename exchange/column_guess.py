"""Which column of a file is which field, and why: said by a person, remembered, spelled so, or of such content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from exchange.columns import choose_fields, number_of
from layers.schema import LayerSchema

How = Literal["given", "remembered", "spelled", "content"]
# content says something from so many values on, when nearly all of them agree
_FEWEST: Final = 3
_SHARE: Final = 0.9
_AREAS_AGREE: Final = 0.6
# a declared area is the computed one within this (the allowance of boundary survey files)
_AREA_SHARE: Final = 0.005
_DECLARED: Final = "declared_area_m2"


@dataclass(frozen=True, slots=True)
class Guess:
    """One column: the field that it is taken for ("" = none), who says so, and the first values in it.

    ``basis`` is the words that make the guess: the spelling that was met, the share of values that fit.
    """

    column: str
    field: str
    how: How | None
    basis: str = ""
    examples: tuple[str, ...] = ()


def signature(names: Sequence[str]) -> str:
    """A mark of a set of column names, in whatever order."""
    return hashlib.sha256("\n".join(sorted(names)).encode()).hexdigest()[:32]


def guess_columns(
    head: pd.DataFrame,
    schema: LayerSchema,
    *,
    areas_m2: NDArray[np.float64],
    given: Mapping[str, str] | None,
    remembered: Mapping[str, str] | None,
) -> tuple[Guess, ...]:
    """Say of every column what it is taken for, in the order of the file.

    Parameters
    ----------
    head
        The first rows of the file, with distinct column names.
    areas_m2
        Plane areas of those rows, NaN where there is none: what a declared area is known by.
    given, remembered
        Field key by column, "" = none; what a person says now goes before what was kept of the supplier.

    Raises
    ------
    FileRefused
        What is given names a column or a field that there is not, or a field twice.
    """
    names = [str(name) for name in head.columns]
    said = dict(given or {})
    taken = {key for key in said.values() if key}
    fields = {*schema.keys, *(["cluster"] if schema.name == "parcels" else [])}
    kept = {
        column: key
        for column, key in (remembered or {}).items()
        if column in names and column not in said and (not key or (key in fields and key not in taken))
    }
    chosen = choose_fields(names, schema, {**said, **kept})
    found: dict[str, tuple[str, How | None, str]] = {}
    for column, key in chosen.items():
        how: How = "given" if column in said else "remembered" if column in kept else "spelled"
        found[column] = (key, how, column)
    free = [key for key in schema.keys if key not in chosen.values()]
    for column in names:
        if column not in chosen and column not in said and column not in kept:
            key, share = _by_content(head[column], schema, free, areas_m2)
            if key:
                found[column] = (key, "content", f"{share:.0%}")
                free.remove(key)
    nothing: dict[str, How] = {column: "given" if column in said else "remembered" for column in (*said, *kept)}
    guesses = []
    for name in names:
        key, said_by, basis = found.get(name, ("", nothing.get(name), ""))
        guesses.append(Guess(name, key, said_by, basis, _examples(head[name])))
    return tuple(guesses)


def _by_content(
    column: pd.Series[Any], schema: LayerSchema, free: Sequence[str], areas_m2: NDArray[np.float64]
) -> tuple[str, float]:
    """The field that the values of a column can only be, and the share that fits; "" when there is none."""
    values = [value for value in column.tolist() if value is not None and str(value).strip()]
    if len(values) < _FEWEST:
        return "", 0.0
    for key in free:
        terms = schema.field(key).terms
        # words, not numbers: 1 and 2 are spellings of nothing
        if terms is not None and all(isinstance(value, str) and not value.strip().isdigit() for value in values):
            share = sum(terms.recognise(value) is not None for value in values) / len(values)
            if share >= _SHARE:
                return key, share
    if _DECLARED in free:
        declared = np.array([number_of(value) for value in column.tolist()], dtype=np.float64)
        there = np.isfinite(declared) & np.isfinite(areas_m2[: len(declared)]) & (declared > 0)
        if int(there.sum()) >= _FEWEST:
            apart = np.abs(declared[there] - areas_m2[: len(declared)][there]) / declared[there]
            share = float((apart <= _AREA_SHARE).mean())
            # the rows that do not agree are what a person wants to hear of
            if share >= _AREAS_AGREE:
                return _DECLARED, share
    return "", 0.0


def _examples(column: pd.Series[Any]) -> tuple[str, ...]:
    there = (value for value in column.tolist() if value is not None and str(value).strip())
    return tuple(dict.fromkeys(str(value)[:40] for value, _ in zip(there, range(50), strict=False)))[:3]
