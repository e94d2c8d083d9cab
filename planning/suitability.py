"""How suitable every parcel is for every cluster, why, what is not known of it, and how firmly the ranking stands.

A result is of one model, one scenario, one day and the layers as they stood: it knows their revisions, and says which
of them have changed since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layers.criteria import CRITERIA, combined, marks
from planning.atlas import Atlas
from planning.errors import Refused
from planning.snapshots import ScenarioSnapshot
from planning.suitability_measures import JUDGED_BY, Floats, Measures, Watch, measured
from planning.suitability_model import Model, faults_of
from store import revisions

# five classes of two marks each; a limit belongs to the class above
CLASS_LIMITS: Final = (2.0, 4.0, 6.0, 8.0)
NO_CLASS: Final = 255
# what a result rests on, by criterion
_LAYERS_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "motorway_m": ("roads",),
    "arterial_m": ("roads",),
    "collector_m": ("roads",),
    "frontage_m": ("roads",),
    "ready_years": ("roads",),
    "power_m": ("power_sites",),
    "power_kva": ("power_sites",),
    "conflict": JUDGED_BY,
}
CHANGE: Final = 0.2


@dataclass(frozen=True)
class Result:
    """Scores of 0 to 10 (clusters × parcels; NaN where nothing is known), and how much of the weight is known.

    ``mark`` is clusters × criteria × parcels. ``inputs`` are the revisions that it rests on.
    """

    model: Model
    scenario_id: int
    on: date
    codes: tuple[str, ...]
    ids: NDArray[np.int64]
    keys: tuple[str, ...]
    measures: Measures
    mark: Floats
    score: Floats
    known: Floats
    inputs: Mapping[str, int]

    def row(self, parcel_id: int) -> int:
        """The place of a parcel; KeyError when the result does not know it."""
        at = int(np.searchsorted(self.ids, parcel_id))
        if at >= len(self.ids) or int(self.ids[at]) != parcel_id:
            raise KeyError(parcel_id)
        return at


@dataclass(frozen=True, slots=True)
class Part:
    """What one criterion does for one parcel: value, mark, weight, and how many points of the score it makes.

    Value, mark and points are None where nothing is registered: the criterion is left out and the others count for
    more.
    """

    key: str
    value: float | None
    mark: float | None
    weight: float
    points: float | None


@dataclass(frozen=True, slots=True)
class Shift:
    """What becomes of the ranking when one weight is changed by a share of itself.

    ``classes``: parcels that come into another class, by id; ``most_ranks`` the largest change of a place.
    """

    key: str
    change: float
    classes: tuple[int, ...]
    moved: int
    most_ranks: int


def evaluate(
    atlas: Atlas, state: ScenarioSnapshot, model: Model, *, on: date, watch: Watch = lambda _done, _of: None
) -> Result:
    """Score every parcel for every cluster; Refused with everything that is wrong with the model."""
    if faults := faults_of(model):
        raise Refused(*faults)
    # every criterion is measured, those without a weight too: weights can then be moved without measuring again
    inputs = inputs_of(atlas, state.scenario.id, tuple(CRITERIA))
    found = measured(atlas, state, tuple(CRITERIA), on=on, watch=watch)
    return _marked(model, state.scenario.id, on, state.codes, atlas.parcels().ids, found, inputs)


def rescored(result: Result, model: Model) -> Result:
    """The same measures with other weights and curves; Refused with everything that is wrong with the model."""
    if faults := faults_of(model):
        raise Refused(*faults)
    return _marked(model, result.scenario_id, result.on, result.codes, result.ids, result.measures, result.inputs)


def _marked(
    model: Model,
    scenario_id: int,
    on: date,
    codes: tuple[str, ...],
    ids: NDArray[np.int64],
    found: Measures,
    inputs: Mapping[str, int],
) -> Result:
    mark = np.stack(
        [np.stack([marks(found.of(key, k), model.curve(key)) for key in model.keys]) for k in range(len(codes))]
    )
    score, known = _scored(mark, model.weight)
    return Result(model, scenario_id, on, codes, ids, model.keys, found, mark, score, known, inputs)


def inputs_of(atlas: Atlas, scenario_id: int, keys: tuple[str, ...]) -> dict[str, int]:
    """Numbers of everything that a result with these criteria rests on."""
    names = {"parcels", revisions.PARCEL_FIELDS, revisions.CLUSTERS}
    names.update(layer for key in keys for layer in _LAYERS_OF.get(key, ()))
    if any(CRITERIA[key].per_cluster for key in keys):
        names.add(revisions.assignments_key(scenario_id))
    now = atlas.revisions()
    return {name: now[name] for name in sorted(names)}


def out_of_date(atlas: Atlas, result: Result) -> tuple[str, ...]:
    """Names of what has changed since a result was made; none while it holds."""
    now = atlas.revisions()
    return tuple(name for name, revision in result.inputs.items() if now.get(name) != revision)


def classes(score: Floats) -> NDArray[np.uint8]:
    """The class 0 … 4 of each score, NO_CLASS where there is none."""
    found = np.searchsorted(np.array(CLASS_LIMITS), score, side="right").astype(np.uint8)
    return np.where(np.isnan(score), NO_CLASS, found).astype(np.uint8)


def ranking(result: Result, cluster: str) -> NDArray[np.int64]:
    """Rows from the most suitable down; equal scores by known weight, then by row; those without a score last."""
    k = result.codes.index(cluster)
    return _ranked(result.score[k], result.known[k])


def contributions(result: Result, parcel_id: int, cluster: str) -> tuple[Part, ...]:
    """Why a parcel has its score: the criteria from the one that makes most of it down, what is not known last."""
    row, k = result.row(parcel_id), result.codes.index(cluster)
    weight = result.model.weight
    mark = result.mark[k, :, row]
    there = ~np.isnan(mark)
    of = float(weight[there].sum())
    parts = [
        Part(
            key,
            float(result.measures.of(key, k)[row]),
            float(mark[at]),
            float(weight[at]),
            float(mark[at] * weight[at] / of),
        )
        if there[at]
        else Part(key, None, None, float(weight[at]), None)
        for at, key in enumerate(result.keys)
    ]
    return tuple(sorted(parts, key=lambda one: (one.points is None, -(one.points or 0.0))))


def missing(result: Result) -> tuple[tuple[str, int], ...]:
    """Criteria of which some parcels have nothing registered, with their number, the most first."""
    count = np.isnan(result.mark).any(axis=0).sum(axis=1)
    found = [(key, int(number)) for key, number in zip(result.keys, count, strict=True) if number]
    return tuple(sorted(found, key=lambda one: -one[1]))


def sensitivity(result: Result, cluster: str, *, change: float = CHANGE) -> tuple[Shift, ...]:
    """Move each weight up and down by a share of itself, all others staying as they are, and score again."""
    k = result.codes.index(cluster)
    before_class, before_rank = classes(result.score[k]), _places(_ranked(result.score[k], result.known[k]))
    shifts = []
    for at, key in enumerate(result.keys):
        for factor in (1.0 + change, 1.0 - change):
            weight = result.model.weight.copy()
            weight[at] *= factor
            score, known = combined(result.mark[k], weight)
            differs = np.flatnonzero(classes(score) != before_class)
            moves = np.abs(_places(_ranked(score, known)) - before_rank)
            shifts.append(
                Shift(
                    key,
                    factor - 1.0,
                    tuple(result.ids[differs].tolist()),
                    int((moves > 0).sum()),
                    int(moves.max(initial=0)),
                )
            )
    return tuple(sorted(shifts, key=lambda one: (-len(one.classes), -one.moved)))


def _scored(mark: Floats, weight: Floats) -> tuple[Floats, Floats]:
    each = [combined(one, weight) for one in mark]
    return np.stack([score for score, _ in each]), np.stack([known for _, known in each])


def _ranked(score: Floats, known: Floats) -> NDArray[np.int64]:
    # to a billionth, so that sums in another order do not decide a rank
    return np.lexsort((-np.round(known, 9), -np.round(score, 9))).astype(np.int64)


def _places(ranked: NDArray[np.int64]) -> NDArray[np.int64]:
    place = np.empty_like(ranked)
    place[ranked] = np.arange(len(ranked))
    return place
