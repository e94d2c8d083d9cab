"""Files made to do harm, under the names of formats that are read: a refusal in time, no request, no other file."""

from __future__ import annotations

import time
import zipfile

import pytest

from exchange.errors import FileRefused

READER_GAVE_UP = {"reader_crashed", "reader_failed", "reader_too_slow", "reader_out_of_memory"}
UNREAD = "never-to-be-read-7f3a"
RING = "120,29.3 120.001,29.3 120.001,29.301 120,29.3"
POLYGON = (
    f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{RING}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
)


def kml(inner, *, before=""):
    return (
        f'<?xml version="1.0"?>{before}<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{inner}</Document></kml>'
    )


def gml(inner, *, before="", more=""):
    return (
        f'<?xml version="1.0"?>{before}<gml:FeatureCollection xmlns:gml="http://www.opengis.net/gml"'
        f' xmlns:xlink="http://www.w3.org/1999/xlink" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" {more}>'
        f"{inner}</gml:FeatureCollection>"
    )


def member(geometry, word="甲"):
    return f"<gml:featureMember><dk><名称>{word}</名称><geom>{geometry}</geom></dk></gml:featureMember>"


GML_POLYGON = (
    '<gml:Polygon srsName="EPSG:4549"><gml:exterior><gml:LinearRing><gml:posList>507286 3243188 507386 3243188 507386 3243288'  # noqa: E501 - a line of the file under test
    " 507286 3243188</gml:posList></gml:LinearRing></gml:exterior></gml:Polygon>"
)


def entities(path):
    return f'<!DOCTYPE x [<!ENTITY e SYSTEM "{path}">]>'


LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
)


def harmful(secret, address):
    """Name and content of each file; ``secret`` is a path, ``address`` that of the listener."""
    vrt = f"<OGRVRTDataSource><OGRVRTLayer name='x'><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer></OGRVRTDataSource>"  # noqa: E501 - a line of the file under test
    wfs = f"<OGRWFSDataSource><URL>{address}/wfs</URL><!-- http://www.opengis.net/gml --></OGRWFSDataSource>"
    placemark = f"<Placemark><name>&e;</name>{POLYGON}</Placemark>"
    yield "vrt.kml", f"{vrt}<!-- <kml -->"
    yield "vrt-under-kml.kml", f"<!-- <kml> -->{vrt}"
    yield "vrt-under-gml.gml", f"<!-- http://www.opengis.net/gml -->{vrt}"
    yield "wfs.gml", wfs
    yield "wfs-under-kml.kml", f"<!-- <kml> -->{wfs}"
    yield "fgb-vrt.fgb", "fgb\x03fgb\x01" + vrt
    yield "xxe.kml", kml(placemark, before=entities(secret))
    yield "xxe-http.kml", kml(placemark, before=entities(f"{address}/xxe"))
    yield "xxe.gml", gml(member(GML_POLYGON, "&e;"), before=entities(secret))
    yield "xxe-http.gml", gml(member(GML_POLYGON, "&e;"), before=entities(f"{address}/xxe"))
    yield "dtd.gml", gml(member(GML_POLYGON), before=f'<!DOCTYPE x SYSTEM "{address}/x.dtd">')
    yield "laughs.kml", kml(placemark.replace("&e;", "&a9;"), before=LAUGHS)
    yield "laughs.gml", gml(member(GML_POLYGON, "&a9;"), before=LAUGHS)
    yield "deep.kml", kml("<Folder>" * 10_000 + "</Folder>" * 10_000)
    yield "deep-shape.kml", kml(f"<Placemark>{'<MultiGeometry>' * 10_000}{'</MultiGeometry>' * 10_000}</Placemark>")
    yield (
        "deep.gml",
        gml(
            member(
                "<gml:MultiGeometry><gml:geometryMember>" * 5_000 + "</gml:geometryMember></gml:MultiGeometry>" * 5_000
            )
        ),
    )
    yield "link.kml", kml(f"<NetworkLink><Link><href>{address}/l.kml</href></Link></NetworkLink>")
    yield "file-link.kml", kml(f"<NetworkLink><Link><href>{secret}</href></Link></NetworkLink>")
    yield "dxf-vrt.dxf", f"0\nSECTION\n2\nENTITIES\n{vrt}\n0\nENDSEC\n0\nEOF\n"


