"""The command line as other programs call it: what is written where, and with which status."""

from __future__ import annotations

import json
import subprocess
import sys

import pandas as pd
import pytest

from cli.sentences import FAULTS, plain, sentence
from planning import exporting
from store import sqlite
from store.database import Database
from tests.conftest import REPOSITORY
from tests.exchange.boundary_samples import A, D


def said_json(run, *words):
    status, out, err = run(*words, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


def test_help_is_quick_and_lists_every_command():
    done = subprocess.run(
        [sys.executable, "-m", "cli", "--help"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    for name in "init import export list assign undo redo analyse backup restore verify serve scenario".split():
        assert f"\n  {name} " in done.stdout
    # 0.16 s; what is named here would make it slow
    heavy = "import sys, cli.__main__; assert not {'pandas', 'geopandas', 'sqlalchemy', 'numba'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", heavy], cwd=REPOSITORY, check=True)


def test_assign_undo_redo(run):
    ready = [row["code"] for row in said_json(run, "list", "parcels") if row["stage"] == "ready"]
    done = said_json(
        run, "assign", "--scenario", "方案一", "--cluster", "chips", "--where", "stage=ready", "--reason", "试",
        "--skip-conflicts",
    )  # fmt: skip
    # two of them lie on red lines
    assert (done["selected"], done["conflicts"]) == (len(ready), 2)
    chips = {
        row["code"] for row in said_json(run, "list", "parcels", "--scenario", "方案一") if row["cluster"] == "chips"
    }
    assert len(set(ready) - chips) == 2
    assert said_json(run, "undo", "--scenario", "方案一")["changed"] == done["changed"]
    assert said_json(run, "redo", "--scenario", "2")["changed"] == done["changed"]
    assert run("redo", "--scenario", "方案一")[0] == 2


def test_assign_by_a_file_takes_what_lies_within(run):
    codes = [row["code"] for row in said_json(run, "list", "parcels")][:12]
    said_json(run, "export", "--layer", "parcels", "--out", "p.geojson", "--codes", ",".join(codes))
    done = said_json(run, "assign", "--scenario", "方案一", "--cluster", "health", "--within", "p.geojson",
                     "--reason", "其中一宗已供应")  # fmt: skip
    assert done["selected"] >= 12


def test_import_reports_and_only_accept_writes(run, tmp_path):
    said_json(run, "export", "--layer", "parcels", "--out", "p.geojson")
    url = f"sqlite:///{tmp_path}/new.sqlite"
    assert run("-d", url, "init")[0] == 0
    count = len(json.loads((tmp_path / "p.geojson").read_text("utf-8"))["features"])
    status, out, _ = run("import", "p.geojson", "--layer", "parcels", "--database", url)
    assert (status, json.loads(out)["taken"], json.loads(out)["accepted"]) == (0, count, False)
    assert json.loads(run("list", "parcels", "-d", url, "--json")[1]) == []
    status, out, _ = run("import", "p.geojson", "--layer", "parcels", "--accept", "--report", "r.json", "-d", url)
    assert (status, json.loads(out)["accepted"]) == (0, True)
    assert json.loads((tmp_path / "r.json").read_text("utf-8"))["taken"] == count
    rows = json.loads(run("list", "parcels", "-d", url, "--json")[1])
    assert [row["code"] for row in rows] == [row["code"] for row in said_json(run, "list", "parcels")]
    status, out, err = run("import", "p.geojson", "--layer", "parcels", "--accept", "-d", url)
    assert (status, json.loads(out)["taken"], err.count("\n")) == (2, 0, 1)


def test_a_boundary_text_goes_in_by_the_command_line(run, tmp_path):
    url = f"sqlite:///{tmp_path / 'e.sqlite'}"
    run("init", "-d", url)
    (tmp_path / "a.txt").write_bytes(A)
    (tmp_path / "d.txt").write_bytes(D)
    status, out, _ = run("import", "a.txt", "--layer", "parcels", "--accept", "--report", "r.json", "-d", url)
    assert status == 0, out
    report = json.loads((tmp_path / "r.json").read_text("utf-8"))
    assert (report["format"], report["taken"], report["area_m2"]) == ("boundary_txt", 3, "162679.88")
    status, _, err = run("import", "d.txt", "--layer", "parcels", "-d", url)
    assert (status, "EPSG:2364" in err) == (2, True)


def test_analyse_needs_no_database(run, tmp_path, monkeypatch):
    said_json(run, "export", "--layer", "parcels", "--out", "p.gpkg")
    said_json(run, "export", "--layer", "roads", "--out", "r.gpkg")
    monkeypatch.setenv("CHANTU_DATABASE_URL", "sqlite:////nowhere/at/all.sqlite")
    summary = said_json(run, "analyse", "p.gpkg", "--roads", "r.gpkg", "--code", "code", "--out", "a")
    tables = {path.stem: pd.read_parquet(path) for path in (tmp_path / "a").glob("*.parquet")}
    assert {name: list(table.columns) for name, table in tables.items()} == {
        "areas": ["id", "area_m2", "area_ellipsoid_m2", "area_mu"],
        "adjacency": ["left", "right", "length_m", "kind", "gap_m"],
        "frontage": ["id", "road", "frontage_m", "distance_m"],
        "blocks": ["id", "block"],
        "overlaps": ["left", "right", "area_m2"],
    }
    assert json.loads((tmp_path / "a" / "summary.json").read_text("utf-8")) == summary
    assert {"read", "area", "adjacency", "frontage", "blocks", "write"} <= set(summary["seconds"])
    listed = {
        row["code"]: row["area_m2"]
        for row in json.loads(run("list", "parcels", "-d", f"sqlite:///{tmp_path}/s.sqlite", "--json")[1])
    }
    assert tables["areas"].set_index("id")["area_m2"].to_dict() == pytest.approx(listed, abs=0.006)
    assert summary["crs"]["working"] == "EPSG:4549"


def test_analyse_of_degrees_says_in_which_crs_it_worked(run):
    said_json(run, "export", "--layer", "parcels", "--out", "p.geojson")
    plain_summary = said_json(run, "analyse", "p.geojson", "--out", "a")
    assert plain_summary["crs"]["working"] == "EPSG:4549"
    wished = said_json(run, "analyse", "p.geojson", "--crs", "EPSG:32651", "--out", "b")
    assert (wished["crs"]["source"], wished["crs"]["working"]) == ("EPSG:4326", "EPSG:32651")
    assert wished["totals"]["area_m2"] != plain_summary["totals"]["area_m2"]


def test_backup_restore_verify(run, tmp_path):
    assert run("backup", "b.sqlite")[0] == 0
    assert run("restore", "b.sqlite")[0] == 2
    assert run("-d", f"sqlite:///{tmp_path}/r.sqlite", "restore", "b.sqlite")[0] == 0
    assert said_json(run, "verify", "-d", f"sqlite:///{tmp_path}/r.sqlite")["ok"]


def test_scenarios(run):
    assert said_json(run, "scenario", "new", "甲案")["name"] == "甲案"
    assert said_json(run, "scenario", "duplicate", "甲案", "乙案")["name"] == "乙案"
    assert said_json(run, "scenario", "rename", "乙案", "丙案")["name"] == "丙案"
    assert [row["name"] for row in said_json(run, "list", "scenarios")] == ["现状", "方案一", "甲案", "丙案"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("list", "nope"), "scenarios"),
        (("assign", "--scenario", "无", "--cluster", "chips", "--codes", "x"), "方案一"),
        (("assign", "--scenario", "方案一", "--cluster", "nope", "--where", "area_mu>0"), "chips"),
        (("assign", "--scenario", "方案一", "--cluster", "chips", "--codes", "X-1"), "X-1"),
        (("assign", "--scenario", "方案一", "--cluster", "chips"), "--codes"),
        (("assign", "--scenario", "方案一", "--cluster", "chips", "--where", "stage=ready or x=1"), "or"),
        (("assign", "--scenario", "现状", "--cluster", "chips", "--where", "area_mu>0"), "现状"),
        (("undo", "--scenario", "方案一"), "没有可以撤销"),
        (("import", "missing.geojson", "--layer", "parcels"), "missing.geojson"),
        (("import", "s.sqlite", "--layer", "parcels"), "SQLite"),
        (("import", "s.sqlite", "--layer", "nope"), "parcels"),
        (("import", "s.sqlite", "--layer", "parcels", "--map", "x"), "--map"),
        (("export", "--layer", "parcels", "--out", "p.dwg"), "gpkg"),
        (("export", "--layer", "parcels", "--out", "no/such/folder/p.csv"), "folder"),
        (("init",), "s.sqlite"),
        (("init", "-d", "sqlite:///n.sqlite", "--crs", "EPSG:3857"), "3857"),
        (("init", "-d", "sqlite:///n.sqlite", "--crs", "EPSG:4326"), "4326"),
        (("init", "-d", "sqlite:///n.sqlite", "--crs", "gibberish"), "gibberish"),
        (("verify", "-d", "sqlite:///none.sqlite"), "init"),
        (("verify", "-d", "oracle://x"), "oracle"),
        (("restore", "missing"), "missing"),
        (("analyse", "missing.gpkg"), "missing.gpkg"),
        (("analyse", "s.sqlite", "--engine", "spark"), "local"),
        (("analyse", "s.sqlite", "--tolerance", "nan"), "tolerance"),
        (("serve", "--port", "99999"), "99999"),
        (("nonsense",), "nonsense"),
        (("import",), "FILE"),
        (("list", "parcels", "--bogus"), "--bogus"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_bad_input_is_one_clear_line_and_status_2(run, words, says):
    status, _, err = run(*words)
    assert status == 2
    assert err.count("\n") == 1
    assert says in err
    assert "Traceback" not in err


def test_english_is_complete_for_every_fault():
    for code, (zh, en) in FAULTS.items():
        assert en.isascii() or "—" in en, code
        assert zh != en
    assert sentence("crs_unknown", {}, lang="en").startswith("the CRS is unknown")


def test_what_nobody_foresaw_goes_to_the_log_under_a_number(run, tmp_path, monkeypatch):
    def broken(*_args, **_options):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(exporting, "export", broken)
    status, _, err = run("export", "--layer", "parcels", "--out", "p.csv")
    number = err.split()[1].split("，")[0]
    assert status == 1
    assert "secret" not in err
    assert number in (tmp_path / "var/log/cli.log").read_text("utf-8")
    assert "ZeroDivisionError" in (tmp_path / "var/log/cli.log").read_text("utf-8")


def test_a_busy_database_is_a_conflict(run, monkeypatch, tmp_path):
    monkeypatch.setattr(sqlite, "BUSY_WAIT_MS", 50)
    other = Database.open(f"sqlite:///{tmp_path}/s.sqlite")
    with other.write():
        status, _, err = run("assign", "--scenario", "方案一", "--cluster", "chips", "--where", "area_mu>0")
    other.close()
    assert (status, err.count("\n")) == (3, 1)


def test_data_cannot_move_the_cursor_or_forge_a_line():
    assert plain("a\x1b[2Jb\nc\u202ed") == "a [2Jb c d"


def test_split_merge_and_lineage(run, tmp_path):
    """Two 亩 are 1,333.33 ㎡ and a third: what is asked for in 亩 is kept to the hundredth of a ㎡."""
    code = "示例DK-005"
    before = next(row for row in said_json(run, "list", "parcels") if row["code"] == code)
    done = said_json(run, "split", "--scenario", 2, "--code", code, "--mu", 2, "--side", 1, "--codes", "东,西")
    assert done["codes"] == ["东", "西"]
    assert done["area_m2"] == [1_333.33, round(before["area_m2"] - 1_333.33, 2)]
    merged = said_json(run, "merge", "--scenario", 2, "--codes", "东,西", "--code", code)
    assert (merged["codes"], merged["area_m2"]) == ([code], [before["area_m2"]])
    steps = said_json(run, "lineage", "东")
    assert [(one["from"], one["to"], one["act"]) for one in steps] == [
        (code, "东", "split_area"), (code, "西", "split_area"), ("东", code, "merge"), ("西", code, "merge"),
    ]  # fmt: skip
    for _ in range(2):
        run("undo", "--scenario", 2)
    assert {one["status"] for one in said_json(run, "lineage", code)} == {"undone"}
    line = tmp_path / "line.geojson"
    shape = {"type": "LineString", "coordinates": [[120.0, 29.3], [120.3, 29.3]]}
    line.write_text(json.dumps({"type": "Feature", "properties": {}, "geometry": shape}))
    assert run("split", "--scenario", 2, "--code", code, "--by", line)[0] == 2
    assert run("split", "--scenario", 2, "--code", code)[0] == 2
    assert run("lineage", "没有")[0] == 2
    assert run("verify")[0] == 0


def test_what_the_rules_forbid_is_refused_and_left_when_asked(run):
    # 028 lies on permanent farmland, 017 is supplied already, 005 is free
    asked = ["assign", "--scenario", "方案一", "--cluster", "digital", "--codes", "示例DK-028,示例DK-017,示例DK-005"]
    status, _, err = run(*asked)
    assert (status, err.count("\n")) == (2, 1)
    for words in ("示例DK-028", "CT-038", "4602.99", "《基本农田保护条例》", "示例DK-017", "ST-001"):
        assert words in err
    done = said_json(run, *asked, "--skip-conflicts")
    assert (done["changed"], done["conflicts"]) == (1, 2)
    done = said_json(run, *asked, "--skip-conflicts", "--reason", "受让人同意")
    # the one that wanted a reason, and the free one with a new reason
    assert (done["changed"], done["conflicts"]) == (2, 1)
