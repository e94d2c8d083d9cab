"""A cell's value as a person or a program gives it, turned into what the database holds, or refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from layers.schema import LAYERS, Field
from planning.errors import Fault, Refused

# a text cell is a line or a paragraph; longer is a paste gone wrong
LONGEST_TEXT: Final = 2000


def stored_value(key: str, value: object, *, layer: str = "parcels") -> object:
    """Return a cell's value in the form that the database holds; Refused with the reason when it cannot be taken."""
    schema = LAYERS[layer]
    if key not in schema.keys:
        raise Refused(Fault("unknown_field", {"field": key}))
    field = schema.field(key)
    if not field.editable:
        raise Refused(Fault("not_editable", {"field": key}))
    if (
        value is None
        or (isinstance(value, str) and not value.strip())
        or (isinstance(value, float) and math.isnan(value))
    ):
        return None
    return _READERS[field.kind](field, value)


def _text(field: Field, value: object) -> object:
    text = str(value).strip()
    if len(text) > LONGEST_TEXT:
        raise Refused(Fault("text_too_long", {"field": field.key, "length": len(text), "longest": LONGEST_TEXT}))
    if any(ord(char) < ord(" ") and char not in "\n\t" for char in text):
        raise Refused(Fault("control_character", {"field": field.key}))
    return text


def _term(field: Field, value: object) -> object:
    key = field.terms.recognise(value) if field.terms is not None else None
    if key is None:
        known = tuple(field.terms or ())
        raise Refused(Fault("not_a_term", {"field": field.key, "value": str(value), "known": known}))
    return key


def _number(field: Field, value: object) -> object:
    try:
        number = float(str(value))
    except ValueError as error:
        raise Refused(Fault("not_a_number", {"field": field.key, "value": str(value)})) from error
    low, high = field.minimum, field.maximum
    if not math.isfinite(number) or (low is not None and number < low) or (high is not None and number > high):
        raise Refused(Fault("out_of_range", {"field": field.key, "value": number, "least": low, "most": high}))
    return number


def _integer(field: Field, value: object) -> object:
    number = _number(field, value)
    if number != int(str(number).split(".", maxsplit=1)[0]):
        raise Refused(Fault("not_whole", {"field": field.key, "value": str(value)}))
    return int(float(str(value)))


def _date(field: Field, value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()[:10]
    try:
        return date.fromisoformat(str(value).strip()[:10]).isoformat()
    except ValueError as error:
        raise Refused(Fault("not_a_date", {"field": field.key, "value": str(value)})) from error


def _boolean(field: Field, value: object) -> object:
    if not isinstance(value, bool):
        raise Refused(Fault("not_a_boolean", {"field": field.key, "value": str(value)}))
    return value


_READERS: Final[Mapping[str, Callable[[Field, object], object]]] = {
    "text": _text,
    "term": _term,
    "number": _number,
    "integer": _integer,
    "date": _date,
    "boolean": _boolean,
}
