"""A file staged, reported, accepted: nothing is written before, and all or nothing then."""

from __future__ import annotations

import hashlib
import json
import zipfile

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely
from ezdxf.filemanagement import new
from sqlalchemy import text

from planning import importing
from planning.atlas import Atlas
from planning.errors import Refused
from tests.planning.incoming import ACTOR


def parcels(*rows, **members):
    """GeoJSON in EPSG:4549: each row is (properties, x) of a square of 100 m, or None for no geometry."""
    features = [
        {"type": "Feature", "properties": properties,
         "geometry": None if x is None else shapely.box(507000 + x, 3243000, 507100 + x, 3243100).__geo_interface__}
        for properties, x in rows
    ]  # fmt: skip
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4549"}}
    return json.dumps({"type": "FeatureCollection", "crs": crs, "features": features, **members}).encode()


def test_staging_writes_nothing_and_accepting_writes_all(empty):
    content = parcels(({"DKBH": "A", "状态": "净地", "地块名称": "甲", "颜色": "红"}, 0), ({"DKBH": "B"}, 200))
    staged = importing.stage(empty, content, "地块.geojson", "parcels")
    atlas = Atlas(empty)
    assert len(atlas.parcels()) == 0
    done = importing.accept(empty, staged, actor=ACTOR)
    snapshot = atlas.parcels()
    assert snapshot.codes.tolist() == ["A", "B"]
    row = snapshot.frame.loc[done.ids[0]]
    assert (row["stage"], row["name"], row["area_m2"], json.loads(row["extra"])) == (
        "ready",
        "甲",
        10_000.0,
        {"颜色": "红"},
    )
    assert (done.report.taken, done.report.area_m2, done.report.area_mu) == (2, "20000.00", "30.000000")
    kept = empty.path.parent / "originals" / hashlib.sha256(content).hexdigest()
    assert kept.read_bytes() == content
    with empty.read() as conn:
        batch = conn.execute(text("SELECT file_name, file_sha256, taken FROM import_batch")).one()
    assert tuple(batch) == ("地块.geojson", hashlib.sha256(content).hexdigest(), 2)
    # a page may still be reading it
    assert staged.folder.exists()


def test_codes_are_made_suffixed_and_never_taken_twice(empty):
    first = importing.stage(empty, parcels(({"code": "A"}, 0), ({}, 200)), "1", "parcels")
    importing.accept(empty, first, actor=ACTOR)
    again = importing.stage(
        empty, parcels(({"code": "A"}, 400), ({}, 600), ({"code": "C"}, 800), ({"code": "C"}, 1000)), "2", "parcels"
    )
    assert again.frame["code"].tolist() == ["DK-00002-2", "C", "C-2"]
    assert [(item.row, item.outcome, item.code) for item in again.report.items] == [
        (1, "refused", "code_in_use"), (4, "mended", "code_repeated"),
    ]  # fmt: skip
    assert (again.report.rows, again.report.taken, again.report.refused, again.report.mended) == (4, 3, 1, 1)


def test_a_file_that_comes_twice_is_not_stacked_on_itself(empty):
    content = parcels(({}, 0), ({}, 200))
    importing.accept(empty, importing.stage(empty, content, "1", "parcels"), actor=ACTOR)
    again = importing.stage(empty, content, "1", "parcels")
    assert [(item.row, item.code, item.detail["code"]) for item in again.report.items] == [
        (1, "shape_in_use", "DK-00001"), (2, "shape_in_use", "DK-00002"),
    ]  # fmt: skip
    assert again.report.taken == 0
    # one that is moved by a millimetre is another parcel, whatever else is wrong with it
    moved = importing.stage(empty, parcels(({}, 0.001), ({}, 200)), "2", "parcels")
    assert (moved.report.taken, moved.report.refused) == (1, 1)


def test_a_code_that_comes_into_use_meanwhile_refuses_the_whole(empty):
    one, other = (
        importing.stage(empty, parcels(({"code": "A"}, 0), ({"code": name}, 200)), name, "parcels") for name in "XY"
    )
    importing.accept(empty, one, actor=ACTOR)
    with pytest.raises(Refused) as refused:
        importing.accept(empty, other, actor=ACTOR)
    assert refused.value.faults[0].code == "code_in_use"
    assert len(Atlas(empty).parcels()) == 2


