"""One snapshot of the sample for all tests of briefings, frozen under a clock that stands still."""

from __future__ import annotations

from dataclasses import replace

import pytest

from planning import assigning, briefings, seeding
from planning.actors import Actor
from planning.atlas import Atlas


@pytest.fixture(scope="session")
def pair(tmp_path_factory):
    """The sample's draft as it is made, and the same with two parks decided."""
    db = seeding.create(f"sqlite:///{tmp_path_factory.mktemp('brief')}/s.sqlite", sample=True, actor=Actor("t", "test"))
    atlas = Atlas(db)
    before = briefings.freeze(atlas, 2)
    parcels, state = atlas.parcels(), atlas.scenario(2)
    parks = parcels.frame["park"].to_numpy(dtype=object)
    for park, cluster in (("芯片产业园", "chips"), ("稠江崇山产业园", "equipment")):
        ids = parcels.ids[(parks == park) & (state.cluster == 255)].tolist()
        assigning.assign(db, actor=Actor("t", "test"), scenario_id=2, parcel_ids=ids, cluster=cluster, reason="试")
    after = briefings.freeze(atlas, 2)
    db.close()
    # the day of the data is that of the test; a picture that is kept needs one that stays
    day = "2026-01-05T08:00:00+00:00"
    return replace(before, data_at=day, revision=1), replace(after, data_at=day, revision=2)


@pytest.fixture(scope="session")
def snapshot(pair):
    return pair[0]
