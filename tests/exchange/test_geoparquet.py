"""GeoParquet: taken apart as shapely would, judged as any other format is, and never trusted."""

from __future__ import annotations

import json
import struct

import geopandas as gpd
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from exchange import flat_reading
from exchange.errors import FileRefused
from exchange.formats.wkb import flat_polygons
from exchange.sandbox import ReaderProcess
from geo.flat import FlatPolygons
from geo.validity import proven

EAST, NORTH = 500_000.0, 3_240_000.0


def square(x: float, y: float, side: float = 10.0) -> shapely.Polygon:
    return shapely.box(EAST + x, NORTH + y, EAST + x + side, NORTH + y + side)


HOLED = square(0, 0, 30).difference(square(5, 5, 10))
TWO = shapely.MultiPolygon([square(0, 0), square(50, 0)])
BOW_TIE = shapely.Polygon([(EAST, NORTH), (EAST + 10, NORTH + 10), (EAST + 10, NORTH), (EAST, NORTH + 10)])
ROWS = [
    square(0, 0), HOLED, None, TWO, BOW_TIE, shapely.Polygon(), shapely.LineString([(0, 0), (1, 1)]),
    shapely.GeometryCollection([square(90, 0), shapely.Point(0, 0)]), shapely.force_3d(square(200, 0)),
]  # fmt: skip


def frame(geoms=ROWS, crs="EPSG:4549") -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"code": [f"P{at}" for at in range(len(geoms))]}, geometry=list(geoms), crs=crs)


def flat_of(path, **asked):
    with ReaderProcess(flat=True) as process, flat_reading.borrowed(path, path.name) as original:
        return flat_reading.read(original, process=process, **asked)


def same(one: FlatPolygons, other: FlatPolygons) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in one.__slots__)


@pytest.mark.parametrize("byte_order", [0, 1])
@pytest.mark.parametrize(("flavor", "srid"), [("iso", False), ("extended", False), ("extended", True)])
def test_wkb_of_any_flavour_is_taken_apart_as_shapely_does(byte_order, flavor, srid):
    geoms = np.array([square(0, 0), HOLED, TWO, shapely.force_3d(HOLED, 7.0), shapely.force_3d(TWO, 7.0)], dtype=object)
    if srid:
        geoms = shapely.set_srid(geoms, 4549)
    written = shapely.to_wkb(geoms, byte_order=byte_order, flavor=flavor, output_dimension=3, include_srid=srid)
    flat, read = flat_polygons(pa.array(written.tolist(), pa.binary()))
    assert read.all()
    assert same(flat, FlatPolygons.of(geoms))


@given(st.data())
def test_bytes_that_were_tampered_with_are_left_aside_or_read_as_shapely_reads_them(data):
    whole = bytearray(shapely.to_wkb(data.draw(st.sampled_from([square(0, 0), HOLED, TWO]))))
    for _ in range(data.draw(st.integers(1, 4))):
        # counts and types stand in the first bytes and between rings: tamper there more than in coordinates
        at = data.draw(st.one_of(st.integers(0, 20), st.integers(0, len(whole) - 1)))
        whole[at] = data.draw(st.integers(0, 255))
    cut = bytes(whole[: data.draw(st.integers(0, len(whole)))]) if data.draw(st.booleans()) else bytes(whole)
    flat, read = flat_polygons(pa.array([b"", cut, None], pa.large_binary()))
    assert not read[0]
    assert not read[2]
    if read[1]:
        expected = shapely.from_wkb(cut, on_invalid="ignore")
        # shapely refuses rings that are not closed, which are found later here
        if expected is not None:
            assert np.array_equal(flat.xy, shapely.get_coordinates(expected), equal_nan=True)


def test_a_count_that_lies_reads_nothing():
    lie = struct.pack("<BII", 1, 3, 1) + struct.pack("<I", 0xFFFFFFFF) + b"\0" * 160
    _, read = flat_polygons(pa.array([lie, struct.pack("<BII", 1, 3, 0xFFFFFFFF), struct.pack("<BII", 1, 6, 9)]))
    assert not read.any()


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=3, max_size=12),
    st.sampled_from([0.0, 1e-9, 0.1, 3_240_000.3]),
)
def test_what_is_proven_valid_is_valid_to_geos(points, shift):
    ring = np.array([*points, points[0]], dtype=float) * 1.1 + shift
    polygon = np.array([shapely.Polygon(ring)], dtype=object)
    if proven(FlatPolygons.of(polygon))[0]:
        assert shapely.is_valid(polygon)[0]


def test_plain_parcels_are_proven_and_doubtful_ones_are_not():
    geoms = np.array([square(0, 0), HOLED, TWO, BOW_TIE, square(0, 0).buffer(3, quad_segs=16)], dtype=object)
    assert proven(FlatPolygons.of(geoms)).tolist() == [True, False, False, False, True]


