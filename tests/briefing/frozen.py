"""The sample as a briefing sees it: the base, the draft as it is made, the draft with two parks decided."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from briefing.snapshot import Snapshot
from planning import assigning, briefings, seeding
from planning.actors import Actor
from planning.atlas import Atlas

# the day of the data is that of the test; a picture that is kept needs one that stays
DAY = "2026-01-05T08:00:00+00:00"
DRAFT = 2
DECIDED = (("芯片产业园", "chips"), ("稠江崇山产业园", "equipment"))


@dataclass(frozen=True)
class Frozen:
    """Where the database is that was frozen, and its snapshots."""

    path: Path
    base: Snapshot
    before: Snapshot
    after: Snapshot


def frozen(folder: Path) -> Frozen:
    """Make the sample in a folder, and freeze it before and after two parks are decided."""
    path, me = folder / "s.sqlite", Actor("t", "test")
    db = seeding.create(f"sqlite:///{path}", sample=True, actor=me)
    atlas = Atlas(db)
    base, before = briefings.freeze(atlas, 1), briefings.freeze(atlas, DRAFT)
    parcels, state = atlas.parcels(), atlas.scenario(DRAFT)
    parks = parcels.frame["park"].to_numpy(dtype=object)
    for park, cluster in DECIDED:
        ids = parcels.ids[(parks == park) & (state.cluster == 255)].tolist()
        assigning.assign(db, actor=me, scenario_id=DRAFT, parcel_ids=ids, cluster=cluster, reason="试")
    after = briefings.freeze(atlas, DRAFT)
    db.close()
    return Frozen(path, *(replace(one, data_at=DAY, revision=nth) for nth, one in enumerate((base, before, after))))
