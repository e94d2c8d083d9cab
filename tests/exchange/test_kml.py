"""KML: every attribute and folder arrives, by GDAL's two readers as oracles, and nothing elsewhere is asked for."""

from __future__ import annotations

import zipfile

import numpy as np
import pyogrio
import pyproj
import pytest
import shapely

from exchange.errors import FileRefused

RING = "120,29.3,0 120.001,29.3,0 120.001,29.301,0 120,29.301,0 120,29.3,0"


def polygon(ring=RING, holes=()):
    inner = "".join(f"<innerBoundaryIs>{line(each)}</innerBoundaryIs>" for each in holes)
    return f"<Polygon><outerBoundaryIs>{line(ring)}</outerBoundaryIs>{inner}</Polygon>"


def line(ring):
    return f"<LinearRing><coordinates>{ring}</coordinates></LinearRing>"


def placemark(name, shape=None, more=""):
    return f"<Placemark><name>{name}</name>{more}{polygon() if shape is None else shape}</Placemark>"


def document(*members, head='<kml xmlns="http://www.opengis.net/kml/2.2">', encoding="UTF-8"):
    text = f'<?xml version="1.0" encoding="{encoding}"?>{head}<Document><name>交付</name>{"".join(members)}</Document></kml>'  # noqa: E501 - a line of the file under test
    return text.encode(encoding)


def folder(name, *members):
    return f"<Folder><name>{name}</name>{''.join(members)}</Folder>"


def refusal(read, *arguments, **options):
    with pytest.raises(FileRefused) as refused:
        read(*arguments, **options)
    return refused.value


def codes(found):
    return {note.code for note in found.notes}


SCHEMA = (
    '<Schema name="s" id="s"><SimpleField name="面积" type="double"/><SimpleField name="用途" type="string"/></Schema>'
)
DATA = (
    '<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="面积">12.5</SimpleData><SimpleData name="用途">工业'
    '</SimpleData></SchemaData><Data name="编号"><displayName>x</displayName><value>大䶮-𠮷-㙦</value></Data></ExtendedData>'  # noqa: E501 - a line of the file under test
)


def test_attributes_of_both_kinds_and_marked_text_arrive(read):
    described = "<description><![CDATA[<b>说明</b> 𠮷 & 甲]]></description>" + DATA
    found = read(document(SCHEMA, placemark("一号", more=described), placemark("二号")))
    assert found.format == "kml"
    assert found.table["name"].tolist() == ["一号", "二号"]
    assert found.table["description"].tolist() == ["<b>说明</b> 𠮷 & 甲", None]
    assert found.table["面积"].tolist() == [12.5, None]
    assert found.table["用途"].tolist() == ["工业", None]
    assert found.table["编号"].tolist() == ["大䶮-𠮷-㙦", None]
    assert (found.crs.source, found.crs.declared_how) == ("EPSG:4326", "default")
    assert "kml_may_be_shifted" in codes(found)


def test_shapes_are_those_that_gdal_reads(read, tmp_path):
    inner = "120.0002,29.3002 120.0004,29.3002 120.0004,29.3004 120.0002,29.3002"
    many = (
        f"<MultiGeometry>{polygon()}{polygon(RING.replace('120', '120.1').replace('120.1.', '120.1'))}</MultiGeometry>"
    )
    content = document(placemark("洞", polygon(holes=[inner])), placemark("两片", many), placemark("一片"))
    path = tmp_path / "a.kml"
    path.write_bytes(content)
    found = read(content, storage_epsg=None, crs="EPSG:4549")
    oracle = pyogrio.raw.read(str(path))
    way = pyproj.Transformer.from_crs(4326, 4549, always_xy=True).transform
    expected = shapely.transform(shapely.from_wkb(oracle[2]), lambda xy: np.column_stack(way(xy[:, 0], xy[:, 1])))
    assert shapely.equals_exact(shapely.normalize(found.geoms), shapely.normalize(expected), tolerance=1e-6).all()


