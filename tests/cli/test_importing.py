"""Imports from a terminal: part of a file, an update in place, the supplier's report, and the way back."""

from __future__ import annotations

import json

import openpyxl
import pytest

from tests.planning.incoming import coded, geojson, square


@pytest.fixture
def desk(run, tmp_path):
    """Run a command on a new database of its own and give status, answer and complaint."""
    url = f"sqlite:///{tmp_path}/d.sqlite"
    assert run("init", "-d", url)[0] == 0

    def ran(*words):
        status, out, err = run(*words, "-d", url)
        return status, json.loads(out) if out.startswith("{") else out, err

    return ran


def put(tmp_path, name, *rows):
    (tmp_path / name).write_bytes(geojson(*rows))
    return name


def test_part_of_a_file_an_update_and_both_taken_back(desk, tmp_path):
    rows = [*coded(["A", "B"], name="旧"), ({"code": "C", "name": "旧"}, square(260))]
    first = put(tmp_path, "a.geojson", *rows)
    status, page, _ = desk("import", first, "--layer", "parcels", "--rows", "clean", "--report", "r.xlsx", "--accept")
    assert (status, page["taken"], page["left"], page["batch_id"]) == (0, 1, 2, 1)
    assert [(one["code"], one["rows"]) for one in page["findings"]] == [("overlap", [2, 3])]
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    assert [row[0] for row in book["问题"].iter_rows(min_row=2, values_only=True)] == [2]
    second = put(tmp_path, "b.geojson", ({"code": "A", "name": "新"}, square(0)), ({"code": "D"}, square(900)))
    status, page, _ = desk("import", second, "--layer", "parcels", "--update")
    assert page["differences"]["counts"] == {"new": 1, "changed": 1, "vanished": 0, "same": 0, "unmatched": 0}
    assert page["differences"]["changed"][0]["fields"] == {"name": {"old": "旧", "new": "新"}}
    status, page, _ = desk("import", second, "--layer", "parcels", "--update", "--accept")
    assert (status, page["entered"], page["changed"], page["batch_id"]) == (0, 1, 1, 2)
    # the same delivery again has nothing to say
    status, page, _ = desk("import", second, "--layer", "parcels", "--update", "--accept")
    assert (status, page["accepted"], page["differences"]["counts"]["same"]) == (0, False, 2)
    # the older import is not taken back from under the newer one
    assert desk("undo-import", "1")[0] == 3
    assert desk("undo-import", "2")[0] == 0
    assert desk("undo-import", "1")[0] == 0
    status, _, err = desk("undo-import", "1")
    assert (status, "已由" in err) == (2, True)
    assert desk("verify")[0] == 0


def test_what_there_is_not_is_refused_on_one_line(desk, tmp_path):
    one = put(tmp_path, "a.geojson", *coded(["A"]))
    status, _, err = desk("import", one, "--layer", "parcels", "--rows", "some")
    assert (status, err.count("\n")) == (2, 1)
    assert desk("undo-import", "7")[0] == 2
