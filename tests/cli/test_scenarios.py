"""Scenarios from a terminal: compared, merged, reviewed by two people, remarked on."""

from __future__ import annotations

import io
import json
from contextlib import closing

import geopandas as gpd
import pytest

from store.database import Database
from tests.people_here import enter

CODES = ("示例DK-005", "示例DK-011")
WORDS = "eight or more"


@pytest.fixture
def people(run, monkeypatch, tmp_path):
    with closing(Database.open(f"sqlite:///{tmp_path / 's.sqlite'}")) as db:
        enter(db, {"李工": ["planner"], "王工": ["reviewer"]}, WORDS)

    def signing(*words):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{WORDS}\n"))
        return run(*words)

    return signing


def said(run, *words):
    status, out, err = run(*words, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


def test_two_drafts_are_compared_and_merged(run):
    run("scenario", "new", "甲")
    run("scenario", "new", "乙")
    run("assign", "--scenario", "甲", "--cluster", "health", "--codes", ",".join(CODES))
    run("assign", "--scenario", "乙", "--cluster", "digital", "--codes", CODES[0])
    found = said(run, "scenario", "compare", "甲", "乙")
    assert {one["code"] for one in found["changed"]} == set(CODES)
    assert sum(float(one["mu_more"]) for one in found["totals"]) == pytest.approx(0)
    assert said(run, "scenario", "merge", "甲", "乙", "--dry-run")["conflicts"][0]["code"] == CODES[0]
    status, _, err = run("scenario", "merge", "甲", "乙")
    assert status == 2
    assert CODES[0] in err
    assert said(run, "scenario", "merge", "甲", "乙", "--theirs", CODES[0])["changed"] == 2
    assert said(run, "scenario", "compare", "甲", "乙")["changed"] == []
    assert said(run, "undo", "--scenario", "乙")["changed"] == 2
    differs = {one["name"]: one["differs"] for one in said(run, "scenario", "tree")}
    assert (differs["甲"], differs["乙"]) == (2, 1)
    assert run("scenario", "tree")[0] == run("scenario", "compare", "甲", "乙")[0] == 0


def test_review_by_two_people(run, people, tmp_path):
    assert run("assign", "--scenario", "2", "--cluster", "health", "--codes", CODES[0])[0] == 0
    assert people("scenario", "submit", "2", "--by", "李工")[0] == 0
    assert run("assign", "--scenario", "2", "--cluster", "chips", "--codes", CODES[0])[0] == 2
    assert people("scenario", "publish", "2", "--by", "李工")[0] == 2
    assert people("scenario", "send-back", "2", "--by", "王工", "--reason", "近学校")[0] == 0
    assert people("scenario", "submit", "2", "--by", "李工")[0] == 0
    assert people("scenario", "withdraw", "2", "--by", "李工")[0] == 0
    assert people("scenario", "submit", "2", "--by", "李工")[0] == 0
    assert people("scenario", "publish", "2", "--by", "王工")[0] == 0
    assert run("verify")[0] == 0
    told = said(run, "scenario", "published", "2", "--out", "day.parquet")
    assert (told["changed"], told["parcels"]) == (0, len(gpd.read_parquet(tmp_path / "day.parquet")))
    assert said(run, "scenario", "changes", "2", "--since", "2") == []
    assert CODES[0] in {one["code"] for one in said(run, "scenario", "changes", "2", "--since", "2020-01-01")}
    assert run("scenario", "published", "1")[0] == 2


def test_remarks(run):
    made = said(run, "scenario", "comment", "2", "离学校太近", "--code", CODES[0])
    said(run, "scenario", "comment", "2", "已改", "--answers", made["id"])
    said(run, "scenario", "comment", "2", "此处有高压线", "--at", "500000,3240000")
    said(run, "scenario", "resolve", made["id"])
    rows = said(run, "scenario", "comments", "2")
    assert [(one["body"], one["open"]) for one in rows] == [
        ("此处有高压线", True), ("离学校太近", False), ("已改", False),
    ]  # fmt: skip
    assert run("scenario", "comments", "2")[0] == 0
    assert run("scenario", "comment", "2", "x", "--at", "a,b")[0] == 2
    assert run("scenario", "comment", "2", "x")[0] == 2
    assert run("scenario", "resolve", made["id"], "--reopen")[0] == 0
