"""How a briefing writes figures: one place, over the formats that screen and registers use."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from layers import figures
from layers.figures import Figure

_WHOLE_FROM_MU = 10


def area_m2(centi_m2: int) -> Decimal:
    """Square metres of whole hundredths, exactly."""
    return Decimal(int(centi_m2)).scaleb(-2)


def headline(centi_m2: int) -> Figure:
    """亩 of a headline, 万亩 from 10,000 亩 on; 0 亩 is an answer, not a dash."""
    found = figures.mu_headline(area_m2(centi_m2))
    return Figure("0", "亩") if found.text == figures.NOTHING else found


def worded(centi_m2: int) -> str:
    """The headline as it stands in a sentence: ``2.41 万亩``."""
    found = headline(centi_m2)
    return f"{found.text} {found.unit}"


def mu(centi_m2: int) -> str:
    """亩 of a sum: whole from 100 亩 on, a dash for nothing."""
    return figures.mu_total(area_m2(centi_m2))


def mu_rounded(centi_m2: int) -> str:
    """亩 on a map and in a column: whole from 10 亩 on, so that figures side by side are written alike."""
    exact = figures.mu_of(area_m2(centi_m2))
    return figures.fixed(exact, 0 if exact is not None and exact >= _WHOLE_FROM_MU else 1)


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
