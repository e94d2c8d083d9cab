"""How the text of a file that does not say is encoded: what can be read in which way, and how it then looks."""

from __future__ import annotations

import codecs
import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from exchange.errors import FileRefused
from exchange.formats.opened import EncodingTried, FileNote

# what Chinese offices, Taiwan and Japan write
CANDIDATES: Final = ("utf-8", "gb18030", "big5", "cp932")
# first level of GB 2312, frequently used characters of Big5, kana and first level of JIS X 0208 as Shift JIS
_USUAL_BLOCKS: Final = {"gb18030": (0xB0A1, 0xD7F9), "big5": (0xA440, 0xC67E), "cp932": (0x829F, 0x9872)}
_MARKS: Final = frozenset("（）、，。：；《》—－·～／％㎡℃①②③④⑤")
_USUAL: Final = 0.7
_CLEAR: Final = 0.15
_FAR: Final = 0.3
# a thousand names tell as much as a million
_MOST_WEIGHED: Final = 1_000
_EXAMPLES: Final = 3
_EXAMPLE_LENGTH: Final = 40
# lines that are looked at to tell encodings apart: those with something beyond ASCII, from the head of the text
_SAMPLE_BYTES: Final = 4 << 20
_SAMPLE_LINES: Final = 2_000
_BYTE_ORDER_MARKS: Final = (
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


def text_of(raw: bytes, given: str | None) -> Text:
    """Read a text by its mark, else as strict UTF-8, else as GB 18030; ``given`` is a person's word and goes first.

    What cannot be read in the end becomes U+FFFD, and a note says so.
    """
    if given is None:
        for mark, name in _BYTE_ORDER_MARKS:
            if raw.startswith(mark):
                return Text(raw.decode(name, "replace"), name)
    if raw.isascii():
        return Text(raw.decode("ascii"), "ascii")
    sample = list(
        itertools.islice((line for line in raw[:_SAMPLE_BYTES].splitlines() if not line.isascii()), _SAMPLE_LINES)
    )
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
            name, share_readable(texts, name), tuple(decoded(text, name)[:_EXAMPLE_LENGTH] for text in longest)
        )
        for name in dict.fromkeys((chosen, *CANDIDATES))
    ]
    return (found[0], *sorted(found[1:], key=lambda one: -one.share))


def share_readable(texts: Sequence[bytes], encoding: str) -> float:
    """Share of the texts that can be read in this encoding; the last character may be cut."""
    good = 0
    if not texts:
        return 0.0
    for text in texts:
        try:
            # a field of fixed width may have cut the last character
            codecs.getincrementaldecoder(encoding)("strict").decode(text, final=False)
        except UnicodeDecodeError:
            continue
        good += 1
    return good / len(texts)


@dataclass(frozen=True, slots=True)
class Found:
    """How text is most likely encoded, and whether the runner-up is far enough behind."""

    encoding: str
    sure: bool


def find(texts: Sequence[bytes], declared: str | None = None) -> Found:
    """Encoding of texts that are not ASCII, by what can be read and how usual the characters then are.

    gb18030 reads almost any bytes, Big5 among them; but of the characters of a Chinese text, over nine in ten are of
    the first level of GB 2312 (1980), or of the frequently used block of Big5, and only about half when read the wrong
    way. What is declared stands unless it cannot be read or another reading is far more usual.
    """
    likely = {name: likelihood(texts, name) for name in CANDIDATES}
    first, second = sorted(likely, key=lambda name: -likely[name])[:2]
    if declared is not None and share_readable(texts, declared) == 1:
        told = likely.get(declared, likelihood(texts, declared))
        if likely[first] < _USUAL or told > likely[first] - _FAR:
            return Found(declared, sure=True)
    if likely[first] >= _USUAL and likely[first] - likely[second] >= _CLEAR:
        return Found(first, sure=True)
    readable = {name: share_readable(texts, name) for name in dict.fromkeys(("utf-8", "gb18030", declared or "cp1252"))}
    return Found(first if likely[first] >= _USUAL else max(readable, key=lambda name: readable[name]), sure=False)


def likelihood(texts: Sequence[bytes], encoding: str) -> float:
    """Share of texts that can be read, times the share of usual characters among those that are not ASCII."""
    usual = foreign = 0
    for text in itertools.islice(texts, _MOST_WEIGHED):
        characters = [each for each in decoded(text, encoding) if ord(each) > 0x7F]  # noqa: PLR2004 - ASCII ends here
        foreign += len(characters)
        usual += sum(_is_usual(each, encoding) for each in characters)
    return share_readable(texts, encoding) * usual / foreign if foreign else 0.0


def _is_usual(character: str, encoding: str) -> bool:
    if character == "\ufffd":
        return False
    if encoding == "utf-8":
        # three bytes follow the rules of UTF-8 rarely by chance; two do, in some 18 of 100 characters of GBK
        return ord(character) >= 0x800 or 0xA0 <= ord(character) <= 0x17F  # noqa: PLR2004 - three bytes; Latin
    low, high = _USUAL_BLOCKS.get(encoding, (1, 0))
    try:
        code = int.from_bytes(character.encode("gb2312" if encoding == "gb18030" else encoding), "big")
    except UnicodeEncodeError:
        return False
    return low <= code <= high or character in _MARKS


def decoded(text: bytes, encoding: str) -> str:
    """Text, without the half of a character that a field of fixed width cut off at its end."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(text, final=False)


def is_cut(text: bytes, encoding: str) -> bool:
    """Whether the text ends within a character."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    decoder.decode(text, final=False)
    return bool(decoder.getstate()[0])


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
