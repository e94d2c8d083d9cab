"""Work beside the page: true numbers, an end when it is stopped, and outcomes for every way it can end."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from exchange.progress import STAGES
from planning import importing
from planning.atlas import Atlas
from planning.errors import Fault, Refused, StaleVersion
from planning.import_jobs import ImportJob
from tests.planning.incoming import ACTOR, coded, geojson, square


def descendants():
    """Processes that this one started, and those that they started, that still run."""
    parents = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = path.read_text("utf-8", "replace").rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            parents[int(path.parent.name)] = int(parent)
    found: set[int] = {os.getpid()}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {os.getpid()}


def ended(job):
    assert job.wait(60)
    return job


def test_numbers_rise_to_what_there_is(empty):
    heard = []
    content = geojson(*coded(["A", "B", "C"]))

    def work(watch):
        def hears(stage, done, of):
            heard.append((stage, done, of))
            watch(stage, done, of)

        return importing.stage(empty, content, "f.geojson", "parcels", watch=hears)

    job = ended(ImportJob(work))
    stages = list(dict.fromkeys(stage for stage, _, _ in heard))
    assert stages[-2:] == ["map", "check"]
    assert all(0 <= done <= of for _, done, of in heard)
    assert heard[-1] == ("check", 3, 3)
    assert all(of == len(content) for stage, _, of in heard if stage == "open")
    done = ended(ImportJob(lambda watch: importing.accept(empty, job.outcome, actor=ACTOR, watch=watch)))
    assert done.progress == ("enter", 3, 3)
    assert len(Atlas(empty).parcels()) == 3


@pytest.mark.usefixtures("own_reader")
def test_stopping_ends_the_reader_with_all_it_started(empty, tmp_path):
    path = tmp_path / "large.geojson"
    path.write_bytes(geojson(*(({"code": f"C{at}"}, square(at % 900 * 20, at // 900 * 20, width=9, height=9))
                               for at in range(60_000))))  # fmt: skip
    at_work = threading.Event()

    def work(watch):
        def hears(stage, done, of):
            if stage in STAGES:
                at_work.set()
            watch(stage, done, of)

        return importing.stage(empty, path, "f.geojson", "parcels", watch=hears)

    before = descendants()
    job = ImportJob(work)
    assert at_work.wait(60)
    started = descendants() - before
    assert started
    job.stop()
    ended(job)
    assert (job.stopped, job.outcome, job.faults) == (True, None, ())
    assert not started & descendants()


@pytest.mark.parametrize(
    ("error", "faults"), [(Refused(Fault("no_rows")), ["no_rows"]), (ValueError("x"), ["import_failed"])]
)
def test_what_goes_wrong_is_told_by_a_code(error, faults):
    def work(_watch):
        raise error

    assert [fault.code for fault in ended(ImportJob(work)).faults] == faults


def test_a_newer_version_is_a_conflict():
    def work(_watch):
        raise StaleVersion

    assert isinstance(ended(ImportJob(work)).conflict, StaleVersion)
