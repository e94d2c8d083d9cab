"""The search for groups of parcels, against every connected subset written out by hand."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.adjacency import adjacency
from geo.compactness import isoperimetric_ratio, polsby_popper
from geo.grouping import FAILED, MET, NOT_EXAMINED, Land, Wanted, reach, search
from tests.geo.shapes import lots

CENTI_PER_MU = 1_000_000 / 15


def land(areas, *, fronts=None, kinds=None, fits=None, shut=(), perimeters=None):
    count = len(areas)
    open_ = np.ones(count, dtype=bool)
    open_[list(shut)] = False
    return Land(
        centi_m2=np.asarray(areas, dtype=np.int64),
        perimeter_m=np.asarray(perimeters if perimeters is not None else np.sqrt(np.asarray(areas) / 100.0) * 4),
        frontage_m=np.asarray(fronts if fronts is not None else np.zeros(count), dtype=float),
        kind=np.asarray(kinds if kinds is not None else np.zeros(count), dtype=np.uint8),
        fits=np.asarray(fits if fits is not None else np.ones((2, 2)), dtype=bool),
        open=open_,
    )


def joined(pairs, length_m=1.0):
    left, right = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return pd.DataFrame({"left": left, "right": right, "length_m": np.full(len(pairs), length_m)})


def connected(members, pairs):
    members, reached = set(members), {min(members)}
    while True:
        wider = reached | {b for a, b in pairs if a in reached and b in members}
        wider |= {a for a, b in pairs if b in reached and a in members}
        if wider == reached:
            return reached == members
        reached = wider


def written_out(ground, pairs, wanted):
    """Every set that meets the conditions, and those of them that no smaller one is part of."""
    meeting = []
    opens = np.flatnonzero(ground.open).tolist()
    for size in range(1, wanted.most_parcels + 1):
        for members in combinations(opens, size):
            area = int(ground.centi_m2[list(members)].sum())
            kinds = ground.kind[list(members)]
            if area < wanted.least_centi_m2 or (wanted.most_centi_m2 is not None and area > wanted.most_centi_m2):
                continue
            if ground.frontage_m[list(members)].sum() < wanted.least_frontage_m - 1e-6:
                continue
            if ground.fits[np.ix_(kinds, kinds)][np.triu_indices(size, 1)].all() and connected(members, pairs):
                meeting.append(frozenset(members))
    return meeting, [one for one in meeting if not any(other < one for other in meeting)]


def rank(ground, pairs, wanted, length_m=1.0):
    def key(members):
        rows = sorted(members)
        area = int(ground.centi_m2[rows].sum())
        shared = sum(length_m for a, b in pairs if a in members and b in members)
        perimeter = float(ground.perimeter_m[rows].sum()) - 2.0 * shared
        compact = round(4 * np.pi * (area / 100) / perimeter**2, 3)
        surplus = area - wanted.least_centi_m2
        return len(rows), int(surplus // CENTI_PER_MU), -compact, surplus, rows

    return key


@st.composite
def questions(draw):
    count = draw(st.integers(1, 9))
    areas = draw(st.lists(st.integers(1, 40).map(lambda mu: mu * 50_000), min_size=count, max_size=count))
    fronts = draw(st.lists(st.sampled_from([0.0, 0.0, 30.0, 70.5]), min_size=count, max_size=count))
    kinds = draw(st.lists(st.integers(0, 1), min_size=count, max_size=count))
    fits = draw(st.sampled_from([[[1, 1], [1, 1]], [[1, 0], [0, 1]]]))
    shut = draw(st.sets(st.integers(0, count - 1), max_size=2))
    every = list(combinations(range(count), 2))
    pairs = draw(st.lists(st.sampled_from(every), unique=True, max_size=18)) if every else []
    least = draw(st.integers(1, 120)) * 50_000
    most = draw(st.one_of(st.none(), st.integers(0, 40).map(lambda more: least + more * 50_000)))
    wanted = Wanted(least, draw(st.integers(1, 6)), most, draw(st.sampled_from([0.0, 0.0, 60.0, 141.0])))
    return land(areas, fronts=fronts, kinds=kinds, fits=fits, shut=shut), pairs, wanted


@given(questions())
def test_it_finds_the_answers_of_all_connected_subsets_in_their_order(question):
    ground, pairs, wanted = question
    found = search(ground, joined(pairs), wanted, keep=500)
    _, answers = written_out(ground, pairs, wanted)
    expected = sorted(answers, key=rank(ground, pairs, wanted))
    assert [set(group.rows) for group in found.groups] == [set(one) for one in expected]
    assert found.total == len(answers)
    assert found.proven == wanted.most_parcels
    assert set(np.flatnonzero(found.member)) == set().union(*answers)
    for group in found.groups:
        assert group.centi_m2 == ground.centi_m2[list(group.rows)].sum()
        assert group.frontage_m == pytest.approx(ground.frontage_m[list(group.rows)].sum())


@given(questions(), st.integers(1, 5))
def test_the_best_few_of_each_size_are_the_first_of_all(question, keep):
    ground, pairs, wanted = question
    whole = search(ground, joined(pairs), wanted, keep=500).groups
    by_size = [[group for group in whole if len(group.rows) == size] for size in range(1, wanted.most_parcels + 1)]
    expected = [group for groups in by_size for group in groups[:keep]]
    assert list(search(ground, joined(pairs), wanted, keep=keep).groups) == expected


@given(questions())
def test_reach_says_of_each_parcel_what_all_sets_with_it_come_to(question):
    ground, pairs, wanted = question
    seeds = np.flatnonzero(ground.open)
    told = reach(ground, joined(pairs), seeds, wanted)
    meeting, _ = written_out(ground, pairs, wanted)
    large_enough, _ = written_out(
        ground, pairs, Wanted(wanted.least_centi_m2, wanted.most_parcels, wanted.most_centi_m2)
    )
    any_size, _ = written_out(ground, pairs, Wanted(0, wanted.most_parcels, wanted.most_centi_m2))
    for at, seed in enumerate(seeds.tolist()):
        assert told.verdict[at] == (MET if any(seed in one for one in meeting) else FAILED)
        if told.verdict[at] == MET:
            assert frozenset(told.groups[at][told.groups[at] >= 0].tolist()) in meeting
            continue
        areas = [int(ground.centi_m2[list(one)].sum()) for one in any_size if seed in one]
        assert told.largest_centi_m2[at] == max(areas, default=ground.centi_m2[seed])
        fronts = [ground.frontage_m[list(one)].sum() for one in large_enough if seed in one]
        assert told.longest_m[at] == pytest.approx(max(fronts, default=-1.0))


@pytest.mark.parametrize("seed", range(4))
def test_it_is_exact_on_real_lots(seed):
    rng = np.random.default_rng(seed)
    geoms = np.concatenate([lots(4, 2), shapely.transform(lots(4, 2), lambda xy: xy + np.array((0, 36)))])
    every = adjacency(geoms, near_m=20.0)
    pairs = list(zip(every["left"].tolist(), every["right"].tolist(), strict=True))
    ground = land(rng.integers(300_000, 2_000_000, 16), fronts=rng.integers(0, 3, 16) * 20.0)
    wanted = Wanted(3_500_000, 4, None, 20.0)
    found = search(ground, every, wanted, keep=1_000)
    _, answers = written_out(ground, pairs, wanted)
    assert {frozenset(group.rows) for group in found.groups} == set(answers)
    assert found.total == len(answers) > 5


def test_perimeter_of_a_group_is_that_of_its_union():
    geoms = lots(4, 3)
    pairs = adjacency(geoms)
    ground = land(
        np.rint(shapely.area(geoms) * 100).astype(int), perimeters=shapely.length(geoms)
    )  # fmt: skip
    found = search(ground, pairs, Wanted(int(ground.centi_m2[:3].sum()), 3), keep=50)
    assert found.groups
    for group in found.groups:
        union = shapely.union_all(geoms[list(group.rows)])
        assert group.perimeter_m == pytest.approx(union.length, abs=1e-6)
        assert group.centi_m2 / 100 == pytest.approx(union.area, abs=0.05)


def test_it_says_how_far_it_came_when_it_had_to_stop():
    areas = np.full(40, 1_000_000)
    chain = [(a, b) for a in range(40) for b in range(a + 1, min(a + 5, 40))]
    whole = search(land(areas), joined(chain), Wanted(5_000_000, 5))
    assert (whole.proven, whole.counts[:4]) == (5, (0, 0, 0, 0))
    short = search(land(areas), joined(chain), Wanted(5_000_000, 5), most_steps=50)
    assert short.proven < 5
    assert short.steps <= 51
    told = reach(land(areas), joined(chain), np.arange(40), Wanted(7_000_000, 5), most_steps=50)
    assert told.verdict[-1] == NOT_EXAMINED


def test_no_land_has_no_answer():
    assert search(land([]), joined([]), Wanted(1, 3)).groups == ()
    with pytest.raises(ValueError, match="group_size_out_of_range"):
        search(land([1]), joined([]), Wanted(1, 9))


def test_compactness_of_known_shapes():
    assert polsby_popper(np.pi * 25, 2 * np.pi * 5) == pytest.approx(1.0)
    assert polsby_popper(4.0, 8.0) == pytest.approx(np.pi / 4)
    assert isoperimetric_ratio(4.0, 8.0) == pytest.approx(np.sqrt(np.pi) / 2)
    assert polsby_popper([0.0], [0.0]).tolist() == [0.0]
