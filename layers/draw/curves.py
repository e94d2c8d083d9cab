"""A curve of marks as a small picture: an SVG of numbers, without a word from data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

WIDE, HIGH, EDGE = 360, 150, 26
_HIGHEST: Final = 10.0


def curve_picture(points: Sequence[tuple[float, float]], *, here: float | None = None) -> str:
    """Draw a piecewise-linear curve, level beyond its ends; ``here`` marks one value on it."""
    low, high = points[0][0], points[-1][0]
    beyond = (high - low or 1.0) * 0.08
    left, right = low - beyond, high + beyond

    def at(value: float, mark: float) -> tuple[float, float]:
        x = EDGE + (value - left) / (right - left) * (WIDE - 2 * EDGE)
        return x, HIGH - EDGE - mark / _HIGHEST * (HIGH - 2 * EDGE)

    line = [(left, points[0][1]), *points, (right, points[-1][1])]
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in line))
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="#0B4F8A"/>' for x, y in (at(*one) for one in points)
    )
    labels = "".join(
        f'<text x="{at(value, 0)[0]:.1f}" y="{HIGH - 8}" text-anchor="middle">{value:g}</text>'
        for value in dict.fromkeys((low, high))
    )
    lines = "".join(
        f'<line x1="{EDGE}" x2="{WIDE - EDGE}" y1="{y:.1f}" y2="{y:.1f}" stroke="#D5DAE0"/>'
        f'<text x="{EDGE - 6}" y="{y + 4:.1f}" text-anchor="end">{mark:g}</text>'
        for mark, y in ((mark, at(low, mark)[1]) for mark in (0.0, 5.0, 10.0))
    )
    mine = ""
    if here is not None:
        x = at(min(max(here, left), right), 0)[0]
        mine = (
            f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{EDGE}" y2="{HIGH - EDGE}" stroke="#C0272D" stroke-dasharray="4 3"/>'
        )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}" height="{HIGH}" viewBox="0 0 {WIDE} {HIGH}" '
        f'font-family="sans-serif" font-size="12" fill="#4A5563">{lines}{mine}'
        f'<polyline points="{drawn}" fill="none" stroke="#0B4F8A" stroke-width="2"/>{dots}{labels}</svg>'
    )
