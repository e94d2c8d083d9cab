"""Small allocation problems, a checker that shares no code with the product, and every allocation there is of them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import numpy as np

from planning.allocation_problem import FREE, Problem


def grid_pairs(columns: int, rows: int) -> np.ndarray:
    cell = np.arange(columns * rows).reshape(rows, columns)
    across = np.stack([cell[:, :-1].ravel(), cell[:, 1:].ravel()], axis=1)
    up = np.stack([cell[:-1].ravel(), cell[1:].ravel()], axis=1)
    return np.concatenate([across, up]).astype(np.int64)


def problem(columns: int, rows: int, clusters: int, *, seed: int, share: float = 0.7, **changes: object) -> Problem:
    """A grid of parcels of some 20 亩, scores that change slowly over it, one piece a cluster, the first two apart."""
    rng = np.random.default_rng(seed)
    count = columns * rows
    pairs = grid_pairs(columns, rows)
    x, y = np.arange(count) % columns, np.arange(count) // columns
    middle = rng.uniform(0, 1, (clusters, 2)) * (columns, rows)
    away = np.hypot(x[:, None] - middle[:, 0], y[:, None] - middle[:, 1])
    score = np.clip(10 - away * 12 / (columns + rows) + rng.normal(0, 0.7, (count, clusters)), 0, 10)
    area = rng.uniform(10, 30, count)
    quota = rng.dirichlet(np.ones(clusters) * 8) * area.sum() * share
    beside = [(*pair, k, 1 - k) for pair in pairs.tolist() for k in (0, 1)] if clusters > 1 else []
    held = {
        "area": area, "score": score, "allowed": np.ones((count, clusters), bool), "fixed": np.full(count, FREE),
        "joined": pairs, "blocks": np.ones(clusters, np.int64), "shared": pairs,
        "shared_m": rng.uniform(40, 120, len(pairs)), "apart": np.array(beside, np.int64).reshape(-1, 4),
        "least": quota * 0.8, "quota": quota, "most": quota * 1.2, "edge_worth": 0.05,
    }  # fmt: skip
    return Problem(**{**held, **changes})


def wrong(asked: Problem, given: np.ndarray) -> list[str]:
    """What is wrong with an allocation, counted parcel by parcel."""
    faults = []
    for k in range(asked.clusters):
        rows = [row for row in range(asked.parcels) if given[row] == k]
        total = sum(float(asked.area[row]) for row in rows)
        if not asked.least[k] - 1e-6 <= total <= asked.most[k] + 1e-6:
            faults.append("quota")
        if asked.blocks[k] and count_pieces(rows, asked.joined) > asked.blocks[k]:
            faults.append("pieces")
        faults += ["allowed" for row in rows if not asked.allowed[row, k] and asked.fixed[row] != k]
    faults += ["lock" for row in range(asked.parcels) if asked.fixed[row] != FREE and given[row] != asked.fixed[row]]
    for one, other, k, not_beside in asked.apart.tolist():
        if given[one] == k and given[other] == not_beside:
            faults.append("apart")
    return faults


def count_pieces(rows: list[int], pairs: np.ndarray) -> int:
    """Into how many pieces some parcels fall, by merging one pair after another."""
    piece = {row: row for row in rows}
    for one, other in pairs.tolist():
        if one in piece and other in piece and piece[one] != piece[other]:
            old, new = piece[one], piece[other]
            piece = {row: new if of == old else of for row, of in piece.items()}
    return len(set(piece.values()))


def worth(asked: Problem, given: np.ndarray) -> float:
    """What an allocation is worth, added up parcel by parcel and boundary by boundary."""
    total = 0.0
    area = np.zeros(asked.clusters)
    for row, k in enumerate(given.tolist()):
        if k >= 0:
            total += float(asked.area[row] * asked.score[row, k])
            area[k] += asked.area[row]
    for (one, other), metres in zip(asked.shared.tolist(), asked.shared_m.tolist(), strict=True):
        if given[one] == given[other] >= 0:
            total += metres * asked.edge_worth
    return total - 10 * float(np.maximum(area - asked.quota, 0).sum())


def every(asked: Problem) -> Iterator[np.ndarray]:
    """Every allocation that there is, good or bad."""
    for given in product(range(-1, asked.clusters), repeat=asked.parcels):
        yield np.array(given)
