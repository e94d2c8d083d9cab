"""What goes out can be read by another reader, comes back as it was, and is marked for what it is."""

from __future__ import annotations

import csv
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely
from pandas.testing import assert_frame_equal

from exchange.writing.geojson import write_rfc7946
from exchange.writing.outgoing import BATCH_ROWS, Batch, OutColumn, Outgoing
from exchange.writing.tables import neutralised
from planning import exporting, importing, seeding
from planning.actors import Actor
from planning.atlas import Atlas
from planning.errors import Refused
from planning.features import insert_features
from planning.writing import writing

ACTOR = Actor("甲", "test")
HOSTILE = ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "＝1", "{{7*7}}"]


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    """Seven parcels with holes, parts, hostile names and a cluster each now and then, of which one is sample."""
    db = seeding.create(f"sqlite:///{tmp_path_factory.mktemp('out')}/o.sqlite", actor=ACTOR)
    shapes: list[Any] = [
        shapely.box(507000.123456789 + 300 * n, 3243000.5, 507180 + 300 * n, 3243177.7) for n in range(7)
    ]
    shapes[1] = shapes[1].difference(shapely.box(507310, 3243010, 507350, 3243050))
    shapes[2] = shapely.union(shapes[2], shapely.box(507600, 3244000, 507700, 3244100))
    frame = pd.DataFrame({
        "code": [f"A-{n}" for n in range(7)], "name": [*HOSTILE, "崇山产业园"],
        "stage": ["ready", None] * 3 + ["supplied"],
        "far_min": [1.5, None] * 3 + [2.0], "ready_date": ["2026-01-31"] * 7, "cluster": ["chips", None] * 3 + [None],
        "extra": [{"颜色": "红", "n": 1, "area_m2": "假"}] * 7,
    })  # fmt: skip
    frame["geometry"] = pd.Series(shapes, dtype=object)
    with writing(db) as conn:
        insert_features(conn, "parcels", frame[:6], source="t", is_sample=False, actor=ACTOR)
        insert_features(conn, "parcels", frame[6:], source="示例数据", is_sample=True, actor=ACTOR)
    yield Atlas(db)
    db.close()


def written(atlas, tmp_path, form, **options):
    out = tmp_path / f"p{exporting.FORMS[form].suffix}"
    done = exporting.export(atlas, layer="parcels", scenario_id=1, form=form, out=out, **options)
    assert (done.size_bytes, done.path) == (out.stat().st_size, out)
    return out


def test_rfc7946_is_what_the_standard_says(atlas, tmp_path):
    page = json.loads(written(atlas, tmp_path, "geojson", at=datetime(2026, 1, 31, tzinfo=UTC)).read_text("utf-8"))
    shapes = shapely.from_geojson([json.dumps(feature["geometry"]) for feature in page["features"]])
    assert "crs" not in page
    assert page["bbox"] == shapely.total_bounds(shapes).tolist()
    rings = [
        ring
        for shape in shapes
        for part in shapely.get_parts(shape)
        for ring in [(part.exterior, True), *((hole, False) for hole in part.interiors)]
    ]
    assert all(ring.is_ccw == counter for ring, counter in rings)
    assert (page["is_sample"], page["notice"], page["metadata"]["date"]) == (True, "示例数据", "2026-01-31")
    assert [feature["properties"]["is_sample"] for feature in page["features"]] == [False] * 6 + [True]