def test_rows_are_refused_and_mended_as_in_a_geopackage(tmp_path):
    frame().to_parquet(tmp_path / "p.parquet")
    frame().to_file(tmp_path / "p.gpkg", layer="p")
    parquet, gpkg = flat_of(tmp_path / "p.parquet"), flat_of(tmp_path / "p.gpkg")
    assert [(item.row, item.outcome, item.code) for item in parquet.items] == [
        (item.row, item.outcome, item.code) for item in gpkg.items
    ]
    assert parquet.taken.tolist() == gpkg.taken.tolist()
    assert {item.row for item in parquet.items} == {3, 5, 6, 7, 8}
    assert same(parquet.polygons, gpkg.polygons)


@pytest.mark.parametrize("encoding", ["WKB", "geoarrow"])
def test_both_encodings_hold_the_same_polygons_and_columns(tmp_path, encoding):
    geoms = [square(0, 0), TWO, square(9, 9).difference(square(11, 11, 2))]
    frame(geoms).to_parquet(tmp_path / "p.parquet", geometry_encoding=encoding)
    found = flat_of(tmp_path / "p.parquet", columns=("code",))
    assert same(found.polygons, FlatPolygons.of(np.array(geoms, dtype=object)))
    assert found.table["code"].tolist() == ["P0", "P1", "P2"]
    assert found.crs.source == "EPSG:4549"


def with_geo(path, change) -> None:
    table = pq.read_table(path)
    geo = json.loads(table.schema.metadata[b"geo"])
    change(geo["columns"]["geometry"])
    pq.write_table(table.replace_schema_metadata({b"geo": json.dumps(geo).encode()}), path)


def test_a_crs_of_null_is_unknown_until_it_is_said(tmp_path):
    path = tmp_path / "p.parquet"
    frame().to_parquet(path)
    with_geo(path, lambda column: column.update(crs=None))
    with pytest.raises(FileRefused) as refused:
        flat_of(path)
    assert refused.value.code == "crs_unknown"
    assert flat_of(path, crs="EPSG:4549").crs.declared_how == "given"


def test_a_column_that_says_no_crs_is_in_degrees_by_the_standard(tmp_path):
    path = tmp_path / "p.parquet"
    frame([shapely.box(120.0, 29.3, 120.001, 29.301)], crs="OGC:CRS84").to_parquet(path)
    with_geo(path, lambda column: column.pop("crs"))
    found = flat_of(path)
    assert (found.crs.source, found.crs.declared_how, found.crs.storage) == ("EPSG:4326", "default", "EPSG:4549")
    metres = gpd.GeoSeries([shapely.box(120.0, 29.3, 120.001, 29.301)], crs=4490).to_crs(4549)
    assert found.polygons.xy == pytest.approx(shapely.get_coordinates(metres[0]), abs=1e-6)


def test_metres_in_a_column_that_says_no_crs_are_refused_until_it_is_said(tmp_path):
    path = tmp_path / "p.parquet"
    frame([square(0, 0)]).to_parquet(path)
    with_geo(path, lambda column: column.pop("crs"))
    with pytest.raises(FileRefused) as refused:
        flat_of(path)
    assert refused.value.code == "no_storage_crs"
    assert flat_of(path, crs="EPSG:4549").crs.declared_how == "given"


def test_parquet_without_geometry_is_named(tmp_path):
    path = tmp_path / "p.parquet"
    pq.write_table(pa.table({"geometry": [b"x"], "a": [1]}), path)
    with pytest.raises(FileRefused) as refused:
        flat_of(path)
    assert refused.value.code == "parquet_not_geo"


@pytest.mark.parametrize(
    "told", ["1", "[]", '{"columns":{"geometry":{"encoding":"WKB"}},"primary_column":["x"]}', "{" * 9]
)
def test_metadata_of_any_shape_are_refused_and_not_followed(tmp_path, told):
    path = tmp_path / "p.parquet"
    frame().to_parquet(path)
    pq.write_table(pq.read_table(path).replace_schema_metadata({b"geo": told.encode()}), path)
    with pytest.raises(FileRefused) as refused:
        flat_of(path)
    assert refused.value.code == "parquet_not_geo"


def test_files_with_holes_in_them_are_refused_in_one_line(tmp_path):
    frame().to_parquet(tmp_path / "whole.parquet")
    whole = (tmp_path / "whole.parquet").read_bytes()
    rng = np.random.default_rng(5)
    broken = tmp_path / "broken.parquet"
    with ReaderProcess(flat=True) as process:
        for cut in rng.integers(8, len(whole), 16):
            harmed = bytearray(whole)
            harmed[int(cut)] ^= int(rng.integers(1, 256))
            broken.write_bytes(bytes(harmed) if cut % 2 else whole[:cut])
            with flat_reading.borrowed(broken, "broken") as original:
                try:
                    flat_reading.read(original, process=process)
                except FileRefused as refused:
                    assert refused.code  # noqa: PT017 - any code will do, a crash of this process will not
