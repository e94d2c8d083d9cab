"""What was decided when the database was made: its CRS, its identity."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select

from store.tables import setting


def read(conn: Connection, key: str) -> str:
    """Return the setting; SQLAlchemy's NoResultFound when the database, not being whole, has none."""
    return str(conn.execute(select(setting.c.value).where(setting.c.key == key)).scalar_one())


def write(conn: Connection, key: str, value: str) -> None:
    """Enter a setting once; settings are not changed afterwards."""
    conn.execute(insert(setting).values(key=key, value=value))
