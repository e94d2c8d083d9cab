"""Zips that would fill the disk, hide a zip, or climb out of their folder."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest

from exchange import limits
from exchange.archive import unpack
from exchange.errors import FileRefused


def zipped(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def refusal(path, target):
    target.mkdir(exist_ok=True)
    with pytest.raises(FileRefused) as refused:
        unpack(path, target)
    return refused.value.code


def test_names_inside_never_become_paths_outside(tmp_path):
    path = zipped(tmp_path / "a.zip", [("../../evil.shp", b"1"), ("../../evil.dbf", b"2"), ("/etc/x.shp", b"3")])
    target = tmp_path / "in"
    target.mkdir()
    written = unpack(path, target)
    assert {file.parent for file in written} == {target}
    assert [file.name for file in written] == ["member0.shp", "member0.dbf", "member1.shp"]
    assert not (tmp_path / "evil.shp").exists()


def test_a_bomb_is_stopped_while_it_is_unpacked(tmp_path):
    path = zipped(tmp_path / "bomb.zip", [("a.geojson", b"\0" * (limits.ZIP_RATIO_MATTERS_FROM_BYTES + (1 << 21)))])
    assert refusal(path, tmp_path / "in") == "zip_bomb"


def test_a_size_that_is_past_the_limit_is_stopped(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "ZIP_MOST_BYTES", 1000)
    path = zipped(tmp_path / "a.zip", [("a.json", b"x" * 600), ("b.json", b"y" * 600)])
    assert refusal(path, tmp_path / "in") == "zip_too_large"


def test_too_many_entries_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(limits, "ZIP_MOST_ENTRIES", 3)
    path = zipped(tmp_path / "a.zip", [(f"{n}.json", b"{}") for n in range(4)])
    assert refusal(path, tmp_path / "in") == "zip_too_many"


def test_a_zip_in_a_zip_is_refused(tmp_path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("a.json", "{}")
    assert refusal(zipped(tmp_path / "a.zip", [("in.dat", inner.getvalue())]), tmp_path / "in") == "zip_nested"


def test_entries_that_share_bytes_are_refused(tmp_path):
    """Two entries of the directory point at the same data: the core of the overlap bomb."""
    path = zipped(tmp_path / "a.zip", [("a.json", b"x" * 100), ("b.json", b"y" * 100)], zipfile.ZIP_STORED)
    raw = bytearray(path.read_bytes())
    second = raw.rfind(b"PK\x01\x02")
    raw[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(raw)
    assert refusal(path, tmp_path / "in") in {"zip_overlapping", "zip_broken"}


def test_the_same_name_twice_is_refused(tmp_path):
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = zipped(tmp_path / "a.zip", [("a.shp", b"1"), ("a.shp", b"2")])
    assert refusal(path, tmp_path / "in") == "zip_name_twice"


@pytest.mark.parametrize("content", [b"PK\3\4rubbish", b"PK\3\4" + b"\0" * 500])
def test_a_broken_zip_is_named_as_such(tmp_path, content):
    path = tmp_path / "a.zip"
    path.write_bytes(content)
    assert refusal(path, tmp_path / "in") == "zip_broken"
