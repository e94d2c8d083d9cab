"""Another scenario for the map to show beside the one on screen: where its colours are, and how it is to be seen."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from layers.draw.rows import encode_rows
from planning.atlas import Atlas
from planning.snapshots import ScenarioSnapshot

Seen = Literal["swipe", "split", "hold"]


def other_scenario(
    atlas: Atlas,
    other: ScenarioSnapshot,
    seen: Seen,
    names: tuple[str, str],
    changed: NDArray[np.int64] | None = None,
) -> dict[str, object]:
    """Say which other scenario; ``names`` of left and right; rows other than ``changed`` step back when it is given."""
    parcels = atlas.parcels()
    address = f"{other.revision}-{parcels.revision}-{parcels.fields_revision}"
    return {
        "mode": seen,
        "names": list(names),
        "rows": None if changed is None else encode_rows(changed),
        "state": {
            "key": f"{other.scenario.id}@{address}",
            "url": f"/state/{other.scenario.id}/{address}.bin",
            "revision": other.revision,
            "delta": {"rows": [], "cluster": [], "flags": []},
        },
    }
