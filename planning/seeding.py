"""A new database: its clusters, the base scenario 现状, a first draft, and the sample when asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import geopandas as gpd
from sqlalchemy import Connection

from layers.clusters import ClusterListRefused, parse_clusters
from layers.schema import LAYERS
from planning import rule_book, scenarios
from planning.actors import Actor, Clock, utc_now
from planning.errors import Fault, Refused
from planning.features import insert_features
from planning.writing import Act
from store import clusters, revisions
from store.database import DEFAULT_EPSG, Database

DATA: Final = Path(__file__).resolve().parent.parent / "data"
BASE_NAME: Final = "现状"
FIRST_DRAFT: Final = "方案一"
# the sample is drawn in this CRS and in no other
SAMPLE_EPSG: Final = 4549
SAMPLE_SOURCE: Final = "示例数据"
# towns and parks first: parcels are placed in them
_ORDER: Final = ("towns", "parks", *(name for name in LAYERS if name not in {"towns", "parks"}))


def create(
    url: str,
    *,
    epsg: int = DEFAULT_EPSG,
    sample: bool = False,
    actor: Actor,
    folder: Path = DATA,
    clock: Clock = utc_now,
) -> Database:
    """Make a database for one projected CRS and open it; it appears whole or not at all, and never over another.

    ``folder`` holds ``rules/*.csv`` and ``sample/*.geojson``.

    Raises
    ------
    Refused
        The sample is of another CRS than the database, a file of it is missing or not what it should be.
    geo.crs.CrsRefused, store.errors.DatabaseExists
        As for ``Database.create``.
    """
    if sample and epsg != SAMPLE_EPSG:
        raise Refused(Fault("sample_of_other_crs", {"sample": SAMPLE_EPSG, "database": epsg}))
    with Database.building(url, epsg) as db, db.write() as conn:
        act = Act.begin(conn, actor, clock)
        act.audit("create", "database", {"epsg": epsg, "sample": sample})
        _add_clusters(act, folder / "rules" / "clusters.csv")
        rule_book.seed(act, folder / "rules")
        scenarios.add_first(act, base_name=BASE_NAME, draft_name=FIRST_DRAFT)
        if sample:
            for layer in _ORDER:
                _add_sample(conn, layer, folder / "sample" / f"{layer}.geojson", actor=actor, clock=clock)
    return Database.open(url)


def _add_clusters(act: Act, path: Path) -> None:
    if not path.is_file():
        raise Refused(Fault("file_missing", {}, path.name))
    try:
        listed = parse_clusters(path.read_text(encoding="utf-8"))
    except ClusterListRefused as error:
        raise Refused(
            *(Fault(code, {"value": value}, f"{path.name} line {line}") for line, code, value in error.faults)
        ) from error
    clusters.add_all(act.conn, listed)
    revisions.raise_one(act.conn, revisions.CLUSTERS)
    act.audit("set_clusters", "clusters", {"codes": [one.code for one in listed]})


def _add_sample(conn: Connection, layer: str, path: Path, *, actor: Actor, clock: Clock) -> None:
    if not path.is_file():
        raise Refused(Fault("file_missing", {}, path.name))
    collection: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    declared = str(collection.get("crs", {}).get("properties", {}).get("name", ""))
    if not declared.endswith(f":{SAMPLE_EPSG}"):
        raise Refused(Fault("sample_of_other_crs", {"sample": declared, "database": SAMPLE_EPSG}, path.name))
    frame = gpd.GeoDataFrame.from_features(collection["features"], crs=SAMPLE_EPSG)
    if len(frame):
        insert_features(conn, layer, frame, source=SAMPLE_SOURCE, is_sample=True, actor=actor, clock=clock)
