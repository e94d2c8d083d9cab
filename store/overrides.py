"""Rows of overrides: a reviewer's signature that a parcel may have a cluster in spite of a rule; never changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Connection, insert, select

from store.idsets import among
from store.tables import override


@dataclass(frozen=True, slots=True)
class Override:
    """What was signed: parcel and boundary, cluster, rule and version, cause, the area concerned; by whom and why."""

    scenario_id: int
    parcel_id: int
    shape_sha256: str
    cluster: str
    rule: str
    rule_version: int
    cause_layer: str
    cause_id: int
    area_m2: float
    reason: str
    signed_by: str
    signed_at: str
    audit_seq: int

    @property
    def form(self) -> dict[str, Any]:
        """What the audit chain holds of it: all but the number of its own entry."""
        return {name: value for name, value in asdict(self).items() if name != "audit_seq"}


_COLUMNS: tuple[str, ...] = tuple(item.name for item in fields(Override))


def add(conn: Connection, rows: Sequence[Override]) -> None:
    """Enter signatures."""
    if rows:
        conn.execute(insert(override), [asdict(one) for one in rows])


def of_parcels(conn: Connection, scenario_id: int, parcel_ids: Sequence[int]) -> tuple[Override, ...]:
    """All that was ever signed for these parcels in a scenario, the newest first."""
    query = (
        select(*(override.c[name] for name in _COLUMNS))
        .where(override.c.scenario_id == scenario_id, among(override.c.parcel_id, parcel_ids))
        .order_by(override.c.id.desc())
    )
    return tuple(Override(*row) for row in conn.execute(query))


def of_scenario(conn: Connection, scenario_id: int) -> tuple[Override, ...]:
    """All that was ever signed in a scenario, the newest first."""
    query = (
        select(*(override.c[name] for name in _COLUMNS))
        .where(override.c.scenario_id == scenario_id)
        .order_by(override.c.id.desc())
    )
    return tuple(Override(*row) for row in conn.execute(query))
