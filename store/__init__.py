"""The database and nothing else."""

from __future__ import annotations

from store.database import Database, default_url, open_default

__all__ = ["Database", "default_url", "open_default"]
