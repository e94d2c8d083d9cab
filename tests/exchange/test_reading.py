"""Rows read, judged and brought into the storage CRS: what is taken, mended, refused, and why."""

from __future__ import annotations

import json
import struct
import zipfile
from typing import Any

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from exchange.errors import FileRefused
from exchange.packing import packed


def outcomes(reading):
    return [(item.row, item.outcome, item.code) for item in reading.items]


def refusal(read, *arguments, **options):
    with pytest.raises(FileRefused) as refused:
        read(*arguments, **options)
    return refused.value


def test_coordinates_arrive_where_pyproj_puts_them(read, make_collection, make_square):
    placed = read(make_collection(make_square(120.075, 29.306))).geoms[0]
    x, y = shapely.get_coordinates(placed)[0]
    # published oracle: (120.075 E, 29.306 N) is E 507286.292 N 3243188.176 in EPSG:4549
    assert (round(x, 3), round(y, 3)) == (507286.292, 3243188.176)


def test_each_row_is_judged_by_itself(read, make_collection, make_square):
    bow_tie = {
        "type": "Polygon",
        "coordinates": [[[120, 29.3], [120.001, 29.301], [120.001, 29.3], [120, 29.301], [120, 29.3]]],
    }
    unclosed = {"type": "Polygon", "coordinates": [[[120, 29.3], [120.001, 29.3], [120.001, 29.301]]]}
    flat = {"type": "Polygon", "coordinates": [[[120, 29.3], [120.001, 29.3], [120, 29.3], [120, 29.3]]]}
    mixed = {"type": "GeometryCollection", "geometries": [make_square(), {"type": "Point", "coordinates": [120, 29.3]}]}
    found = read(make_collection(
        make_square(), None, bow_tie, unclosed, flat, {"type": "Point", "coordinates": [120, 29.3]}, mixed,
        {"type": "Polygon", "coordinates": []},
    ))  # fmt: skip
    assert outcomes(found) == [
        (2, "refused", "geometry_missing"),
        (3, "mended", "geometry_mended"),
        (4, "mended", "ring_closed"),
        (5, "refused", "no_area"),
        (6, "refused", "geometry_wrong_type"),
        (7, "mended", "collection_reduced"),
        (8, "refused", "geometry_empty"),
    ]
    taken = [geom for geom in found.geoms if geom is not None]
    assert len(taken) == 4
    assert shapely.is_valid(taken).all()


def test_rows_of_another_kind_that_lie_elsewhere_too_are_told_apart_from_those_that_lie_here(
    read, make_collection, make_square
):
    here, elsewhere = ({"type": "Point", "coordinates": place} for place in ([120, 29.3], [12, 50.1]))
    told = {note.code: note.values for note in read(make_collection(make_square(), here, elsewhere)).notes}
    assert told["unfit_rows_elsewhere"]["rows"] == 1
    assert "unfit_rows_elsewhere" not in {note.code for note in read(make_collection(make_square(), here)).notes}


def test_a_feature_that_no_reader_can_read_is_refused_alone(read, make_collection, make_square):
    shallow = {"type": "Polygon", "coordinates": [[1, 2]]}
    content = json.loads(make_collection(make_square(), shallow, make_square(), {"type": "Polygon"}))
    content["features"].append(5)
    content["features"].append({"type": "Feature", "properties": {}, "geometry": make_square(1e300)})
    found = read(json.dumps(content).replace("1e+300", "1e400").encode())
    assert outcomes(found) == [(row, "refused", "geometry_unreadable") for row in (2, 4, 5, 6)]


def test_heights_go_and_the_report_says_so(read, make_collection):
    ring = [[120, 29.3, 5], [120.001, 29.3, 5], [120.001, 29.301, 5], [120, 29.3, 5]]
    found = read(make_collection({"type": "Polygon", "coordinates": [ring]}))
    assert not shapely.has_z(found.geoms[0])
    assert [(note.code, note.values) for note in found.notes] == [("heights_dropped", {"rows": 1})]


