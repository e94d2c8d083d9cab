"""How compact a piece of land is: its area against the circle whose circumference is its outline.

Both measures are 1 for a circle and fall towards 0; one is the square of the other, so they rank alike.

- Polsby-Popper: 4πA / P², the isoperimetric quotient. Cox, J. Paleontology 1(3), 1927, for the roundness of sand;
  Polsby and Popper, Yale Law & Policy Review 9(2), 1991, for districts. A square has π/4 = 0.785.
- Isoperimetric ratio, inverse Schwartzberg: circumference of the circle of equal area, 2√(πA), over P. Schwartzberg,
  Minnesota Law Review 50, 1966 (who gave P over that circumference).

The perimeter of a group of parcels is the sum of theirs less twice each length that two of them share; across a gap
nothing is shared, so a street between two parcels makes them less compact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def polsby_popper(area_m2: ArrayLike, perimeter_m: ArrayLike) -> NDArray[np.float64]:
    """4πA / P², 0 where there is no perimeter."""
    area, perimeter = np.asarray(area_m2, dtype=np.float64), np.asarray(perimeter_m, dtype=np.float64)
    quotient = np.zeros(np.broadcast(area, perimeter).shape)
    np.divide(4.0 * np.pi * area, perimeter * perimeter, out=quotient, where=perimeter > 0)
    return quotient


def isoperimetric_ratio(area_m2: ArrayLike, perimeter_m: ArrayLike) -> NDArray[np.float64]:
    """2√(πA) / P, the square root of `polsby_popper`."""
    return np.sqrt(polsby_popper(area_m2, perimeter_m))
