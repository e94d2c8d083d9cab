"""Ledger, quotas, cohesion and readiness from the terminal: what programs read, what people read, what is refused."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from cli.__main__ import main
from planning import seeding
from planning.actors import Actor
from planning.atlas import Atlas
from planning.readiness import projects, readiness
from store.database import Database


@pytest.fixture
def url(tmp_path):
    held = f"sqlite:///{tmp_path}/s.sqlite"
    seeding.create(held, sample=True, actor=Actor("t", "test")).close()
    return held


@pytest.fixture
def run(url, capsys):
    def command(*words):
        capsys.readouterr()
        status = main([*words, "--database", url])
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


@pytest.fixture
def road(url):
    db = Database.open(url)
    found = readiness(Atlas(db))
    row = max(projects(found.roads).tolist(), key=lambda one: len(found.dependants(one)))
    code, count = str(found.roads.codes[row]), len(found.dependants(row))
    db.close()
    return code, count


def test_a_ledger_adds_up_and_a_quota_is_kept(run):
    assert run("quota", "--scenario", "2", "--set", "chips=100.5,health=none")[0] == 0
    told = json.loads(run("ledger", "--scenario", "2", "--json")[1])
    chips = next(one for one in told["clusters"] if one["cluster"] == "chips")
    assert Decimal(chips["quota_mu"]) == Decimal("100.5")
    assert Decimal(chips["remaining_mu"]) == Decimal("100.5") - Decimal(chips["area_mu"])
    assert chips["is_exceeded"]
    total = sum(Decimal(one["area_m2"]) for one in told["clusters"])
    assert total == Decimal(told["total"]["area_m2"])
    assert Decimal(told["total"]["area_mu"]) == total * 15 / 10_000
    assert run("undo", "--scenario", "2")[0] == 0
    again = json.loads(run("ledger", "--scenario", "2", "--json")[1])
    assert {one["quota_mu"] for one in again["clusters"]} == {None}


def test_a_person_reads_tables_in_both_languages(run):
    assert run("ledger", "--town", "苏溪镇")[1].splitlines()[0].startswith("集群\t宗\t亩")
    assert run("ledger", "--lang", "en")[1].splitlines()[-1].startswith("total\t378")
    assert "coherence" in run("cohesion", "--suggest", "2", "--lang", "en")[1]
    assert len(run("readiness", "--at", "2022-06-30")[1].splitlines()) == 7


def test_suggestions_can_be_done_by_assign(run):
    told = json.loads(run("cohesion", "--scenario", "2", "--suggest", "1", "--json")[1])
    (move,) = told["suggestions"]
    before = sum(one["orphans"] for one in told["clusters"])
    assert run("assign", "--scenario", "2", "--cluster", move["after"], "--codes", move["code"])[0] == 0
    after = json.loads(run("cohesion", "--scenario", "2", "--json")[1])
    assert sum(one["orphans"] for one in after["clusters"]) == before + move["orphans"]


def test_a_road_is_moved_only_when_it_is_said(run, road):
    code, count = road
    listed = json.loads(run("readiness", "--road", code, "--json")[1])
    assert len(listed["parcels"]) == count
    tried = json.loads(run("readiness", "--road", code, "--move", "2027-06-30", "--json")[1])
    assert tried["moved"]
    assert not tried["written"]
    assert json.loads(run("readiness", "--road", code, "--json")[1])["opens"] is None
    assert run("readiness", "--road", code, "--move", "2027-06-30", "--write")[0] == 0
    assert json.loads(run("readiness", "--road", code, "--json")[1])["opens"] == "2027-06-30"
    assert run("undo", "--scenario", "2")[0] == 0
    assert json.loads(run("readiness", "--road", code, "--json")[1])["opens"] is None


def test_what_is_wrong_is_told_and_nothing_else(run, road):
    for words, said in (
        (("ledger", "--town", "nowhere"), "nowhere"),
        (("quota", "--scenario", "2", "--set", "chips=much"), "不是数字"),
        (("quota", "--scenario", "2", "--set", "chips=-1"), "chips"),
        (("quota", "--scenario", "1", "--set", "chips=1"), "现状"),
        (("readiness", "--move", "2027-01-01"), "--road"),
        (("readiness", "--road", road[0], "--move", "soon"), "不是日期"),
        (("readiness", "--road", "nothing"), "nothing"),
    ):
        status, out, err = run(*words)
        assert (status, out) == (2, ""), words
        assert said in err
