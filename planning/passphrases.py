"""Passphrases: known again by scrypt (RFC 7914), never kept; wrong ones make the next try wait.

One check takes some 0.3 s and 32 MiB (N = 2^15, r = 8, p = 3: a row of the OWASP cheat sheet). The cost stands in the
stored text, so that it can be raised later without making old passphrases unknown.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from typing import Final

from planning.errors import Fault, Refused

SHORTEST: Final = 8
LONGEST: Final = 200
_N_LOG2: Final = 15
_R: Final = 8
_P: Final = 3
_SALT_BYTES: Final = 16
_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"
_LENGTH: Final = 16
# tries before each further one has to wait, and the longest wait
FREE_TRIES: Final = 3
LONGEST_WAIT_S: Final = 900


def sealed(passphrase: str) -> str:
    """Return what is stored of a passphrase; Refused when it is too short or too long."""
    text = _prepared(passphrase)
    if not SHORTEST <= len(text) <= LONGEST:
        raise Refused(Fault("passphrase_length", {"shortest": SHORTEST, "longest": LONGEST}))
    salt = secrets.token_bytes(_SALT_BYTES)
    key = _derived(text, salt, _N_LOG2, _R, _P)
    return f"scrypt${_N_LOG2}${_R}${_P}${_text(salt)}${_text(key)}"


def new_code() -> str:
    """A word by which somebody may set a passphrase: 78 bits, of letters that are not mistaken for one another."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def opens(secret: str, passphrase: str) -> bool:
    """Whether the passphrase is the one that was sealed."""
    _, n_log2, r, p, salt, key = secret.split("$")
    found = _derived(_prepared(passphrase)[:LONGEST], base64.b64decode(salt), int(n_log2), int(r), int(p))
    return hmac.compare_digest(found, base64.b64decode(key))


def wait_s(failures: int) -> int:
    """Seconds that must lie between the last of so many wrong tries and the next: 0, 0, 0, 2, 4, 8, … 900."""
    if failures < FREE_TRIES:
        return 0
    # an exponent is bounded before the power is taken: a robot could have tried a thousand times
    return int(min(LONGEST_WAIT_S, 2 ** min(failures - FREE_TRIES + 1, 10)))


def _prepared(passphrase: str) -> str:
    # keyboards and systems compose characters differently: the same words must open
    return unicodedata.normalize("NFKC", passphrase)


def _derived(text: str, salt: bytes, n_log2: int, r: int, p: int) -> bytes:
    n = 2**n_log2
    return hashlib.scrypt(text.encode("utf-8", "replace"), salt=salt, n=n, r=r, p=p, maxmem=160 * n * r, dklen=32)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
