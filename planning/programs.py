"""Mixed-integer programs put together by columns and rows, and given to HiGHS.

HiGHS: Huangfu and Hall, Mathematical Programming Computation 10, 2018; MIT licence.
Programs are maximised; what HiGHS minimises is the negative.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import highspy
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
INFINITE: Final = float(highspy.kHighsInf)
# bound, incumbent (None before there is one); True asks to stop
Hear = Callable[[float, float | None], bool]
# some columns with their values
Some = tuple[Rows, Floats]
# HiGHS's own ways to find solutions, for who knows better ones
_CUT_AGE: Final = 10
_HEURISTICS: Final = ("feasibility_jump", "root_reduced_cost", "rins", "rens")


@dataclass
class Program:
    """Columns with worth, bounds and integrality; rows as triplets between bounds."""

    worth: list[Floats] = field(default_factory=list)
    lower: list[Floats] = field(default_factory=list)
    upper: list[Floats] = field(default_factory=list)
    integer: list[NDArray[np.bool_]] = field(default_factory=list)
    row_lower: list[Floats] = field(default_factory=list)
    row_upper: list[Floats] = field(default_factory=list)
    at_row: list[Rows] = field(default_factory=list)
    at_column: list[Rows] = field(default_factory=list)
    factor: list[Floats] = field(default_factory=list)
    columns: int = 0
    rows: int = 0

    def add_columns(
        self, worth: Floats, *, upper: float | Floats = 1.0, lower: float | Floats = 0.0, integer: bool = False
    ) -> Rows:
        """Add columns and return their places."""
        count = len(worth)
        self.worth.append(np.asarray(worth, dtype=np.float64))
        self.lower.append(np.broadcast_to(np.asarray(lower, np.float64), count))
        self.upper.append(np.broadcast_to(np.asarray(upper, np.float64), count))
        self.integer.append(np.full(count, integer))
        self.columns += count
        return np.arange(self.columns - count, self.columns, dtype=np.int64)

    def add_rows(
        self, row: Rows, column: Rows, factor: Floats | float, *, lower: float | Floats, upper: float | Floats
    ) -> None:
        """Add rows; ``row`` counts them from 0, and those of a bound given as an array are as many as it has."""
        sized = [np.atleast_1d(np.asarray(one, np.float64)) for one in (lower, upper)]
        count = max(len(sized[0]), len(sized[1]), int(row.max(initial=-1)) + 1)
        self.at_row.append(np.asarray(row, np.int64) + self.rows)
        self.at_column.append(np.asarray(column, np.int64))
        self.factor.append(np.broadcast_to(np.asarray(factor, np.float64), len(row)))
        self.row_lower.append(np.broadcast_to(sized[0], count))
        self.row_upper.append(np.broadcast_to(sized[1], count))
        self.rows += count


@dataclass(frozen=True)
class Solved:
    """How a program ended: ``status`` optimal | infeasible | stopped; ``values`` None without a solution.

    ``bound`` is what no solution can exceed, ``worth`` what this one has.
    """

    status: str
    bound: float
    worth: float | None
    values: Floats | None


def finite(value: float | None) -> float | None:
    """The number, None where it is none: infinite bounds are no figures to tell."""
    return value if value is not None and abs(value) < INFINITE and value == value else None  # noqa: PLR0124 - NaN


def solve(
    program: Program,
    *,
    relative_gap: float = 1e-4,
    seconds: float = INFINITE,
    relaxed: bool = False,
    start: Some | None = None,
    hear: Hear | None = None,
    take: Callable[[Floats], None] | None = None,
    offer: Callable[[], Some | None] | None = None,
) -> Solved:
    """Maximise; with ``relaxed`` without integrality. ``hear`` may stop it.

    ``start`` holds some columns with values of a solution to begin with; HiGHS finds the others. ``take`` is given each
    better solution when it is found. ``offer`` is asked for better ones in the form of ``start``, again and again:
    HiGHS then looks for none beside its tree.
    """
    solver = _solver()
    solver.setOptionValue("mip_rel_gap", relative_gap)
    solver.setOptionValue("time_limit", max(seconds, 0.05))
    # a tree begun anew loses more than its smaller program brings
    solver.setOptionValue("mip_allow_restart", False)
    # what is cut off here is seldom of use far down the tree
    solver.setOptionValue("mip_pool_age_limit", _CUT_AGE)
    solver.passModel(_form(program, relaxed=relaxed))
    if start is not None and not relaxed:
        columns, values = start
        solver.setSolution(len(columns), columns.astype(np.int32), values)
    if hear is not None:
        _listen(solver, hear, relaxed=relaxed)
    if take is not None:
        _give_to(solver, take)
    if offer is not None:
        _take_from(solver, offer)
    solver.run()
    return _told(solver, relaxed=relaxed)


class Standing:
    """The relaxation of a program that rows are added to, solved again from where it stood.

    ``program`` has the rows too. No more than ``hear`` ends a solve early.
    """

    def __init__(self, program: Program, hear: Hear) -> None:
        self.program = program
        self._solver = _solver()
        self._solver.passModel(_form(program, relaxed=True))
        _listen(self._solver, hear, relaxed=True)

    def solve(self) -> Solved:
        self._solver.run()
        return _told(self._solver, relaxed=True)

    def add_rows(self, row: Rows, column: Rows, factor: Floats, *, upper: Floats) -> None:
        """Add rows as `Program.add_rows` does, ``row`` rising, without a lower bound."""
        self.program.add_rows(row, column, factor, lower=-INFINITE, upper=upper)
        count = len(upper)
        start = np.searchsorted(row, np.arange(count)).astype(np.int32)
        self._solver.addRows(
            count, np.full(count, -INFINITE), upper, len(column), start, column.astype(np.int32), factor
        )  # fmt: skip


def _solver() -> highspy.Highs:
    solver = highspy.Highs()
    # one number of threads for all: HiGHS keeps one set of workers for the process
    for name, value in (("output_flag", False), ("threads", 2), ("random_seed", 1)):
        solver.setOptionValue(name, value)
    return solver


def _form(program: Program, *, relaxed: bool) -> highspy.HighsLp:
    row, column = np.concatenate(program.at_row), np.concatenate(program.at_column)
    order = np.lexsort((column, row))
    form = highspy.HighsLp()
    form.num_col_, form.num_row_ = program.columns, program.rows
    form.col_cost_ = -np.concatenate(program.worth)
    form.col_lower_, form.col_upper_ = np.concatenate(program.lower), np.concatenate(program.upper)
    form.row_lower_, form.row_upper_ = np.concatenate(program.row_lower), np.concatenate(program.row_upper)
    form.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    form.a_matrix_.start_ = np.searchsorted(row[order], np.arange(program.rows + 1)).astype(np.int32)
    form.a_matrix_.index_ = column[order].astype(np.int32)
    form.a_matrix_.value_ = np.concatenate(program.factor)[order]
    if not relaxed:
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        form.integrality_ = [kinds[one] for one in np.concatenate(program.integer).astype(int).tolist()]
    return form


def _listen(solver: highspy.Highs, hear: Hear, *, relaxed: bool) -> None:
    def heard(event: Any) -> None:
        told = event.data_out
        incumbent = None if abs(told.mip_primal_bound) >= INFINITE else -float(told.mip_primal_bound)
        if hear(-float(told.mip_dual_bound), incumbent):
            event.interrupt()

    def quietly(event: Any) -> None:
        if hear(INFINITE, None):
            event.interrupt()

    solver.cbMipInterrupt += heard
    if relaxed:
        solver.cbSimplexInterrupt += quietly
        solver.cbIpmInterrupt += quietly


def _give_to(solver: highspy.Highs, take: Callable[[Floats], None]) -> None:
    def found(event: Any) -> None:
        take(np.array(event.data_out.mip_solution, dtype=np.float64))

    solver.cbMipImprovingSolution += found


def _take_from(solver: highspy.Highs, offer: Callable[[], Some | None]) -> None:
    def asked(event: Any) -> None:
        given = offer()
        if given is not None:
            columns, values = given
            event.data_in.setSolution(columns.astype(np.int32), values)
            event.data_in.repairSolution()

    solver.setOptionValue("mip_heuristic_effort", 0.0)
    for name in _HEURISTICS:
        solver.setOptionValue(f"mip_heuristic_run_{name}", False)
    solver.cbMipUserSolution += asked


def _told(solver: highspy.Highs, *, relaxed: bool) -> Solved:
    status, told = solver.getModelStatus(), solver.getInfo()
    if status in {highspy.HighsModelStatus.kInfeasible, highspy.HighsModelStatus.kUnboundedOrInfeasible}:
        return Solved("infeasible", -INFINITE, None, None)
    is_optimal = status == highspy.HighsModelStatus.kOptimal
    has = told.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    worth = -float(told.objective_function_value) if has else None
    proven = worth if is_optimal and worth is not None else INFINITE
    bound = proven if relaxed else -float(told.mip_dual_bound)
    values = np.asarray(solver.getSolution().col_value, dtype=np.float64) if has else None
    return Solved("optimal" if is_optimal else "stopped", bound, worth, values)
