"""Which cluster a scenario gives each parcel, inside a transaction: now, or as its own rows stood at an earlier act."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from store import assignments, scenarios


@dataclass(frozen=True, slots=True)
class Effective:
    """Per parcel asked for: the cluster that shows (database id, 0 = none), what the base gives, whether it is own."""

    cluster: NDArray[np.int64]
    inherited: NDArray[np.int64]
    own: NDArray[np.bool_]


def effective(conn: Connection, scenario_id: int, ids: NDArray[np.int64], *, until: int | None = None) -> Effective:
    """Resolve a scenario over its bases for rising parcel ids; ``until`` takes its own rows as of an audit entry."""
    shown = np.zeros(len(ids), dtype=np.int64)
    inherited = shown
    own = np.zeros(len(ids), dtype=bool)
    for one in reversed(scenarios.chain(conn, scenario_id)):
        inherited = shown.copy()
        as_of = until if one == scenario_id else None
        held = assignments.columns(conn, one) if as_of is None else assignments.columns_until(conn, one, as_of)
        mine = ~held.inherits & np.isin(held.parcel_id, ids)
        rows = np.searchsorted(ids, held.parcel_id[mine])
        shown[rows] = held.cluster_id[mine]
        own = np.zeros(len(ids), dtype=bool)
        own[rows] = True
    return Effective(shown, inherited, own)
