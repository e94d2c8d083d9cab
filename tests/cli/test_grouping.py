"""Blocks and groups from the terminal: what other programs read, and what a person reads."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
import shapely

from cli.__main__ import main
from cli.group_sentences import REASONS, SHORT
from planning import ground, seeding
from planning.actors import Actor

ASKED = ("search-blocks", "--least-mu", "150", "--ready-by", "2022-12-31", "--frontage", "100",
         "--not-across", "高速公路,trunk", "--not-across-water")  # fmt: skip


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('groups')}/s.sqlite"
    seeding.create(url, sample=True, actor=Actor("t", "test")).close()
    return url


@pytest.fixture
def run(sample, capsys):
    def command(*words):
        capsys.readouterr()
        status = main([*words, "--database", sample])
        said = capsys.readouterr()
        return status, said.out, said.err

    return command


def test_groups_as_json_meet_what_was_asked(run):
    status, out, _ = run(*ASKED, "--json")
    told = json.loads(out)
    assert status == 0
    assert told["is_proven"]
    assert told["groups"]
    for one in told["groups"]:
        assert Decimal(one["area_mu"]) == Decimal(one["area_m2"]) * Decimal("0.0015") >= 150
        assert one["parcels"] == len(one["codes"]) <= 3
        assert one["ready_date"] <= "2022-12-31"
        assert one["frontage_m"] >= 100
    sizes = [one["parcels"] for one in told["groups"]]
    assert sizes == sorted(sizes)
    assert told["in_answers"] + sum(one["parcels"] for one in told["reasons"]) == 378


def test_a_person_reads_a_table_and_the_reasons_in_both_languages(run):
    status, out, _ = run(*ASKED, "--keep", "3")
    assert status == 0
    assert out.splitlines()[0].split("\t")[:3] == ["名次", "亩", "富余亩"]
    assert "全部查遍" in out
    assert "没有净地日期" in out
    assert "no ready date is known" in run(*ASKED, "--lang", "en")[1]


def test_it_says_where_it_stopped(run):
    _, out, _ = run("search-blocks", "--least-mu", "300", "--most-parcels", "5", "--most-steps", "10")
    assert "没有查完" in out


def test_one_parcel_is_explained(run):
    told = json.loads(run(*ASKED, "--json")[1])
    for reason in told["reasons"]:
        status, out, _ = run(*ASKED, "--why", reason["examples"][0], "--json")
        assert status == 0
        assert json.loads(out)["reason"] == reason["reason"]
        assert run(*ASKED, "--why", reason["examples"][0])[1].startswith(reason["examples"][0])
    assert "在答案之中" in run(*ASKED, "--why", told["groups"][0]["codes"][0])[1]


def test_every_reason_has_its_words():
    assert set(ground.REASONS) <= set(REASONS)
    assert set(SHORT) <= set(REASONS)


def test_blocks_add_up_to_all_parcels_and_have_outlines(run):
    status, out, _ = run("blocks", "--gap", "20", "--clusters", "same", "--outline", "--json")
    assert status == 0
    told = json.loads(out)
    assert sum(one["parcels"] for one in told["blocks"]) == 378
    for one in told["blocks"][:20]:
        assert shapely.from_wkt(one["outline_wkt"]).area >= float(one["area_m2"]) - 1.0
        assert one["polsby_popper"] == pytest.approx(one["isoperimetric_ratio"] ** 2, abs=2e-4)
    assert "共" in run("blocks", "--least-mu", "500")[1]


def test_what_is_wrong_is_told_and_nothing_else(run):
    for words, said in (
        (("search-blocks", "--least-mu", "much"), "不是数字"),
        (("search-blocks", "--least-mu", "10", "--ready-by", "soon"), "不是日期"),
        (("search-blocks", "--least-mu", "0", "--most-parcels", "9"), "最多宗数"),
        (("blocks", "--clusters", "some"), "--clusters"),
        (("blocks", "--not-across", "canal"), "道路等级"),
        (("search-blocks", "--least-mu", "10", "--why", "nowhere"), "nowhere"),
    ):
        status, out, err = run(*words)
        assert (status, out) == (2, "")
        assert said in err
