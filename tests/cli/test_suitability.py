"""Suitability and allocation from the terminal: what other programs read, what is refused, what is written."""

from __future__ import annotations

import json

import pytest

from cli.__main__ import main
from tests.planning.board import made


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    db = made(tmp_path_factory.mktemp("alloc") / "b.sqlite", "cc" + "." * 18)
    db.close()
    return db.url


@pytest.fixture
def run(board, capsys):
    def command(*words):
        capsys.readouterr()
        status = main([*words, "--database", board])
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


def test_scores_are_ranked_and_what_is_missing_is_told(run):
    status, out, _ = run("suitability", "--cluster", "chips", "--on", "2026-01-01", "--json")
    told = json.loads(out)
    assert status == 0
    scores = [one["score"] for one in told["ranking"]]
    assert scores == sorted(scores, reverse=True)
    assert {"criterion": "ready_years", "parcels": 20} in told["missing"]
    parts = json.loads(run("suitability", "--cluster", "chips", "--why", "P00", "--json")[1])
    points = sum(one["points"] for one in parts["parts"] if one["points"] is not None)
    assert points == pytest.approx(parts["score"], abs=0.01)


def test_an_allocation_is_written_only_when_it_has_a_name(run):
    asked = ("allocate", "--scenario", "2", "--quota", "chips=90,knitwear=60", "--tolerance", "0.1", "--json")
    status, out, _ = run(*asked)
    told = json.loads(out)
    assert status == 0
    assert told["status"] == "found"
    assert told["scenario"] is None
    assert [one["cluster"] for one in told["clusters"]] == ["chips", "knitwear"]
    assert all(one["pieces"] == 1 for one in told["clusters"])
    assert json.loads(run(*asked, "--name", "优化")[1])["scenario"] == "优化"
    assert "优化" in run("list", "scenarios")[1]


def test_what_cannot_be_is_refused_with_what_would_have_to_give_way(run):
    status, out, _ = run("allocate", "--quota", "chips=9000/0", "--seconds", "20", "--json")
    told = json.loads(out)
    assert status == 2
    assert told["status"] == "infeasible"
    assert [one["need"] for one in told["needs"]] == ["short"]
    assert run("allocate", "--quota", "chips=much")[0] == 2
    assert run("suitability", "--cluster", "nobody")[0] == 2
