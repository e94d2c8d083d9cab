"""The sample files are what every reader of them may expect: schema keys, closed lists, CRS, marks, the same bytes."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from layers.schema import LAYERS
from tests.data.sample_files import REPOSITORY, SAMPLE, collection, rows, shapes

FILES = sorted(path.name for path in SAMPLE.iterdir() if path.suffix in {".geojson", ".csv"})


def test_building_again_in_a_fresh_process_gives_the_same_bytes(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "data.sample.build", str(tmp_path)], cwd=REPOSITORY, check=True, timeout=120)
    built = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tmp_path.iterdir()}
    assert built == {name: hashlib.sha256((SAMPLE / name).read_bytes()).hexdigest() for name in FILES}


def test_there_is_a_file_for_every_layer_of_the_schema() -> None:
    assert {name.removesuffix(".geojson") for name in FILES if name.endswith(".geojson")} == set(LAYERS)


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_properties_are_the_keys_of_the_schema_and_terms_of_its_lists(layer: str) -> None:
    schema = LAYERS[layer]
    expected = {*schema.keys, "is_sample"} | ({"cluster"} if layer == "parcels" else set())
    assert all(set(row) == expected for row in rows(layer))
    for field in schema.fields:
        values = [row[field.key] for row in rows(layer) if row[field.key] is not None]
        if field.terms is not None:
            assert set(values) <= set(field.terms), field.key
        if field.kind == "number":
            assert all(isinstance(value, int | float) and value >= (field.minimum or 0) for value in values), field.key
            assert all(value <= (field.maximum or np.inf) for value in values), field.key


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_every_feature_is_marked_as_sample_with_a_unique_sample_code(layer: str) -> None:
    codes = [row["code"] for row in rows(layer)]
    assert len(set(codes)) == len(codes)
    assert all(code.startswith(f"示例{LAYERS[layer].code_prefix}-") for code in codes)
    assert all(row["is_sample"] is True for row in rows(layer))


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_shapes_are_valid_in_the_storage_crs_on_millimetres_and_inside_the_city_window(layer: str) -> None:
    assert collection(layer)["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::4549"
    geometry = np.array(shapes(layer))
    assert shapely.is_valid(geometry).all()
    assert not shapely.is_empty(geometry).any()
    x, y = shapely.get_coordinates(geometry).T
    # the published extent of the city (EPSG:4549), with a kilometre for roughened borders
    assert 481_000 < x.min() < x.max() < 528_000
    assert 3_212_400 < y.min() < y.max() < 3_271_500
    assert not re.search(r"\d{6,7}\.\d{4}", (SAMPLE / f"{layer}.geojson").read_text(encoding="utf-8"))


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_gdal_reads_the_file_with_its_crs_and_all_features(layer: str) -> None:
    meta = pyogrio.read_info(SAMPLE / f"{layer}.geojson")
    assert meta["crs"] == "EPSG:4549"
    assert meta["features"] == len(rows(layer))


@pytest.mark.parametrize("layer", sorted(LAYERS))
def test_rings_turn_as_the_geojson_standard_wants(layer: str) -> None:
    polygons = [part for part in shapely.get_parts(np.array(shapes(layer))) if part.geom_type == "Polygon"]
    assert all(part.exterior.is_ccw and not any(ring.is_ccw for ring in part.interiors) for part in polygons)


def test_the_whole_sample_stays_under_three_megabytes() -> None:
    assert sum((SAMPLE / name).stat().st_size for name in FILES) < 3_000_000


def test_no_real_looking_name_is_invented() -> None:
    source = {
        "五洲大道", "五联路", "诚信大道", "竺阳路", "武岩北路", "同泽路", "芳菲路", "铜山路",
        "城西针织产业园(原琳多地块)", "表面处理环保产业园", "稠江崇山产业园", "高科技产业园", "义乌市数字经济产业园",
        "芯片产业园", "义乌高层次人才创业园", "义乌科技创业园", "高新区小学", "育才学校", "义亭中学改扩建工程",
        "新社区久府西侧集聚项目", "新社区集聚江湾一期项目", "赤岸人才房项目", "高新区人才社区项目",
        "义乌市绿色动力小镇盐塘居住项目",
        "稠江崇山产业园配电房与电线敷设", "芯片产业园配电房与电线敷设", "义乌江", "大陈江", "洪巡溪",
        "义乌江河道管理范围", "大陈江河道管理范围", "洪巡溪河道管理范围",
    }  # fmt: skip
    named = {row["name"] for layer in LAYERS if layer != "towns" for row in rows(layer)}
    assert {name for name in named if not name.startswith("示例")} == source


def test_the_provenance_page_names_every_file() -> None:
    page = (SAMPLE / "PROVENANCE.md").read_text(encoding="utf-8")
    assert [name for name in FILES if name not in page] == []


def test_files_are_compact_json_without_exotic_numbers() -> None:
    for name in FILES:
        if name.endswith(".geojson"):
            json.loads((SAMPLE / name).read_text(encoding="utf-8"), parse_constant=pytest.fail)
