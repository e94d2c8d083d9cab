"""How the text of a file that does not say is encoded: what can be read in which way, and how it then looks."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from exchange.errors import FileRefused
from exchange.formats.opened import EncodingTried, FileNote

# what Chinese offices, Taiwan and Japan write
CANDIDATES: Final = ("utf-8", "gb18030", "big5", "cp932")
_EXAMPLES: Final = 3
_EXAMPLE_LENGTH: Final = 40
# lines that are looked at to tell encodings apart: those with something beyond ASCII, from the head of the text
_SAMPLE_BYTES: Final = 4 << 20
_SAMPLE_LINES: Final = 2_000
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# a few broken characters do not make UTF-8 text GBK: a line of Chinese GBK is hardly ever sound UTF-8
_UTF8_IN_DOUBT: Final = 0.5


@dataclass(frozen=True, slots=True)
class Text:
    """A whole text, the encoding that it was read in, and what else was tried."""

    text: str
    encoding: str
    tried: tuple[EncodingTried, ...] = ()
    notes: tuple[FileNote, ...] = ()


def decoded(raw: bytes, given: str | None) -> Text:
    """Read a text by its mark, else as strict UTF-8, else as GB 18030; ``given`` is a person's word and goes first.

    What cannot be read in the end becomes U+FFFD, and a note says so.
    """
    if given is None:
        for mark, name in _MARKS:
            if raw.startswith(mark):
                return Text(raw.decode(name, "replace"), name)
    if raw.isascii():
        return Text(raw.decode("ascii"), "ascii")
    sample = list(islice((line for line in raw[:_SAMPLE_BYTES].splitlines() if not line.isascii()), _SAMPLE_LINES))
    name = known(given) if given is not None else _guessed(raw, sample)
    text = raw.decode(name, "replace").removeprefix("\ufeff")
    doubtful = "\ufffd" in text
    code = "encoding_doubtful" if doubtful else "encoding_found"
    notes = (FileNote(code, {"encoding": name, "declared": given or ""}),) if doubtful or given is None else ()
    return Text(text, name, tried(sample, name), notes)


def _guessed(raw: bytes, sample: Sequence[bytes]) -> str:
    for name in ("utf-8", "gb18030"):
        if name == "gb18030" and share_readable(sample, "utf-8") > _UTF8_IN_DOUBT:
            return "utf-8"
        try:
            raw.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    return max(("gb18030", "utf-8"), key=lambda each: share_readable(sample, each))


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
    if not texts:
        return 0.0
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
