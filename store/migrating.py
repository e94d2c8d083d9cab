"""Bringing a database's schema up to this release, in one transaction."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Connection

# every schema version that this release can open, oldest first; a test holds it against the migration scripts
KNOWN: Final = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008")
HEAD: Final = KNOWN[-1]


def upgrade(conn: Connection) -> None:
    """Run the steps that are missing on the caller's transaction: a step that fails takes all of them back."""
    # alembic is imported only when there is something to do: most starts find the schema as it should be
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = conn
    command.upgrade(config, HEAD)