def test_each_ends_as_a_refusal_in_time_and_nobody_is_asked(read, listener, tmp_path):
    address, asked = listener
    secret = tmp_path / "secret.csv"
    secret.write_text(f"name,x\n{UNREAD},1\n")
    ended = {}
    for name, content in harmful(secret, address):
        began = time.process_time()
        with pytest.raises(FileRefused) as refused:
            read(content.encode("latin-1", "ignore") if name.endswith("fgb") else content.encode(), name)
        ended[name] = refused.value.code
        assert UNREAD not in str(refused.value.values), name
        assert time.process_time() - began < 5, name
    assert {name: code for name, code in ended.items() if code in READER_GAVE_UP} == {}
    assert asked == []


def test_links_beside_good_shapes_are_left(read, listener, tmp_path):
    address, asked = listener
    styled = f"<styleUrl>{address}/s.kml#x</styleUrl>"
    outside = f'<Style><IconStyle><Icon><href>{address}/i.png</href></Icon></IconStyle></Style><Schema schemaUrl="{address}/s"/>'  # noqa: E501 - a line of the file under test
    good = kml(f"{outside}<Placemark>{styled}{POLYGON}</Placemark><NetworkLink><Link><href>{address}/l</href></Link></NetworkLink>"  # noqa: E501 - a line of the file under test
               f"<GroundOverlay><Icon><href>{address}/o.png</href></Icon></GroundOverlay>")  # fmt: skip
    assert len(read(good.encode()).geoms) == 1
    schema = f'xsi:schemaLocation="http://o {address}/x.xsd"'
    linked = member(GML_POLYGON) + f'<gml:featureMember xlink:href="{address}/more.gml#a"/>'
    assert len(read(gml(linked, more=schema).encode()).geoms) == 1
    srs = member(GML_POLYGON.replace("EPSG:4549", f"{address}/crs"))
    with pytest.raises(FileRefused) as refused:
        read(gml(srs).encode())
    assert refused.value.code not in READER_GAVE_UP
    path = tmp_path / "a.kmz"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("doc.kml", good)
    assert len(read(path).geoms) == 1
    assert asked == []


def test_a_gfs_or_xsd_sent_along_is_not_used(read, listener, tmp_path):
    address, asked = listener
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.gml", gml(member(GML_POLYGON)))
        archive.writestr(
            "a.gfs", "<GMLFeatureClassList><GMLFeatureClass><Name>evil</Name></GMLFeatureClass></GMLFeatureClassList>"
        )
        archive.writestr("a.xsd", f'<schema><include schemaLocation="{address}/x.xsd"/></schema>')
    assert read(path).sublayer == "dk"
    assert asked == []


def test_a_bomb_of_kml_is_stopped(read, tmp_path):
    path = tmp_path / "bomb.kmz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("doc.kml", kml(" " * (80 << 20)))
    with pytest.raises(FileRefused) as refused:
        read(path)
    assert refused.value.code == "zip_bomb"


@pytest.mark.parametrize(("head", "name"), [
    (b"\0\1\0\0Standard Jet DB\0", "mdb"), (b"\0\1\0\0Standard ACE DB\0", "mdb"), (b"HeadBegin\r\nDataMark:CNSDTF-VCT\r\n", "vct"),  # noqa: E501 - a line of the file under test
    (b"!table\r\n!version 300\r\n!charset WindowsSimpChinese\r\n", "mapinfo"),
    (b'Version   300\r\nCharset "WindowsSimpChinese"\r\nDelimiter ","\r\n', "mapinfo"),
])  # fmt: skip
def test_what_is_not_read_is_named(read, head, name):
    with pytest.raises(FileRefused) as refused:
        read(head + b"x" * 200)
    assert (refused.value.code, refused.value.values["format"]) == ("format_not_taken", name)
