"""docs/command-line.md names every command and every option that the program has, and no command that it has not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer.main

import cli.__main__  # noqa: F401 - commands come into the program when their modules are imported
from cli.gathering import app
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = (REPOSITORY / "docs" / "command-line.md").read_text("utf-8")


def commands(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


KNOWN = dict(commands(typer.main.get_command(app)))


def test_every_command_is_on_the_page():
    assert len(KNOWN) >= 13
    assert [name for name in KNOWN if not re.search(rf"`{name}\b", PAGE)] == []


def test_every_option_is_on_the_page():
    missing = {
        name: gone
        for name, command in KNOWN.items()
        if (
            gone := [
                one.opts[-1] for one in command.params if one.opts[-1].startswith("--") and one.opts[-1] not in PAGE
            ]
        )
    }
    assert missing == {}


def test_no_command_is_on_the_page_that_the_program_has_not():
    # a command stands at the start of a line or of a row, with its arguments in capitals or in brackets
    written = set(re.findall(r"^(?:\| )?`([a-z]+) (?:[A-Z\[]|--)", PAGE, re.MULTILINE))
    assert written
    assert written - {name.split()[0] for name in KNOWN} == set()
