"""The list of clusters: taken in order, or refused with every line that is wrong."""

from __future__ import annotations

import pytest

from layers.clusters import ClusterListRefused, parse_clusters

HEAD = "code,name_zh,name_en,glyph,color,gbt4754,source\n"
CHIPS = "chips,芯片半导体,Chips,芯,#91ACDD,3972;3973,somebody\n"


def test_a_list_is_taken_in_order_without_columns_that_are_not_known():
    listed = parse_clusters("\ufeff" + HEAD + CHIPS + "health,大健康,Health,健,#80D6CE,27,\n")
    assert [(one.code, one.glyph, one.gbt4754, one.land_use) for one in listed] == [
        ("chips", "芯", "3972;3973", ""),
        ("health", "健", "27", ""),
    ]


def test_every_wrong_line_is_named():
    wrong = HEAD + CHIPS + "chips,又一,Again,芯片,red,,\n" + ",无码,None,芯,#000000,,\n"
    with pytest.raises(ClusterListRefused) as caught:
        parse_clusters(wrong)
    assert caught.value.faults == (
        (3, "code_twice", "chips"),
        (3, "color_malformed", "red"),
        (3, "glyph_not_one_character", "芯片"),
        (4, "glyph_twice", "芯"),
        (4, "value_missing", "code"),
    )


def test_a_missing_column_is_a_fault_of_the_head():
    with pytest.raises(ClusterListRefused) as caught:
        parse_clusters("code,name_zh\nchips,芯片\n")
    assert [value for _, _, value in caught.value.faults] == ["name_en", "glyph", "color"]


def test_a_byte_names_at_most_255_clusters():
    rows = "".join(f"c{at},名,name,{chr(0x4E00 + at)},#000000,,\n" for at in range(256))
    with pytest.raises(ClusterListRefused) as caught:
        parse_clusters(HEAD + rows)
    assert caught.value.faults == ((257, "too_many", "256"),)
