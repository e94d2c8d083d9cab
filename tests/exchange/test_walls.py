"""What the kernel keeps a reader from: other files, the network, other programs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

TRIES = {
    "read the list of users": "Path('/etc/passwd').read_text()",
    "read beside the input": "(folder / 'other.txt').read_text()",
    "list the folder of the input": "list(folder.iterdir())",
    "write over the input": "(folder / 'input.txt').write_text('changed')",
    "write elsewhere": "(folder / 'new.txt').write_text('new')",
    "open a socket": "socket.socket().close()",
    "start a program": "subprocess.run([sys.executable, '-c', '1'], check=True)",
    "look into another process": "Path(f'/proc/{os.getppid()}/environ').read_bytes()",
}
PROGRAM = """
import os, socket, subprocess, sys
from pathlib import Path
import shapely
from exchange import walls
folder = Path(sys.argv[1])
if sys.argv[2] == "behind":
    walls.put_up(readable=[folder / "input.txt"], writable=folder / "out")
try:
    {what}
    print("done")
except BaseException as error:
    print(type(error).__name__)
"""


def _became(folder: Path, what: str, where: str = "behind") -> str:
    """What becomes of an act in a process of its own, behind walls or free: ``done`` or the name of the error."""
    command = [sys.executable, "-c", PROGRAM.replace("{what}", what), str(folder), where]
    told = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return told.stdout.strip()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    for name in ("input.txt", "other.txt"):
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize("name", TRIES)
def test_a_reader_is_kept_from_it(folder: Path, name: str) -> None:
    assert _became(folder, TRIES[name]) in {"PermissionError", "BlockingIOError"}
    # without walls the same act succeeds, so the test can fail
    assert _became(folder, TRIES[name], "free") == "done"


@pytest.mark.parametrize(
    "what",
    [
        "(folder / 'input.txt').read_text()",
        "(folder / 'out' / 'rows.arrow').write_bytes(b'1')",
        "shapely.box(0, 0, 1, 1).buffer(1)",
    ],
)
def test_what_a_reader_needs_is_left_to_it(folder: Path, what: str) -> None:
    assert _became(folder, what) == "done"


def test_both_walls_stand_on_this_machine(read, make_collection, make_square, caplog) -> None:
    with caplog.at_level("WARNING", logger="exchange.sandbox"):
        assert len(read(make_collection(make_square())).geoms) == 1
    assert "wall" not in caplog.text
