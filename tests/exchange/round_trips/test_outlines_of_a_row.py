"""Outlines of one row in a drawing: one shape while all are there, rows of their own when a person changed that."""

from __future__ import annotations

from ezdxf import filemanagement

from exchange.formats.dxf_text import unescaped
from exchange.writing.forms import FORMS
from tests.exchange.writing import rows


def drawing(tmp_path, form="dxf", **options):
    out = tmp_path / "p.dxf"
    FORMS[form].write(rows.outgoing(**options), out, epsg=4549, lang="zh")
    return out, filemanagement.readfile(out)


def lines_of(document, code):
    return [
        line
        for line in document.modelspace().query("LWPOLYLINE")
        if line.get_xdata("CHANTU")[0].value == f"code={code}"
    ]


def codes_of(found):
    return found.table["code"].tolist()


def test_all_there_they_are_one(read, tmp_path):
    out, _ = drawing(tmp_path)
    found = read(out, "p.dxf", crs="EPSG:4549")
    assert codes_of(found) == list(rows.CODES)
    assert rows.same_shapes(rows.shapes(), found.geoms, 1e-9)
    assert {note.code: note.values for note in found.notes}["dxf_outlines_joined"] == {"rows": 3}


def test_one_that_was_deleted_leaves_the_others_alone(read, tmp_path):
    out, document = drawing(tmp_path)
    document.modelspace().delete_entity(lines_of(document, "001")[1])
    document.saveas(out)
    assert codes_of(read(out, "p.dxf", crs="EPSG:4549")) == list(rows.CODES)
    document.modelspace().delete_entity(lines_of(document, "A 3")[2])
    document.saveas(out)
    found = read(out, "p.dxf", crs="EPSG:4549")
    assert codes_of(found).count("A 3") == 2


def test_copies_are_rows_of_their_own(read, tmp_path):
    out, document = drawing(tmp_path)
    for line in lines_of(document, "001"):
        document.modelspace().add_entity(line.copy().translate(0, 5_000, 0))
    document.saveas(out)
    found = read(out, "p.dxf", crs="EPSG:4549")
    assert codes_of(found).count("001") == 4


def test_extended_data_fits_whatever_it_is_written_as(tmp_path):
    for form, encoding in (("dxf", "gbk"), ("dxf-r2010", "utf-8")):
        name = "𠮷" * 40
        out, document = drawing(tmp_path, form, names=(name, "义乌" * 80, "a" * 300, None, "短"))
        held = [
            line for line in out.read_bytes().split(b"\r\n") if line.startswith(("name=".encode(encoding), b"name=a"))
        ]
        assert held
        assert max(map(len, held)) <= 255
        told = [value for line in lines_of(document, "T0103") for _, value in line.get_xdata("CHANTU")]
        assert (f"name={name}").startswith(unescaped(told[1]))
        assert len(told[1]) > 15
