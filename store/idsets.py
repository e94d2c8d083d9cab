"""A set of keys that a query can be held against: 200 ids or 100,000 by the same statement."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, column, func, select


def among(where: ColumnElement[Any], values: Sequence[int] | Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a column holds one of the values.

    SQLite takes at most 32,766 bound values a statement; one JSON text has no such limit. As ``IN (SELECT …)``
    SQLite sorts the values once and goes by the column's index; as a join it may scan the values for every row,
    which is quadratic (measured: 100,000 against 100,000 did not end in ten minutes). Another database would
    say ``= ANY(…)`` here.
    """
    listed = json.dumps([value if isinstance(value, str) else int(value) for value in values])
    each = func.json_each(listed).table_valued(column("value")).alias("wanted")
    return where.in_(select(each.c.value))
