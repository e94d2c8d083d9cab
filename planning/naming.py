"""Codes of parcels that come from others: the code that all began with, and the next free number behind it.

What is cut out of ``YW-031`` is ``YW-031-1``, ``YW-031-2``, …; what is cut out of ``YW-031-2``, or merged with it, is
``YW-031-3`` and not ``YW-031-2-1``: however often land is cut and joined, codes stay as long as they are, and which
parcel came from which is in the lineage. A number is not given twice among parcels that come from one another.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import count
from typing import Final

from sqlalchemy import Connection

from store import features, lineage
from store.shapes import Stand

PARCELS: Final = "parcels"
_NUMBERS: Final = r"(-[0-9]+)+"
# codes looked up at a time
_LOOKED_UP: Final = 500


def derived_codes(conn: Connection, stand: Stand, wanted: int, *, given: Collection[str] = ()) -> list[str]:
    """Free codes for parcels that come from one; ``given`` are those that the same act has given already."""
    codes, parents = _family(conn, stand)
    root = _root(stand, codes, parents)
    spent = {*codes.values(), *given}
    found: list[str] = []
    for first in count(1, _LOOKED_UP):
        listed = [f"{root}-{number}" for number in range(first, first + _LOOKED_UP)]
        used = features.live_ids_of_codes(conn, PARCELS, listed)
        found += [one for one in listed if one not in used and one not in spent]
        if len(found) >= wanted:
            break
    return found[:wanted]


def _family(conn: Connection, stand: Stand) -> tuple[dict[int, str], dict[int, set[int]]]:
    """Codes of all parcels that a parcel hangs together with by what was done, and the parents of each."""
    known, waiting = {stand.id}, {stand.id}
    parents: dict[int, set[int]] = {}
    while waiting:
        lines = [one for one in lineage.touching(conn, sorted(waiting)) if one.status == "done"]
        for one in lines:
            if one.to_id is not None:
                parents.setdefault(one.to_id, set()).add(one.from_id)
        waiting = {end for one in lines for end in (one.from_id, one.to_id) if end is not None} - known
        known |= waiting
    return features.codes_of(conn, PARCELS, sorted(known), live=False), parents


def _root(stand: Stand, codes: dict[int, str], parents: dict[int, set[int]]) -> str:
    """The shortest code among a parcel's and its ancestors' that its own is made of by numbers behind it."""
    known, waiting = {stand.id}, {stand.id}
    while waiting:
        waiting = {parent for one in waiting for parent in parents.get(one, ())} - known
        known |= waiting
    made_of = [codes[one] for one in known if re.fullmatch(re.escape(codes[one]) + _NUMBERS, stand.code)]
    return min([*made_of, stand.code], key=len)
