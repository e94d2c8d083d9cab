"""What holds for the whole database: its CRS and identity, decided when it was made; what its office has set since."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert, select

from store.tables import setting


def read(conn: Connection, key: str) -> str:
    """Return the setting; SQLAlchemy's NoResultFound when the database, not being whole, has none."""
    return str(conn.execute(select(setting.c.value).where(setting.c.key == key)).scalar_one())


def find(conn: Connection, key: str) -> str | None:
    """Return the setting, None where nobody has set it."""
    found = conn.execute(select(setting.c.value).where(setting.c.key == key)).scalar_one_or_none()
    return None if found is None else str(found)


def put(conn: Connection, key: str, value: str) -> None:
    """Set what an office may set again; the audit entry is the caller's to make."""
    conn.execute(delete(setting).where(setting.c.key == key))
    conn.execute(insert(setting).values(key=key, value=value))


def write(conn: Connection, key: str, value: str) -> None:
    """Enter a setting of the making of the database, which is not changed afterwards."""
    conn.execute(insert(setting).values(key=key, value=value))