def test_folders_are_layers_and_the_document_is_all_of_them(read):
    content = document(
        folder("工业", placemark("甲"), placemark("乙")),
        folder("住宅", folder("里", placemark("丙")), placemark("点", "<Point><coordinates>120,29.3</coordinates></Point>")),  # noqa: E501 - a line of the file under test
    )  # fmt: skip
    error = refusal(read, content)
    assert error.code == "sublayer_needed"
    assert error.values["sublayers"] == ["交付", "工业", "住宅/里"]
    assert [layer["rows"] for layer in error.values["layers"]] == [4, 2, 1]
    assert read(content, sublayer="住宅/里").table["name"].tolist() == ["丙"]
    whole = read(content, sublayer="交付")
    assert whole.table["folder"].tolist() == ["工业", "工业", "住宅/里", "住宅"]
    assert [item.code for item in whole.items] == ["geometry_wrong_type"]
    assert refusal(read, content, sublayer="无").code == "sublayer_unknown"


def test_one_folder_with_what_fits_is_read_without_asking(read):
    content = document(folder("点", placemark("p", "<Point><coordinates>120,29.3</coordinates></Point>")),
                       folder("面", placemark("甲")))  # fmt: skip
    assert read(content).table["name"].tolist() == ["甲"]


@pytest.mark.parametrize("head", ["<kml>", '<kml xmlns="http://earth.google.com/kml/2.1">',
                                  '<k:kml xmlns:k="x" xmlns="http://www.opengis.net/kml/2.2">', "<OvKml>"])  # fmt: skip
def test_variants_of_other_makers_read_alike(read, head):
    root = head.strip("<>").split()[0]
    content = document(placemark("甲"), head=head).replace(b"</kml>", f"</{root}>".encode())
    assert read(content).table["name"].tolist() == ["甲"]


def test_gbk_text_is_read(read):
    found = read(document(placemark("大䶮村"), encoding="GB18030"))
    assert (found.table["name"].tolist(), found.encoding) == (["大䶮村"], "gb18030")


def test_a_kmz_is_read_and_its_links_are_not(read, tmp_path):
    path = tmp_path / "a.kmz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", document(placemark("甲", more="<styleUrl>http://127.0.0.1:1/s.kml#x</styleUrl>")))
        archive.writestr("files/icon.png", b"\x89PNG")
    found = read(path)
    assert found.table["name"].tolist() == ["甲"]
    assert "zip_member_read" in codes(found)


def test_each_placemark_is_judged_by_itself(read):
    found = read(document(
        placemark("好"), placemark("未闭合", polygon("120,29.3 120.001,29.3 120.001,29.301")),
        placemark("坏", polygon("120,29.3 x,y 120.001,29.301 120,29.3")), placemark("无", " "),
        placemark("短", polygon("120,29.3 120.001,29.3")), placemark("高", polygon(RING.replace(",0", ",55.5"))),
        placemark("逗号", polygon(RING.replace(",", ", "))),
    ))  # fmt: skip
    assert [(item.row, item.code) for item in found.items] == [
        (2, "ring_closed"),
        (3, "geometry_unreadable"),
        (4, "geometry_missing"),
        (5, "geometry_unreadable"),
    ]
    assert {note.code: dict(note.values) for note in found.notes}["heights_dropped"] == {"rows": 1}


def test_only_links_is_a_refusal_of_its_own(read):
    link = "<NetworkLink><Link><href>http://127.0.0.1:1/x.kml</href></Link></NetworkLink>"
    assert refusal(read, document(link)).code == "kml_only_links"
    found = read(document(link, placemark("甲")))
    assert {note.code: dict(note.values) for note in found.notes}["kml_left"] == {"links": 1, "overlays": 0}


def test_no_row_of_many_is_lost(read):
    rings = [
        f"{120 + n / 1e5:.6f},29.3 {120 + n / 1e5 + 5e-6:.6f},29.3 {120 + n / 1e5:.6f},29.30001" for n in range(5_000)
    ]
    found = read(document(*(placemark(f"地块{n}", polygon(ring)) for n, ring in enumerate(rings))))
    assert found.table["name"].tolist() == [f"地块{n}" for n in range(5_000)]
    assert np.isfinite(shapely.area(found.geoms)).all()