class TestTheCrs:
    def test_metres_without_a_crs_are_not_degrees(self, read, make_collection, make_square):
        error = refusal(read, make_collection(make_square(507286, 3243188, 100)))
        assert error.code == "not_degrees"

    def test_the_person_may_say_it(self, read, make_collection, make_square):
        found = read(make_collection(make_square(507286, 3243188, 100)), crs="EPSG:4549")
        assert found.crs.declared_how == "given"
        assert found.geoms[0].area == 10_000

    def test_a_zone_number_in_the_easting_is_converted_exactly(self, read, make_collection, make_square):
        crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4528"}}
        found = read(make_collection(make_square(40507286, 3243188, 100), crs=crs))
        assert shapely.bounds(found.geoms[0]).tolist() == pytest.approx([507286, 3243188, 507386, 3243288], abs=1e-6)

    def test_file_and_person_may_not_disagree(self, read, make_collection, make_square):
        crs = {"type": "name", "properties": {"name": "EPSG:4490"}}
        assert refusal(read, make_collection(make_square(), crs=crs), crs="EPSG:4549").code == "crs_conflict"

    def test_xian_1980_is_not_moved_in_silence(self, read, make_collection, make_square):
        error = refusal(read, make_collection(make_square()), crs="EPSG:4610")
        assert error.code == "crs_needs_parameters"

    def test_another_place_is_refused_with_the_crs_to_use(self, read, make_collection, make_square):
        error = refusal(read, make_collection(make_square(138.28, 37.16), make_square(138.29, 37.16)))
        assert error.code == "outside_storage_crs"
        assert error.values["advised"][0] == 6676

    def test_one_stray_row_does_not_cost_the_file(self, read, make_collection, make_square):
        found = read(make_collection(*[make_square()] * 150, make_square(0, 0)))
        assert outcomes(found) == [(151, "refused", "outside_area_of_use")]

    def test_web_mercator_is_converted_to_true_areas(self, read, make_collection, make_square):
        x, y = pyproj.Transformer.from_crs(4326, 3857, always_xy=True).transform(120.0, 29.3)
        crs = {"type": "name", "properties": {"name": "EPSG:3857"}}
        found = read(make_collection(make_square(x, y, 100), crs=crs))
        # the area scale of the projection at 29.3° N is 1/cos²
        assert found.geoms[0].area == pytest.approx(10_000 * np.cos(np.radians(29.3)) ** 2, rel=0.01)


class TestShapefile:
    @pytest.fixture
    def gbk(self, tmp_path):
        path = tmp_path / "地块.shp"
        pyogrio.raw.write(
            str(path), geometry=shapely.to_wkb([shapely.box(507286, 3243188, 507386, 3243288)]),
            field_data=[np.array(["崇山产业园"], dtype=object)], fields=np.array(["地块名称"], dtype=object),
            geometry_type="Polygon", crs="EPSG:4549", encoding="GBK", driver="ESRI Shapefile",
        )  # fmt: skip
        path.with_suffix(".cpg").unlink(missing_ok=True)
        head = bytearray(path.with_suffix(".dbf").read_bytes())
        head[29] = 0
        path.with_suffix(".dbf").write_bytes(head)
        return path

    def test_chinese_without_a_declared_encoding_is_found_out(self, read, gbk):
        found = read(gbk)
        assert found.table["地块名称"].tolist() == ["崇山产业园"]
        assert (found.encoding, [note.code for note in found.notes]) == ("gb18030", ["encoding_found"])
        assert found.geoms[0].area == 10_000

    def test_a_zip_of_it_reads_the_same(self, read, gbk, tmp_path):
        with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
            for part in gbk.parent.glob("地块.*"):
                archive.write(part, f"内/{part.name}")
        found = read(tmp_path / "z.zip")
        assert found.table["地块名称"].tolist() == ["崇山产业园"]

    def test_parts_uploaded_together_read_the_same(self, read, gbk):
        parts = {part.name: part.read_bytes() for part in gbk.parent.glob("地块.*")}
        assert packed(parts) == packed(parts)
        assert read(packed(parts), "upload.zip").table["地块名称"].tolist() == ["崇山产业园"]

    def test_without_prj_the_crs_is_asked_for(self, read, gbk):
        gbk.with_suffix(".prj").unlink()
        assert refusal(read, gbk).code == "crs_unknown"
        assert read(gbk, crs="EPSG:4549").crs.declared_how == "given"

    def test_without_its_index_it_still_reads_and_nothing_is_written_beside_it(self, read, gbk):
        gbk.with_suffix(".shx").unlink()
        before = sorted(gbk.parent.iterdir())
        assert len(read(gbk).geoms) == 1
        assert sorted(gbk.parent.iterdir()) == before

    def test_a_cut_file_is_refused_or_read_but_never_a_crash(self, read, gbk):
        whole = gbk.read_bytes()
        for length in (4, 60, 100, 120, len(whole) - 8):
            gbk.write_bytes(whole[:length])
            try:
                code = {item.outcome for item in read(gbk).items} - {"refused"}
            except FileRefused as refused:
                code = {refused.code} & {"reader_crashed", "reader_failed", "reader_too_slow"}
            assert code == set()

    def test_a_part_alone_is_named(self, read, gbk):
        assert refusal(read, gbk.with_suffix(".dbf")).code == "shapefile_part"


