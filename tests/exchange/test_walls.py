"""What the kernel keeps a reader from: other files, the network, other programs."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import shapely

from exchange import walls

TRIES: dict[str, Callable[[Path], object]] = {
    "read the list of users": lambda _: Path("/etc/passwd").read_text(),
    "read beside the input": lambda folder: (folder / "other.txt").read_text(),
    "list the folder of the input": lambda folder: list(folder.iterdir()),
    "write over the input": lambda folder: (folder / "input.txt").write_text("changed"),
    "write elsewhere": lambda folder: (folder / "new.txt").write_text("new"),
    "open a socket": lambda _: socket.socket().close(),
    "start a program": lambda _: subprocess.run([sys.executable, "-c", "1"], check=True),
    "look into another process": lambda _: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
}


def _behind_walls(folder: Path, what: Callable[[], object]) -> str:
    """What becomes of an act in a process of its own: ``done`` or the name of the error."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        said = "nothing"
        try:
            walls.put_up(readable=[folder / "input.txt"], writable=folder / "out")
            what()
            said = "done"
        except BaseException as error:  # noqa: BLE001 - what ended it is the answer
            said = type(error).__name__
        finally:
            os.write(writing, said.encode())
            os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    said = os.read(reading, 100).decode()
    os.close(reading)
    return said


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    for name in ("input.txt", "other.txt"):
        (tmp_path / name).write_text(name)
    return tmp_path


@pytest.mark.parametrize("name", TRIES)
def test_a_reader_is_kept_from_it(folder: Path, name: str) -> None:
    assert _behind_walls(folder, lambda: TRIES[name](folder)) in {"PermissionError", "BlockingIOError"}
    # without walls the same act succeeds, so the test can fail
    if name != "look into another process":
        TRIES[name](folder)


def test_what_a_reader_needs_is_left_to_it(folder: Path) -> None:
    assert _behind_walls(folder, (folder / "input.txt").read_text) == "done"
    assert _behind_walls(folder, lambda: (folder / "out" / "rows.arrow").write_bytes(b"1")) == "done"
    assert _behind_walls(folder, lambda: shapely.box(0, 0, 1, 1).buffer(1)) == "done"


def test_both_walls_stand_on_this_machine(read, make_collection, make_square, caplog) -> None:
    with caplog.at_level("WARNING", logger="exchange.sandbox"):
        assert len(read(make_collection(make_square())).geoms) == 1
    assert "wall" not in caplog.text
