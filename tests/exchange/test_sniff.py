"""What a file is, by its bytes: names and suffixes say nothing."""

from __future__ import annotations

import sqlite3
import struct
import zipfile

import pytest

from exchange.sniff import kind_of_bytes, sniff

SHAPE_HEADER = struct.pack(">i", 9994) + b"\0" * 20 + struct.pack(">i", 80) + struct.pack("<i", 1000) + b"\0" * 68


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"", "empty"),
        (b"  \r\n", "empty"),
        (b'\xef\xbb\xbf {"type":"Topology"}', "json"),
        (b"[1]", "json"),
        (b"%PDF-1.7", "pdf"),
        (b"\x89PNG\r\n\x1a\n", "png"),
        (b"AC1032\0\0", "dwg"),
        (b"  0\r\nSECTION\r\n", "dxf"),
        (b"<!DOCTYPE html><html>", "html"),
        (b"<OGRVRTDataSource>", "vrt"),
        (b'<?xml version="1.0"?><kml xmlns="x">', "kml"),
        (b"PAR1", "parquet"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"a,b\r\n1,2\r\n", "csv"),
        ("[属性描述]\n坐标系=2000".encode("gb18030"), "boundary_txt"),
        ("[地块坐标]\n".encode(), "boundary_txt"),
        (b"plain words", "text"),
        (b"\0\1\2\3", "unknown"),
        (SHAPE_HEADER + struct.pack(">ii", 1, 48), "shapefile"),
        (SHAPE_HEADER + struct.pack(">ii", 50, 48), "shx"),
    ],
)
def test_content_tells_the_kind(head, kind):
    assert kind_of_bytes(head) == kind


def test_a_geopackage_is_told_from_another_sqlite_file(tmp_path):
    plain, packed = tmp_path / "a.gpkg", tmp_path / "b.bin"
    for path, mark in ((plain, 0), (packed, 0x47504B47)):
        connection = sqlite3.connect(path)
        connection.execute(f"PRAGMA application_id = {mark}")
        connection.execute("CREATE TABLE t (x)")
        connection.commit()
        connection.close()
    assert (sniff(plain).format, sniff(packed).format) == ("sqlite", "geopackage")


@pytest.mark.parametrize(
    ("member", "kind"), [("xl/workbook.xml", "xlsx"), ("word/document.xml", "docx"), ("ppt/presentation.xml", "pptx")]
)
def test_an_office_file_is_not_taken_for_a_zip_of_data(tmp_path, member, kind):
    path = tmp_path / "parcels.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("[Content_Types].xml", "")
        archive.writestr(member, "")
    assert sniff(path).format == kind