def test_nothing_to_take_is_refused(empty):
    staged = importing.stage(empty, parcels(({"code": "A"}, None)), "1", "parcels", crs="EPSG:4549")
    with pytest.raises(Refused) as refused:
        importing.accept(empty, staged, actor=ACTOR)
    assert refused.value.faults[0].code == "nothing_to_take"


def test_clusters_by_any_name_go_to_the_base_scenario(empty):
    rows = ({"code": "A", "cluster": "chips"}, 0), ({"code": "B", "cluster": "Nope"}, 200)
    done = importing.accept(empty, importing.stage(empty, parcels(*rows), "1", "parcels"), actor=ACTOR)
    state = Atlas(empty).scenario(1)
    assert [state.code_at(row) for row in range(2)] == ["chips", None]
    assert done.report.notes[-1].values == {"column": "cluster", "field": "cluster", "rows": 1, "examples": ["Nope"]}


def test_the_mark_of_sample_data_is_never_lost(empty):
    done = importing.accept(
        empty, importing.stage(empty, parcels(({}, 0), is_sample=True), "1", "parcels"), actor=ACTOR
    )
    assert Atlas(empty).parcels().frame.loc[done.ids[0], "is_sample"]


def test_a_name_from_outside_is_never_a_path(empty):
    staged = importing.stage(empty, parcels(({}, 0)), "../../etc/x.geojson", "parcels")
    assert staged.report.file == "x.geojson"
    importing.discard(staged)
    assert not staged.folder.exists()


@pytest.mark.parametrize(("source", "code"), [(b"%PDF-1", "format_not_taken"), (b"", "file_empty")])
def test_a_file_that_is_refused_leaves_nothing(empty, source, code):
    with pytest.raises(Refused) as refused:
        importing.stage(empty, source, "x", "parcels")
    assert [(fault.code, fault.where) for fault in refused.value.faults] == [(code, "x")]


@pytest.mark.parametrize("name", ["a.fgb", "a.gml", "a.kml", "a.kmz", "a.dxf", "a.gdb", "a.zip"])
def test_a_file_of_each_format_is_staged_and_entered(empty, tmp_path, name):
    """Written by GDAL and ezdxf; the area is that of the squares."""
    place = shapely.box(507286, 3243188, 507386, 3243288)
    path = tmp_path / name
    suffix = path.suffix
    if suffix == ".dxf":
        drawing = new("R2010")
        drawing.modelspace().add_lwpolyline(list(place.exterior.coords)[:-1], close=True)
        drawing.saveas(path)
    else:
        driver = {".fgb": "FlatGeobuf", ".gml": "GML", ".kml": "LIBKML", ".kmz": "LIBKML"}.get(suffix, "OpenFileGDB")
        target = path if suffix != ".zip" else tmp_path / "甲.gdb"
        flat = driver == "LIBKML"
        way = pyproj.Transformer.from_crs(4549, 4326, always_xy=True).transform
        written = shapely.transform(place, lambda xy: np.column_stack(way(*xy.T))) if flat else place
        pyogrio.raw.write(
            str(target), geometry=shapely.to_wkb([written]), field_data=[np.array(["大䶮村"], dtype=object)],
            fields=np.array(["名称"], dtype=object),
            geometry_type="MultiPolygon" if driver == "OpenFileGDB" else "Polygon",
            crs="EPSG:4326" if flat else "EPSG:4549", driver=driver, layer="dk",
        )  # fmt: skip
        if suffix == ".zip":
            with zipfile.ZipFile(path, "w") as archive:
                for each in target.iterdir():
                    archive.write(each, f"甲.gdb/{each.name}")
    staged = importing.stage(empty, path, name, "parcels", crs="EPSG:4549" if suffix == ".dxf" else None)
    assert (staged.report.rows, staged.report.taken) == (1, 1)
    assert float(staged.report.area_m2) == pytest.approx(10_000, abs=0.05)
    done = importing.accept(empty, staged, actor=ACTOR)
    kept = empty.path.parent / importing.ORIGINALS
    assert len(done.ids) == 1
    assert any(each.name.startswith(done.report.sha256) for each in kept.iterdir())
