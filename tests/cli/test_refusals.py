"""What the command line cannot do: one line on stderr, status 2 or 3, never a traceback, and nothing left behind."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from cli import ledger_sentences
from cli.sentences import FAULTS
from planning import guarding
from store import backups

LONG = "x" * 300
SQUARE = {"type": "Polygon", "coordinates": [[[120.0, 29.3], [120.001, 29.3], [120.001, 29.301], [120.0, 29.3]]]}


@pytest.fixture
def files(run, tmp_path):
    """Things that lie about in a folder, to be named by mistake."""
    (tmp_path / "text.txt").write_text("hello")
    (tmp_path / "folder").mkdir()
    write_geojson(tmp_path / "one.geojson", SQUARE)
    write_geojson(tmp_path / "none.geojson", None)
    run("backup", "copy.sqlite")
    return tmp_path


def names_in(folder):
    """Names of what lies there, without SQLite's own side files, which come and go."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("s.sqlite-"))


def write_geojson(path, shape):
    feature = {"type": "Feature", "properties": {"a": 1}, "geometry": shape}
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))


REFUSED = [
    "init -d sqlite:///text.txt/x.sqlite", "init -d sqlite:////proc/x.sqlite", f"init -d sqlite:///{LONG}",
    "init -d sqlite:///a\0b", "init -d sqlite:///folder", f"verify -d sqlite:///{LONG}", "verify -d sqlite:///a\0b",
    "list parcels --scenario 99999999999999999999999", "list parcels --lang fr", "scenario", "scenario new a\0b",
    f"import one.geojson --layer parcels --accept --report {LONG}",
    "import one.geojson --layer parcels --accept --report text.txt/x",
    "import one.geojson --layer parcels --accept --report .", "import none.geojson --layer parcels --accept",
    "import /dev/null --layer parcels", f"export --layer parcels --out {LONG}.csv",
    "export --layer parcels --out text.txt/x.csv", "export --layer parcels --out /proc/x.csv",
    "export --layer parcels --out x.csv --codes ,", "export --layer parcels --out x.gpkg --crs EPSG:4978",
    "export --layer parcels --out x.gpkg --crs EPSG:5773", "backup text.txt/x", f"backup {LONG}", "backup /proc/x",
    "backup folder", "backup text.txt", "restore missing", f"restore {LONG}", "restore folder", "restore text.txt",
    "restore copy.sqlite -d sqlite:///folder --replace", "restore copy.sqlite -d sqlite:////proc/x.sqlite",
    "analyse one.geojson --out text.txt", "analyse one.geojson --out /proc/x",
    "assign --scenario 2 --cluster chips --where area_mu>=1_0",
    "assign --scenario 2 --cluster chips --where ready_date>=2026-13-01",
    "assign --scenario 2 --cluster chips --where cluster>chips",
]  # fmt: skip


@pytest.mark.parametrize("line", REFUSED, ids=lambda line: line.replace(LONG, "LONG").replace("\0", "NUL"))
def test_one_line_and_status_2(run, files, line):
    before = names_in(files)
    status, _, err = run(*line.split(" "))
    assert (status, err.count("\n")) == (2, 1), err
    assert "=" not in err.replace(">=", "").replace("stage=", ""), "a code with its values stands for a sentence"
    assert names_in(files) == before


@pytest.mark.usefixtures("files")
def test_a_report_that_cannot_be_written_enters_nothing(run):
    count = len(json.loads(run("list", "parcels", "--json")[1]))
    assert run("import", "one.geojson", "--layer", "parcels", "--accept", "--report", "folder/x/y")[0] == 2
    assert len(json.loads(run("list", "parcels", "--json")[1])) == count


def test_words_that_are_not_utf_8(run, files, monkeypatch):
    """A name in the bytes of an older system is read; text that is stored has to be text."""
    monkeypatch.setenv("CHANTU_ACTOR", os.fsdecode("张三".encode("gbk")))
    assign = ("assign", "--scenario", "2", "--cluster", "chips", "--codes", "示例DK-001")
    status, _, err = run(*assign, "--reason", "\udcff")
    assert (status, err.count("\n")) == (2, 1)
    assert run(*assign)[0] == 0
    with closing(sqlite3.connect(files / "s.sqlite")) as raw:
        assert raw.execute("SELECT actor FROM audit ORDER BY seq DESC LIMIT 1").fetchone() == ("张三",)
    named = Path(os.fsdecode("地块.geojson".encode("gbk")))
    write_geojson(named, SQUARE)
    status, out, _ = run("import", named, "--layer", "parcels", "--accept")
    assert (status, json.loads(out)["file"]) == (0, "地块.geojson")


def test_a_damaged_page_is_told_and_a_backup_put_in_its_place(run, files):
    """Pages in the middle are spoilt: the file opens, and fails where it is read."""
    with closing(sqlite3.connect(files / "s.sqlite")) as raw:
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = raw.execute("SELECT rootpage FROM sqlite_master WHERE name = 'audit'").fetchone()
        (page_bytes,) = raw.execute("PRAGMA page_size").fetchone()
    with (files / "s.sqlite").open("r+b") as file:
        file.seek((root - 1) * page_bytes)
        file.write(b"\xff" * page_bytes)
    status, _, err = run("verify")
    assert (status, err.count("\n")) == (2, 1)
    assert "已损坏" in err
    assert run("restore", "copy.sqlite")[0] == 2
    assert run("restore", "copy.sqlite", "--replace")[0] == 0
    assert run("verify")[0] == 0
    assert list(files.glob("s.sqlite.before-restore-*"))


def test_restoring_does_not_wait_for_ever(run, files, monkeypatch):
    monkeypatch.setattr(backups, "BUSY_WAIT_MS", 300)
    with closing(sqlite3.connect(files / "s.sqlite", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        status, _, err = run("restore", "copy.sqlite", "--replace")
        assert (status, err.count("\n")) == (3, 1)
    assert run("verify")[0] == 0


def test_a_code_given_twice_is_written_once(run, files):
    assert (
        run("export", "--layer", "parcels", "--out", "c.geojson", "--codes", "示例DK-002,示例DK-001,示例DK-002")[0] == 0
    )
    written = json.loads((files / "c.geojson").read_text("utf-8"))["features"]
    assert [one["properties"]["code"] for one in written] == ["示例DK-002", "示例DK-001"]


@pytest.mark.usefixtures("files")
def test_a_geopackage_of_any_name_is_written_in_silence(run):
    status, _, err = run("export", "--layer", "parcels", "--out", "x.data", "--format", "gpkg")
    assert (status, err) == (0, "")


def test_every_finding_of_verify_is_a_sentence():
    source = Path(guarding.__file__).with_name("verifying.py").read_text("utf-8")
    codes = set(re.findall(r"Fault\(\s*\"([a-z_]+)\"", source))
    assert len(codes) > 10
    known = {*FAULTS, *ledger_sentences.FAULTS}
    assert codes <= known, codes - known
