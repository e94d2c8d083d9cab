"""Real files of many makers: each ends as rows or as a clear refusal, never as a crash, a hang or a silent loss."""

from __future__ import annotations

from typing import Any

from exchange.errors import FileRefused
from tests.conftest import REAL

# a refusal with one of these is no judgement of the file: the reader itself gave way
READER_GAVE_UP = {"reader_crashed", "reader_failed", "reader_too_slow", "reader_out_of_memory"}
SAMPLED = ("antimeridian", "gdal_autotest", "geojson_invalid", "geojson_valid_fixtures")
COUNTS: dict[str, tuple[int, dict[str, Any]]] = {
    "cambridge_ma/ASSESSING_ParcelsFY2013.topojson": (13_159, {"crs": "EPSG:4326", "storage_epsg": 26986}),
    "cambridge_ma/TRANS_Centerlines.geojson": (2_643, {"shapes": ("line",), "storage_epsg": 26986}),
    "jp_moj_cadastre/joetsu.gpkg": (1_051, {"storage_epsg": 6676}),
    "tw_industrial_areas/areas.json": (88, {"storage_epsg": 3826}),
    "momepy_bubenec/bubenec.gpkg": (35, {"shapes": ("line", "polygon"), "storage_epsg": 32633}),
}


def real_files():
    found = [
        path
        for name in SAMPLED
        for path in sorted((REAL / name).rglob("*"))
        if path.suffix in {".json", ".geojson", ".shp", ".zip"}
    ]
    # every eighth: all of them take a minute, and were walked when this was written
    return found[::8]


def test_every_sampled_file_ends_well(read, make_collection, make_square, tmp_path):
    (tmp_path / "own.geojson").write_bytes(make_collection(make_square()))
    for path in [tmp_path / "own.geojson", *real_files()]:
        given = "EPSG:32632" if path.suffix == ".shp" and not path.with_suffix(".prj").exists() else None
        try:
            found = read(path, shapes=("polygon", "line", "point"), storage_epsg=None, crs=given)
        except FileRefused as refused:
            unexplained: set[Any] = {refused.code} & READER_GAVE_UP
        else:
            refused_rows = {item.row for item in found.items if item.outcome == "refused"}
            unexplained = {row + 1 for row, geom in enumerate(found.geoms) if geom is None} ^ refused_rows
        assert unexplained == set(), path.name


def counted_files(own):
    yield own, 2_000, {}
    yield from ((REAL / name, *expected) for name, expected in COUNTS.items() if (REAL / name).exists())


def test_no_row_of_a_large_file_is_lost(read, make_collection, make_square, tmp_path):
    own = tmp_path / "own.geojson"
    own.write_bytes(make_collection(*(make_square(lon=119.9 + 0.001 * (n % 50), lat=29.2 + 0.001 * (n // 50))
                                      for n in range(2_000))))  # fmt: skip
    for path, count, options in counted_files(own):
        found = read(path, **options)
        assert sum(geom is not None for geom in found.geoms) == len(found.geoms) == count, path.name
