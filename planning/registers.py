"""The parcel register: one row a parcel with its official areas and its cluster in a scenario, as 地块台账 shows it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from layers.schema import AREA, ELLIPSOID_AREA, LAYERS, Field
from layers.vocabulary import STAGES
from planning.snapshots import ParcelSnapshot, ScenarioSnapshot

CLUSTER: Final = Field("cluster", "text", "产业集群", "Industry cluster")
AREA_MU: Final = Field("area_mu", "number", "面积", "Area", "亩")
AREA_HA: Final = Field("area_ha", "number", "面积", "Area", "公顷")
LOCKED: Final = Field("locked", "boolean", "锁定", "Locked")
# what a planner looks for first stands first
COLUMNS: Final[tuple[Field, ...]] = (
    *(LAYERS["parcels"].field(key) for key in ("code", "name", "town", "park", "stage")),
    CLUSTER, AREA_MU, AREA_HA, AREA, ELLIPSOID_AREA, LOCKED,
    *(field for field in LAYERS["parcels"].fields if field.key not in {"code", "name", "town", "park", "stage"}),
)  # fmt: skip
VERSION: Final = "version"


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """Some rows of a register, with the number of the page they are and how many pages there are."""

    rows: pd.DataFrame
    number: int
    pages: int


def register(parcels: ParcelSnapshot, state: ScenarioSnapshot) -> pd.DataFrame:
    """Return the register of a scenario: index = id, columns = keys of COLUMNS and the parcel's version.

    亩 and 公顷 are derived from the ㎡ that are rounded to 0.01; ``cluster`` is a code, None where unassigned.
    """
    square_metres = parcels.centi_m2 / 100
    derived = {
        "cluster": np.array([*state.codes, *[None] * (256 - len(state.codes))], dtype=object)[state.cluster],
        "area_mu": np.round(square_metres * 0.0015, 6),
        "area_ha": np.round(square_metres / 10_000, 6),
        "area_m2": square_metres,
        "locked": state.locked,
    }
    columns = {
        field.key: derived[field.key] if field.key in derived else parcels.frame[field.key].to_numpy()
        for field in COLUMNS
    }
    return pd.DataFrame({**columns, VERSION: parcels.frame[VERSION].to_numpy()}, index=pd.Index(parcels.ids, name="id"))


def chosen(
    whole: pd.DataFrame, ids: NDArray[np.int64] | None, *, sort: str = "code", descending: bool = False
) -> pd.DataFrame:
    """Return the rows of these ids (None = all), sorted by a column; stages in the order of work, empty cells last."""
    rows = whole if ids is None else whole.loc[whole.index.isin(ids)]
    if sort == "stage":
        order = {key: at for at, key in enumerate(STAGES)}
        return rows.sort_values(sort, ascending=not descending, kind="stable", key=lambda column: column.map(order))
    return rows.sort_values(sort, ascending=not descending, kind="stable", na_position="last")


def total_m2(rows: pd.DataFrame) -> Decimal:
    """The sum of the rows' official areas, from whole hundredths of a m²."""
    return Decimal(int(np.rint(rows["area_m2"].to_numpy() * 100).astype(np.int64).sum())).scaleb(-2)


def page_of(rows: pd.DataFrame, *, number: int, size: int) -> RegisterPage:
    """Return one page, counted from 1; a number beyond the last gives the last."""
    pages = max(1, -(-len(rows) // size))
    number = min(max(1, number), pages)
    return RegisterPage(rows.iloc[(number - 1) * size : number * size], number, pages)
