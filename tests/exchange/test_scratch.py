"""Folders of processes that were killed are removed; those of the living, of others and of other programs are not."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

import pytest

from exchange import scratch


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_only_what_the_dead_left_is_removed(place):
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = place / f"chantu-up-{dead.pid}-abc123"
    left.mkdir()
    (left / "file.geojson").write_text("{}")
    own = scratch.folder_for("in")
    kept = [own, place / "chantu-up-abc", place / f"other-{dead.pid}-x", place / f"chantu-read-{os.getppid()}-x"]
    for path in kept[1:]:
        path.mkdir()
    link = place / f"chantu-in-{dead.pid}-link"
    link.symlink_to(own)
    assert scratch.swept() == 1
    assert not left.exists()
    assert all(path.exists() for path in (*kept, link))


def test_nobody_else_reads_what_is_put_there(place):
    made = scratch.folder_for("up")
    assert made.parent == place
    assert made.stat().st_mode & 0o077 == 0
