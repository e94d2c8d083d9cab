"""A new database appears whole or not at all, with its clusters, scenarios and, when asked for, the sample."""

from __future__ import annotations

import json
import shutil

import pytest

from geo.crs import CrsRefused
from planning.atlas import Atlas
from planning.errors import Refused
from planning.guarding import verify
from planning.seeding import DATA, create
from store.errors import DatabaseExists
from tests.planning.board import LI


def test_the_sample_is_marked_in_every_layer_and_verifies(tmp_path):
    db = create(f"sqlite:///{tmp_path}/a.sqlite", sample=True, actor=LI)
    atlas = Atlas(db)
    for path in sorted((DATA / "sample").glob("*.geojson")):
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        layer = atlas.layer(path.stem)
        assert sorted(layer.codes) == sorted(one["properties"]["code"] for one in features)
        assert layer.frame["is_sample"].all()
    base = atlas.scenario(1)
    given = {one["properties"]["code"]: one["properties"].get("cluster") for one in _parcels()}
    held = {code: base.code_at(row) for row, code in enumerate(atlas.parcels().codes)}
    assert held == given
    assert verify(db).ok
    db.close()


def test_without_the_sample_there_are_clusters_and_two_scenarios(tmp_path):
    db = create(f"sqlite:///{tmp_path}/a.sqlite", epsg=4548, actor=LI)
    atlas = Atlas(db)
    assert len(atlas.clusters()) >= 8
    assert [(one.name, one.base_id, one.editable) for one in atlas.scenarios()] == [
        ("现状", None, False),
        ("方案一", 1, True),
    ]
    assert len(atlas.parcels()) == 0
    assert db.epsg == 4548
    db.close()


def test_nothing_is_overwritten(tmp_path):
    create(f"sqlite:///{tmp_path}/a.sqlite", actor=LI).close()
    held = (tmp_path / "a.sqlite").read_bytes()
    with pytest.raises(DatabaseExists):
        create(f"sqlite:///{tmp_path}/a.sqlite", actor=LI)
    assert (tmp_path / "a.sqlite").read_bytes() == held


@pytest.mark.parametrize("absent", ["sample/roads.geojson", "rules/clusters.csv"])
def test_a_missing_file_leaves_no_half_database(tmp_path, absent):
    for part in ("sample", "rules"):
        shutil.copytree(DATA / part, tmp_path / "data" / part, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (tmp_path / "data" / absent).unlink()
    with pytest.raises(Refused) as caught:
        create(f"sqlite:///{tmp_path}/db/a.sqlite", sample=True, actor=LI, folder=tmp_path / "data")
    assert (caught.value.faults[0].code, caught.value.faults[0].where) == ("file_missing", absent.split("/")[1])
    assert not list((tmp_path / "db").iterdir())


def test_the_sample_goes_into_its_own_crs_only(tmp_path):
    with pytest.raises(Refused) as caught:
        create(f"sqlite:///{tmp_path}/a.sqlite", epsg=4548, sample=True, actor=LI)
    assert caught.value.faults[0].code == "sample_of_other_crs"


@pytest.mark.parametrize("epsg", [4490, 3857, 2227])
def test_a_storage_crs_is_projected_and_metric(tmp_path, epsg):
    with pytest.raises(CrsRefused):
        create(f"sqlite:///{tmp_path}/a.sqlite", epsg=epsg, actor=LI)
    assert not list(tmp_path.iterdir())


def _parcels():
    return json.loads((DATA / "sample" / "parcels.geojson").read_text(encoding="utf-8"))["features"]
