"""The nightly look: make every page of the sample, read it, and say in a table what was read of what."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from tests.briefing.frozen import DRAFT, Frozen, frozen
from tests.briefing.questions import QUESTIONS, spans
from tests.briefing.register import Register
from tests.nightly import deck, files, gis_teams, looks
from tests.nightly.looks import ASKED, TOLD, Look
from tests.nightly.reading import Reader, Seen, read


def main(arguments: list[str]) -> int:
    """Look at everything; 1 when something that has to be read is not, or a file is not as it has to be."""
    told = argparse.ArgumentParser(prog="python -m tests.nightly", description=__doc__)
    told.add_argument("--only", default="", help="pages whose name has this (a regular expression)")
    told.add_argument("--keep", type=Path, help="a folder to leave pages and files in")
    asked = told.parse_args(arguments)
    python = os.environ.get("CHANTU_NIGHTLY_PYTHON", "")
    with tempfile.TemporaryDirectory() as scratch:
        folder = asked.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        (Path(scratch) / "db").mkdir()
        sample = frozen(Path(scratch) / "db")
        faults = [] if asked.only else _files(sample, folder)
        if not python:
            _say("not done, CHANTU_NIGHTLY_PYTHON names no Python with an OCR: pages read by eye")
            return 1
        faults += _pages(sample, folder, python, asked.only)
    _say("\n".join(faults) or "everything that has to be read is read")
    return 1 if faults else 0


def _files(sample: Frozen, folder: Path) -> list[str]:
    out = []
    # the files first: QGIS opens one of them too
    looked = chain(files.checks(sample, files.made(sample, folder)), gis_teams.checks(sample, folder))
    for what, faults in looked:
        _say(f"{'FAULT ' if faults else ''}{what}")
        out += faults
    return out


def _pages(sample: Frozen, folder: Path, python: str, only: str) -> list[str]:
    started, faults, every = time.monotonic(), [], Counter[tuple[str, str]]()
    register, questions = Register(sample.path, DRAFT), 0
    with Reader(python) as reader:
        for look in _looks(sample, folder, only):
            seen = read(reader, look)
            counts = Counter((one.kind, one.how) for one in seen)
            every += counts
            _say(f"{look.name:24} {_told(counts)}")
            faults += [_fault(look, one) for one in seen if one.how == "not" and one.kind in ASKED]
            asked, lacking = _answers(look, seen, register)
            questions += asked
            faults += lacking
    _say(f"\n{'':27}{'texts':>7}{'at sight':>10}{'close by':>10}{'not read':>10}")
    for kind in (*ASKED, *TOLD):
        aside = "" if kind in ASKED else "   told only"
        first, close, missed = (every[kind, how] for how in ("first", "close", "not"))
        _say(f"{kind:27}{first + close + missed:7,}{first:10,}{close:10,}{missed:10,}{aside}")
    open_ = sum(": the question " in one for one in faults)
    _say(f"{'answers to questions':27}{questions:7,}{questions - open_:10,}{'':10}{open_:10,}")
    _say(f"{(time.monotonic() - started) / 60:.1f} minutes\n")
    return faults


def _answers(look: Look, seen: list[Seen], register: Register) -> tuple[int, list[str]]:
    """How many questions a page has to answer, and those whose answer was not read from it."""
    mine = [one for one in QUESTIONS if look.name.partition(" ")[0] in one.templates]
    texts, read_ = [one.text for one in seen], {nth for nth, one in enumerate(seen) if one.how != "not"}
    faults = []
    for one in mine:
        phrases = [said for said in one.answer(register) if not any(where <= read_ for where in spans(said, texts))]
        if phrases:
            faults.append(f"{look.name}: the question {one.asked} is not answered to the eye: {phrases}")
    return len(mine), faults


def _looks(sample: Frozen, folder: Path, only: str) -> Iterator[Look]:
    parts = [looks.slides(sample, folder), looks.papers(sample, folder)]
    path = folder / "deck.pptx"
    if shutil.which("soffice") is None or shutil.which("pdftoppm") is None:
        _say("not done, LibreOffice and poppler-utils are not installed: pages of the deck")
    elif path.exists():
        deck.shown(path, folder)
        parts.append(deck.looks(sample, path, folder))
    return (one for one in chain(*parts) if re.search(only, one.name))


def _told(counts: Counter[tuple[str, str]]) -> str:
    asked = {how: sum(counts[kind, how] for kind in ASKED) for how in ("first", "close", "not")}
    return f"{asked['first'] + asked['close']} of {sum(asked.values())} read, {asked['close']} of them close by"


def _fault(look: Look, one: Seen) -> str:
    return f"{look.name}: {one.kind} {one.text!r} was read as {one.instead!r}"


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
