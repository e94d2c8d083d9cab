"""Exports and remainders from a terminal, in every form by the ending of the file."""

from __future__ import annotations

import json
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest

ENDINGS = ("geojson", "gpkg", "shp.zip", "gdb.zip", "txt", "dxf", "kml", "parquet", "fgb", "xlsx", "csv")


def said_json(run, *words):
    status, out, err = run(*words, "--json")
    assert (status, err) == (0, "")
    return json.loads(out)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_ending_says_the_form(run, ending):
    done = said_json(run, "export", "--layer", "parcels", "--scenario", "方案一", "--out", f"p.{ending}")
    assert done["rows"] >= 300
    assert Path(done["path"]).stat().st_size == done["size_bytes"]
    assert (done["notes"], done["crs"]) == (
        [], {"geojson": "EPSG:4326", "kml": "EPSG:4326", "txt": "EPSG:4528"}.get(ending, "EPSG:4549"),
    )  # fmt: skip


def test_what_a_form_cannot_do_is_said_in_a_sentence(run):
    status, out, err = run("export", "--layer", "roads", "--out", "r.txt")
    assert (status, out) == (2, "")
    assert "界址点 TXT 只写面" in err
    status, _, err = run("export", "--layer", "parcels", "--out", "p.txt", "--crs", "EPSG:4490", "--lang", "en")
    assert status == 2
    assert "3-degree zone" in err


def test_shapes_of_several_kinds_are_told(run):
    done = said_json(run, "export", "--layer", "roads", "--out", "r.shp.zip")
    with zipfile.ZipFile(done["path"]) as archive:
        shapes = [name for name in archive.namelist() if name.endswith(".shp")]
    assert len(shapes) == max(1, *[note["files"] for note in done["notes"]], 1)


def test_the_remainder_of_a_park_is_written_and_balances(run):
    park = next(row["code"] for row in said_json(run, "list", "parks") if row["area_m2"])
    done = said_json(run, "remainder", "--codes", park, "--out", "r.txt", "--less-parcels")
    (line,) = done["red_lines"]
    assert Decimal(line["area_m2"]) == Decimal(line["left_m2"]) + Decimal(line["removed_m2"])
    taken = sum(map(Decimal, line["taken_m2"].values()), Decimal(line["sliver_m2"]))
    assert taken == Decimal(line["removed_m2"]) > 0
    assert done["rows"] == line["pieces"]
    text = Path(done["path"]).read_bytes().decode("gb18030")
    assert text.count(",@\r\n") == line["pieces"]
    status, out, _ = run("remainder", "--codes", park, "--out", "r.shp.zip", "--less", "river")
    assert status == 0
    assert f"{park}：红线" in out


def test_red_lines_come_from_one_source(run):
    assert run("remainder", "--out", "r.txt")[0] == 2
    status, _, err = run("remainder", "--codes", "x", "--out", "r.txt", "--less", "nope")
    assert status == 2
    assert err
