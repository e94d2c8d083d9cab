"""Files of other makers: FlatGeobuf, geodatabases, GML and KML arrive with their text, areas and rows."""

from __future__ import annotations

import sqlite3
import struct
import zipfile

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from exchange.errors import FileRefused

# one of the plain, one beyond GB 2312, one beyond the basic plane, one of the extension
WORDS = ["储备地块", "大䶮村", "𠮷地", "㙦头"]
PLACES = [shapely.box(507286 + 200 * n, 3243188, 507386 + 200 * n, 3243288) for n in range(4)]


def outcomes(reading):
    return [(item.row, item.outcome, item.code) for item in reading.items]


def codes(reading):
    return {note.code for note in reading.notes}


def refusal(read, *arguments, **options):
    with pytest.raises(FileRefused) as refused:
        read(*arguments, **options)
    return refused.value


def written(path, driver, geoms=PLACES, kind="Polygon", layer="地块", crs="EPSG:4549", words=WORDS, **options):
    """Have GDAL write a layer: one column of text and one of numbers."""
    pyogrio.raw.write(
        str(path), geometry=shapely.to_wkb(geoms), geometry_type=kind, crs=crs, driver=driver, layer=layer,
        field_data=[np.array(words[: len(geoms)], dtype=object), np.arange(len(geoms), dtype=np.float64)],
        fields=np.array(["名称", "面积"], dtype=object), **options,
    )  # fmt: skip
    return path


def zipped_folder(folder, path, *, inside=""):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for each in sorted(folder.iterdir()):
            archive.write(each, f"{inside}{each.name}")
    return path


@pytest.fixture
def geodatabase(tmp_path):
    path = written(tmp_path / "储备.gdb", "OpenFileGDB", kind="MultiPolygon")
    line = shapely.LineString([(507286, 3243188), (507386, 3243288)])
    written(path, "OpenFileGDB", [line], "MultiLineString", "道路", append=True)
    return path


class TestEveryFormat:
    @pytest.mark.parametrize(
        ("name", "driver", "format_name"),
        [("a.fgb", "FlatGeobuf", "flatgeobuf"), ("a.gml", "GML", "gml"), ("a.gpkg", "GPKG", "geopackage")],
    )
    def test_text_areas_and_rows_arrive(self, read, tmp_path, name, driver, format_name):
        path = written(tmp_path / name, driver)
        for suffix in (".xsd", ".gfs"):
            path.with_suffix(suffix).unlink(missing_ok=True)
        before = sorted(tmp_path.iterdir())
        for source in (path, path.read_bytes()):
            found = read(source)
            assert found.format == format_name
            assert sorted(found.table["名称"]) == sorted(WORDS)
            assert shapely.area(found.geoms).tolist() == [10_000] * 4
            assert found.crs.declared_how == "file"
        assert sorted(tmp_path.iterdir()) == before


