"""A layer measured apart is the layer measured whole, however it is cut and in whatever order its rows lie."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from dask.distributed import LocalCluster

from benchmarks.fabric import fabric
from planning import asking_apart
from planning.analysing import analyse
from planning.errors import Refused

COUNT = 3_000
CITY = fabric(COUNT)
TABLES = ("areas", "adjacency", "frontage", "blocks", "overlaps")


def parcels() -> gpd.GeoDataFrame:
    """Rows in no order; a row in two parts at both ends of the town, one drawn twice, one missing, one as a bow tie."""
    shapes = CITY.parcels.copy()
    shapes[0] = shapely.multipolygons([shapes[0], shapes[-1]])
    shapes[-1] = shapes[10]
    shapes[40] = None
    west, south = shapely.bounds(CITY.parcels).min(axis=0)[:2]
    shapes[41] = shapely.Polygon([(west - 9, south), (west, south + 9), (west - 9, south + 9), (west, south)])
    order = np.random.default_rng(3).permutation(COUNT)
    return gpd.GeoDataFrame({"地块": [f"P{row:04d}" for row in order]}, geometry=shapes[order], crs=4549)


def cut_up(frame: gpd.GeoDataFrame, folder: Path, files: int) -> Path:
    folder.mkdir()
    for nth, rows in enumerate(np.array_split(np.arange(len(frame)), files)):
        frame.iloc[rows].to_parquet(folder / f"{nth:03d}.parquet")
    return folder


def same(one: Path, other: Path) -> None:
    """Rows, kinds, numbers and order are equal; lengths to the last digits, which depend on the order of adding."""
    for name in TABLES:
        a, b = (pd.read_parquet(out / f"{name}.parquet") for out in (one, other))
        pd.testing.assert_frame_equal(a, b, rtol=0.0, atol=1e-9)


@pytest.fixture
def layers(tmp_path: Path) -> tuple[Path, Path]:
    parcels().to_parquet(tmp_path / "parcels.parquet")
    gpd.GeoDataFrame(geometry=CITY.roads, crs=4549).to_parquet(tmp_path / "roads.parquet")
    return tmp_path / "parcels.parquet", tmp_path / "roads.parquet"


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch):
    """Workers in threads of this process, each with several files in turn, and pieces as small as they come."""
    monkeypatch.setattr(asking_apart, "PIECE_ROWS", 1)
    monkeypatch.setattr(asking_apart, "GROUPS_A_SLOT", 1)
    with LocalCluster(
        processes=False, n_workers=1, threads_per_worker=2, dashboard_address=None, worker_dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


@pytest.mark.parametrize("code", [None, "地块"])
def test_many_files_in_no_order_with_roads_are_the_one_file_on_one_machine(layers, in_process, tmp_path, code):
    whole, roads = layers
    one = analyse(whole, roads=roads, code=code, near_m=3.0, out=tmp_path / "a")
    parts = cut_up(gpd.read_parquet(whole), tmp_path / "parts", 12)
    road_parts = cut_up(gpd.read_parquet(roads), tmp_path / "road_parts", 3)
    apart = analyse(
        parts, roads=road_parts, code=code, near_m=3.0, out=tmp_path / "b", engine="dask", cluster=in_process
    )
    same(tmp_path / "a", tmp_path / "b")
    assert apart.summary["spent"]["pieces"] > 10
    assert one.summary["counts"]["refused"] == 1
    assert one.summary["counts"]["overlap"] > 0
    for told in ("counts", "refused", "crs", "parameters"):
        assert apart.summary[told] == one.summary[told]
    assert apart.summary["totals"] == pytest.approx(one.summary["totals"], rel=1e-12)
    assert set(apart.summary["seconds"]) == set(one.summary["seconds"])
    assert sorted(path.name for path in (tmp_path / "b").iterdir()) == sorted(
        path.name for path in (tmp_path / "a").iterdir()
    )


@pytest.fixture
def own_main(monkeypatch: pytest.MonkeyPatch) -> None:
    """Worker processes run the main module of who starts them: here none, whatever another test has put there."""
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))


@pytest.mark.usefixtures("own_main")
def test_processes_of_this_machine_give_the_same(layers, tmp_path):
    whole, _ = layers
    analyse(whole, out=tmp_path / "a")
    parts = cut_up(gpd.read_parquet(whole), tmp_path / "parts", 4)
    apart = analyse(parts, out=tmp_path / "b", engine="dask")
    same(tmp_path / "a", tmp_path / "b")
    assert apart.summary["counts"]["roads"] == 0


def test_files_in_two_crs_are_refused(layers, in_process, tmp_path):
    whole, _ = layers
    parts = cut_up(gpd.read_parquet(whole), tmp_path / "parts", 2)
    gpd.read_parquet(parts / "001.parquet").to_crs(4547).to_parquet(parts / "001.parquet")
    for engine in ("local", "dask"):
        with pytest.raises(Refused) as refused:
            analyse(parts, out=tmp_path / "b", engine=engine, cluster=in_process)
        assert refused.value.faults[0].code == "crs_conflict"
    assert list((tmp_path / "b").iterdir()) == []


def test_a_file_that_cannot_be_read_is_named(layers, in_process, tmp_path):
    whole, _ = layers
    parts = cut_up(gpd.read_parquet(whole), tmp_path / "parts", 3)
    (parts / "001.parquet").write_bytes(b"PAR1 and no more PAR1")
    with pytest.raises(Refused) as refused:
        analyse(parts, out=tmp_path / "b", engine="dask", cluster=in_process)
    assert refused.value.faults[0].where == "001.parquet"


def test_a_cluster_that_does_not_answer_is_refused(layers, tmp_path):
    with pytest.raises(Refused) as refused:
        analyse(layers[0], out=tmp_path / "b", engine="dask", cluster="nonsense://127.0.0.1:1")
    assert refused.value.faults[0].code == "cluster_unreachable"


@pytest.mark.parametrize("engine", ["local", "dask"])
def test_a_folder_that_cannot_be_made_is_refused(layers, in_process, tmp_path, engine):
    (tmp_path / "taken").write_text("a file", "utf-8")
    with pytest.raises(Refused) as refused:
        analyse(layers[0], out=tmp_path / "taken", engine=engine, cluster=in_process)
    assert refused.value.faults[0].code == "cannot_write"
