"""Passphrases from a terminal: from a file or the environment, from stdin, or asked for; never an argument."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli import terminal

if TYPE_CHECKING:
    from planning.people import Signature
    from store.database import Database

# one line for each passphrase, in the order in which they are asked for
FILE: Final = "CHANTU_PASSPHRASE_FILE"
LINES: Final = "CHANTU_PASSPHRASE"
By = Annotated[str, typer.Option("--by", metavar="NAME", help="签字的管理人员（口令另行输入）· who signs")]


class Words:
    """The passphrases of one command, one after another."""

    def __init__(self) -> None:
        self._lines = _given()

    def next(self, name: str, *, twice: bool = False, held: bool = False) -> str:
        """The next passphrase, of a person: new when ``twice``; what they have now, or their code, when ``held``."""
        if self._lines is not None:
            return next(self._lines, "")
        if not sys.stdin.isatty():
            return sys.stdin.readline().rstrip("\r\n")
        return _asked(name, twice=twice, held=held)

    def signature(self, db: Database, name: str, role: str) -> Signature:
        """Have a person sign in a role."""
        from planning import people

        return people.sign(db, name=name, passphrase=self.next(name), role=role, actor=terminal.actor())

    def optional(self, db: Database, name: str) -> Signature | None:
        """The signature of somebody who may give rights, where one is named."""
        return self.signature(db, name, "admin") if name else None


def _given() -> Iterator[str] | None:
    from planning.errors import Fault, Refused

    path = os.environ.get(FILE)
    if path:
        try:
            return iter(Path(path).read_text("utf-8").splitlines())
        except (OSError, UnicodeDecodeError) as error:
            raise Refused(Fault("passphrase_file", {"name": FILE}, path)) from error
    text = os.environ.get(LINES)
    return iter(text.splitlines()) if text else None


def _asked(name: str, *, twice: bool, held: bool) -> str:
    from planning.errors import Fault, Refused

    zh = ("现口令或口令码" if held else "新口令" if twice else "口令", "再输一遍：")
    en = ("Passphrase or code" if held else "New passphrase" if twice else "Passphrase", "Again: ")
    what, again = en if terminal.common.lang == "en" else zh
    first = getpass.getpass(f"{name} {what}: ")
    if twice and getpass.getpass(again) != first:
        raise Refused(Fault("passphrases_differ"))
    return first
