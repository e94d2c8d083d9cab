"""Areas of flat polygons in a transverse Mercator plane and on its ellipsoid, by the moments of each polygon.

The projection is conformal: an element of area on the ellipsoid is w = 1 / k² of that in the plane, k the point scale.
With q = x² / MN (x from the central meridian, k0 = 1; M, N the radii of curvature at the footpoint latitude φ, t its
tangent, η² = e'² cos² φ, ψ = N / M = 1 + η²; Redfearn 1948)::

    k = 1 + q / 2 + B q² / 24 + q³ / 720,   B = 1 + 4η² - 24 t²η⁴ / ψ

of which the inverse square is w = 1 - q + (3/4 - B/12) q² - 17/45 q³ + 62/315 q⁴. About the first vertex of a polygon
w is a polynomial of second degree, and its integral is made of the polygon's area and its first and second moments.

A geodesic bows away from the straight line of the plane by a curvature of ∇ ln k across it (Fermat's principle with the
index 1 / k); on an edge of length s it encloses w s³ (∇ ln k · n) / 12 = -s² (∂w/∂x dy - ∂w/∂y dx) / 24 more.

What is left out stays below 5e-10 of the area while x < 200 km, latitude < 60° and the polygon lies within 12 km of its
first vertex, and below 0.0005 m² of each bow while its edge is shorter than 5 km; where not, ``status`` says so.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

FARTHEST_X_M: Final = 200_000.0
FARTHEST_MU: Final = 1.05  # rectifying latitude, 60°
WIDEST_M: Final = 12_000.0
LONGEST_EDGE_M: Final = 5_000.0

Floats = NDArray[np.float64]
Offsets = NDArray[np.int64]
Sums = tuple[float, float, float, float, float, float, float, float, float, float, float]


@njit(cache=True, nogil=True, error_model="numpy")
def areas(
    xy: Floats, ring_start: Offsets, part_start: Offsets, row_start: Offsets, origin: Floats, ellipsoid: Floats,
    geodesic: bool, begin: int, end: int, area: Floats, status: NDArray[np.int8],
) -> None:  # fmt: skip
    """Fill ``area`` of the rows ``begin`` to ``end``; ``status`` is 1 where the series does not hold.

    ``origin`` is false easting, false northing, k0; ``ellipsoid`` is e², e'², 1 / rectifying radius, 1 / MN at the
    equator, -4e² / a³(1 - e²)², and the five coefficients of sin² of the footpoint latitude in cos 2μ.
    """
    shrink = 1.0 / origin[2]
    for row in range(begin, end):
        area[row] = 0.0
        status[row] = 0
        first_ring, last_ring = part_start[row_start[row]], part_start[row_start[row + 1]]
        if ring_start[first_ring] == ring_start[last_ring]:
            continue
        x0, y0 = xy[ring_start[first_ring], 0], xy[ring_start[first_ring], 1]
        total = mx = my = mxx = mxy = bow_y = bow_x = bow_xx = bow_xy = widest = longest = 0.0
        for part in range(row_start[row], row_start[row + 1]):
            for ring in range(part_start[part], part_start[part + 1]):
                two_area, sx, sy, sxx, sxy, by, bx, bxx, bxy, wide, long = _sums(
                    xy, ring_start[ring], ring_start[ring + 1], x0, y0, geodesic
                )
                # shells count, holes are taken off, whichever way round they run
                turn = 1.0 if (two_area > 0.0) == (ring == part_start[part]) else -1.0
                total += turn * two_area
                mx += turn * sx
                my += turn * sy
                mxx += turn * sxx
                mxy += turn * sxy
                bow_y += turn * by
                bow_x += turn * bx
                bow_xx += turn * bxx
                bow_xy += turn * bxy
                widest = max(widest, wide)
                longest = max(longest, long)
        x, y = (x0 - origin[0]) * shrink, (y0 - origin[1]) * shrink
        w, wx, wy, wxx, wxy = _weight(x, y, ellipsoid)
        # the weight is that of k0 = 1: lengths are divided by k0
        wx, wy, wxx, wxy = wx * shrink, wy * shrink, wxx * shrink * shrink, wxy * shrink * shrink
        inside = w * total / 2.0 + (wx * mx + wy * my) / 6.0 + wxx * mxx / 24.0 + wxy * mxy / 24.0
        if geodesic:
            inside -= (wx * bow_y - wy * bow_x + (wxx * bow_xx + wxy * bow_xy) / 2.0) / 24.0
        area[row] = inside * shrink * shrink
        near = abs(x) + widest < FARTHEST_X_M and abs(y) * ellipsoid[2] < FARTHEST_MU
        status[row] = 0 if near and widest < WIDEST_M and longest < LONGEST_EDGE_M * LONGEST_EDGE_M else 1


@njit(cache=True, nogil=True)
def plane_areas(
    xy: Floats, ring_start: Offsets, part_start: Offsets, row_start: Offsets, begin: int, end: int, area: Floats
) -> None:
    """Fill ``area`` of the rows ``begin`` to ``end``, each ring summed about its own first vertex."""
    for row in range(begin, end):
        total = 0.0
        for part in range(row_start[row], row_start[row + 1]):
            for ring in range(part_start[part], part_start[part + 1]):
                first = ring_start[ring]
                two_area = px = py = 0.0
                for vertex in range(first + 1, ring_start[ring + 1]):
                    x, y = xy[vertex, 0] - xy[first, 0], xy[vertex, 1] - xy[first, 1]
                    two_area += px * y - x * py
                    px, py = x, y
                total += abs(two_area) if ring == part_start[part] else -abs(two_area)
        area[row] = total / 2.0


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _sums(xy: Floats, first: int, last: int, x0: float, y0: float, geodesic: bool) -> Sums:
    """Moments of one ring about a point, its bows, its reach (sum of x and y) and its longest edge, squared."""
    two_area = sx = sy = sxx = sxy = by = bx = bxx = bxy = widest = longest = 0.0
    # unsigned: numba looks at every signed number whether it counts from the end
    px = py = 0.0
    if last > first:
        px, py = xy[np.uint64(first), 0] - x0, xy[np.uint64(first), 1] - y0
        widest = abs(px) + abs(py)
    for vertex in range(np.uint64(first + 1), np.uint64(last)):
        x, y = xy[vertex, 0] - x0, xy[vertex, 1] - y0
        widest = max(widest, abs(x) + abs(y))
        cross = px * y - x * py
        xs, ys = px + x, py + y
        two_area += cross
        sx += cross * xs
        sy += cross * ys
        sxx += cross * (xs * xs - px * x)
        sxy += cross * (xs * ys + px * py + x * y)
        if geodesic:
            dx, dy = x - px, y - py
            squared = dx * dx + dy * dy
            by += squared * dy
            bx += squared * dx
            bxx += squared * dy * xs
            bxy += squared * dy * ys
            longest = max(longest, squared)
        px, py = x, y
    return two_area, sx, sy, sxx, sxy, by, bx, bxx, bxy, widest, longest


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _weight(x: float, y: float, ellipsoid: Floats) -> tuple[float, float, float, float, float]:
    """Give w and its derivatives x, y, xx, xy at a point, k0 = 1, from the central meridian and the equator."""
    e2, second = ellipsoid[0], ellipsoid[1]
    mu = y * ellipsoid[2]
    c = np.cos(2.0 * mu)
    sin2 = ellipsoid[5] + c * (ellipsoid[6] + c * (ellipsoid[7] + c * (ellipsoid[8] + c * ellipsoid[9])))
    sin2 = min(max(sin2, 0.0), 1.0)
    flat = 1.0 - e2 * sin2
    curvature = flat * flat * ellipsoid[3]  # 1 / MN
    eta2 = second * (1.0 - sin2)
    # 1 / ψ is 1 - η² here: the difference is of the order of e'⁸
    c2 = 2.0 / 3.0 - eta2 / 3.0 + 2.0 * second * second * sin2 * (1.0 - sin2) * (1.0 - eta2)
    q = curvature * x * x
    w = 1.0 + q * (-1.0 + q * (c2 + q * (-17.0 / 45.0 + q * (62.0 / 315.0))))
    dw = -1.0 + q * (2.0 * c2 + q * (-17.0 / 15.0 + q * (248.0 / 315.0)))
    ddw = 2.0 * c2 - q * (34.0 / 15.0)
    # the derivative of 1 / MN northwards: d sin² φ / dφ = sin 2φ, dφ / dy = 1 / M
    half_sine = np.sqrt(sin2 * (1.0 - sin2) * flat)
    slope = ellipsoid[4] * flat * flat * (half_sine if mu >= 0.0 else -half_sine)
    qx = 2.0 * curvature * x
    return w, dw * qx, dw * slope * x * x, ddw * qx * qx + dw * 2.0 * curvature, 2.0 * dw * slope * x
