"""The ledger: every figure against shapely and plain sums, what it would be against what it then is."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from planning import assigning, ruling
from planning.atlas import Atlas
from planning.ledger import Scope, ledger, places, would_be
from planning.quotas import set_quotas
from planning.seeding import create
from tests.planning.board import DRAFT, LI


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    db = create(f"sqlite:///{tmp_path_factory.mktemp('ledger')}/s.sqlite", sample=True, actor=LI)
    atlas = Atlas(db)
    ids = atlas.parcels().ids
    free = ruling.clean_part(atlas, atlas.scenario(DRAFT), ids[::4], "digital")
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=free, cluster="digital")
    assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=ids[::9], cluster=None)
    yield Atlas(db)
    db.close()


def blocks_by_shapely(geoms, areas):
    """Parcels whose boundaries share a line, or that overlap, hang together: by a search over all that touch."""
    tree = shapely.STRtree(geoms)
    pairs = [(a, b) for a, b in tree.query(geoms, predicate="dwithin", distance=0.1).T if a < b]
    found = list(range(len(geoms)))

    def root(one):
        while found[one] != one:
            one = found[one]
        return one

    for a, b in pairs:
        strip = shapely.intersection(shapely.buffer(geoms[a], 0.1, join_style="mitre"), shapely.boundary(geoms[b]))
        if shapely.length(strip) > 0.9:
            found[root(a)] = root(b)
    sums: dict[int, Decimal] = {}
    for at, area in enumerate(areas):
        sums[root(at)] = sums.get(root(at), Decimal(0)) + area
    return sums


@pytest.mark.parametrize("scope", [Scope(), Scope(town="苏溪镇"), Scope(park="高科技产业园"),
                                   Scope(town="苏溪镇", park="示例园区-01")])  # fmt: skip
def test_every_figure_is_that_of_plain_sums(sample, scope):
    parcels, state = sample.parcels(), sample.scenario(DRAFT)
    told = ledger(sample, state, scope=scope)
    frame = parcels.frame
    base = sample.scenario(1)
    exact = [Decimal(str(area)).quantize(Decimal("0.01")) for area in frame["area_m2"]]
    round_ = [Decimal(str(area)).quantize(Decimal("0.01")) for area in frame["area_ellipsoid_m2"]]
    inside = [
        (scope.town is None or town == scope.town) and (scope.park is None or park == scope.park)
        for town, park in zip(frame["town"], frame["park"], strict=True)
    ]
    assert any(inside)
    for line in told.lines:
        rows = [at for at in range(len(parcels)) if inside[at] and state.code_at(at) == line.cluster]
        assert line.parcels == len(rows)
        assert line.area_m2 == sum((exact[at] for at in rows), Decimal(0))
        assert line.ellipsoid_m2 == sum((round_[at] for at in rows), Decimal(0))
        had = [at for at in range(len(parcels)) if inside[at] and base.code_at(at) == line.cluster]
        assert line.more_parcels == len(rows) - len(had)
        assert line.more_mu == (line.area_m2 - sum((exact[at] for at in had), Decimal(0))) / 10_000 * 15
        found = blocks_by_shapely(parcels.geoms[rows], [exact[at] for at in rows])
        assert line.blocks == len(found)
        assert line.largest_block_m2 == max(found.values(), default=Decimal(0))
    assert told.total.area_m2 == sum(line.area_m2 for line in told.lines)
    assert told.total.parcels == sum(inside)


def test_the_base_has_no_base(sample):
    told = ledger(sample, sample.scenario(1))
    assert {line.more_mu for line in told.lines} == {None}
    assert {line.more_parcels for line in told.lines} == {None}


def test_towns_and_parks_add_up_to_the_whole(sample):
    whole = ledger(sample, sample.scenario(DRAFT)).total
    for kind, names in zip(("town", "park"), places(sample.parcels()), strict=True):
        parts = [ledger(sample, sample.scenario(DRAFT), scope=Scope(**{kind: name})).total for name in names]
        assert sum(part.area_m2 for part in parts) == whole.area_m2
        assert sum(part.parcels for part in parts) == whole.parcels


def test_quotas_leave_and_are_exceeded(db, atlas):
    set_quotas(db, actor=LI, scenario_id=DRAFT, quotas={"chips": Decimal(20), "health": Decimal("15.00")})
    told = ledger(atlas, atlas.scenario(DRAFT))
    # chips has two parcels of 15 亩, health one
    assert (told.of("chips").remaining_mu, told.of("chips").is_exceeded) == (Decimal(-10), True)
    assert (told.of("health").remaining_mu, told.of("health").is_exceeded) == (Decimal(0), False)
    assert told.of("digital").remaining_mu is None
    assert told.total.quota_mu == Decimal(35)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15, deadline=None)
@given(
    some.sets(some.integers(0, 9), min_size=1),
    some.sampled_from(["chips", "health", "digital", None]),
    some.sets(some.integers(0, 9), max_size=3),
    some.sets(some.sampled_from(["chips", "health"]), max_size=1),
)
def test_what_it_would_be_is_what_it_then_is(db, atlas, painted, cluster, locked, shut):
    ids = atlas.parcels().ids
    assigning.lock(db, actor=LI, scenario_id=DRAFT, parcel_ids=ids[sorted(locked)], clusters=tuple(shut))
    before = atlas.scenario(DRAFT)
    foreseen = ledger(atlas, before, cluster=would_be(before, ids[sorted(painted)], cluster))
    if cluster not in shut:
        assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=ids[sorted(painted)], cluster=cluster)
    assert ledger(atlas, atlas.scenario(DRAFT)) == foreseen
    assigning.revert(db, actor=LI, scenario_id=DRAFT, parcel_ids=ids)
    assigning.unlock(db, actor=LI, scenario_id=DRAFT, parcel_ids=ids, clusters=("chips", "health"))
    assigning.revert(db, actor=LI, scenario_id=DRAFT, parcel_ids=ids)


def test_a_picture_of_other_parcels_is_not_summed(atlas, db):
    from tests.planning.board import add, parcels  # noqa: PLC0415  # the fixture's own board is enough elsewhere

    state = atlas.scenario(DRAFT)
    add(db, parcels("c", prefix="Q", east=600_000.0))
    with pytest.raises(ValueError, match=r"\d"):
        ledger(atlas, state)
    assert np.array_equal(would_be(state, state.ids[:0], "chips"), state.cluster)
