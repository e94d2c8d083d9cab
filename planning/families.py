"""The tree of scenarios: which is whose base, and by how much each differs from it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from geo.units import mu
from planning.atlas import Atlas
from store.scenarios import Scenario


@dataclass(frozen=True, slots=True)
class Branch:
    """One scenario in the tree: how deep, its heirs, and the parcels that show another cluster than in its base."""

    scenario: Scenario
    depth: int
    heirs: tuple[int, ...]
    differs: int
    area_m2: Decimal

    @property
    def mu(self) -> Decimal:
        """Area of the parcels that differ, in 亩, unrounded."""
        return mu(self.area_m2)


def tree(atlas: Atlas) -> tuple[Branch, ...]:
    """Every scenario, each right after its base and before the base's next heir: as a tree is read from the top."""
    known = atlas.scenarios()
    centi = atlas.parcels().centi_m2
    heirs: dict[int | None, list[Scenario]] = {}
    for one in known:
        heirs.setdefault(one.base_id, []).append(one)
    found: list[Branch] = []
    waiting = [(one, 0) for one in reversed(heirs.get(None, []))]
    while waiting:
        one, depth = waiting.pop()
        own = heirs.get(one.id, [])
        found.append(_branch(atlas, one, depth, own, centi))
        waiting += [(heir, depth + 1) for heir in reversed(own)]
    return tuple(found)


def _branch(atlas: Atlas, one: Scenario, depth: int, heirs: list[Scenario], centi: np.ndarray) -> Branch:
    if one.base_id is None:
        return Branch(one, depth, tuple(heir.id for heir in heirs), 0, Decimal(0))
    state = atlas.scenario(one.id)
    other = state.cluster != state.inherited
    # the parcels may have been cut since the areas were read: the next run has both of one revision
    area = int(centi[other].sum()) if len(other) == len(centi) else 0
    return Branch(one, depth, tuple(heir.id for heir in heirs), int(other.sum()), Decimal(area).scaleb(-2))
