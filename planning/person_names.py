"""What a person may be called here, and in what roles they may work."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from typing import Final

from planning.errors import Fault, Refused

ROLES: Final = ("planner", "reviewer", "admin")
LONGEST_NAME: Final = 40


def known_roles(roles: Collection[str]) -> tuple[str, ...]:
    """Roles in their order, each once; Refused with ``role_unknown`` for each, ``role_missing`` for none."""
    faults = [Fault("role_unknown", {"role": role, "known": ROLES}) for role in roles if role not in ROLES]
    if not roles:
        faults.append(Fault("role_missing", {"known": ROLES}))
    if faults:
        raise Refused(*faults)
    return tuple(role for role in ROLES if role in set(roles))


def spelled(name: str) -> str:
    """A name as it is kept: composed (NFC), without spaces at its ends and with one between its parts."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def clean_name(name: str) -> str:
    """A name as it is kept; Refused with ``name_empty``, ``name_too_long`` or ``control_character``."""
    text = spelled(name)
    if not text:
        raise Refused(Fault("name_empty"))
    if len(text) > LONGEST_NAME:
        raise Refused(Fault("name_too_long", {"length": len(text), "longest": LONGEST_NAME}))
    if any(unicodedata.category(char).startswith("C") for char in text):
        raise Refused(Fault("control_character", {"name": text}))
    return text
