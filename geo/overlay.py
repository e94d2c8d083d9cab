"""How much of each parcel lies on something else: a red line, a park, a town."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.validity import repair_all


def overlaps(subjects: NDArray[np.object_], others: NDArray[np.object_]) -> pd.DataFrame:
    """Measure the common area of each pair that has one.

    Both are arrays in the same projected CRS, metres. What is not a polygon, is missing or empty has no area and
    appears in no row. Invalid polygons are measured as `geo.validity.repair` mends them.

    Returns
    -------
    DataFrame
        ``subject``, ``other`` (rows of the inputs, sorted) and ``area_m2``, always above 0; not rounded.
    """
    subjects = repair_all(np.asarray(subjects, dtype=object))
    others = repair_all(np.asarray(others, dtype=object))
    # an empty side makes shapely return an array of the wrong shape
    if not len(subjects) or not len(others):
        return _frame(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    small, large = shapely.STRtree(subjects), others
    shapely.prepare(large)
    other, subject = small.query(large, predicate="intersects")
    inside = np.asarray(shapely.covers(large[other], subjects[subject]), dtype=bool)
    area = np.zeros(len(subject))
    area[inside] = shapely.area(subjects[subject[inside]])
    cut = ~inside
    area[cut] = shapely.area(shapely.intersection(subjects[subject[cut]], large[other[cut]]))
    some = area > 0
    return _frame(subject[some], other[some], area[some])


def _frame(subject: NDArray[np.int64], other: NDArray[np.int64], area: NDArray[np.float64]) -> pd.DataFrame:
    frame = pd.DataFrame({"subject": subject.astype(np.int64), "other": other.astype(np.int64), "area_m2": area})
    return frame.sort_values(["subject", "other"], ignore_index=True)
