"""How the text of a file that does not say is encoded: what can be read in which way, and how it then looks."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import Final

from exchange.errors import FileRefused
from exchange.formats.opened import EncodingTried

# what Chinese offices, Taiwan and Japan write
CANDIDATES: Final = ("utf-8", "gb18030", "big5", "cp932")
_EXAMPLES: Final = 3
_EXAMPLE_LENGTH: Final = 40


def tried(texts: Sequence[bytes], chosen: str) -> tuple[EncodingTried, ...]:
    """Each candidate with its share and examples, ``chosen`` first; nothing when all the text is ASCII."""
    if not texts:
        return ()
    longest = sorted(set(texts), key=lambda text: (-len(text), text))[:_EXAMPLES]
    found = [
        EncodingTried(
            name, share_readable(texts, name), tuple(text.decode(name, "replace")[:_EXAMPLE_LENGTH] for text in longest)
        )
        for name in dict.fromkeys((chosen, *CANDIDATES))
    ]
    return (found[0], *sorted(found[1:], key=lambda one: -one.share))


def share_readable(texts: Sequence[bytes], encoding: str) -> float:
    """Share of the texts that are whole in this encoding."""
    good = 0
    for text in texts:
        try:
            text.decode(encoding)
        except UnicodeDecodeError:
            continue
        good += 1
    return good / len(texts)


def known(name: str) -> str:
    """Python's name of an encoding that a person named.

    Raises
    ------
    FileRefused
        ``encoding_unknown`` with those that can be asked for.
    """
    try:
        return codecs.lookup({"gbk": "gb18030", "gb2312": "gb18030"}.get(name.strip().casefold(), name.strip())).name
    except LookupError as error:
        raise FileRefused("encoding_unknown", {"encoding": name[:40], "known": list(CANDIDATES)}) from error
