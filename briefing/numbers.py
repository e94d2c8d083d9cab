"""How a briefing writes figures: one place, over the formats that screen and registers use."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from layers import figures
from layers.figures import Figure


def area_m2(centi_m2: int) -> Decimal:
    """Square metres of whole hundredths, exactly."""
    return Decimal(int(centi_m2)).scaleb(-2)


def headline(centi_m2: int) -> Figure:
    """亩 of a headline, 万亩 from 10,000 亩 on; 0 亩 is an answer, not a dash."""
    found = figures.mu_headline(area_m2(centi_m2))
    if found.unit != "亩":
        return found
    text = mu(centi_m2)
    return Figure("0" if text == figures.NOTHING else text, "亩")


def worded(centi_m2: int) -> str:
    """The headline as it stands in a sentence: ``2.41 万亩``."""
    found = headline(centi_m2)
    return f"{found.text} {found.unit}"


def mu(centi_m2: int) -> str:
    """亩 of a sum: whole from 100 亩 on, one decimal below as of a parcel, a dash for nothing."""
    exact = figures.mu_of(area_m2(centi_m2))
    return figures.fixed(exact, 0 if exact is not None and abs(exact) >= figures.WHOLE_MU_FROM else 1)


def parcel_mu(centi_m2: int) -> str:
    """亩 of one parcel with one decimal."""
    return figures.fixed(figures.mu_of(area_m2(centi_m2)), 1)


def percent(part: int, whole: int) -> str:
    """A share without decimals, as a title has it: ``65%``; something is never 0%, and what lacks any is never 100%."""
    if whole <= 0 or part <= 0:
        return "0%"
    exact = Decimal(part) * 100 / Decimal(whole)
    if exact < 1:
        return "<1%"
    rounded = exact.quantize(Decimal(1), ROUND_HALF_UP)
    return ">99%" if rounded == 100 and part < whole else f"{rounded}%"


def kilometres(length_m: float) -> str:
    """千米 with one decimal."""
    return figures.fixed(Decimal(str(length_m)) / 1000, 1)


def count(number: int) -> str:
    """A count."""
    return figures.count(number)
