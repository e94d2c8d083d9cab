"""`check` from a terminal: what it says of a layer that fits and of one that does not."""

from __future__ import annotations

import json

import geopandas as gpd
import pytest
import shapely

from cli.__main__ import main
from tests.planning.board import add, made


@pytest.fixture
def run(tmp_path, monkeypatch, capsys):
    db = made(tmp_path / "b.sqlite", "....")
    over = gpd.GeoDataFrame(
        {"code": ["X1"], "name": ["\x1b[31m"], "stage": "reserved", "cluster": [None]},
        geometry=[shapely.box(500_390.0, 3_240_000.0, 500_500.0, 3_240_100.0)], crs=4549,
    )  # fmt: skip
    add(db, over)
    db.close()
    monkeypatch.setenv("CHANTU_DATABASE_URL", f"sqlite:///{tmp_path / 'b.sqlite'}")

    def command(*words):
        capsys.readouterr()
        status = main(list(words))
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


def test_an_overlap_is_told_with_parcels_place_and_size(run):
    status, out, _ = run("check", "--json")
    page = json.loads(out)
    assert (status, page["rows"], page["counts"]) == (0, 5, {"overlap": 1})
    (fault,) = page["faults"]
    assert (sorted(fault["parcels"]), fault["area_m2"]) == (["P03", "X1"], 1000.0)
    assert 500_390 < fault["x_east"] < 500_400


def test_the_plain_answer_counts_by_kind_and_lists(run):
    _, out, _ = run("check", "--lang", "en")
    lines = out.splitlines()
    assert lines[0] == "parcels: 5 shapes, 1 faults"
    assert lines[1].split() == ["1", "overlap"]
    assert lines[2].split("\t")[:2] == ["overlap", "P03 X1"]


def test_a_kind_without_faults_lists_none_and_an_unknown_one_is_refused(run):
    assert json.loads(run("check", "--kind", "gap", "--json")[1])["faults"] == []
    status, _, err = run("check", "--kind", "crack")
    assert status == 2
    assert "crack" in err
    assert run("check", "--layer", "roads")[0] == 2
