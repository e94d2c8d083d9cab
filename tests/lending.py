"""One reader process lent to tests that read many small files: each file still has a fork and walls of its own.

What a process of one's own is like, begun and ended with a file, is for the tests of `exchange`.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from exchange import reading
from exchange.sandbox import ReaderProcess

_FREE = threading.Lock()


@contextmanager
def _lent(one: ReaderProcess) -> Iterator[ReaderProcess]:
    """The one, or another while somebody has it."""
    if not _FREE.acquire(blocking=False):
        with ReaderProcess() as other:
            yield other
        return
    try:
        yield one
    finally:
        _FREE.release()


@pytest.fixture(scope="session")
def one_reader() -> Iterator[ReaderProcess]:
    # it starts when it is first asked
    one = ReaderProcess()
    yield one
    one.__exit__(None, None, None)


@pytest.fixture(scope="module", autouse=True)
def lent_reader(one_reader: ReaderProcess) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "ReaderProcess", lambda: _lent(one_reader))
        yield


@pytest.fixture
def own_reader(lent_reader: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """For this test a process of its own begins and ends with every file, as in the product."""
    assert lent_reader is None
    monkeypatch.setattr(reading, "ReaderProcess", ReaderProcess)
