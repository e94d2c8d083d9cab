"""The little language of ``--where``: columns, comparisons, ``and``; read by hand, never evaluated.

stage=ready and area_mu>=50 and town='苏溪镇'
cluster in (chips, led) and name contains '产业园' and note is empty
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from layers.schema import LAYERS
from planning.conditions import EXTRA_FIELDS, Condition
from planning.errors import Fault, Refused

_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<quoted>'[^']*'|"[^"]*")|(?P<sign><=|>=|!=|<>|==|&&|[=<>~(),，（）])|(?P<word>[^\s=<>~!(),，（）&'"]+))"""
)
_AND: Final = frozenset({"and", "&&", "且", "并且"})
_SIGNS: Final = MappingProxyType({
    "=": "=", "==": "=", "!=": "!=", "<>": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "~": "contains",
})  # fmt: skip
_NOTHING: Final = frozenset({"none", "null", "无", "未分配"})
_LONGEST: Final = 2_000


class _Tokens:
    """The words of an expression, taken one after another; a token is its kind and its text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[tuple[str, str]] = []
        place = 0
        while text[place:].strip():
            match = _TOKEN.match(text, place)
            if match is None:
                raise _refused(text, text[place:].strip()[:20])
            kind = match.lastgroup or ""
            self._found.append((kind, match[kind]))
            place = match.end()
        self._next = 0

    def take(self) -> tuple[str, str]:
        if self._next >= len(self._found):
            raise _refused(self._text, "")
        self._next += 1
        return self._found[self._next - 1]

    @property
    def left(self) -> bool:
        return self._next < len(self._found)

    def refuse(self, near: str) -> Refused:
        return _refused(self._text, near)


def parse(text: str) -> list[Condition]:
    """Read an expression into conditions that must all be met.

    Raises
    ------
    Refused
        ``where_malformed`` with the place. Whether columns and values exist is judged by ``planning.selecting``.
    """
    if len(text) > _LONGEST:
        raise _refused(text[:40], text[:20])
    tokens = _Tokens(text)
    conditions = [_condition(tokens)]
    while tokens.left:
        kind, word = tokens.take()
        if kind == "quoted" or word.casefold() not in _AND:
            raise tokens.refuse(word)
        conditions.append(_condition(tokens))
    return conditions


def _condition(tokens: _Tokens) -> Condition:
    kind, name = tokens.take()
    if kind == "sign":
        raise tokens.refuse(name)
    field = _FIELDS.get(name.strip("'\"").casefold(), name.strip("'\""))
    kind, sign = tokens.take()
    word = sign.casefold()
    if kind == "sign" and sign in _SIGNS:
        return Condition(field, _SIGNS[sign], _value(tokens, field))
    if word in {"contains", "含", "包含"}:
        return Condition(field, "contains", _value(tokens, field))
    if word in {"in", "属于"}:
        return Condition(field, "in", _values(tokens, field))
    if word in {"is", "为"}:
        _, state = tokens.take()
        if state.casefold() in {"empty", "空"}:
            return Condition(field, "empty")
        if state.casefold() in {"filled", "非空"}:
            return Condition(field, "filled")
    raise tokens.refuse(sign)


def _value(tokens: _Tokens, field: str) -> object:
    kind, word = tokens.take()
    if kind == "sign":
        raise tokens.refuse(word)
    if kind == "quoted":
        return word[1:-1]
    return None if field == "cluster" and word.casefold() in _NOTHING else word


def _values(tokens: _Tokens, field: str) -> tuple[object, ...]:
    _, mark = tokens.take()
    if mark not in {"(", "（"}:
        raise tokens.refuse(mark)
    found = [_value(tokens, field)]
    while True:
        _, mark = tokens.take()
        if mark in {")", "）"}:
            return tuple(found)
        if mark not in {",", "，"}:
            raise tokens.refuse(mark)
        found.append(_value(tokens, field))


def _refused(text: str, near: str) -> Refused:
    return Refused(Fault("where_malformed", {"near": near, "where": text[:200]}))


def _field_names() -> Mapping[str, str]:
    """Every name that a column goes by, in small letters, to its key."""
    names = {key.casefold(): key for key in EXTRA_FIELDS}
    for field in LAYERS["parcels"].fields:
        names |= {spelling.casefold(): field.key for spelling in (*field.spellings, field.en, field.zh, field.key)}
    return MappingProxyType(names | {"产业集群": "cluster", "集群": "cluster", "面积亩": "area_mu", "亩": "area_mu"})


_FIELDS: Final = _field_names()
