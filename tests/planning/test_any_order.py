"""Any order of strokes, reverts, locks, undos and redos: the database agrees with a plain model, and so do the sums."""

from __future__ import annotations

import shutil
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as some
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from planning import assigning
from planning.atlas import Atlas
from planning.errors import NothingToRedo, NothingToUndo, Refused
from planning.guarding import verify
from planning.ledger import cluster_totals
from store.database import Database
from tests.planning.board import DRAFT, LI, copy_of

Board = tuple[dict[int, str | None], frozenset[int], frozenset[str]]
BASE = ["chips", "chips", "health"] + [None] * 7
PARCELS = some.lists(some.integers(0, 9), min_size=1, max_size=5, unique=True)
CLUSTERS = some.sampled_from([None, "chips", "health", "digital"])


class Painting(RuleBasedStateMachine):
    """A board as three plain lists, and its past as copies of them."""

    board: ClassVar[Database]

    @initialize()
    def begin(self):
        self.folder = Path(tempfile.mkdtemp())
        self.db = copy_of(self.board, self.folder / "play.sqlite")
        self.atlas = Atlas(self.db)
        self.tab = self.atlas.scenario(DRAFT)
        # (own clusters, locked parcels, locked clusters); a parcel that is not in own inherits
        self.now: Board = ({}, frozenset(), frozenset())
        self.past, self.future = [], []

    def teardown(self):
        # the record leads to the board, however it was reached
        assert verify(self.db).faults == ()
        self.db.close()
        shutil.rmtree(self.folder)

    def shows(self, place, now=None):
        own = (now or self.now)[0]
        return own.get(place, BASE[place])

    def locked(self, place):
        return place in self.now[1] or self.shows(place) in self.now[2]

    def step(self, done, after):
        """Take the act's outcome into the tab's picture, and the model's into its past."""
        self.tab = self.tab.after(done)
        assert (done.command_id is not None) == (after != self.now)
        if after != self.now:
            self.past.append(self.now)
            self.future = []
            self.now = after

    @rule(places=PARCELS, cluster=CLUSTERS)
    def assign(self, places, cluster):
        ids = [place + 1 for place in places]
        act = {"actor": LI, "scenario_id": DRAFT, "parcel_ids": ids, "cluster": cluster, "seen": self.tab.seen(ids)}
        if cluster in self.now[2]:
            with pytest.raises(Refused):
                assigning.assign(self.db, **act)
            return
        done = assigning.assign(self.db, **act)
        assert list(done.skipped_locked) == [place + 1 for place in places if self.locked(place)]
        painted = {place: cluster for place in places if not self.locked(place)}
        self.step(done, ({**self.now[0], **painted}, *self.now[1:]))

    @rule(places=PARCELS)
    def revert(self, places):
        done = assigning.revert(self.db, actor=LI, scenario_id=DRAFT, parcel_ids=[place + 1 for place in places])
        freed = {place for place in places if not self.locked(place)}
        self.step(done, ({at: code for at, code in self.now[0].items() if at not in freed}, *self.now[1:]))

    @rule(places=PARCELS, clusters=some.sets(some.sampled_from(["chips", "digital"])), on=some.booleans())
    def lock(self, places, clusters, on):
        verb = assigning.lock if on else assigning.unlock
        done = verb(self.db, actor=LI, scenario_id=DRAFT, parcel_ids=[place + 1 for place in places], clusters=clusters)
        own, parcels, names = self.now
        self.step(
            done,
            (own, parcels | set(places), names | clusters) if on else (own, parcels - set(places), names - clusters),
        )

    @rule()
    def undo(self):
        if not self.past:
            with pytest.raises(NothingToUndo):
                assigning.undo(self.db, actor=LI, scenario_id=DRAFT)
            return
        self.tab = self.tab.after(assigning.undo(self.db, actor=LI, scenario_id=DRAFT))
        self.future.append(self.now)
        self.now = self.past.pop()

    @rule()
    def redo(self):
        if not self.future:
            with pytest.raises(NothingToRedo):
                assigning.redo(self.db, actor=LI, scenario_id=DRAFT)
            return
        self.tab = self.tab.after(assigning.redo(self.db, actor=LI, scenario_id=DRAFT))
        self.past.append(self.now)
        self.now = self.future.pop()

    @invariant()
    def three_pictures_agree(self):
        """The model, the tab that only followed its own acts, and the database read anew or caught up."""
        expected = [(self.shows(at), at in self.now[0], self.locked(at)) for at in range(10)]
        for state in (self.tab, self.atlas.scenario(DRAFT), Atlas(self.db).scenario(DRAFT)):
            rows = [(state.code_at(at), bool(state.own[at]), bool(state.locked[at])) for at in range(10)]
            assert rows == expected
        totals = cluster_totals(self.atlas.parcels(), self.tab)
        for one in totals:
            count = sum(self.shows(at) == one.cluster for at in range(10))
            assert (one.parcels, one.area_m2) == (count, Decimal(10_000 * count))


def test_any_order_of_acts_agrees_with_a_plain_model(made_board):
    Painting.board = made_board
    run_state_machine_as_test(Painting, settings=settings(max_examples=15, stateful_step_count=20))
