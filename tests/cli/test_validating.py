"""`validate`: valid ends with 0, invalid with 2 and places, and what cannot be read is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli.__main__ import main
from cli.geojson_sentences import FAULTS
from exchange.rfc7946 import SECTIONS


def test_every_rule_has_its_sentence() -> None:
    assert set(FAULTS) == set(SECTIONS)


def test_a_valid_file_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "一.geojson"
    path.write_text('{"type": "Feature", "geometry": null, "properties": {"名": "䶮𠮷"}}', encoding="utf-8")
    assert main(["validate", str(path)]) == 0
    assert "合乎 RFC 7946" in capsys.readouterr().out


def test_an_invalid_file_ends_with_2_and_the_place_of_each_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "one.geojson"
    path.write_text('{"type": "Feature",\n "geometry": "\\u001b[2J",\n "properties": 5}')
    assert main(["--lang", "en", "validate", str(path)]) == 2
    told = capsys.readouterr()
    assert [line.split("\t")[0] for line in told.out.splitlines()] == ["2:14", "3:16"]
    assert told.err.count("\n") == 1
    assert main(["--json", "validate", str(path)]) == 2
    page = json.loads(capsys.readouterr().out)
    assert (page["valid"], page["errors"]) == (False, 2)
    assert [one["pointer"] for one in page["faults"]] == ["/geometry", "/properties"]


def test_values_from_the_file_cannot_write_to_the_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "two.geojson"
    path.write_text(json.dumps({"type": "\x1b]0;hacked\x07\nFeature"}))
    assert main(["validate", str(path)]) == 2
    told = capsys.readouterr()
    assert "\x1b" not in told.out + told.err
    assert len(told.out.splitlines()) == 1


def test_what_cannot_be_read_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    deep = tmp_path / "deep.geojson"
    deep.write_bytes(b"[" * 5_000_000)
    assert main(["validate", str(tmp_path / "none.geojson")]) == 2
    assert main(["validate", str(tmp_path)]) == 2
    assert main(["validate", str(deep)]) == 2
    assert capsys.readouterr().err.count("\n") == 3
