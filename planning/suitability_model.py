"""A suitability model: weights and curves by criterion, kept by name in numbered versions that never change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from layers.criteria import CRITERIA, Curve, curve_faults
from layers.weighting import JudgementsRefused, Pair, Priorities, matrix_of, priorities
from planning.actors import Actor, Clock, utc_now
from planning.errors import Fault, Refused, StaleVersion
from planning.writing import Act, writing
from store import suitability_models as rows
from store.database import Database

LONGEST_NAME: Final = 60
HIGHEST_WEIGHT: Final = 100.0
# the model that there is before anybody made one
FIRST_NAME: Final = "通用"


@dataclass(frozen=True)
class Model:
    """Weights (0 leaves a criterion out) and curves by key; ``judgements`` when the weights were compared in pairs.

    ``version`` 0 is one that is not kept yet.
    """

    name: str = FIRST_NAME
    version: int = 0
    weights: Mapping[str, float] = field(default_factory=lambda: {key: one.weight for key, one in CRITERIA.items()})
    curves: Mapping[str, Curve] = field(default_factory=lambda: {key: one.curve for key, one in CRITERIA.items()})
    judgements: Mapping[Pair, float] | None = None
    by: str = ""
    at: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """The criteria that count, in their order."""
        return tuple(key for key in CRITERIA if self.weights.get(key, 0.0) > 0)

    @property
    def weight(self) -> NDArray[np.float64]:
        """Weights of ``keys``, together 1."""
        found = np.array([self.weights[key] for key in self.keys], dtype=np.float64)
        return found / found.sum() if found.sum() else found

    def curve(self, key: str) -> Curve:
        return self.curves.get(key, CRITERIA[key].curve)

    def form(self) -> str:
        """The model as text, the same for the same model."""
        judged = (
            None if self.judgements is None else [[*pair, ratio] for pair, ratio in sorted(self.judgements.items())]
        )
        return json.dumps(
            {
                "weights": {key: float(self.weights.get(key, 0.0)) for key in CRITERIA},
                "curves": {key: [[float(x), float(y)] for x, y in self.curve(key)] for key in CRITERIA},
                "judgements": judged,
            },
            ensure_ascii=False, sort_keys=True,
        )  # fmt: skip


def faults_of(model: Model) -> list[Fault]:
    """Everything that is wrong with a model."""
    faults = []
    if not model.name.strip():
        faults.append(Fault("name_empty"))
    if len(model.name) > LONGEST_NAME:
        faults.append(Fault("name_too_long", {"length": len(model.name), "longest": LONGEST_NAME}))
    faults += [
        Fault("criterion_unknown", {"value": key}) for key in {**model.weights, **model.curves} if key not in CRITERIA
    ]
    faults += [
        Fault("weight_out_of_range", {"criterion": key, "value": weight})
        for key, weight in model.weights.items()
        if not 0 <= weight <= HIGHEST_WEIGHT
    ]
    if not any(model.weights.get(key, 0.0) > 0 for key in CRITERIA):
        faults.append(Fault("weights_all_zero"))
    for key, curve in model.curves.items():
        faults += [Fault(code, {"criterion": key, "value": value}) for code, value in curve_faults(curve)]
    return faults


def judged(keys: tuple[str, ...], judgements: Mapping[Pair, float]) -> Priorities:
    """Weights of some criteria from comparisons in pairs; Refused when these are none."""
    try:
        return priorities(matrix_of(keys, judgements))
    except JudgementsRefused as error:
        raise Refused(Fault(error.code, {"value": error.value})) from error


def save(db: Database, *, actor: Actor, model: Model, clock: Clock = utc_now) -> Model:
    """Keep a model as the next version of its name; the same content as its last version is kept once.

    ``model.version`` is the version that this person saw, 0 for a new name.

    Raises
    ------
    Refused
        With everything that is wrong with it.
    StaleVersion
        Somebody kept a later version since.
    """
    if faults := faults_of(model):
        raise Refused(*faults)
    name = " ".join(model.name.split())
    with writing(db) as conn:
        act = Act.begin(conn, actor, clock)
        last = rows.latest(conn, name)
        if last is not None and last.form == model.form():
            return _model(last)
        if last is not None and last.version != model.version:
            raise StaleVersion
        version = 1 if last is None else last.version + 1
        seq = act.audit("save_model", f"suitability:{name}", {"version": version, "form": model.form()})
        rows.add(conn, name=name, version=version, form=model.form(), by=actor.name, at=act.at, audit_seq=seq)
        found = rows.latest(conn, name)
    if found is None:
        raise LookupError(name)
    return _model(found)


def models(db: Database) -> tuple[Model, ...]:
    """The latest version of every model, by name; the one to begin with where there is none."""
    with db.read() as conn:
        found = tuple(_model(row) for row in rows.latest_of_all(conn))
    return found or (Model(),)


def find(db: Database, name: str, version: int | None = None) -> Model:
    """A model by name, its latest version unless one is named; Refused when there is none."""
    with db.read() as conn:
        row = rows.latest(conn, name) if version is None else rows.find(conn, name, version)
        known = tuple(one.name for one in rows.latest_of_all(conn))
    if row is not None:
        return _model(row)
    if name == FIRST_NAME and version in {None, 0}:
        return Model()
    raise Refused(Fault("model_unknown", {"value": name, "known": known or (FIRST_NAME,)}))


def versions(db: Database, name: str) -> tuple[Model, ...]:
    """Every version of a model, the newest first."""
    with db.read() as conn:
        return tuple(_model(row) for row in rows.versions(conn, name))


def _model(row: rows.ModelRow) -> Model:
    form: dict[str, Any] = json.loads(row.form)
    judgements = form["judgements"]
    return Model(
        row.name, row.version, form["weights"],
        {key: tuple((x, y) for x, y in curve) for key, curve in form["curves"].items()},
        None if judgements is None else {(one, other): ratio for one, other, ratio in judgements}, row.by, row.at,
    )  # fmt: skip
