"""The search: as good as trying everything on small boards, sound on larger ones, honest without an answer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planning.allocation_apart import solve_apart
from planning.allocation_problem import FREE, Problem, faults_of, value_of
from planning.allocation_relaxing import relaxed
from planning.allocation_search import Progress, search
from planning.errors import Refused
from tests.planning.allocating import every, problem, worth, wrong

SMALL = [*((4, 2, 2, seed) for seed in range(5)), *((3, 3, 2, seed) for seed in range(6, 8))]


@pytest.mark.parametrize("size", SMALL, ids=str)
def test_the_answer_is_as_good_as_the_best_of_all_and_the_bound_holds(size):
    columns, rows, clusters, seed = size
    asked = problem(columns, rows, clusters, seed=seed)
    sound = [worth(asked, one) for one in every(asked) if not wrong(asked, one)]
    found = search(asked, gap=0.0005, seconds=60)
    if not sound:
        assert found.status != "found"
        return
    best = max(sound)
    assert found.status == "found"
    assert wrong(asked, found.given) == []
    assert found.worth == pytest.approx(worth(asked, found.given))
    assert found.bound >= best - 1e-6
    assert found.worth <= best + 1e-6
    assert found.worth >= best * (1 - max(found.gap, 0.0005)) - 1e-6
    # on boards of this size the gap is closed
    assert found.worth >= best * 0.98


@settings(max_examples=4)
@given(
    st.integers(0, 10_000), st.integers(2, 4), st.integers(1, 2), st.lists(st.integers(0, 29), max_size=3, unique=True),
    st.floats(0, 0.2),
)  # fmt: skip
def test_every_answer_keeps_every_demand(seed, clusters, blocks, locked, edge_worth):
    asked = problem(6, 5, clusters, seed=seed, share=0.6, edge_worth=edge_worth)
    fixed = asked.fixed.copy()
    fixed[locked] = clusters - 1
    banned = np.random.default_rng(seed).uniform(size=asked.allowed.shape) > 0.1
    asked = replace(asked, fixed=fixed, allowed=banned, blocks=np.full(clusters, blocks))
    found = search(asked, gap=0.05, seconds=5)
    if found.status == "found":
        assert wrong(asked, found.given) == []
        assert faults_of(asked, found.given) == []
        assert found.worth == pytest.approx(worth(asked, found.given))
        assert found.worth == pytest.approx(value_of(asked, found.given).total)
        assert found.bound >= found.worth - 1e-4


def test_land_that_no_quota_needs_stays_unassigned():
    asked = problem(5, 4, 2, seed=3, share=0.4)
    found = search(asked, gap=0.005, seconds=30)
    area = np.bincount(found.given[found.given >= 0], weights=asked.area[found.given >= 0], minlength=2)
    # a parcel beyond the quota costs as much as it could bring: no cluster has more than one of them
    assert (area <= asked.quota + asked.area.max()).all()
    assert (found.given < 0).any()


def test_the_problem_travels_as_it_is():
    asked = problem(3, 2, 2, seed=1)
    came = Problem.from_bytes(asked.to_bytes())
    for name in ("area", "score", "allowed", "fixed", "joined", "apart", "least", "most"):
        assert np.array_equal(getattr(asked, name), getattr(came, name))
    assert came.edge_worth == asked.edge_worth


def test_a_quota_beyond_all_land_is_told_with_what_is_short():
    asked = problem(4, 3, 2, seed=2)
    asked = replace(asked, apart=np.empty((0, 4), np.int64), blocks=np.zeros(2, np.int64))
    asked = replace(asked, least=asked.least * 0 + 200, quota=asked.quota * 0 + 210, most=asked.most * 0 + 220)
    found = search(asked, gap=0.01, seconds=20)
    assert found.status == "infeasible"
    needs = relaxed(asked)
    assert {one.code for one in needs} == {"short"}
    assert sum(one.amount for one in needs) == pytest.approx(400 - asked.area.sum(), rel=0.02)


def test_locks_that_lie_too_near_are_told():
    asked = problem(4, 3, 2, seed=4)
    fixed = asked.fixed.copy()
    fixed[0], fixed[1] = 0, 1
    asked = replace(asked, fixed=fixed)
    assert search(asked, gap=0.01, seconds=20).status == "infeasible"
    needs = relaxed(asked)
    assert [one.code for one in needs] in (["lock"], ["apart"])
    assert {needs[0].parcel, needs[0].other} & {0, 1}


def test_locks_beyond_the_quota_are_told_with_how_much():
    asked = problem(4, 3, 2, seed=5)
    fixed = np.full(12, FREE)
    fixed[:8] = 0
    asked = replace(asked, fixed=fixed, apart=np.empty((0, 4), np.int64), most=np.array([20.0, 200.0]),
                    quota=np.array([20.0, 100.0]), least=np.zeros(2))  # fmt: skip
    needs = relaxed(asked)
    assert [(one.code, one.cluster) for one in needs] == [("over", 0)]
    assert needs[0].amount == pytest.approx(asked.area[:8].sum() - 20.0, abs=1e-3)


def test_locks_at_two_ends_need_more_pieces():
    asked = problem(6, 2, 2, seed=6)
    fixed = asked.fixed.copy()
    fixed[[0, 5]] = 0
    fixed[[2, 8]] = 1
    asked = replace(asked, fixed=fixed, apart=np.empty((0, 4), np.int64), least=np.zeros(2), most=np.full(2, 1e6))
    assert search(asked, gap=0.01, seconds=10).status != "found"
    assert [(one.code, one.cluster, one.amount) for one in relaxed(asked, seconds=10)] == [("blocks", 0, 2.0)]


def test_apart_it_is_solved_alike_and_says_how_far_it_is():
    asked = problem(6, 5, 3, seed=7)
    heard: list[Progress] = []

    def watch(told: Progress) -> bool:
        heard.append(told)
        return False

    found = solve_apart(asked, gap=0.01, seconds=40, watch=watch)
    assert found.status == "found"
    assert wrong(asked, found.given) == []
    assert found.gap is not None
    assert found.gap >= 0
    last = heard[-1]
    assert last.bound is None or found.worth is None or last.bound >= found.worth - 1e-4


def test_it_ends_when_it_is_stopped_with_what_there_is_or_says_that_there_is_nothing():
    asked = problem(24, 16, 6, seed=8)
    codes: list[str] = []
    try:
        found = solve_apart(asked, gap=0.0, seconds=300, watch=lambda told: told.seconds > 1)
    except Refused as refused:
        codes = [fault.code for fault in refused.faults]
    else:
        assert found.stopped
        assert found.seconds < 120
        assert found.status != "found" or wrong(asked, found.given) == []
    assert codes in ([], ["stopped_without_answer"])
