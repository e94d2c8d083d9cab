"""Which clusters go together in one block of land, by the office's table of conflicts.

The table is data (``data/rules/conflicts.csv``). Two clusters do not go together when a rule of one names the other at
a level that forbids or wants a justification, whatever its distance: one block is no place to keep a distance in.
"""

from __future__ import annotations

import csv
import io
from typing import Final

PARTING_LEVELS: Final = ("forbidden", "justify")
_COLUMNS: Final = ("subject", "object_layer", "object", "level")


class ConflictTableRefused(ValueError):
    """The table lacks columns; ``missing`` names them."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(*missing)
        self.missing = missing


def parted_clusters(text: str) -> frozenset[frozenset[str]]:
    """Read from CSV text which pairs of cluster codes do not go together."""
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if missing := tuple(name for name in _COLUMNS if name not in (reader.fieldnames or ())):
        raise ConflictTableRefused(missing)
    return frozenset(
        frozenset((row["subject"].strip(), row["object"].strip()))
        for row in reader
        if row["object_layer"].strip() == "clusters" and row["level"].strip() in PARTING_LEVELS
    )
