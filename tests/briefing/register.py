"""The sample as its database holds it, read by SQL and pandas without a line of the product: what answers rest on."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

MU_PER_M2 = Decimal("0.0015")
CLEARED = ("ready", "announced")
HELD = ("reserved", "developing", *CLEARED)
BARRING = ("farmland", "ecology", "river")
_PARCELS = """
    SELECT p.id, p.code, p.park, p.stage, p.area_m2, p.geometry, c.name_zh AS cluster
    FROM parcels p
    LEFT JOIN assignment own ON own.parcel_id = p.id AND own.scenario_id = :scenario AND own.inherits = 0
    LEFT JOIN assignment base ON base.parcel_id = p.id AND base.scenario_id = 1
    LEFT JOIN cluster c ON c.id = CASE WHEN own.parcel_id IS NULL THEN base.cluster_id ELSE own.cluster_id END
    WHERE p.valid_to IS NULL ORDER BY p.code
"""


def mu(area_m2: float, places: int = 0) -> str:
    """亩 of square metres, half up, with commas."""
    exact = Decimal(str(round(area_m2, 2))) * MU_PER_M2
    return f"{exact.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP):,}"


def headline(area_m2: float) -> str:
    """亩 as a headline has it: 万亩 from ten thousand on."""
    exact = Decimal(str(round(area_m2, 2))) * MU_PER_M2
    if exact >= 10_000:
        return f"{(exact / 10_000).quantize(Decimal('0.01'), ROUND_HALF_UP)} 万亩"
    return f"{mu(area_m2, 0 if exact >= 100 else 2)} 亩"


def percent(part: float, whole: float) -> str:
    """A share without decimals, half up."""
    return f"{(Decimal(str(part)) * 100 / Decimal(str(whole))).quantize(Decimal(1), ROUND_HALF_UP)}%"


@dataclass(frozen=True)
class Register:
    """The tables of a database, a scenario laid over its parcels."""

    path: Path
    scenario: int

    def _read(self, query: str, **told: int) -> pd.DataFrame:
        with sqlite3.connect(self.path) as conn:
            return pd.read_sql(query, conn, params=told)

    def _laid(self, query: str, **told: int) -> gpd.GeoDataFrame:
        frame = self._read(query, **told)
        return gpd.GeoDataFrame(frame.drop(columns="geometry"), geometry=shapely.from_wkb(frame["geometry"]), crs=4549)

    @cached_property
    def parcels(self) -> gpd.GeoDataFrame:
        """Parcels with their cluster in the scenario."""
        return self._laid(_PARCELS, scenario=self.scenario)

    @cached_property
    def base(self) -> gpd.GeoDataFrame:
        """Parcels with their cluster in the base."""
        return self._laid(_PARCELS, scenario=1)

    @cached_property
    def open(self) -> gpd.GeoDataFrame:
        """Parcels that are not supplied."""
        return self.parcels[self.parcels["stage"] != "supplied"]

    @cached_property
    def cleared(self) -> gpd.GeoDataFrame:
        """Parcels that can go to market."""
        return self.open[self.open["stage"].isin(CLEARED)]

    @cached_property
    def roads(self) -> gpd.GeoDataFrame:
        """Roads under way and planned."""
        return self._laid(
            "SELECT name, state, opening, geometry FROM roads WHERE state <> 'built' AND valid_to IS NULL"
        )

    @cached_property
    def facilities(self) -> pd.DataFrame:
        """Schools and housing."""
        return self._read("SELECT name, milestone FROM facilities WHERE valid_to IS NULL")

    @cached_property
    def struck(self) -> pd.DataFrame:
        """Open parcels on what bars building, by overlay: each one's piece, the kind that has most, the worst first."""
        zones = self._laid("SELECT kind, geometry FROM constraints WHERE valid_to IS NULL")
        zones = zones[zones["kind"].isin(BARRING)]
        whole = gpd.overlay(self.open, zones.dissolve()[["geometry"]], how="intersection", keep_geom_type=True)
        by_kind = gpd.overlay(self.open, zones.dissolve("kind").reset_index(), how="intersection", keep_geom_type=True)
        found = whole.assign(piece=whole.area).groupby("code")["piece"].sum()
        kinds = by_kind.assign(piece=by_kind.area).sort_values("piece").groupby("code")["kind"].last()
        table = self.open.set_index("code")[["park", "stage", "area_m2"]].join(found[found >= 1.0], how="inner")
        return table.assign(kind=kinds).sort_values("piece", ascending=False)

    def near(self, roads: gpd.GeoDataFrame, metres: float = 150.0) -> gpd.GeoDataFrame:
        """Open parcels within so many metres of roads, each once."""
        hit = gpd.sjoin(self.open[["code", "geometry"]], roads[["geometry"]], predicate="dwithin", distance=metres)
        return self.open[self.open["code"].isin(hit["code"])]
