"""Annealing: what it calls best keeps every bound, counted from the start; the same beginning gives the same end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geo.annealing import Annealing
from planning.allocation_annealing import board_of, together
from planning.allocation_growth import grown
from planning.allocation_problem import FREE, faults_of, value_of
from tests.planning.allocating import every, problem, worth, wrong

SIZES = [(8, 6, 3, 1, 0), (8, 6, 4, 2, 3), (8, 6, 3, 0, 5), (5, 4, 2, 1, 6)]


def cooled(asked, *, seed, steps=200_000, slices=1):
    begun = grown(asked)
    state = Annealing(board_of(asked), begun, worth=value_of(asked, begun).total, seed=seed)
    for _ in range(slices):
        state.run(steps // slices, hot=400.0, cold=1.0)
    return state.best


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_the_best_keeps_every_demand(size):
    columns, rows, clusters, blocks, seed = size
    asked = problem(columns, rows, clusters, seed=seed, blocks=np.full(clusters, blocks))
    asked = replace(asked, allowed=np.random.default_rng(seed).uniform(size=asked.allowed.shape) > 0.1)
    for step in range(3):
        best = cooled(asked, seed=step + 1)
        assert best is not None
        assert wrong(asked, best) == []
        assert faults_of(asked, best) == []


@pytest.mark.parametrize("seed", range(2))
def test_on_small_boards_it_finds_the_best_there_is(seed):
    asked = problem(4, 2, 2, seed=seed)
    sound = [worth(asked, one) for one in every(asked) if not wrong(asked, one)]
    best = cooled(asked, seed=1)
    assert (best is None) == (not sound)
    if sound:
        assert worth(asked, best) == pytest.approx(max(sound))


def test_the_same_beginning_gives_the_same_end_and_another_seed_another_way():
    asked = problem(8, 6, 3, seed=2)
    assert np.array_equal(cooled(asked, seed=5, slices=4), cooled(asked, seed=5, slices=4))
    assert not np.array_equal(cooled(asked, seed=5, steps=4_000), cooled(asked, seed=6, steps=4_000))


def test_locked_parcels_stay_and_are_tied_together():
    asked = problem(7, 5, 2, seed=3, apart=np.empty((0, 4), np.int64))
    fixed = asked.fixed.copy()
    fixed[[0, 34]] = 0
    fixed[17] = -1
    asked = replace(asked, fixed=fixed)
    begun = together(asked, np.zeros((35, 2)))
    assert [begun[0], begun[34], begun[17]] == [0, 0, -1]
    assert "pieces" not in wrong(asked, begun)
    assert "lock" not in wrong(asked, begun)
    state = Annealing(board_of(asked), begun, worth=value_of(asked, begun).total, seed=1)
    state.run(200_000, hot=400.0, cold=1.0)
    assert state.best is not None
    assert wrong(asked, state.best) == []
    assert (state.best[asked.fixed != FREE] == asked.fixed[asked.fixed != FREE]).all()
