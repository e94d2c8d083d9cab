"""Whether every kept suitability model is the one that the audit chain says was kept."""

from __future__ import annotations

import json
from collections.abc import Iterator

from sqlalchemy import Connection

from planning.errors import Fault
from store import audit, suitability_models


def model_faults(conn: Connection) -> Iterator[Fault]:
    """Versions that differ from their entry in the audit chain, or have none, or are gone."""
    said = {
        (entry.subject.removeprefix("suitability:"), (detail := json.loads(entry.detail))["version"]): detail["form"]
        for entry in audit.entries(conn)
        if entry.verb == "save_model"
    }
    held = {(row.name, row.version): row.form for row in suitability_models.everything(conn)}
    for key in sorted(said.keys() | held.keys()):
        if said.get(key) != held.get(key):
            yield Fault("model_not_in_audit", {"name": key[0], "version": key[1]}, f"suitability_model {key[0]}")
