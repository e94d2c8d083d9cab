"""GeoJSON one text after the other: the same rows as in one collection, and a broken text is named by its line."""

from __future__ import annotations

import json

import pytest
import shapely

from exchange.errors import FileRefused


def features(make_square, count=3):
    return [
        {"type": "Feature", "properties": {"编号": f"T{at}", "n": at}, "geometry": make_square(lon=119.9 + 0.01 * at)}
        for at in range(count)
    ]


def lines(texts, *, before="", after="\n"):
    return "".join(f"{before}{json.dumps(text, ensure_ascii=False)}{after}" for text in texts).encode()


@pytest.mark.parametrize(("before", "after"), [("", "\n"), ("", "\r\n\r\n"), ("\x1e", "\n"), ("\n\x1e", "")])
def test_the_same_rows_as_in_one_collection(read, make_square, before, after):
    texts = features(make_square)
    found = read(lines(texts, before=before, after=after))
    whole = read(json.dumps({"type": "FeatureCollection", "features": texts}).encode())
    assert shapely.equals_exact(found.geoms, whole.geoms).all()
    assert found.table.equals(whole.table)
    assert (found.format, found.crs) == ("geojsonseq", whole.crs)


def test_texts_over_several_lines_after_a_separator(read, make_square):
    body = "".join(f"\x1e{json.dumps(each, indent=1)}\n" for each in features(make_square)).encode()
    assert len(read(body).geoms) == 3


def test_bare_geometries_and_collections_may_alternate_with_features(read, make_square):
    texts = [
        make_square(),
        {"type": "FeatureCollection", "features": features(make_square, 2)},
        *features(make_square, 1),
    ]
    assert len(read(lines(texts)).geoms) == 4


def test_a_bad_geometry_is_refused_alone(read, make_square):
    texts = features(make_square)
    texts[1]["geometry"]["coordinates"] = [[[float("nan"), 1], [2, 3]]]
    found = read(lines(texts))
    assert [(item.row, item.outcome) for item in found.items] == [(2, "refused")]


@pytest.mark.parametrize(
    ("bad", "code", "values"),
    [
        (b'{"type":"Feature",', "json_broken", {"line": 2}),
        (b"\xff\xfe", "json_not_utf8", {}),
        (b'{"type":"Feature","crs":{"type":"link"},"geometry":null}', "crs_link_refused", {}),
        (b'{"type":"FeatureCollection","crs":{},"features":[]}', "crs_inside_feature", {"line": 2}),
        (b'{"a":1}', "format_not_taken", {"line": 2}),
        (b'{"type":{"a":1}}', "format_not_taken", {"line": 2}),
        (b"[" * 200_000, "json_too_deep_or_long", {"line": 2}),
    ],
)
def test_a_broken_text_is_named_by_its_line(read, make_square, bad, code, values):
    first, _, last = (lines([each]) for each in features(make_square))
    with pytest.raises(FileRefused) as refused:
        read(first + bad + b"\n" + last)
    assert refused.value.code == code
    assert values.items() <= refused.value.values.items()
