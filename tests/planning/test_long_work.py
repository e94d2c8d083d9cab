"""Long work: found again by its key, begun once, stopped, and forgotten; faults told by code."""

from __future__ import annotations

import threading

import pytest

from planning import long_work
from planning.errors import Fault, Refused
from planning.long_work import Progress, Stopped

WAIT_S = 20


@pytest.fixture
def gate():
    event = threading.Event()
    yield event
    event.set()


def test_a_page_that_is_opened_anew_finds_the_work_and_how_far_it_is(gate):
    said = threading.Event()

    def job(work):
        work.tell(Progress(3, 12, "measure"))
        said.set()
        gate.wait(WAIT_S)
        return "done"

    begun = long_work.begin("a refresh", "test", job)
    assert said.wait(WAIT_S)
    found = long_work.find("a refresh")
    assert found is begun
    assert found is not None
    assert found.progress.share == 0.25
    assert not found.is_done
    gate.set()
    assert begun.wait(WAIT_S)
    assert found.outcome == "done"
    assert long_work.find("a refresh") is found


def test_two_pages_do_not_do_the_same_twice(gate):
    first = long_work.begin("twice", "test", lambda _: gate.wait(WAIT_S))
    assert long_work.begin("twice", "test", lambda _: None) is first
    gate.set()
    assert first.wait(WAIT_S)
    second = long_work.begin("twice", "test", lambda _: None)
    assert second is not first
    assert second.wait(WAIT_S)


def test_work_that_is_stopped_ends_at_its_next_step():
    started = threading.Event()

    def job(work):
        started.set()
        while True:
            work.check()

    work = long_work.begin("stopped", "test", job)
    assert started.wait(WAIT_S)
    work.stop()
    assert work.wait(WAIT_S)
    assert work.stopped
    assert work.outcome is None


def test_a_refusal_is_told_and_an_unforeseen_fault_has_a_number():
    def refused(_):
        raise Refused(Fault("quota_missing"))

    def broken(_):
        raise ZeroDivisionError

    work = long_work.begin("refused", "test", refused)
    assert work.wait(WAIT_S)
    assert [fault.code for fault in work.faults] == ["quota_missing"]
    work = long_work.begin("broken", "test", broken)
    assert work.wait(WAIT_S)
    assert work.faults[0].code == "work_failed"
    assert len(str(work.faults[0].values["id"])) == 8


def test_what_is_forgotten_is_stopped_and_not_found(gate):
    ended = threading.Event()

    def job(work):
        try:
            while not gate.wait(0.01):
                work.check()
        except Stopped:
            ended.set()
            raise

    long_work.begin("forgotten", "test", job)
    long_work.forget("forgotten")
    assert long_work.find("forgotten") is None
    assert ended.wait(WAIT_S)


def test_what_cannot_be_counted_has_no_share():
    assert Progress(5, 0).share == 0.0
    assert Progress(15, 10).share == 1.0
