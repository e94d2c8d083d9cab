r"""Text of a drawing as it was meant: characters written as escapes, and what our own exports wrote on outlines.

Drawings before AutoCAD 2007 write what their code page lacks as ``\U+`` and the figures of a UTF-16 unit,
two such for a character beyond the basic plane; ezdxf (1.4.5) writes eight figures there, and reads neither.
"""

from __future__ import annotations

import re
from typing import Any, Final

from exchange.writing.dxf_entities import APP
from exchange.writing.facts import one_line

# eight figures are one character, which four would make a control character and four figures of text
_EIGHT: Final = r"00(?:0[1-9A-Fa-f]|10)[0-9A-Fa-f]{4}"
_ESCAPES: Final = re.compile(rf"\\U\+({_EIGHT})|((?:\\U\+(?!{_EIGHT})[0-9A-Fa-f]{{4}})+)")
# eight figures as ezdxf's recover mode makes them: planes 1 to 3, which hold all of Chinese
_HALVED: Final = re.compile(r"([\x01-\x03])([0-9A-Fa-f]{4})")
_TEXT: Final = 1000


def unescaped(text: str) -> str:
    """Text with its escapes as characters, in one line; half a character becomes U+FFFD."""
    if "\\U+" in text:
        text = _ESCAPES.sub(_characters, text)
    # ezdxf mends damaged drawings four figures at a time
    if not text.isprintable():
        text = one_line(_HALVED.sub(lambda found: chr(ord(found[1]) << 16 | int(found[2], 16)), text))
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _characters(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1], 16))
    return bytes.fromhex(found[2].replace("\\U+", "")).decode("utf-16-be", "surrogatepass")


def told(entity: Any) -> dict[str, str]:
    """What an export of this product wrote on an outline, by key."""
    if not entity.has_xdata(APP):
        return {}
    pairs = (unescaped(str(tag.value)).partition("=") for tag in entity.get_xdata(APP) if tag.code == _TEXT)
    return {key: value for key, mark, value in pairs if mark}
