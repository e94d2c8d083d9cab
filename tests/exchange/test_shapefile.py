"""Shapefiles as they are sent: parts missing, the encoding wrong or unsaid, text cut, heights, odd suffixes."""

from __future__ import annotations

import zipfile

import numpy as np
import pyogrio
import pytest
import shapely

from exchange.errors import FileRefused
from exchange.formats import text_encoding
from tests.conftest import REAL

CHINA = ["崇山产业园", "储备地块二期", "城西街道"]
TAIWAN = ["臺北市", "新竹縣竹北市工業區", "高雄市"]
PLACES = [shapely.box(507286 + 200 * n, 3243188, 507386 + 200 * n, 3243288) for n in range(3)]


def shapefile(folder, words, encoding, *, cpg=None, geoms=PLACES, kind="Polygon", name="a"):
    """Written by GDAL, the declared encoding then replaced: ``cpg`` is the text of that file, None for no file."""
    path = folder / f"{name}.shp"
    pyogrio.raw.write(
        str(path), geometry=shapely.to_wkb(geoms), field_data=[np.array(words[: len(geoms)], dtype=object)],
        fields=np.array(["NAME"], dtype=object), geometry_type=kind, crs="EPSG:4549", driver="ESRI Shapefile",
        encoding=encoding,
    )  # fmt: skip
    path.with_suffix(".cpg").unlink(missing_ok=True)
    head = bytearray(path.with_suffix(".dbf").read_bytes())
    head[29] = 0
    path.with_suffix(".dbf").write_bytes(head)
    if cpg:
        path.with_suffix(".cpg").write_text(cpg)
    return path


def codes(found):
    return [note.code for note in found.notes]


def refusal(read, *arguments, **options):
    with pytest.raises(FileRefused) as refused:
        read(*arguments, **options)
    return refused.value


