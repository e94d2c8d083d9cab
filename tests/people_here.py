"""People for tests: a director who may give rights, and others by their roles, each with the same passphrase.

What is stored is sealed at a cost that a test can bear; what opens it reads the cost from the text, as ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from unittest.mock import patch

from planning import passphrases, people
from planning.actors import Actor

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from planning.people import Signature
    from store.database import Database

DIRECTOR: Final = "周主任"
WORDS: Final = "four words of ours"
_OFFICE: Final = Actor("office", "cli")


def director(db: Database, words: str = WORDS) -> Signature:
    """The signature of somebody who may give rights; entered when nobody may."""
    with patch.object(passphrases, "_N_LOG2", 9):
        if not people.guarded(db):
            people.add(db, actor=_OFFICE, name=DIRECTOR, roles=["admin"], passphrase=words)
    return people.sign(db, name=DIRECTOR, passphrase=words, role="admin")


def enter(db: Database, roles: Mapping[str, Collection[str]], words: str = WORDS) -> None:
    """Enter people by name and roles, each with the passphrase."""
    by = director(db, words)
    with patch.object(passphrases, "_N_LOG2", 9):
        for name, wanted in roles.items():
            made = people.add(db, actor=_OFFICE, name=name, roles=wanted, by=by)
            people.set_passphrase(db, actor=_OFFICE, name=name, passphrase=words, held=made.code)
