"""A layer measured in pieces is the layer measured whole, however it is cut and in whatever order its rows lie."""

from __future__ import annotations

import sys
from types import ModuleType

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from benchmarks.fabric import fabric
from geo.adjacency import adjacency
from geo.flat import FlatPolygons
from geo.frontage import frontage
from geo.partition import bounds_of, pieces
from planning.analysing import analyse
from planning.errors import Refused
from planning.measuring_apart import Asked, measure, measure_piece

ASKED = Asked(epsg=4549, tolerance_m=0.10, road_distance_m=20.0, near_m=None)
CITY = fabric(1_500)
SHUFFLED = np.random.default_rng(3).permutation(len(CITY.parcels))


@pytest.mark.parametrize("order", [np.arange(1_500), SHUFFLED], ids=["sorted", "shuffled"])
def test_pieces_together_give_what_the_whole_gives(order):
    parcels = CITY.parcels[order]
    flat = FlatPolygons.of(parcels)
    cut = pieces(bounds_of(flat), most_rows=100, reach_m=20.1)
    assert np.sort(np.concatenate([piece.rows[piece.own] for piece in cut])).tolist() == list(range(1_500))
    every = np.arange(len(CITY.roads))
    found = [measure_piece(flat.take(piece.rows), piece, CITY.roads, every, ASKED) for piece in cut]
    pairs = pd.concat([each.pairs for each in found]).sort_values(["left", "right"], ignore_index=True)
    pd.testing.assert_frame_equal(pairs, adjacency(flat), rtol=0.0, atol=1e-9)
    facing = pd.concat([each.facing for each in found]).sort_values(["parcel", "road"], ignore_index=True)
    pd.testing.assert_frame_equal(facing, frontage(parcels, CITY.roads), rtol=0.0, atol=1e-6)


@pytest.fixture
def own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker processes run the main module of who starts them: here none, whatever another test has put there."""
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))


@pytest.mark.usefixtures("own_main")
def test_a_cluster_of_this_machine_gives_the_same():
    found = measure(CITY.flat, CITY.roads, ASKED, piece_rows=400)
    pd.testing.assert_frame_equal(found.pairs, adjacency(CITY.flat), rtol=0.0, atol=1e-9)
    assert found.areas["id"].tolist() == list(range(1_500))


@pytest.mark.usefixtures("own_main")
def test_a_folder_of_files_on_a_cluster_is_the_one_file_on_one_machine(tmp_path):
    frame = gpd.GeoDataFrame({"code": np.arange(1_500)}, geometry=CITY.parcels[SHUFFLED], crs=4549)
    roads = gpd.GeoDataFrame(geometry=CITY.roads, crs=4549)
    roads.to_parquet(tmp_path / "r.parquet")
    frame.to_parquet(tmp_path / "whole.parquet")
    (tmp_path / "parts").mkdir()
    for at in range(3):
        frame[at * 500 : at * 500 + 500].to_parquet(tmp_path / "parts" / f"{at}.parquet")
    whole = analyse(tmp_path / "whole.parquet", roads=tmp_path / "r.parquet", out=tmp_path / "a")
    apart = analyse(tmp_path / "parts", roads=tmp_path / "r.parquet", out=tmp_path / "b", engine="dask")
    assert apart.summary["counts"] == whole.summary["counts"]
    assert set(apart.summary["seconds"]) == set(whole.summary["seconds"])
    for name in ("areas", "adjacency", "frontage", "blocks", "overlaps"):
        one, other = (pd.read_parquet(tmp_path / out / f"{name}.parquet") for out in "ab")
        pd.testing.assert_frame_equal(one, other, rtol=0.0, atol=1e-6)


def test_a_cluster_that_does_not_answer_is_refused():
    with pytest.raises(Refused) as refused:
        measure(CITY.flat, CITY.roads, ASKED, cluster="nonsense://127.0.0.1:1")
    assert refused.value.faults[0].code == "cluster_unreachable"
