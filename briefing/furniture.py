"""Furniture of a map: scale bar in 千米 or 米, north arrow with the meridian's convergence, frame."""

from __future__ import annotations

from math import cos, radians, sin
from typing import Final

from geo.north import convergence_deg
from layers.draw.paper.sheet import Sheet
from layers.draw.paper.view import View
from layers.style import INK

_LADDER: Final = (1, 2, 5)
_KILOMETRE: Final = 1000


def bar_length_m(metres_per_pt: float, widest_pt: float) -> int:
    """The longest of 1, 2, 5 × 10ⁿ metres that is not wider than this."""
    fitting = [
        step * 10**power for power in range(7) for step in _LADDER if step * 10**power <= widest_pt * metres_per_pt
    ]
    return max(fitting, default=1)


def scale_bar(sheet: Sheet, view: View, x: float, y: float, *, widest_pt: float, size: float = 7.0) -> float:
    """Draw a bar in two halves whose left end is at (x, y) on its lower edge; give its width."""
    length = bar_length_m(view.metres_per_pt, widest_pt)
    width = length / view.metres_per_pt
    unit = "千米" if length >= _KILOMETRE else "米"
    whole = length / _KILOMETRE if length >= _KILOMETRE else length
    sheet.rect(x, y - 3.0, width, 3.0, fill="#FFFFFF", line=INK, line_width=0.6)
    sheet.rect(x, y - 3.0, width / 2, 3.0, fill=INK)
    sheet.text(x, y - 5.4, "0", size, align="center", halo=1.0)
    sheet.text(x + width / 2, y - 5.4, f"{whole / 2:g}", size, align="center", halo=1.0)
    sheet.text(x + width, y - 5.4, f"{whole:g}", size, align="center", halo=1.0)
    end = x + width + sheet.faces.width(f"{whole:g}", size) / 2 + 1.6
    sheet.text(end, y - 5.4, unit, size, halo=1.0)
    return end + sheet.faces.width(unit, size) - x


def north_arrow(sheet: Sheet, epsg: int, view: View, x: float, y: float, *, height: float = 24.0) -> None:
    """Draw an arrow to true north whose middle is at (x, y), with 北 at its head."""
    turn = radians(-convergence_deg(epsg, view.east, view.north))

    def at(across: float, up: float) -> tuple[float, float]:
        return x + across * cos(turn) + up * sin(turn), y - up * cos(turn) + across * sin(turn)

    tip, foot, half = height * 0.30, -height * 0.5, height * 0.24
    left = [at(0, tip), at(-half, foot), at(0, foot * 0.55), at(0, tip)]
    right = [at(0, tip), at(half, foot), at(0, foot * 0.55), at(0, tip)]
    sheet.line([*left], "#FFFFFF", width=2.4)
    sheet.line([*right], "#FFFFFF", width=2.4)
    sheet.polygon(left, fill=INK, line=INK, width=0.6)
    sheet.polygon(right, fill="#FFFFFF", line=INK, width=0.6)
    head = at(0, tip + height * 0.12)
    sheet.text(head[0], head[1], "北", height * 0.34, weight="bold", align="center", halo=1.2)
