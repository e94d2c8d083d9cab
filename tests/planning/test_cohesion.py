"""Cohesion of a scenario: suggestions that better the measures when they are done, and none where there is none."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from planning import assigning
from planning.atlas import Atlas
from planning.cohesion import LEAST_M, measures, suggestions
from planning.ledger import ledger
from planning.quotas import set_quotas
from planning.ruling import FORBIDDEN, clean_part, judge
from planning.seeding import create
from tests.planning.board import DRAFT, LI, made

CODES = ("chips", "health", "digital", "surface")
WIDE, COUNT = 10, 30


@pytest.fixture(scope="module")
def board(tmp_path_factory):
    db = made(tmp_path_factory.mktemp("cohesion") / "b.sqlite", "." * COUNT)
    yield Atlas(db)
    db.close()


def recounted(geoms, clusters):
    """Orphans and metres shared over all clusters by shapely: the boundary that two parcels have in common."""
    tree = shapely.STRtree(geoms)
    like, shared = set(), 0.0
    for left, right in tree.query(geoms, predicate="touches").T.tolist():
        if left < right and clusters[left] == clusters[right] is not None:
            common = shapely.length(shapely.intersection(geoms[left], geoms[right]))
            if common > 0.1:
                like |= {left, right}
                shared += common
    return sum(one is not None and at not in like for at, one in enumerate(clusters)), shared


def clusters_of(state):
    return [state.code_at(row) for row in range(len(state.ids))]


def clear(board):
    ids = board.parcels().ids
    assigning.unlock(board.db, actor=LI, scenario_id=DRAFT, parcel_ids=ids, clusters=CODES)
    set_quotas(board.db, actor=LI, scenario_id=DRAFT, quotas=dict.fromkeys(CODES))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10, deadline=None)
@given(
    some.lists(some.sampled_from([*CODES, None]), min_size=COUNT, max_size=COUNT),
    some.sets(some.integers(0, COUNT - 1), max_size=8),
    some.sets(some.sampled_from(CODES), max_size=1),
    some.dictionaries(some.sampled_from(CODES), some.integers(0, 20), max_size=2),
)
def test_every_suggestion_betters_the_board_and_keeps_what_is_to_be_kept(board, painted, locked, shut, quota):
    ids, geoms = board.parcels().ids, board.parcels().geoms
    assigning.assign(board.db, actor=LI, scenario_id=DRAFT, parcel_ids=ids, cluster=None)
    for code in CODES:
        of_code = [int(ids[at]) for at, one in enumerate(painted) if one == code]
        # what rules forbid beside those painted before stays without a class
        allowed = clean_part(board, board.scenario(DRAFT), of_code, code, with_justified=True)
        assigning.assign(board.db, actor=LI, scenario_id=DRAFT, parcel_ids=allowed, cluster=code, reason="试")
    assigning.lock(board.db, actor=LI, scenario_id=DRAFT, parcel_ids=ids[sorted(locked)], clusters=tuple(shut))
    set_quotas(
        board.db, actor=LI, scenario_id=DRAFT, quotas={code: Decimal(15 * count) for code, count in quota.items()}
    )
    state = board.scenario(DRAFT)
    before = clusters_of(state)
    orphans, shared = recounted(geoms, before)
    found = suggestions(board, state, most=COUNT * 4)
    assert found.unexamined == 0
    told = {(int(board.parcels().row_of([one.parcel_id])[0]), one.after): one for one in found.listed}

    def admissible(row, code):
        if row in locked or before[row] in shut or code in shut:
            return False
        if code in quota and before.count(code) + 1 > quota[code]:
            return False
        return judge(board, state, [ids[row]], code).level_of([ids[row]])[0] != FORBIDDEN

    for row in range(COUNT):
        for code in CODES:
            after = [code if at == row else one for at, one in enumerate(before)]
            then_orphans, then_shared = recounted(geoms, after)
            better = then_orphans <= orphans and then_shared >= shared - 1e-6 and (
                then_orphans < orphans or then_shared - shared >= LEAST_M
            )  # fmt: skip
            if better and code != before[row] and then_shared > 0 and _beside(before, row, code):
                assert ((row, code) in told) == admissible(row, code)
            else:
                assert (row, code) not in told
            if (row, code) in told:
                assert told[row, code].orphans == then_orphans - orphans
                assert told[row, code].shared_m == pytest.approx(then_shared - shared, abs=1e-6)
    order = [(one.orphans, -one.shared_m) for one in found.listed]
    assert order == sorted(order)
    clear(board)


def _beside(before, row, code):
    at = [row - 1] * (row % WIDE > 0) + [row + 1] * (row % WIDE < WIDE - 1) + [row - WIDE] * (row >= WIDE)
    at += [row + WIDE] * (row + WIDE < COUNT)
    return any(before[other] == code for other in at)


def test_what_is_accepted_is_one_step_that_does_what_was_said(tmp_path):
    db = create(f"sqlite:///{tmp_path}/s.sqlite", sample=True, actor=LI)
    atlas = Atlas(db)
    geoms = atlas.parcels().geoms
    state = atlas.scenario(DRAFT)
    start = clusters_of(state)
    for _ in range(4):
        one = suggestions(atlas, atlas.scenario(DRAFT), most=1).listed[0]
        orphans = sum(each.orphans for each in measures(atlas, atlas.scenario(DRAFT)))
        shared = sum(each.shared_m for each in measures(atlas, atlas.scenario(DRAFT)))
        assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=[one.parcel_id], cluster=one.after)
        now = measures(atlas, atlas.scenario(DRAFT))
        assert sum(each.orphans for each in now) == orphans + one.orphans
        assert sum(each.shared_m for each in now) == pytest.approx(shared + one.shared_m, abs=1e-6)
    for _ in range(4):
        assigning.undo(db, actor=LI, scenario_id=DRAFT)
    assert clusters_of(atlas.scenario(DRAFT)) == start
    assert len(geoms) == len(start)
    db.close()


def test_measures_agree_with_the_ledger_and_with_shapely(tmp_path):
    db = create(f"sqlite:///{tmp_path}/s.sqlite", sample=True, actor=LI)
    atlas = Atlas(db)
    state, parcels = atlas.scenario(DRAFT), atlas.parcels()
    told = ledger(atlas, state)
    for one in measures(atlas, state):
        line = told.of(one.cluster)
        assert (one.parcels, one.blocks) == (line.parcels, line.blocks)
        if not one.parcels:
            assert one.coherence is None
            continue
        assert one.largest_share == pytest.approx(float(line.largest_block_m2 / line.area_m2))
        assert 1 / one.parcels - 1e-9 <= (one.coherence or 0.0) <= (one.largest_share or 0.0) + 1e-9
        rows = np.flatnonzero(state.cluster == state.codes.index(one.cluster))
        assert 0 < (one.compactness or 0.0) <= 1
        if one.blocks == one.parcels:
            areas, lengths = shapely.area(parcels.geoms[rows]), shapely.length(parcels.geoms[rows])
            expected = np.average(4 * np.pi * areas / lengths**2, weights=areas)
            assert one.compactness == pytest.approx(expected, abs=1e-4)
    db.close()
