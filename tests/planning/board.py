"""A small board to paint on: parcels of 100 m × 100 m in rows of ten, with codes P00, P01, …"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import shapely

from planning.actors import Actor
from planning.features import insert_features
from planning.seeding import create
from store.database import Database

LI: Final = Actor("李工", "app")
WANG: Final = Actor("王工", "app")
DRAFT: Final = 2
LETTERS: Final = {"c": "chips", "h": "health", ".": None}


def parcels(plan: str, *, prefix: str = "P", east: float = 500_000.0) -> gpd.GeoDataFrame:
    """One parcel a letter: ``c`` chips, ``h`` health, ``.`` unassigned in the base; west to east in rows of ten."""
    at = np.arange(len(plan))
    west, south = east + at % 10 * 100.0, 3_240_000.0 + at // 10 * 100.0
    columns = {
        "code": [f"{prefix}{number:02}" for number in at],
        "name": [f"地块{number:02}" for number in at],
        "stage": "reserved",
        "cluster": [LETTERS[letter] for letter in plan],
    }
    return gpd.GeoDataFrame(columns, geometry=shapely.box(west, south, west + 100, south + 100), crs=4549)


def add(db: Database, frame: gpd.GeoDataFrame, layer: str = "parcels") -> list[int]:
    """Enter rows and return their ids."""
    with db.write() as conn:
        ids = insert_features(conn, layer, frame, source="test", is_sample=False, actor=LI)
        return [int(key) for key in ids]


def made(path: Path, plan: str) -> Database:
    """Make a database with the parcels of a plan, the base 现状 (1) and the draft 方案一 (2)."""
    db = create(f"sqlite:///{path}", actor=LI)
    add(db, parcels(plan))
    return db


def copy_of(source: Database, path: Path) -> Database:
    """Copy a closed-down database file: quicker than making another."""
    source.settle()
    shutil.copyfile(source.path, path)
    return Database.open(f"sqlite:///{path}")
