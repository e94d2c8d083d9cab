"""From the columns of a file to the fields of a layer: by spelling or by order of a person, value by value."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import pandas as pd

from exchange.errors import FileRefused
from exchange.report import Item, Note
from exchange.writing.short_names import OFFICE_NAMES
from layers.schema import AREA, ELLIPSOID_AREA, LENGTH, Field, LayerSchema

# what exports of this product carry besides the fields: computed or kept elsewhere, so not taken back as data
_OWN_COLUMNS: Final = frozenset({
    AREA.key, ELLIPSOID_AREA.key, LENGTH.key, "area_mu", "is_sample", "source", "cluster_name",
    "cluster_name_en", "version",
    "valid_from", "batch_id", "scenario",
})  # fmt: skip
# the same in a Shapefile of this product, which is known by its columns of source and of the mark of sample data
_OWN_SHORT_COLUMNS: Final = frozenset(OFFICE_NAMES[key] for key in _OWN_COLUMNS if key in OFFICE_NAMES)
_OWN_MARKS: Final = frozenset({OFFICE_NAMES["source"], OFFICE_NAMES["is_sample"]})
# and in its registers, whose heads are the names that people read, with units
_OWN_HEADS: Final = (
    frozenset({
        "面积（平面）（㎡）", "面积（亩）", "面积（椭球）（㎡）", "长度（m）", "来源", "数据标记", "产业集群代码",
        "产业集群", "产业集群（英文）",
    }),
    frozenset({
        "Area (plane) (㎡)", "Area (亩)", "Area (ellipsoid) (㎡)", "Length (m)", "Source", "Data mark", "Cluster code",
        "Cluster", "Cluster (English)",
    }),
)  # fmt: skip
_OWN_HEAD_MARKS: Final = (frozenset({"来源", "数据标记"}), frozenset({"Source", "Data mark"}))
# numbers as offices write them: thousands commas, full-width digits, a unit behind
_NUMBER: Final = re.compile(r"^([-+]?[\d,]*\.?\d+(?:[eE][-+]?\d+)?)\s*(?:㎡|m2|m²|平方米|米|m|%|％|万元/亩|万元)?$")
_DATE: Final = re.compile(r"^(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ].*)?$")
_TRUE: Final = frozenset({"1", "true", "yes", "是", "t", "y"})
_FALSE: Final = frozenset({"0", "false", "no", "否", "f", "n"})
_MOST_NOTED: Final = 3


@dataclass
class Mapped:
    """Columns as the layer knows them (``frame``), all others (``extra``), and which was which."""

    frame: pd.DataFrame
    extra: pd.DataFrame
    fields: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def choose_fields(names: Sequence[str], schema: LayerSchema, given: Mapping[str, str] | None) -> dict[str, str]:
    """Say which column is which field: what is given first, then exact keys, then spellings in the order of the schema.

    A column given as ``""`` is mapped to nothing. For parcels ``cluster`` is a field as well.

    Raises
    ------
    FileRefused
        ``column_unknown`` or ``field_unknown`` with what there is, ``field_twice``.
    """
    wanted = dict(given or {})
    fields = [*schema.keys, *(["cluster"] if schema.name == "parcels" else [])]
    for column, key in wanted.items():
        if column not in names:
            raise FileRefused("column_unknown", {"column": column, "columns": list(names)})
        if key and key not in fields:
            raise FileRefused("field_unknown", {"field": key, "fields": fields})
    keys = [key for key in wanted.values() if key]
    if len(keys) != len(set(keys)):
        raise FileRefused("field_twice", {"field": next(key for key in keys if keys.count(key) > 1)})
    chosen = {column: key for column, key in wanted.items() if key}
    for key in fields:
        if key in chosen.values():
            continue
        found = _spelled(key, [name for name in names if name not in wanted and name not in chosen], schema)
        if found is not None:
            chosen[found] = key
    return chosen


def map_columns(table: pd.DataFrame, schema: LayerSchema, given: Mapping[str, str] | None) -> Mapped:
    """Bring a file's columns (positional, names as in the file, possibly twice) into the layer's fields.

    A value that cannot be what its field is (a word for a number, a term that is not in the list) is left empty and
    stays in ``extra`` under the column's name; the notes say how many and give examples.
    """
    names = distinct([str(name) for name in table.columns])
    table = table.set_axis(names, axis="columns")
    chosen = choose_fields(names, schema, given)
    mapped = Mapped(pd.DataFrame(index=table.index), pd.DataFrame(index=table.index), chosen)
    leftovers: dict[str, pd.Series[Any]] = {}
    for column, key in chosen.items():
        values, unfit = _converted(table[column], _field(schema, key))
        mapped.frame[key] = values
        if unfit.any():
            leftovers[column] = table[column].where(unfit).astype(object)
            examples = [str(value)[:40] for value in table[column][unfit].unique()[:_MOST_NOTED]]
            mapped.notes.append(
                Note("values_unfit", {"column": column, "field": key, "rows": int(unfit.sum()), "examples": examples})
            )
    own = _own(names)
    kept = {name: table[name] for name in names if name not in chosen and name not in own}
    mapped.extra = pd.DataFrame({**kept, **leftovers}, index=table.index)
    return mapped


def _own(names: Sequence[str]) -> frozenset[str]:
    """Columns that an export of this product has made, in whichever of its three ways of naming."""
    own = _OWN_COLUMNS
    if set(names) >= _OWN_MARKS:
        own |= _OWN_SHORT_COLUMNS
    for heads, marks in zip(_OWN_HEADS, _OWN_HEAD_MARKS, strict=True):
        if set(names) >= marks:
            own |= heads
    return own


def code_rows(
    codes: Iterable[object], rows: Iterable[int], *, prefix: str, in_use: Collection[str] = ()
) -> tuple[list[str], list[Item], list[Note]]:
    """Give every row a code of its own: missing ones are made from the row number, repeated ones get -2, -3.

    ``rows`` are the numbers in the file, from 1; ``in_use`` are codes that may not be given. Repeats are
    mended items that keep the original; made codes are one note.
    """
    texts = [code_text(value) for value in codes]
    taken = {*in_use, *(text for text in texts if text)}
    seen: set[str] = set()
    given: list[str] = []
    items: list[Item] = []
    made = 0
    for text, row in zip(texts, rows, strict=True):
        if not text:
            code = _free(f"{prefix}-{row:05d}", taken)
            made += 1
        elif text in seen:
            code = _free_numbered(text, taken)
            items.append(Item(row, "mended", "code_repeated", {"original": text, "given": code}, code))
        else:
            code = text
        seen.add(code)
        taken.add(code)
        given.append(code)
    notes = [Note("codes_made", {"rows": made, "prefix": prefix})] if made else []
    return given, items, notes


def _free(code: str, taken: set[str]) -> str:
    return code if code not in taken else _free_numbered(code, taken)


def _free_numbered(code: str, taken: set[str]) -> str:
    number = 2
    while f"{code}-{number}" in taken:
        number += 1
    return f"{code}-{number}"


def code_text(value: object) -> str:
    """Give a code as text: no control characters, no blanks around it, empty when there is none."""
    if value is None or (isinstance(value, float) and value != value):  # noqa: PLR0124 - only NaN is not itself
        return ""
    text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
    return re.sub(r"[\x00-\x1f\x7f]", "", text).strip()


def number_of(value: object) -> float:
    """The number that a cell holds, as offices write them; NaN when it is none."""
    if isinstance(value, int | float):
        return float(value)
    found = _NUMBER.match(_narrow(str(value)))
    return float("nan") if found is None else float(found[1].replace(",", ""))


def distinct(names: Sequence[str]) -> list[str]:
    """Names with repeats numbered, so that no column hides another."""
    seen: dict[str, int] = {}
    distinct: list[str] = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        distinct.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return distinct


def _spelled(key: str, free: list[str], schema: LayerSchema) -> str | None:
    if key == "cluster":
        spellings: tuple[str, ...] = ("cluster", "产业集群", "集群", "产业", OFFICE_NAMES["cluster"])
    else:
        field = schema.field(key)
        short = OFFICE_NAMES.get(key)
        # a register has the unit in its heads
        heads = (f"{field.zh}（{field.unit}）", f"{field.en} ({field.unit})") if field.unit else ()
        spellings = (key, field.zh, field.en, *field.spellings, *heads, *([short] if short else []))
    folded = {name.strip().casefold(): name for name in reversed(free)}
    return next((folded[each.casefold()] for each in spellings if each.casefold() in folded), None)


def _field(schema: LayerSchema, key: str) -> Field:
    return Field("cluster", "text", "", "") if key == "cluster" else schema.field(key)


def _converted(column: pd.Series[Any], field: Field) -> tuple[pd.Series[Any], pd.Series[bool]]:
    """Values as the field holds them (None = empty), and which were there but did not fit."""
    to_value = _READERS[field.kind]
    values = pd.Series([None if _absent(value) else to_value(value, field) for value in column.tolist()],
                       index=column.index, dtype=object)  # fmt: skip
    there = pd.Series([not _absent(value) for value in column.tolist()], index=column.index)
    return values, there & values.isna()


def _absent(value: object) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())  # noqa: PLR0124 - only NaN is not itself


def _as_text(value: object, _: Field) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() or None


def _as_number(value: object, field: Field) -> float | None:
    number = number_of(value)
    if number != number:  # noqa: PLR0124 - only NaN is not itself
        return None
    low = field.minimum if field.minimum is not None else float("-inf")
    high = field.maximum if field.maximum is not None else float("inf")
    return number if low <= number <= high and abs(number) < float("inf") else None


def _as_integer(value: object, field: Field) -> int | None:
    number = _as_number(value, field)
    return int(number) if number is not None and number.is_integer() else None


def _as_date(value: object, _: Field) -> str | None:
    found = _DATE.match(_narrow(str(value)))
    if found is None:
        return None
    try:
        return dt.date(int(found[1]), int(found[2]), int(found[3])).isoformat()
    except ValueError:
        return None


def _as_boolean(value: object, _: Field) -> bool | None:
    word = str(value).strip().casefold()
    return True if word in _TRUE else False if word in _FALSE else None


def _as_term(value: object, field: Field) -> str | None:
    return field.terms.recognise(_as_text(value, field)) if field.terms is not None else None


def _narrow(text: str) -> str:
    """Full-width digits and signs, as input methods leave them, in their ASCII form."""
    return "".join(chr(ord(mark) - 0xFEE0) if 0xFF01 <= ord(mark) <= 0xFF5E else mark for mark in text).strip()  # noqa: PLR2004 - the full-width block


_READERS: Final[Mapping[str, Callable[[object, Field], object]]] = {
    "text": _as_text,
    "number": _as_number,
    "integer": _as_integer,
    "date": _as_date,
    "boolean": _as_boolean,
    "term": _as_term,
}
