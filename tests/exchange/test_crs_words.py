"""What a person may say of a file's coordinates, and what is then done to its numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from exchange import reading
from exchange.crs_words import Similarity, understood
from exchange.errors import FileRefused
from exchange.reading import Reading
from geo import gcj
from tests.lending import lent_reader, one_reader  # noqa: F401 - fixtures

# about 100 mu at the centre of Yiwu, in EPSG:4549
PARCEL = shapely.box(507_000, 3_243_000, 507_300, 3_243_222)


def _written(folder: Path, shape: shapely.Polygon, crs: str | None) -> Path:
    document: dict[str, object] = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "properties": {}, "geometry": json.loads(shapely.to_geojson(shape))}],
    }
    if crs is not None:
        document["crs"] = {"type": "name", "properties": {"name": crs}}
    path = folder / "one.geojson"
    path.write_text(json.dumps(document))
    return path


def _read(path: Path, crs: str | None) -> Reading:
    with reading.secured(path, path.name) as original:
        return reading.read(original, shapes=("polygon",), storage_epsg=4549, crs=crs)


def _degrees(shape: shapely.Polygon) -> shapely.Polygon:
    way = Transformer.from_crs(4549, 4490, always_xy=True)
    return shapely.transform(shape, lambda xy: np.column_stack(way.transform(xy[:, 0], xy[:, 1])))


@pytest.mark.parametrize("shift", gcj.SHIFTS)
def test_a_shift_is_taken_back_when_a_person_says_so(tmp_path: Path, shift: gcj.Shift) -> None:
    moved = shapely.transform(_degrees(PARCEL), lambda xy: np.column_stack(gcj.shifted(shift, xy[:, 0], xy[:, 1])))
    path = _written(tmp_path, moved, None)
    as_said = _read(path, shift)
    assert shapely.hausdorff_distance(as_said.geoms[0], PARCEL) < 1e-3
    assert as_said.crs.source == shift
    assert [note.code for note in as_said.notes] == ["shift_taken_back"]
    # nothing is moved unasked
    assert 400 < shapely.hausdorff_distance(_read(path, None).geoms[0], PARCEL) < 1500


def test_a_shift_is_taken_back_from_web_mercator_too(tmp_path: Path) -> None:
    moved = shapely.transform(_degrees(PARCEL), lambda xy: np.column_stack(gcj.shifted("GCJ-02", xy[:, 0], xy[:, 1])))
    way = Transformer.from_crs(4326, 3857, always_xy=True)
    flat = shapely.transform(moved, lambda xy: np.column_stack(way.transform(xy[:, 0], xy[:, 1])))
    found = _read(_written(tmp_path, flat, "EPSG:3857"), "gcj02")
    assert shapely.hausdorff_distance(found.geoms[0], PARCEL) < 1e-3


def test_axes_are_turned_when_a_person_says_so(tmp_path: Path) -> None:
    turned = shapely.transform(PARCEL, lambda xy: xy[:, ::-1])
    path = _written(tmp_path, turned, "EPSG:4549")
    with pytest.raises(FileRefused) as refused:
        _read(path, None)
    assert refused.value.code == "outside_storage_crs"
    assert {"crs": "EPSG:4549;swapped", "because": "storage"} in refused.value.values["candidates"]  # type: ignore[operator]
    found = _read(path, "EPSG:4549;swapped")
    assert shapely.equals_exact(shapely.normalize(found.geoms[0]), shapely.normalize(PARCEL))


def test_metres_declared_as_degrees_are_refused_with_what_they_may_be(tmp_path: Path) -> None:
    prefixed = shapely.transform(PARCEL, lambda xy: xy + np.array([40_000_000.0, 0.0]))
    with pytest.raises(FileRefused) as refused:
        _read(_written(tmp_path, prefixed, "EPSG:4326"), None)
    assert refused.value.code == "not_degrees"
    assert refused.value.values["candidates"] == [{"crs": "EPSG:4528", "because": "zone_prefix", "zone": 40}]


def test_four_parameters_bring_an_old_file_over(tmp_path: Path) -> None:
    four = Similarity(
        source=2385, target=4549, dx_north_m=-2.345, dy_east_m=113.21, rotation_arcsec=0.512, scale_ppm=-1.204
    )
    # the inverse by linear algebra: the old coordinates of a parcel whose new ones are known
    k, angle = 1 + four.scale_ppm * 1e-6, np.radians(four.rotation_arcsec / 3600)
    turn = k * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moves = np.array([four.dx_north_m, four.dy_east_m])
    old = shapely.transform(PARCEL, lambda xy: np.linalg.solve(turn, (xy[:, ::-1] - moves).T).T[:, ::-1])
    path = _written(tmp_path, old, "EPSG:2385")
    with pytest.raises(FileRefused) as refused:
        _read(path, None)
    assert refused.value.code == "crs_needs_parameters"
    found = _read(path, four.words)
    assert shapely.hausdorff_distance(found.geoms[0], PARCEL) < 1e-6
    assert [note.code for note in found.notes] == ["four_parameters_used"]
    # parameters for another grid are not for this file
    with pytest.raises(FileRefused) as refused:
        _read(_written(tmp_path, old, "EPSG:2386"), four.words)
    assert refused.value.code == "crs_conflict"


def test_a_string_with_seven_parameters_may_stand_for_the_declared_grid(tmp_path: Path) -> None:
    words = "+proj=tmerc +lon_0=120 +x_0=500000 +a=6378140 +rf=298.257 +towgs84=100,50,-20,0,0,0,0 +units=m +type=crs"
    found = _read(_written(tmp_path, PARCEL, "EPSG:2385"), words)
    moved = shapely.hausdorff_distance(found.geoms[0], PARCEL)
    assert 50 < moved < 150
    with pytest.raises(FileRefused) as refused:
        _read(_written(tmp_path, PARCEL, "EPSG:2385"), words.replace("lon_0=120", "lon_0=117"))
    assert refused.value.code == "crs_conflict"


@pytest.mark.parametrize(
    "words",
    ["nonsense", "EPSG:999999", '{"four": 5}', '{"four": {"source": 1}}', ";swapped",
     Similarity(source=2385, target=4549, dx_north_m=1, dy_east_m=1, rotation_arcsec=1, scale_ppm=1).words
     .replace("4549", "999999"),
     ('{"four": {"source": 2385, "target": 4549, "dx_north_m": NaN, "dy_east_m": 0, "rotation_arcsec": 0,'
     ' "scale_ppm": 0}}')],
)  # fmt: skip
def test_what_is_not_understood_is_refused(words: str) -> None:
    with pytest.raises(FileRefused) as refused:
        understood(words)
    assert refused.value.code == "crs_not_understood"
