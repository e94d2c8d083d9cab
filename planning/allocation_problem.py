"""What an allocation decides: parcels, clusters, scores, quotas, locks and what may not lie together, as plain arrays.

Rows are parcels, columns clusters. Areas are 亩, scores 0 to 10, lengths metres. The problem travels to a process of
its own as bytes of numpy's own format, without pickle.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from geo.territories import pieces

FREE: Final = -2  # no lock: any cluster that is allowed, or none
NOWHERE: Final = -1  # no cluster
HIGHEST_SCORE: Final = 10.0

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Problem:
    """An allocation problem of n parcels and k clusters.

    ``fixed`` (n): FREE, NOWHERE, or the place of the cluster that a lock keeps. ``joined`` (m, 2): pairs across which a
    cluster holds together; ``blocks`` (k): into how many pieces it may fall, 0 for any number. ``shared`` (s, 2) and
    ``shared_m`` (s): common boundaries, each metre of which within one cluster is worth ``edge_worth`` 亩·分.
    ``apart`` (p, 4): two parcels that are too near, and the clusters that the first and the second may not have
    together. ``least``, ``quota``, ``most`` (k): 亩; what lies beyond the quota earns nothing.
    """

    area: Floats
    score: Floats
    allowed: Mask
    fixed: Rows
    joined: Rows
    blocks: Rows
    shared: Rows
    shared_m: Floats
    apart: Rows
    least: Floats
    quota: Floats
    most: Floats
    edge_worth: float = 0.0

    @property
    def parcels(self) -> int:
        return len(self.area)

    @property
    def clusters(self) -> int:
        return len(self.quota)

    def to_bytes(self) -> bytes:
        file = io.BytesIO()
        arrays: dict[str, Any] = {item.name: np.asarray(getattr(self, item.name)) for item in fields(self)}
        np.savez(file, **arrays)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, form: bytes) -> Problem:
        with np.load(io.BytesIO(form), allow_pickle=False) as held:
            arrays = {item.name: held[item.name] for item in fields(cls)}
        return cls(**{**arrays, "edge_worth": float(arrays["edge_worth"])})

    def without_blocks(self) -> Problem:
        """The same without asking that clusters hold together."""
        return replace(self, blocks=np.zeros(self.clusters, dtype=np.int64))

    def may(self) -> Mask:
        """Which parcel may have which cluster: what is allowed, and what a lock keeps though it were not."""
        may: Mask = self.allowed & (self.fixed == FREE)[:, None]
        kept = np.flatnonzero(self.fixed >= 0)
        may[kept, self.fixed[kept]] = True
        return may


@dataclass(frozen=True, slots=True)
class Value:
    """What an allocation is worth, in 亩·分: suitability, common boundaries, less what lies beyond the quotas."""

    suitability: float
    cohesion: float
    surplus: float

    @property
    def total(self) -> float:
        return self.suitability + self.cohesion - self.surplus


def value_of(problem: Problem, given: Rows) -> Value:
    """What an allocation is worth; ``given`` holds the place of the cluster of each parcel, NOWHERE for none."""
    has = np.flatnonzero(given >= 0)
    suitability = float((problem.area[has] * problem.score[has, given[has]]).sum())
    one, other = given[problem.shared[:, 0]], given[problem.shared[:, 1]]
    within = float(problem.shared_m[(one == other) & (one >= 0)].sum())
    over = np.maximum(areas_of(problem, given) - problem.quota, 0.0).sum()
    return Value(suitability, within * problem.edge_worth, float(over) * HIGHEST_SCORE)


def areas_of(problem: Problem, given: Rows) -> Floats:
    """亩 of each cluster."""
    has = given >= 0
    return np.bincount(given[has], weights=problem.area[has], minlength=problem.clusters).astype(np.float64)


def blocks_of(problem: Problem, given: Rows) -> Rows:
    """Into how many pieces each cluster falls."""
    return np.array([len(pieces(given == k, problem.joined)) for k in range(problem.clusters)], dtype=np.int64)


def faults_of(problem: Problem, given: Rows, *, slack_mu: float = 1e-6) -> list[str]:
    """What is wrong with an allocation: ``quota``, ``lock``, ``allowed``, ``apart``, ``blocks``; none when it holds."""
    area = areas_of(problem, given)
    has = np.flatnonzero(given >= 0)
    kept = problem.fixed != FREE
    faults = {
        "quota": bool(((area < problem.least - slack_mu) | (area > problem.most + slack_mu)).any()),
        "lock": bool((given[kept] != problem.fixed[kept]).any()),
        "allowed": not problem.may()[has, given[has]].all(),
        "apart": bool(
            ((given[problem.apart[:, 0]] == problem.apart[:, 2])
             & (given[problem.apart[:, 1]] == problem.apart[:, 3])).any()
        ),
        "blocks": bool(((problem.blocks > 0) & (blocks_of(problem, given) > problem.blocks)).any()),
    }  # fmt: skip
    return [name for name, wrong in faults.items() if wrong]
