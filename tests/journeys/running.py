"""The real app as a person starts it: its own database, a free port, a log, and an end."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final

from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START_DEADLINE_S: Final = 60.0
STOP_DEADLINE_S: Final = 10.0
POLL_S: Final = 0.05
STACKS_S: Final = 0.5
_LAST_LINES: Final = 300
_PAUSE: Final = threading.Event()


class ServerFault(Exception):
    """The app did not start, or wrote a traceback to its log."""


@dataclass(frozen=True, slots=True)
class App:
    """A running app: where it answers, what it writes to and what it says."""

    url: str
    database: Path
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def database_url(self) -> str:
        return f"sqlite:///{self.database}"

    def said(self) -> str:
        return self.log.read_text("utf-8", errors="replace")

    def stands(self) -> str:
        """What it said last, and where each of its threads is now."""
        if self.process.poll() is None:
            os.kill(self.process.pid, signal.SIGUSR1)
            _PAUSE.wait(STACKS_S)
        return "\n".join(self.said().splitlines()[-_LAST_LINES:])


def command(*words: str, database: Path) -> None:
    """Run ``python -m cli …`` on a database; raise with what it said when it refuses."""
    done = subprocess.run(
        [sys.executable, "-m", "cli", *words],
        cwd=REPOSITORY, env=environment(database), capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise ServerFault(words, done.returncode, done.stdout, done.stderr)


def environment(database: Path) -> dict[str, str]:
    return {**os.environ, "CHANTU_DATABASE_URL": f"sqlite:///{database}", "PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def copied(template: Path, folder: Path) -> Path:
    """Give a database of one's own, made from one at rest."""
    folder.mkdir(parents=True, exist_ok=True)
    own = folder / "chantu.sqlite"
    shutil.copy(template, own)
    return own


@contextmanager
def running(database: Path, *, port: int | None = None) -> Iterator[App]:
    """Serve a database until the block ends.

    Raises
    ------
    ServerFault
        when the app does not answer in time, or when its log holds a traceback at the end
    """
    port = port or free_port()
    log = database.with_suffix(f".{port}.log")
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "cli", "serve", "--port", str(port)],
            cwd=REPOSITORY, env=environment(database), stdout=output, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
    app = App(url=f"http://127.0.0.1:{port}", database=database, log=log, process=process)
    try:
        _wait_until_healthy(app)
        yield app
    finally:
        _stop(process)
    if "Traceback (most recent call last)" in app.said():
        raise ServerFault(app.said())


def _wait_until_healthy(app: App) -> None:
    deadline = monotonic() + START_DEADLINE_S
    while monotonic() < deadline:
        if app.process.poll() is not None:
            raise ServerFault(app.process.returncode, app.said())
        if _healthy(app.url):
            return
        _PAUSE.wait(POLL_S)
    raise ServerFault(START_DEADLINE_S, app.said())


def _healthy(url: str) -> bool:
    """Whether ``/health`` answers JSON: Streamlit answers any unknown address with its page and 200."""
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=5) as reply:  # noqa: S310  # always http to 127.0.0.1
            return isinstance(json.load(reply), dict)
    except (urllib.error.URLError, ConnectionError, TimeoutError, json.JSONDecodeError):
        return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the app and what it started: it is the leader of its own process group."""
    if process.poll() is not None:
        return
    os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(STOP_DEADLINE_S)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(STOP_DEADLINE_S)