class TestGeodatabase:
    def test_the_layer_that_fits_is_read_from_a_folder_or_a_zip(self, read, geodatabase, tmp_path):
        sources = [
            geodatabase,
            zipped_folder(geodatabase, tmp_path / "a.zip", inside="交付/储备.gdb/"),
            zipped_folder(geodatabase, tmp_path / "b.zip"),
        ]
        for source in sources:
            found = read(source)
            assert (found.format, found.sublayer) == ("geodatabase", "地块")
            assert found.table["名称"].tolist() == WORDS
            assert shapely.area(found.geoms).sum() == 40_000
            layers = next(note.values["layers"] for note in found.notes if note.code == "sublayer_chosen")
            assert layers == [
                {"name": "地块", "rows": 4, "kind": "polygon"},
                {"name": "道路", "rows": 1, "kind": "line"},
            ]

    def test_two_in_one_zip_are_a_question(self, read, geodatabase, tmp_path):
        path = tmp_path / "two.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for folder in ("甲.gdb", "乙.gdb"):
                for each in geodatabase.iterdir():
                    archive.write(each, f"{folder}/{each.name}")
        error = refusal(read, path)
        assert (error.code, error.values["sublayers"]) == ("sublayer_needed", ["乙.gdb", "甲.gdb"])
        assert len(read(path, sublayer="甲.gdb").geoms) == 4
        assert read(path, sublayer="甲.gdb/道路", shapes=("line",)).sublayer == "道路"

    def test_names_that_climb_stay_in_one_folder(self, read, geodatabase, tmp_path):
        path = zipped_folder(geodatabase, tmp_path / "a.zip", inside="../../../x.gdb/")
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("../../../x.gdb/../../evil.gdbtable", b"1")
            archive.writestr("../../../x.gdb/a00000001.gdbtable/../../../evil", b"1")
        assert len(read(path).geoms) == 4
        assert not list(tmp_path.parent.rglob("evil*"))

    def test_the_same_folder_makes_the_same_file_to_keep(self, geodatabase, tmp_path):
        from exchange import reading  # noqa: PLC0415 - one test looks at what is kept

        kept = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            kept.append(reading.secure(geodatabase, "储备.gdb", tmp_path / name))
        assert kept[0].sha256 == kept[1].sha256
        assert kept[0].kept.read_bytes() == kept[1].kept.read_bytes()

    def test_a_folder_that_is_none_is_named_so(self, read, tmp_path):
        (tmp_path / "x.gdb").mkdir()
        assert refusal(read, tmp_path / "x.gdb").code == "file_is_folder"

    def test_cut_tables_are_a_refusal(self, read, geodatabase):
        for table in geodatabase.glob("*.gdbtable"):
            table.write_bytes(table.read_bytes()[: table.stat().st_size // 2])
        assert refusal(read, geodatabase).code in {"unreadable", "no_rows"}


GML = """<?xml version="1.0" encoding="{encoding}"?>
<wfs:FeatureCollection xmlns:wfs="http://www.opengis.net/wfs" xmlns:gml="http://www.opengis.net/gml" xmlns:o="http://o"
 xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {more}>
{members}</wfs:FeatureCollection>"""
MEMBER = (
    """<gml:featureMember><o:{kind}><o:名称>{word}</o:名称><o:geom>{geometry}</o:geom></o:{kind}></gml:featureMember>"""
)


def gml(*geometries, kind="dk", word="地块", encoding="UTF-8", more=""):
    members = "".join(MEMBER.format(kind=kind, word=word, geometry=each) for each in geometries)
    return GML.format(members=members, encoding=encoding, more=more).encode(encoding)


def gml_polygon(srs, numbers):
    return (
        f'<gml:Polygon srsName="{srs}"><gml:exterior><gml:LinearRing><gml:posList>{numbers}</gml:posList>'
        "</gml:LinearRing></gml:exterior></gml:Polygon>"
    )


class TestGml:
    @pytest.mark.parametrize(
        ("srs", "numbers"),
        [
            ("EPSG:4549", "507286 3243188 507386 3243188 507386 3243288 507286 3243188"),
            ("urn:ogc:def:crs:EPSG::4549", "3243188 507286 3243188 507386 3243288 507386 3243188 507286"),
            ("http://www.opengis.net/def/crs/EPSG/0/4549", "3243188 507286 3243188 507386 3243288 507386 3243188 507286"),  # noqa: E501 - a line of the file under test
            ("urn:ogc:def:crs:EPSG::4528", "3243188 40507286 3243188 40507386 3243288 40507386 3243188 40507286"),
        ],
    )  # fmt: skip
    def test_axes_are_in_the_order_that_the_name_of_the_crs_says(self, read, srs, numbers):
        found = read(gml(gml_polygon(srs, numbers)))
        assert shapely.bounds(found.geoms[0]).round(6).tolist() == [507286, 3243188, 507386, 3243288]

    def test_latitude_first_in_cgcs2000(self, read):
        found = read(gml(gml_polygon("urn:ogc:def:crs:EPSG::4490",
                                     "29.306 120.075 29.306 120.076 29.307 120.076 29.306 120.075")))  # fmt: skip
        # published oracle: (120.075 E, 29.306 N) is E 507286.292 N 3243188.176 in EPSG:4549
        assert shapely.bounds(found.geoms[0])[:2].round(3).tolist() == pytest.approx([507286.292, 3243188.176], abs=0.2)

    def test_gml_2_and_its_coordinates(self, read):
        box = (
            '<gml:Polygon srsName="http://www.opengis.net/gml/srs/epsg.xml#4549"><gml:outerBoundaryIs><gml:LinearRing>'
            "<gml:coordinates>507286,3243188 507386,3243188 507386,3243288 507286,3243188</gml:coordinates>"
            "</gml:LinearRing></gml:outerBoundaryIs></gml:Polygon>"
        )
        assert read(gml(box)).geoms[0].area == 5_000

    def test_text_in_gbk_is_read(self, read):
        polygon = gml_polygon("EPSG:4549", "507286 3243188 507386 3243188 507386 3243288 507286 3243188")
        found = read(gml(polygon, word="大䶮村", encoding="GB18030"))
        assert (found.table["名称"].tolist(), found.encoding) == (["大䶮村"], "gb18030")

    def test_an_arc_is_flattened_to_a_millimetre_and_said(self, read):
        circle = (
            '<gml:Polygon srsName="EPSG:4549"><gml:exterior><gml:Ring><gml:curveMember><gml:Curve><gml:segments>'
            "<gml:Arc><gml:posList>507286 3243188 507386 3243288 507486 3243188</gml:posList></gml:Arc>"
            "<gml:Arc><gml:posList>507486 3243188 507386 3243088 507286 3243188</gml:posList></gml:Arc>"
            "</gml:segments></gml:Curve></gml:curveMember></gml:Ring></gml:exterior></gml:Polygon>"
        )
        found = read(gml(circle))
        assert outcomes(found) == [(1, "mended", "curves_flattened")]
        # an inscribed polygon that leaves the circle by 1 mm at most loses two thirds of 1 mm along it at most
        assert 0 <= np.pi * 100**2 - found.geoms[0].area <= 2 / 3 * 0.001 * 2 * np.pi * 100 * 1.01

    def test_feature_types_are_layers(self, read):
        polygon = gml_polygon("EPSG:4549", "507286 3243188 507386 3243188 507386 3243288 507286 3243188")
        content = gml(polygon).replace(b"</wfs:FeatureCollection>", b"") + gml(polygon, kind="zd").split(b">\n", 2)[2]
        error = refusal(read, content)
        assert error.code == "sublayer_needed"
        assert error.values["layers"] == [{"name": name, "rows": 1, "kind": "polygon"} for name in ("dk", "zd")]
        assert read(content, sublayer="zd").sublayer == "zd"


class TestCurves:
    def test_a_geopackage_with_arcs_is_read(self, read, tmp_path):
        ring = [(507286, 3243188), (507386, 3243288), (507486, 3243188), (507386, 3243088), (507286, 3243188)]
        wkb = struct.pack("<BIIBII", 1, 10, 1, 1, 8, 5) + b"".join(struct.pack("<dd", *place) for place in ring)
        path = tmp_path / "arcs.gpkg"
        pyogrio.raw.write(
            str(path), geometry=np.array([wkb], dtype=object), geometry_type="Unknown", crs="EPSG:4549", driver="GPKG",
            field_data=[], fields=np.array([], dtype=object), layer="a",
        )  # fmt: skip
        found = read(path)
        assert outcomes(found) == [(1, "mended", "curves_flattened")]
        assert found.geoms[0].area == pytest.approx(np.pi * 100**2, abs=0.43)


class TestGeoPackage:
    def hostile(self, tmp_path, *statements):
        path = written(tmp_path / "a.gpkg", "GPKG", layer="dk")
        connection = sqlite3.connect(path)
        for statement in statements:
            connection.execute(statement)
        connection.commit()
        connection.close()
        return path

    def listed(self, name):
        return (
            f"INSERT INTO gpkg_contents(table_name, data_type, identifier, srs_id) VALUES('{name}', 'features', '{name}', 4549)",  # noqa: E501 - a line of the file under test
            f"INSERT INTO gpkg_geometry_columns VALUES('{name}', 'geom', 'POLYGON', 4549, 0, 0)",
        )  # fmt: skip

    ENDLESS = (
        "CREATE VIEW evil AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)"
        " SELECT x AS fid, zeroblob(100000000) AS geom FROM n"
    )

    def test_a_view_that_never_ends_is_left_and_refused_when_asked_for(self, read, tmp_path):
        path = self.hostile(tmp_path, self.ENDLESS, *self.listed("evil"))
        found = read(path)
        assert (found.sublayer, len(found.geoms)) == ("dk", 4)
        assert "gpkg_layers_left" in codes(found)
        assert refusal(read, path, sublayer="evil").code == "gpkg_layer_computed"

    def test_a_view_that_is_not_listed_is_no_layer(self, read, tmp_path):
        path = self.hostile(tmp_path, self.ENDLESS)
        assert len(read(path).geoms) == 4
        assert refusal(read, path, sublayer="evil").code == "sublayer_unknown"

    def test_only_a_view_is_a_refusal(self, read, tmp_path):
        path = self.hostile(tmp_path, self.ENDLESS, "DELETE FROM gpkg_contents", *self.listed("evil"))
        assert refusal(read, path).code == "gpkg_layer_computed"

    @pytest.mark.parametrize("table", ["gpkg_contents", "gpkg_spatial_ref_sys", "gpkg_geometry_columns"])
    def test_the_contents_may_be_no_view_themselves(self, read, tmp_path, table):
        rename = f"ALTER TABLE {table} RENAME TO was"
        path = self.hostile(
            tmp_path,
            "PRAGMA legacy_alter_table = ON",
            rename,
            f"CREATE VIEW {table} AS SELECT * FROM was",  # noqa: S608 - a line of the file under test
        )
        assert refusal(read, path).code == "gpkg_layer_computed"

    def test_a_computed_column_is_refused(self, read, tmp_path):
        path = self.hostile(tmp_path, "ALTER TABLE dk ADD COLUMN big BLOB AS (zeroblob(900000000))")
        assert refusal(read, path).code == "gpkg_layer_computed"

    def test_a_trigger_never_runs(self, read, tmp_path):
        path = self.hostile(tmp_path, "CREATE TRIGGER evil AFTER UPDATE ON dk BEGIN DELETE FROM dk; END")
        before = path.read_bytes()
        assert len(read(path).geoms) == 4
        assert path.read_bytes() == before

    def test_a_forged_count_is_not_believed(self, read, tmp_path):
        path = self.hostile(tmp_path, "UPDATE gpkg_ogr_contents SET feature_count = 999999999999")
        assert len(read(path).geoms) == 4

    def test_rows_and_shapes_of_each_layer_are_told(self, read, tmp_path):
        path = written(tmp_path / "two.gpkg", "GPKG", layer="甲")
        written(path, "GPKG", PLACES[:2], layer="乙", append=True)
        error = refusal(read, path)
        assert error.values["layers"] == [
            {"name": "甲", "rows": 4, "kind": "polygon"},
            {"name": "乙", "rows": 2, "kind": "polygon"},
        ]


def test_a_zip_of_shapefiles_tells_rows_and_shapes(read, tmp_path):
    for name, geoms, kind in (("甲", PLACES, "Polygon"), ("路", [PLACES[0].exterior], "LineString")):
        written(tmp_path / f"{name}.shp", "ESRI Shapefile", geoms, kind, name, encoding="UTF-8")
    path = tmp_path / "two.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for each in tmp_path.glob("[甲路].*"):
            archive.write(each, each.name)
    error = refusal(read, path)
    assert error.code == "sublayer_needed"
    assert error.values["layers"] == [
        {"name": "甲.shp", "rows": 4, "kind": "polygon"},
        {"name": "路.shp", "rows": 1, "kind": "line"},
    ]
    assert len(read(path, sublayer="甲").geoms) == 4


def test_a_lying_count_in_a_flatgeobuf_header_ends_in_time(read, tmp_path):
    """The number of features stands in the header as eight bytes; every other value of them is tried by turns."""
    path = written(tmp_path / "a.fgb", "FlatGeobuf")
    whole = path.read_bytes()
    at = whole.index(struct.pack("<Q", 4), 12)
    for count in (0, 3, 5, 2**31, 2**62):
        path.write_bytes(whole[:at] + struct.pack("<Q", count) + whole[at + 8 :])
        try:
            ended = len(read(path).geoms) <= 4
        except FileRefused as refused:
            ended = refused.code not in {"reader_too_slow", "reader_crashed", "reader_failed"}
        assert ended, count


def test_a_projected_crs_is_what_pyproj_reads_in_every_format(read, tmp_path):
    for name, driver in (("a.fgb", "FlatGeobuf"), ("a.gml", "GML"), ("b.gdb", "OpenFileGDB")):
        kind = "MultiPolygon" if driver == "OpenFileGDB" else "Polygon"
        shifted = shapely.transform(PLACES, lambda xy: xy + np.array([40_000_000, 0]))
        found = read(written(tmp_path / name, driver, shifted, kind, crs="EPSG:4528"))
        way = pyproj.Transformer.from_crs(4528, 4549, always_xy=True).transform
        expected = np.column_stack(way(*shapely.get_coordinates(shifted).T))
        assert np.allclose(sorted(shapely.get_coordinates(found.geoms).tolist()), sorted(expected.tolist()), atol=1e-3)