class TestEncoding:
    @pytest.mark.parametrize(
        ("words", "encoding", "cpg", "read_as"),
        [
            (CHINA, "GBK", None, "gb18030"), (CHINA, "UTF-8", None, "utf-8"), (TAIWAN, "BIG5", None, "big5"),
            (CHINA, "GBK", "GBK", "gb18030"), (TAIWAN, "BIG5", "950", "big5"), (CHINA, "UTF-8", "UTF-8", "utf-8"),
            (CHINA, "GBK", "UTF-8", "gb18030"), (CHINA, "UTF-8", "936", "utf-8"), (TAIWAN, "BIG5", "936", "big5"),
            (CHINA, "GBK", "BIG5", "gb18030"), (CHINA, "GBK", "1252", "gb18030"), (CHINA, "GBK", "88591", "gb18030"),
        ],
    )  # fmt: skip
    def test_the_words_arrive_whatever_is_declared(self, read, tmp_path, words, encoding, cpg, read_as):
        found = read(shapefile(tmp_path, words, encoding, cpg=cpg))
        assert found.table["NAME"].tolist() == words
        assert found.encoding == read_as
        pages = {"936": "gb18030", "GBK": "gb18030", "950": "big5", "UTF-8": "utf-8", "BIG5": "big5"}
        assert ("encoding_found" in codes(found)) is (pages.get(cpg or "") != read_as)

    def test_the_person_chooses_between_previews(self, read, tmp_path):
        path = shapefile(tmp_path, TAIWAN, "BIG5")
        found = read(path, encoding="gbk")
        assert found.encoding == "gb18030"
        previews = {each.encoding: each.examples for each in found.encodings}
        assert TAIWAN[1] in previews["big5"]
        assert previews["gb18030"] != previews["big5"]
        assert read(path, encoding="big5").table["NAME"].tolist() == TAIWAN

    def test_characters_of_every_kind(self, read, tmp_path):
        words = ["大䶮村", "𠮷地", "㙦头"]
        found = read(shapefile(tmp_path, words, "GB18030", cpg="GB18030"))
        assert found.table["NAME"].tolist() == words

    def test_western_text_stays_western(self, read, tmp_path):
        words = ["Äußere Straße", "François", "Málaga"]
        assert read(shapefile(tmp_path, words, "CP1252", cpg="1252")).table["NAME"].tolist() == words

    @pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
    def test_a_character_cut_at_the_end_of_its_field_is_dropped_and_told(self, read, tmp_path, encoding):
        mark = "园".encode(encoding)
        whole = "园" * (252 // len(mark))
        path = shapefile(tmp_path, [f"{whole}ab"] * 3, encoding)
        body = path.with_suffix(".dbf").read_bytes()
        path.with_suffix(".dbf").write_bytes(body.replace(b"ab", b"a" + mark[:1]))
        found = read(path)
        assert set(found.table["NAME"]) == {f"{whole}a"}
        assert {note.code: dict(note.values) for note in found.notes}["text_cut"] == {"values": 1}


class TestParts:
    def test_suffixes_in_capitals_are_found(self, read, tmp_path):
        path = shapefile(tmp_path, CHINA, "GBK")
        for part in list(tmp_path.iterdir()):
            part.rename(part.with_suffix(part.suffix.upper()))
        found = read(path.with_suffix(".SHP"))
        assert found.table["NAME"].tolist() == CHINA
        with zipfile.ZipFile(tmp_path / "z.zip", "w") as archive:
            for part in tmp_path.glob("a.*"):
                archive.write(part, part.name)
        assert read(tmp_path / "z.zip").table["NAME"].tolist() == CHINA

    def test_without_index_and_attributes_there_are_still_shapes(self, read, tmp_path):
        path = shapefile(tmp_path, CHINA, "GBK")
        path.with_suffix(".shx").unlink()
        path.with_suffix(".dbf").unlink()
        found = read(path)
        assert shapely.area(found.geoms).sum() == 30_000
        assert "shapefile_without_dbf" in codes(found)

    def test_longitudes_of_another_meridian_or_unit_are_taken_for_what_they_are(self, read, tmp_path):
        """Ferro lies 17°40' west of Greenwich: the same numbers are then a place in another ocean."""
        path = shapefile(tmp_path, CHINA, "GBK")
        prj = path.with_suffix(".prj")
        assert 'PRIMEM["Greenwich",0.0]' in prj.read_text()
        prj.write_text(prj.read_text().replace('PRIMEM["Greenwich",0.0]', 'PRIMEM["Ferro",-17.6666666666667]'))
        refused = refusal(read, path)
        assert refused.code == "outside_storage_crs"
        prj.write_text(prj.read_text().replace('PRIMEM["Ferro",-17.6666666666667]', 'PRIMEM["Greenwich",0.0]'))
        whole = prj.read_text()
        prj.write_text(whole.replace('"Degree",0.0174532925199433', '"Degree",0.0164532925199433'))
        assert refusal(read, path).code == "outside_storage_crs"
        prj.write_text(whole)
        assert len(read(path).geoms) == len(PLACES)

    def test_heights_and_measures_go_and_are_told(self, read, tmp_path):
        high = shapely.force_3d(PLACES, 5.0)
        found = read(shapefile(tmp_path, CHINA, "GBK", geoms=high, kind="Polygon Z"))
        assert shapely.area(found.geoms).tolist() == [10_000] * 3
        assert "heights_dropped" in codes(found)
        measured = REAL / "gdal_autotest" / "shp" / "polygonm_with_m.shp"
        if measured.exists():
            assert "heights_dropped" in codes(read(measured, crs="EPSG:32631", storage_epsg=None))

    def test_multipatch_is_refused_by_name(self, read, tmp_path):
        path = shapefile(tmp_path, CHINA, "GBK")
        head = bytearray(path.read_bytes())
        head[32] = 31
        path.write_bytes(head)
        assert refusal(read, path).code == "shapefile_multipatch"
        real = REAL / "gdal_autotest" / "shp" / "multipatch.shp"
        if real.exists():
            assert refusal(read, real, crs="EPSG:4549").code == "shapefile_multipatch"


def test_what_is_read_by_chance_is_told_from_what_is_meant():
    """Texts of one encoding are never surely taken for another when there are three of them."""
    for words, encoding in (
        (CHINA, "gb18030"),
        (TAIWAN, "big5"),
        (CHINA, "utf-8"),
        (["上越市大字高田", "カナ"], "cp932"),
    ):
        found = text_encoding.find([word.encode(encoding) for word in words])
        assert (found.encoding, found.sure) == (encoding, True)
