"""Killing the process at any moment loses nothing that was acknowledged, and leaves nothing half done.

A child paints and imports, and says on a pipe what it has done; it is killed with SIGKILL at a random moment,
or at the very moment when it says so. A second child says so before it has: it must be seen to lose, or this
test could not see a loss. SIGKILL leaves the system's page cache alone: power loss is what ``synchronous =
FULL`` is for (test_database.py).
"""

from __future__ import annotations

import os
import random
import select
import signal
import subprocess
import sys

import pytest

from planning.guarding import verify
from store.database import Database
from tests.conftest import REPOSITORY
from tests.planning.board import made


@pytest.fixture
def board(tmp_path):
    db = made(tmp_path / "board.sqlite", "cch" + "." * 37)
    db.close()
    return db.url


def killed_after(url: str, first: int, chance: random.Random, *, honest: bool) -> list[int]:
    """Start a child, kill it somewhere, and return the acts that it acknowledged."""
    command = [sys.executable, "-m", "tests.store.killed", url, str(first), "honest" if honest else "hasty"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=REPOSITORY)
    assert process.stdout is not None
    reading = process.stdout.fileno()
    said = b""
    acts, wait_s = chance.randint(1, 6), chance.uniform(0.0, 0.12)
    at_once = chance.random() < 0.5
    while said.count(b"\n") < acts:
        told = os.read(reading, 4096)
        assert told, "the child ended by itself"
        said += told
    if not at_once:
        # the random moment: the pipe is read meanwhile, and whoever speaks does not end the wait
        poll_until(reading, wait_s)
    process.kill()
    assert process.wait() == -signal.SIGKILL
    while more := os.read(reading, 65536):
        said += more
    process.stdout.close()
    return [int(line) for line in said.split()]


def poll_until(reading: int, wait_s: float) -> None:
    """Wait on a pipe's error condition, which does not come: a pause that a signal can end."""
    waiter = select.poll()
    waiter.register(reading, select.POLLERR)
    waiter.poll(wait_s * 1000)


def lost(url: str, acknowledged: list[int]) -> list[int]:
    """Acts that were acknowledged and are not in the database; it must be whole in any case."""
    db = Database.open(url)
    found = verify(db)
    assert found.faults == ()
    with db.read() as conn:
        kept = {
            int(one)
            for (one,) in conn.exec_driver_sql(
                "SELECT substr(reason, 5, length(reason) - 5) FROM (SELECT json_extract(s.value, '$[2]') AS reason "
                "FROM audit, json_each(audit.detail, '$.states') AS s WHERE verb = 'assign') WHERE reason LIKE 'act-%' "
                "UNION SELECT substr(code, 5, instr(substr(code, 5), '-') - 1) FROM parcels WHERE code LIKE 'act-%'"
            )
        }
    db.close()
    return [number for number in acknowledged if number not in kept]


def run(url: str, kills: int, *, honest: bool) -> tuple[int, list[int]]:
    """Kill children one after another on one database; return how many acts were acknowledged, and the lost ones."""
    chance = random.Random(20261124)  # noqa: S311  # not a secret
    acknowledged: list[int] = []
    for _ in range(kills):
        first = max(acknowledged, default=0) + 2
        acknowledged += killed_after(url, first, chance, honest=honest)
    return len(acknowledged), lost(url, acknowledged)


def test_nothing_acknowledged_is_lost(board):
    acts, gone = run(board, 10, honest=True)
    assert acts >= 20
    assert gone == []


def test_a_child_that_speaks_too_soon_is_seen_to_lose(board):
    _, gone = run(board, 5, honest=False)
    assert gone
