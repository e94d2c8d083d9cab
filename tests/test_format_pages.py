"""docs/formats names every form that is written, every format that is read, and the precision that tests prove."""

from __future__ import annotations

import re

import pytest

from exchange.sniff import NAMES, READ
from exchange.writing.forms import FORMS
from tests.conftest import REPOSITORY
from tests.exchange.round_trips.test_out_and_in import KEPT

FOLDER = REPOSITORY / "docs" / "formats"
PAGES = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.md")}
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in PAGES["README.md"].splitlines() if line[:1] == "|"]
# how the page says how far a corner may move
SAID = {0.0: "原样 exact", 1e-6: "0.001 mm", 0.000_1: "0.1 mm", 0.000_75: "0.75 mm", 0.000_02: "0.02 mm"}


def test_every_form_is_in_the_table_and_on_a_page_of_its_own():
    for form in FORMS:
        assert any(f"`{form}`" in row[2] for row in ROWS if len(row) == 5), form
        assert any(f"`{form}`" in text for name, text in PAGES.items() if name != "README.md"), form


def test_every_format_that_is_read_is_in_the_table():
    table = "\n".join("|".join(row[:2]) for row in ROWS if len(row) == 5)
    assert [key for key in READ if NAMES[key] not in table] == []


@pytest.mark.parametrize("form", KEPT)
def test_the_page_says_the_precision_that_is_proved(form):
    (row,) = [row for row in ROWS if len(row) == 5 and f"`{form}`" in row[2]]
    assert row[3] == SAID[KEPT[form].precision_m]


def test_no_page_leads_nowhere():
    for name, text in PAGES.items():
        for target in re.findall(r"\]\(([^)#]+)", text):
            assert (FOLDER / target).is_file(), (name, target)
    assert all(f"({name})" in PAGES["README.md"] for name in PAGES if name != "README.md")
