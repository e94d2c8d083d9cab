"""Weights from comparisons in pairs: the analytic hierarchy process, with its figure of consistency.

Saaty, A scaling method for priorities in hierarchical structures, J. Mathematical Psychology 15(3), 1977; Saaty, The
Analytic Hierarchy Process, McGraw-Hill, 1980. Weights are the principal right eigenvector of the reciprocal matrix,
made to sum to 1. Consistency index CI = (λmax - n) / (n - 1); consistency ratio CR = CI / RI; up to 0.10 is acceptable.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

# mean consistency index of random reciprocal matrices of order 1, 2, …: Saaty 1980, table 1-4 (500 matrices an order,
# 1 to 11; 100 for 12 to 15)
RANDOM_INDEX: Final = (0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
MOST_CRITERIA: Final = len(RANDOM_INDEX)
ACCEPTABLE_RATIO: Final = 0.10
HIGHEST: Final = 9.0

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Priorities:
    """Weights in the order of the matrix, and how consistent the judgements are; ``ratio`` is 0 for one or two."""

    weights: NDArray[np.float64]
    largest_eigenvalue: float
    index: float
    ratio: float

    @property
    def is_acceptable(self) -> bool:
        return self.ratio <= ACCEPTABLE_RATIO


class JudgementsRefused(ValueError):
    """The matrix is no reciprocal matrix of judgements; ``code`` says why."""

    def __init__(self, code: str, value: object = None) -> None:
        super().__init__(code, value)
        self.code = code
        self.value = value


def matrix_of(names: Sequence[str], judgements: Mapping[Pair, float]) -> NDArray[np.float64]:
    """The reciprocal matrix of judgements "the first counts so many times the second"; 1 where nothing was said.

    Raises
    ------
    JudgementsRefused
        An unknown name, or a judgement outside 1/9 to 9.
    """
    place = {name: at for at, name in enumerate(names)}
    matrix = np.eye(len(names)) + (1.0 - np.eye(len(names)))
    for (first, second), ratio in judgements.items():
        if first not in place or second not in place or first == second:
            raise JudgementsRefused("judgement_unknown", f"{first}, {second}")
        if not 1 / HIGHEST - 1e-9 <= ratio <= HIGHEST + 1e-9:
            raise JudgementsRefused("judgement_out_of_range", ratio)
        matrix[place[first], place[second]] = ratio
        matrix[place[second], place[first]] = 1.0 / ratio
    return matrix


def priorities(matrix: ArrayLike) -> Priorities:
    """Weights of a positive reciprocal matrix.

    Raises
    ------
    JudgementsRefused
        It is not square, not positive, not reciprocal, or of more criteria than there is a random index for.
    """
    judged = np.asarray(matrix, dtype=np.float64)
    if judged.ndim != 2 or judged.shape[0] != judged.shape[1] or not judged.size:  # noqa: PLR2004 - rows and columns
        raise JudgementsRefused("judgements_not_square", judged.shape)
    count = len(judged)
    if count > MOST_CRITERIA:
        raise JudgementsRefused("too_many_criteria", count)
    if not (judged > 0).all() or not np.allclose(judged * judged.T, 1.0, rtol=1e-6):
        raise JudgementsRefused("judgements_not_reciprocal")
    values, vectors = np.linalg.eig(judged)
    # a positive matrix has one real eigenvalue that is the largest, with a positive vector: Perron
    largest = int(np.argmax(values.real))
    vector = np.abs(vectors[:, largest].real)
    index = max((float(values[largest].real) - count) / (count - 1), 0.0) if count > 1 else 0.0
    random = RANDOM_INDEX[count - 1]
    return Priorities(vector / vector.sum(), float(values[largest].real), index, index / random if random else 0.0)
