"""Names as they are kept: of people and of scenarios."""

from __future__ import annotations

import unicodedata

from planning.errors import Fault, Refused


def spelled(name: str) -> str:
    """A name in composed characters (NFC), without spaces at its ends and with one between its parts."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def clean_name(name: str, *, longest: int) -> str:
    """A name as it is kept; Refused with ``name_empty``, ``name_too_long`` or ``control_character``."""
    text = spelled(name)
    if not text:
        raise Refused(Fault("name_empty"))
    if len(text) > longest:
        raise Refused(Fault("name_too_long", {"length": len(text), "longest": longest}))
    if any(unicodedata.category(char).startswith("C") for char in text):
        raise Refused(Fault("control_character", {"name": text}))
    return text