@pytest.mark.parametrize(("form", "options", "tolerance_m2"), [
    ("geojson", {}, 0.02), ("geojson-cgcs2000", {}, 0.0), ("geojson-cgcs2000", {"crs": "EPSG:4490"}, 0.02),
    ("gpkg", {}, 0.0), ("shp", {}, 0.0), ("geoparquet", {}, 0.0),
])  # fmt: skip
def test_it_comes_back_through_gdal_and_through_us_as_it_was(atlas, tmp_path, form, options, tolerance_m2):
    out = written(atlas, tmp_path, form, **options)
    if form != "geoparquet":
        # the wheel's GDAL reads no Parquet
        code, area = ("DKBH", "DKMJ") if form == "shp" else ("code", "area_m2")
        meta, _, wkb, fields = pyogrio.raw.read(str(out), layer="parcels" if form == "gpkg" else None)
        through_gdal = dict(zip(meta["fields"], fields, strict=True))
        assert through_gdal[code].tolist() == atlas.parcels().codes.tolist()
        assert through_gdal[area].tolist() == atlas.parcels().frame["area_m2"].tolist()
        assert shapely.is_valid(shapely.from_wkb(wkb)).all()

    fresh = seeding.create(f"sqlite:///{tmp_path}/back.sqlite", actor=ACTOR)
    done = importing.accept(fresh, importing.stage(fresh, out, out.name, "parcels"), actor=ACTOR)
    back, before = Atlas(fresh).parcels(), atlas.parcels()
    assert done.report.mended == done.report.refused == 0
    assert back.codes.tolist() == before.codes.tolist()
    same = [
        key
        for key in before.frame.columns
        if key not in {"version", "source", "is_sample", "valid_from", "extra", "area_m2", "area_ellipsoid_m2"}
    ]
    assert_frame_equal(back.frame[same], before.frame[same], check_dtype=False)
    # a source column under an official name keeps the prefix that it was written with
    names = ("YS", "N", "SRC_AREA_M") if form == "shp" else ("颜色", "n", "src_area_m2")
    held = dict(zip(names, ("红", 1, "假"), strict=True))
    assert [json.loads(one) for one in back.frame["extra"]] == [held] * len(before)
    assert np.abs(back.frame["area_m2"].to_numpy() - before.frame["area_m2"].to_numpy()).max() <= tolerance_m2
    assert Atlas(fresh).scenario(1).cluster.tolist() == atlas.scenario(1).cluster.tolist()
    fresh.close()


def test_columns_of_the_source_file_come_out_as_columns_and_never_over_official_ones(atlas, tmp_path):
    page = json.loads(written(atlas, tmp_path, "geojson").read_text("utf-8"))
    first = page["features"][0]["properties"]
    assert (first["颜色"], first["n"], first["src_area_m2"], first["area_m2"]) == ("红", 1, "假", 31874.12)
    assert "extra" not in first
    meta, _, _, fields = pyogrio.raw.read(str(written(atlas, tmp_path, "gpkg")), layer="parcels")
    columns = dict(zip(meta["fields"], fields, strict=True))
    assert (columns["n"].dtype, columns["n"].tolist(), columns["颜色"][0]) == (np.dtype("int64"), [1] * 7, "红")


def test_geojson_in_another_crs_is_the_kind_that_names_it():
    assert exporting.form_of(Path("a.geojson"), crs="EPSG:4549") == "geojson-cgcs2000"
    assert exporting.form_of(Path("a.geojson"), crs="4326") == exporting.form_of(Path("a.json")) == "geojson"
    with pytest.raises(Refused):
        exporting.form_of(Path("a.geojson"), crs="EPSG:nonsense")


def test_a_selection_keeps_its_order_and_the_page_explains_the_fields(atlas, tmp_path):
    out = written(atlas, tmp_path, "geojson-cgcs2000", ids=atlas.parcels().ids[[4, 1]])
    page = json.loads(out.read_text("utf-8"))
    assert [feature["properties"]["code"] for feature in page["features"]] == ["A-4", "A-1"]
    assert page["crs"]["properties"]["name"] == "urn:ogc:def:crs:EPSG::4549"
    assert "is_sample" not in page
    fields = {field["key"]: field for field in json.loads((tmp_path / "p.fields.json").read_text("utf-8"))["fields"]}
    assert set(fields) == set(page["features"][0]["properties"])
    assert (fields["area_m2"]["unit"], fields["stage"]["terms"]["ready"]["zh"]) == ("㎡", "净地待供")


def test_csv_runs_nothing_and_keeps_numbers(atlas, tmp_path):
    out = written(atlas, tmp_path, "csv")
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["名称"] for row in rows][:5] == [f"'{name}" for name in HOSTILE[:5]]
    assert [float(row["面积（平面）（㎡）"]) for row in rows] == atlas.parcels().frame["area_m2"].tolist()
    assert [float(row["面积（亩）"]) for row in rows] == pytest.approx(
        [float(row["面积（平面）（㎡）"]) * 0.0015 for row in rows]
    )
    assert [row["数据标记"] for row in rows] == [""] * 6 + ["示例数据"]
    assert rows[0]["储备阶段"] == "净地待供"


