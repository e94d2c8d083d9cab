"""A set of keys as a table that a query can join: 200 ids or 100,000 by the same statement."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection, FromClause, column, func


def id_table(_conn: Connection, values: Sequence[int] | Sequence[str]) -> FromClause:
    """Return a FROM element with one column ``value``.

    SQLite takes at most 32,766 bound values a statement; one JSON text has no such limit. The connection is asked for
    because another database would say it otherwise (``unnest``).
    """
    listed = json.dumps([value if isinstance(value, str) else int(value) for value in values])
    return func.json_each(listed).table_valued(column("value"), joins_implicitly=True).alias("wanted")
