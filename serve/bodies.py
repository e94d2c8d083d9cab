"""The bodies of questions, read with limits: every fault is a refusal with a code, never a guess."""

from __future__ import annotations

import json
import math
from typing import Any, Final, NoReturn, TypeVar

from starlette.requests import Request

Word = TypeVar("Word", bound=str)

MOST_BYTES: Final = 1024 * 1024
MOST_POINTS: Final = 5_000
_PAIR: Final = ("lon", "lat")
MOST_LON, MOST_LAT = 360.0, 90.0  # a map that was turned round the world counts longitude on


class BodyRefused(ValueError):
    """The body cannot be taken; ``code`` says why, ``status`` is 413 when it is too long."""

    def __init__(self, code: str, status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.status = status


async def read_object(request: Request) -> dict[str, Any]:
    """Read a JSON object of at most a MiB; NaN and infinities are refused."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BodyRefused("content_type", 415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BYTES:
            raise BodyRefused("too_long", 413)
    try:
        value = json.loads(body, parse_constant=_no_constant)
    except (ValueError, RecursionError) as fault:
        raise BodyRefused("json") from fault
    if not isinstance(value, dict):
        raise BodyRefused("json")
    return value


def points_of(value: object, *, least: int) -> list[tuple[float, float]]:
    """Read a list of [longitude, latitude] in degrees."""
    if not isinstance(value, list) or not least <= len(value) <= MOST_POINTS:
        raise BodyRefused("points")
    return [_lonlat(pair) for pair in value]


def word_of(value: object, *, among: tuple[Word, ...]) -> Word:
    """Read one of a few words."""
    for word in among:
        if value == word:
            return word
    raise BodyRefused("word")


def _lonlat(pair: object) -> tuple[float, float]:
    if not isinstance(pair, list) or len(pair) != len(_PAIR) or not all(type(n) in (int, float) for n in pair):
        raise BodyRefused("points")
    try:
        lon, lat = float(pair[0]), float(pair[1])
    except OverflowError as fault:
        raise BodyRefused("points") from fault
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= MOST_LON and abs(lat) <= MOST_LAT):
        raise BodyRefused("points")
    return lon, lat


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