class TestGeoPackage:
    @pytest.fixture
    def layers(self, tmp_path):
        path = tmp_path / "many.gpkg"
        for name, wkb, kind in (
            ("a", shapely.box(507286, 3243188, 507386, 3243288), "Polygon"),
            ("b", shapely.box(507286, 3243188, 507386, 3243288), "Polygon"),
            ("roads", shapely.LineString([(507286, 3243188), (507386, 3243288)]), "LineString"),
        ):
            pyogrio.raw.write(
                str(path), geometry=shapely.to_wkb([wkb]), field_data=[], fields=np.array([], dtype=object),
                geometry_type=kind, crs="EPSG:4549", driver="GPKG", layer=name,
            )  # fmt: skip
        return path

    def test_one_layer_that_fits_is_chosen_and_said(self, read, layers):
        found = read(layers, shapes=("line", "polygon"))
        assert (found.sublayer, found.notes[0].code) == ("roads", "sublayer_chosen")

    def test_several_that_fit_are_listed(self, read, layers):
        error = refusal(read, layers)
        assert (error.code, error.values["sublayers"]) == ("sublayer_needed", ["a", "b"])
        assert read(layers, sublayer="b").sublayer == "b"
        assert refusal(read, layers, sublayer="c").code == "sublayer_unknown"


def test_topojson_arcs_join_to_the_rings_that_gdal_makes(read, tmp_path):
    """Two squares that share an arc, one of them backwards; GDAL is the oracle."""
    topology: dict[str, Any] = {
        "type": "Topology",
        "transform": {"scale": [1e-5, 1e-5], "translate": [120.0, 29.3]},
        "arcs": [[[100, 0], [0, 100]], [[100, 100], [-100, 0], [0, -100], [100, 0]],
                 [[100, 0], [100, 0], [0, 100], [-100, 0]]],
        "objects": {"lots": {"type": "GeometryCollection", "geometries": [
            {"type": "Polygon", "arcs": [[0, 1]], "properties": {"编号": "甲"}, "id": 7},
            {"type": "Polygon", "arcs": [[2, -1]], "properties": {"编号": "乙"}},
            {"type": "Polygon", "arcs": [[9]], "properties": {}},
            {"type": None},
        ]}},
    }  # fmt: skip
    path = tmp_path / "t.topojson"
    path.write_text(json.dumps(topology))
    found = read(path, crs="EPSG:4326")
    assert found.table["编号"].tolist() == ["甲", "乙", None, None]
    assert outcomes(found) == [(3, "refused", "geometry_unreadable"), (4, "refused", "geometry_missing")]
    lots = topology["objects"]["lots"]
    lots["geometries"] = lots["geometries"][:2]
    path.write_text(json.dumps(topology))
    oracle = shapely.from_wkb(pyogrio.raw.read(str(path))[2])
    way = pyproj.Transformer.from_crs(4326, 4549, always_xy=True).transform
    expected = shapely.transform(oracle, lambda xy: np.column_stack(way(xy[:, 0], xy[:, 1])))
    assert shapely.equals_exact(shapely.normalize(found.geoms[:2]), shapely.normalize(expected), tolerance=1e-6).all()
    assert refusal(read, path).code == "crs_unknown"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b'{"type":"FeatureCollection","features":[]}', "no_rows"),
        (b'{"type":"FeatureCollection"}', "geojson_no_features"),
        (b'{"type":"FeatureCollection","features":[', "json_broken"),
        (b'{"type":"Topology"}', "topojson_malformed"),
        (b'{"geometryType":"esriGeometryPolygon","features":[]}', "format_not_taken"),
        (b'{"a":1}\n{"b":2}\n', "format_not_taken"),
        (b'{"type":"Feature\xff"}', "json_not_utf8"),
        (b"[" * 200_000, "json_too_deep_or_long"),
        (b"%PDF-1.4", "format_not_taken"),
        (
            struct.pack(">i", 9994) + b"\0" * 20 + struct.pack(">i", 50) + struct.pack("<i", 1000) + b"\0" * 68,
            "no_rows",
        ),
    ],
)
def test_what_is_no_data_is_named_and_refused(read, content, code):
    assert refusal(read, content).code == code
