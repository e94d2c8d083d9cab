"""After edits of a real database what is carried on from earlier revisions is what measuring everything gives."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo import adjacency
from planning import assigning, joining, reshaping
from planning.atlas import Atlas
from planning.carrying import came_from
from planning.joining import Joining, frontage_by_class, pairs_around
from tests.planning.board import DRAFT, LI, add, made

NEAR = Joining(gap_m=12.0)


@pytest.fixture
def db(tmp_path):
    """Parcels in fifteen rows of ten, a road of 20 m along their south."""
    database = made(tmp_path / "large.sqlite", "ch." * 50)
    south = shapely.LineString([(500_000.0, 3_239_985.0), (501_000.0, 3_239_985.0)])
    columns = {"code": ["R1"], "name": ["南路"], "state": "built", "road_class": ["local"], "width_m": [20.0]}
    add(database, gpd.GeoDataFrame(columns, geometry=[south], crs=4549), "roads")
    joining.forget()
    yield database
    joining.forget()
    database.close()


@pytest.fixture
def updates(monkeypatch):
    """Count how often pairs were measured only where an edit touched."""
    counted = []
    updated = adjacency.updated

    def spy(*args, **kwargs):
        counted.append(1)
        return updated(*args, **kwargs)

    monkeypatch.setattr(adjacency, "updated", spy)
    return counted


def merge_neighbours(db, atlas, at):
    parcels = atlas.parcels()
    edges = parcels.adjacency.query("kind == 'edge'")
    pair = parcels.ids[edges.iloc[at % len(edges)][["left", "right"]].to_numpy(dtype=np.int64)]
    reshaping.merge(db, actor=LI, scenario_id=DRAFT, parcel_ids=pair.tolist(), main_id=int(pair[0]))


def split(db, atlas, at):
    parcels = atlas.parcels()
    row = at % len(parcels)
    west, south, east, north = parcels.geoms[row].bounds
    share = 0.2 + at % 7 * 0.1
    line = shapely.LineString([(west - 1, south + share * (north - south)), (east + 1, north - share * 20)])
    reshaping.split_by_line(db, actor=LI, scenario_id=DRAFT, parcel_id=int(parcels.ids[row]), line=line)


def split_to_area(db, atlas, at):
    parcels = atlas.parcels()
    row = at % len(parcels)
    area_m2 = round(parcels.geoms[row].area * 0.3, 2)
    key = int(parcels.ids[row])
    reshaping.split_to_area(db, actor=LI, scenario_id=DRAFT, parcel_id=key, side=0, area_m2=area_m2, road_m=3.0)


def draw(db, atlas, at):
    _, _, east, north = shapely.total_bounds(atlas.parcels().geoms)
    shape = shapely.box(east - 130, north, east - 20, north + 40 + at % 9)
    reshaping.draw(db, actor=LI, scenario_id=DRAFT, shape=shape, code=f"NEW-{at}")


def undo(db, _atlas, _at):
    assigning.undo(db, actor=LI, scenario_id=DRAFT)


def redo(db, _atlas, _at):
    assigning.redo(db, actor=LI, scenario_id=DRAFT)


STEPS = (
    split, split_to_area, merge_neighbours, draw, undo, undo, redo, redo, split, merge_neighbours, undo, split_to_area,
    undo, undo, undo, undo, undo, redo, redo, split, draw, merge_neighbours,
)  # fmt: skip


def all_of(atlas):
    """Every table that is kept of a whole layer."""
    rows = np.arange(len(atlas.parcels()))
    near = pairs_around(atlas, atlas.scenario(DRAFT), NEAR).frame
    edges = pairs_around(atlas, atlas.scenario(DRAFT), Joining()).frame
    return atlas.parcels().adjacency, near, edges, frontage_by_class(atlas, rows)


def test_what_is_carried_on_is_what_a_fresh_atlas_measures(db, updates):
    atlas = Atlas(db)
    tables, last = joining._tables, joining._last
    all_of(atlas)
    for nth, step in enumerate(STEPS):
        step(db, atlas, nth * 17 + 5)
        before = len(updates)
        carried = all_of(atlas)
        assert len(updates) == before + 2
        joining._tables, joining._last = type(tables)(), type(last)()
        anew = all_of(Atlas(db))
        joining._tables, joining._last = tables, last
        assert len(updates) == before + 2
        for one, other in zip(carried, anew, strict=True):
            pd.testing.assert_frame_equal(one, other, atol=1e-9)


def test_edits_that_nobody_asked_about_are_carried_over_together(db, updates):
    atlas = Atlas(db)
    _ = atlas.parcels().adjacency
    for nth in range(4):
        split(db, atlas, nth * 31)
        atlas.parcels()
    pd.testing.assert_frame_equal(atlas.parcels().adjacency, Atlas(db).parcels().adjacency, atol=1e-9)
    assert len(updates) == 1


def test_a_row_came_from_the_one_with_its_id_and_its_vertices():
    boxes = np.array([shapely.box(at, 0, at + 1, 1) for at in range(40)], dtype=object)
    ids = np.arange(40) * 3
    now, ids_now = np.delete(boxes, 7), np.delete(ids, 7)
    now[20] = shapely.box(21, 0, 22, 1.001)
    origin = came_from(ids, boxes, ids_now, now)
    assert origin is not None
    assert origin.tolist() == [*range(7), *range(8, 21), -1, *range(22, 40)]
    assert came_from(ids, boxes, ids + 1, boxes) is None
    assert came_from(ids[:0], boxes[:0], ids, boxes) is None
