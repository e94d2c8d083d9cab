"""Power: the nearest site with head-room, by plain distances and sums; a table that is none is refused."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from layers.power import PowerTableRefused, parse_power
from planning.atlas import Atlas
from planning.power import Sites, density
from tests.conftest import REPOSITORY
from tests.planning.board import add, made, parcels

TABLE = (REPOSITORY / "data" / "rules" / "power_density.csv").read_text("utf-8")


def sites(*rows):
    """Power sites by (east in hundreds of metres, kVA)."""
    return gpd.GeoDataFrame(
        {"code": [f"S{at}" for at in range(len(rows))], "name": None, "capacity_kva": [kva for _, kva in rows]},
        geometry=[shapely.Point(500_000 + 100 * east, 3_240_050) for east, _ in rows], crs=4549,
    )  # fmt: skip


@pytest.fixture
def land(tmp_path):
    """Ten parcels of 1 ha in a row: the first is supplied."""
    db = made(tmp_path / "p.sqlite", "")
    frame = parcels("..........")
    frame["land_use"] = "100101"
    frame.loc[0, "stage"] = "supplied"
    add(db, frame)
    yield db
    db.close()


def test_a_need_is_the_density_times_the_area(land):
    add(land, sites((20, 2_000.0)), "power_sites")
    atlas = Atlas(land)
    found = Sites(atlas).feeding(tuple(atlas.parcels().ids[3:5].tolist()))
    # two hectares of industry at 500 kW/ha with a power factor of 0.9
    assert found is not None
    assert found.need_kva == pytest.approx(2 * 500 / 0.9)
    # from the east edge of the fifth parcel to the site
    assert found.distance_m == pytest.approx(1_500.0)
    assert found.enough
    assert found.headroom_kva == pytest.approx(2_000 - 500 / 0.9)


def test_the_nearest_that_is_enough_is_before_a_nearer_one_that_is_not(land):
    add(land, sites((1, 300.0), (12, 700.0), (30, 9_000.0)), "power_sites")
    atlas = Atlas(land)
    ids = atlas.parcels().ids
    one = Sites(atlas).feeding((int(ids[1]),))
    assert one is not None
    assert (one.code, one.enough) == ("S1", True)
    several = Sites(atlas).feeding(tuple(ids[1:6].tolist()))
    assert several is not None
    assert (several.code, several.enough) == ("S2", True)
    # what is supplied beside the first site draws of it, and leaves less than nothing
    assert Sites(atlas).headroom[0] == pytest.approx(300 - 500 / 0.9)


def test_without_known_capacity_the_nearest_is_told_and_not_said_to_be_enough(land):
    add(land, sites((4, float("nan")), (30, float("nan"))), "power_sites")
    atlas = Atlas(land)
    found = Sites(atlas).feeding((int(atlas.parcels().ids[4]),))
    assert found is not None
    assert (found.code, found.enough, found.capacity_kva, found.headroom_kva) == ("S0", False, None, None)


def test_no_site_is_no_answer(land):
    atlas = Atlas(land)
    assert Sites(atlas).feeding((int(atlas.parcels().ids[0]),)) is None


def test_the_table_is_read_by_the_longest_beginning_of_a_code_and_refused_when_it_is_none():
    table = density()
    assert (table.class_of("100102"), table.class_of("110101"), table.class_of(None)) == ("1001", "1101", "*")
    assert all(table.basis.values())
    with pytest.raises(PowerTableRefused) as refused:
        parse_power(TABLE.replace(",500,《", ",much,《").replace("power_factor,", "factor,"))
    assert set(refused.value.lines) == {"power_factor", "1001"}
