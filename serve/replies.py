"""The few forms of answer that every route gives."""

from __future__ import annotations

import json
from typing import Final

from starlette.responses import Response

FOREVER: Final = {"Cache-Control": "private, max-age=31536000, immutable"}
FRESH: Final = {"Cache-Control": "no-store"}


def as_json(value: object, *, status: int = 200, lasting: bool = False) -> Response:
    """Answer with JSON; numbers that JSON does not know are a fault of ours and raise."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Response(text, status, FOREVER if lasting else FRESH, media_type="application/json")


def as_bytes(content: bytes, media_type: str, *, encoding: str = "") -> Response:
    """Answer with bytes that never change at this address."""
    extra = {"Content-Encoding": encoding, "Vary": "Accept-Encoding"} if encoding else {}
    return Response(content, 200, FOREVER | extra, media_type=media_type)


def gone() -> Response:
    """The revision asked for is not the present one: the browser asks Python again."""
    return Response(status_code=410, headers=FRESH)


def missing() -> Response:
    """There is nothing at this address. Said here, since what we do not answer Streamlit answers with its page."""
    return Response(status_code=404, headers=FRESH)


def refused(code: str, *, status: int = 400) -> Response:
    """The question cannot be read; ``code`` says why."""
    return as_json({"refused": code}, status=status)
