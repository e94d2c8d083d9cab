"""How a figure is written: one formatter for screen, table and print.

Everything rounds half up on exact decimals. Areas come in as square metres already rounded to 0.01, because 亩 and
公顷 are derived from the rounded figure (the one that auditors add up). Zero is a dash; what is not zero but would
round to zero is written as ``<0.01``, never as nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

MU_PER_M2: Final = Decimal("0.0015")  # exactly: 15 亩 = 1 hm²
HECTARES_PER_M2: Final = Decimal("0.0001")
WAN: Final = Decimal(10_000)
WHOLE_MU_FROM: Final = Decimal(100)  # totals of this many 亩 and more are written without decimals
NOTHING: Final = "—"

Number = Decimal | float | int


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as text and its unit, apart so that a page can set them in different type."""

    text: str
    unit: str


def fixed(value: Number | None, places: int = 0) -> str:
    """Write a number with thousands commas and so many decimals; None and zero are a dash."""
    if value is None or not (exact := _decimal(value)).is_finite() or exact == 0:
        return NOTHING
    step = Decimal(1).scaleb(-places)
    rounded = exact.quantize(step, ROUND_HALF_UP)
    if rounded == 0:
        return f"<{step:f}" if exact > 0 else f">-{step:f}"
    return f"{rounded:,f}"


def trimmed(value: Number | None, places: int = 4) -> str:
    """Write a number as ``fixed`` does, without the zeros that end its decimals: for figures as they were declared."""
    text = fixed(value, places)
    return text.rstrip("0").rstrip(".") if "." in text and text[0] not in "<>" else text


def square_metres(area_m2: Number | None) -> str:
    """㎡ with two decimals."""
    return fixed(area_m2, 2)


def hectares(area_m2: Number | None) -> str:
    """公顷 with four decimals, so that one ㎡ shows."""
    return fixed(None if area_m2 is None else _decimal(area_m2) * HECTARES_PER_M2, 4)


def mu(area_m2: Number | None) -> str:
    """亩 with two decimals: a parcel's card, a register."""
    return fixed(mu_of(area_m2), 2)


def mu_total(area_m2: Number | None) -> str:
    """亩 of a sum: whole from 100 亩 on, two decimals below."""
    exact = mu_of(area_m2)
    return fixed(exact, 0 if exact is not None and abs(exact) >= WHOLE_MU_FROM else 2)


def mu_headline(area_m2: Number | None) -> Figure:
    """亩 of a headline: from 10,000 亩 on in 万亩 with two decimals."""
    exact = mu_of(area_m2)
    if exact is not None and abs(exact) >= WAN:
        return Figure(fixed(exact / WAN, 2), "万亩")
    return Figure(mu_total(area_m2), "亩")


def metres(length_m: Number | None) -> str:
    """A length in metres with two decimals."""
    return fixed(length_m, 2)


def signed(value: Number | None, places: int = 2) -> str:
    """A difference, with its sign always written."""
    text = fixed(value, places)
    return text if text == NOTHING or text[0] in "-<>" else f"+{text}"


def count(number: int) -> str:
    """A count with thousands commas; here nought is nought, because it is an answer."""
    return f"{number:,}"


def share(part: Number, whole: Number, places: int = 1) -> str:
    """A part of a whole in per cent; a dash when there is no whole."""
    total = _decimal(whole)
    return NOTHING if total == 0 else f"{fixed(_decimal(part) * 100 / total, places)} %" if part else NOTHING


def mu_of(area_m2: Number | None) -> Decimal | None:
    """亩 of an area in square metres, exactly."""
    return None if area_m2 is None else _decimal(area_m2) * MU_PER_M2


def _decimal(value: Number) -> Decimal:
    # str() gives the shortest decimal that means this float: 1.005 is what was written, not 1.00499999999999989
    return value if isinstance(value, Decimal) else Decimal(str(value))
