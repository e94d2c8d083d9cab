"""What the numbers of a file without a CRS allow, for one place at Yiwu in each system."""

from __future__ import annotations

import pytest
from pyproj import CRS, Transformer

from geo.crs_candidates import candidates

STORAGE = CRS.from_epsg(4549)


def _bounds(epsg: int, *, swapped: bool = False) -> tuple[float, float, float, float]:
    x, y = Transformer.from_crs(4490, epsg, always_xy=True).transform([120.05, 120.1], [29.28, 29.33])
    return (min(y), min(x), max(y), max(x)) if swapped else (min(x), min(y), max(x), max(y))


@pytest.mark.parametrize(
    ("epsg", "because"),
    [(4490, "degrees"), (4549, "storage"), (4528, "zone_prefix"), (4499, "zone_prefix"), (3857, "web_mercator")],
)
@pytest.mark.parametrize("swapped", [False, True])
def test_the_system_is_named_with_what_shows_it(epsg: int, because: str, *, swapped: bool) -> None:
    found = candidates(_bounds(epsg, swapped=swapped), STORAGE)
    assert [(one.epsg, one.swapped, one.because) for one in found] == [(epsg, swapped, because)]
    assert found[0].words == f"EPSG:{epsg}" + (";swapped" if swapped else "")
    if because == "zone_prefix":
        assert found[0].values == {"zone": {4528: 40, 4499: 21}[epsg]}


def test_another_place_is_not_taken_for_here() -> None:
    # the neighbouring zone's numbers, and the other side of the world
    x, y = Transformer.from_crs(4490, 4527, always_xy=True).transform([117.0, 117.1], [29.28, 29.33])
    assert candidates((x[0], y[0], x[1], y[1]), STORAGE) == ()
    assert candidates((-71.2, 42.3, -71.0, 42.4), STORAGE) == ()
    assert candidates((float("nan"), 0.0, 1.0, 1.0), STORAGE) == ()
    # without a database the zone still shows
    assert [one.epsg for one in candidates((x[0], y[0], x[1], y[1]), None)] == [4527]
