"""Outlines that are one row: a drawing has no holes and no parts, so exports of this product number the outlines.

Each carries ``part=ROW:NUMBER/OF``. Where all of them are there, once, they are one shape again by the even-odd rule;
where one was deleted or copied in between, each stays a row of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import shapely

from exchange import limits
from exchange.formats import rings
from exchange.formats.dxf_walk import Drawn

KEY: Final = "part"
_PART: Final = re.compile(r"(\d{1,18}):(\d{1,5})/(\d{1,5})")


def joined(drawn: Sequence[Drawn]) -> tuple[list[Drawn], int]:
    """The rows with numbered outlines joined at the place of their first, and how many rows came of it."""
    groups: dict[tuple[str, int, str], list[tuple[int, int]]] = {}
    for at, one in enumerate(drawn):
        found = _PART.fullmatch(one.told.get(KEY, ""))
        if found is not None and one.shape is not None:
            groups.setdefault((found[1], int(found[3]), one.family), []).append((int(found[2]), at))
    whole: dict[int, Drawn] = {}
    gone: set[int] = set()
    for (_, count, family), parts in groups.items():
        if sorted(number for number, _ in parts) != list(range(1, count + 1)) or count > limits.MOST_RINGS:
            continue
        places = [at for _, at in sorted(parts)]
        shape = _one([drawn[at].shape for at in places], family)
        if not shape.is_empty:
            whole[min(places)] = replace(drawn[places[0]], shape=shape)
            gone |= set(places) - {min(places)}
    return [whole.get(at, one) for at, one in enumerate(drawn) if at not in gone], len(whole)


def _one(shapes: Sequence[Any], family: str) -> Any:
    if family == "polygon":
        return rings.area_of([shapely.get_coordinates(shapely.get_exterior_ring(shape)) for shape in shapes])[0]
    return shapely.multilinestrings(shapes) if family == "line" else shapely.multipoints(shapes)