def test_xlsx_holds_text_as_text_and_numbers_as_numbers(atlas, tmp_path):
    book = openpyxl.load_workbook(written(atlas, tmp_path, "xlsx", columns=["code", "name", "area_m2"], lang="en"))
    cells = list(book.worksheets[0].iter_rows(min_row=2))
    assert [row[1].value for row in cells] == [*HOSTILE, "崇山产业园"]
    assert {row[1].data_type for row in cells} == {"s"}
    assert {row[2].data_type for row in cells} == {"n"}
    assert book.worksheets[0]["C1"].value == "Area (plane) (㎡)"
    assert "示例数据" in book.worksheets[1]["A1"].value


@pytest.mark.parametrize(
    ("text", "out"), [("-1.5", "-1.5"), (" =1", "' =1"), ("＝1", "'＝1"), ("a=b", "a=b"), ("-a", "'-a"), ("", "")]
)
def test_only_what_a_spreadsheet_would_run_is_changed(text, out):
    assert neutralised(text) == out


@pytest.mark.parametrize(("options", "code"), [
    ({"form": "dwg"}, "unknown_form"), ({"form": "geojson", "crs": "EPSG:4549"}, "form_is_wgs84"),
    ({"form": "csv", "columns": ["nope"]}, "unknown_column"), ({"form": "csv", "ids": [99]}, "unknown_parcel"),
])  # fmt: skip
def test_what_cannot_be_had_is_refused(atlas, tmp_path, options, code):
    with pytest.raises(Refused) as refused:
        exporting.export(atlas, layer="parcels", scenario_id=1, out=tmp_path / "x", **options)
    assert refused.value.faults[0].code == code
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_what_was_there(atlas, tmp_path):
    out = tmp_path / "p.geojson"
    out.write_text("before")
    with pytest.raises(Refused):
        exporting.export(atlas, layer="parcels", scenario_id=1, form="geojson", columns=["nope"], out=out)
    assert [path.name for path in tmp_path.iterdir()] == ["p.geojson"]
    assert out.read_text() == "before"


def test_memory_does_not_grow_with_the_rows(tmp_path):
    """Ten times the rows take the same memory: no more than a batch is ever held as text."""
    one = np.array([shapely.box(507000, 3243000, 507100, 3243100)] * BATCH_ROWS, dtype=object)
    names = ["名称" * 10] * BATCH_ROWS

    def peak_bytes(batches):
        def rows():
            return (Batch(np.arange(BATCH_ROWS), one, {"name": names}) for _ in range(batches))

        outgoing = Outgoing(layer="parcels", epsg=4549, columns=(OutColumn("name", "text", "名称", "Name"),),
                            rows=batches * BATCH_ROWS, has_sample=False, dimensions=(2,), batches=rows)  # fmt: skip
        tracemalloc.start()
        write_rfc7946(outgoing, tmp_path / "big.geojson")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert peak_bytes(10) < 1.2 * peak_bytes(1)


def test_a_large_area_is_kept_too(tmp_path):
    """A boundary of 50 km with many corners: what rounding moves adds up over them."""
    turns = np.linspace(0, 2 * np.pi, 4_001)[:-1]
    radius_m = 25_000 + 900 * np.sin(37 * turns)
    shape = shapely.Polygon(
        np.column_stack([507_000 + radius_m * np.cos(turns), 3_243_000 + radius_m * np.sin(turns)]).round(3)
    )
    town = np.array([shape, shapely.box(490_000, 3_220_000, 520_000, 3_260_000)], dtype=object)
    outgoing = Outgoing(
        layer="towns",
        epsg=4549,
        columns=(OutColumn("name", "text", "名称", "Name"),),
        rows=2,
        has_sample=False,
        dimensions=(2,),
        batches=lambda: iter([Batch(np.arange(2), town, {"name": ["a", "b"]})]),
    )
    write_rfc7946(outgoing, tmp_path / "t.geojson")
    read = pyogrio.read_dataframe(tmp_path / "t.geojson").geometry.to_numpy()
    to_plane = pyproj.Transformer.from_crs(4326, 4549, always_xy=True)
    back = shapely.transform(read, lambda xy: np.column_stack(to_plane.transform(xy[:, 0], xy[:, 1])))
    assert np.abs(shapely.area(back) - shapely.area(town)).max() < 0.02
