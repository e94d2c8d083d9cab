"""The process that is killed: it acts without end and says what it has done (`python -m tests.store.killed`).

A process of its own and no fork of the test's: a fork inherits the locks that other threads of the test hold.
"""

from __future__ import annotations

import os
import random
import sys
from itertools import count
from typing import Final

from planning import assigning
from store.database import Database
from tests.planning.board import DRAFT, LI, add, parcels

CLUSTERS: Final = ("chips", "health", "digital", "knitwear")


def act(db: Database, number: int) -> None:
    """Do the numbered act; its number is found again in the audit chain."""
    if number % 5 == 0:
        add(db, parcels("." * 40, prefix=f"act-{number}-", east=500_000.0 + number * 5_000))
        return
    ids = random.Random(number).sample(range(1, 41), 20)  # noqa: S311  # not a secret
    cluster = CLUSTERS[number % len(CLUSTERS)]
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=ids, cluster=cluster, reason=f"act-{number}-")


def child(url: str, first: int, *, honest: bool) -> None:
    """Act without end; an honest child speaks after the commit, the other one before the act."""
    db = Database.open(url)
    for number in count(first):
        if not honest:
            os.write(1, b"%d\n" % number)
        act(db, number)
        if honest:
            os.write(1, b"%d\n" % number)


if __name__ == "__main__":
    child(sys.argv[1], int(sys.argv[2]), honest=sys.argv[3] == "honest")
