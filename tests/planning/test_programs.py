"""Programs given to HiGHS: what is found on the way is told, and what is found elsewhere is taken."""

from __future__ import annotations

import numpy as np

from planning.programs import Program, solve

ITEMS, ROWS, MOST_S = 40, 4, 20.0


def split(hidden, weights):
    """Market split (Cornuejols and Dawande, 1999): its few solutions are not met by branching for a while."""
    program = Program()
    columns = program.add_columns(np.ones(ITEMS), integer=True)
    for row in weights:
        target = float(row @ hidden)
        program.add_rows(np.zeros(ITEMS, np.int64), columns, row.astype(float), lower=target, upper=target)
    return program, columns


def test_a_solution_that_is_offered_becomes_the_one_that_is_held():
    rng = np.random.default_rng(7)
    hidden = rng.integers(0, 2, ITEMS).astype(float)
    program, columns = split(hidden, rng.integers(1, 1000, (ROWS, ITEMS)))
    offered: list[bool] = []
    held: list[float] = []

    def offer():
        if offered:
            return None
        offered.append(True)
        return columns, hidden

    def hear(_, incumbent):
        if incumbent is not None:
            held.append(incumbent)
        return bool(held)

    solved = solve(program, hear=hear, offer=offer, seconds=MOST_S)
    assert offered
    assert solved.values is not None
    assert solved.values[columns].round().tolist() == hidden.tolist()


def test_better_solutions_are_told_when_they_are_found():
    rng = np.random.default_rng(3)
    program = Program()
    weights = rng.integers(20, 90, 40).astype(float)
    columns = program.add_columns(weights + rng.integers(0, 9, 40), integer=True)
    for _ in range(3):
        row = rng.integers(20, 90, 40).astype(float)
        program.add_rows(np.zeros(40, np.int64), columns, row, lower=0.0, upper=float(row.sum() / 3))
    told: list[float] = []
    solved = solve(program, take=lambda values: told.append(float(values @ np.concatenate(program.worth))))
    assert told
    assert told == sorted(told)
    assert told[-1] == solved.worth
