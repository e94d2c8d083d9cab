"""What counts as read: look-alikes pass, another figure never, a stranger nearby does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.nightly.matching import Line, allowed, at_place, nearest, plain, read_in


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ("净地可供（含公告）", "净地可供(含公告)"),
        ("4,443 亩", "4,443亩"),
        ("最大一宗 示例DK-336", "最大—宗示例DK－336"),
        ("义乌市数字经济产业园", "…义乌市数宇经济产业园 1,891 亩"),
        ("2.41", "可用储备 2.41 万亩"),
        ("1 亩 = 666.67 ㎡", "1亩=666.67m²"),
    ],
)
def test_what_a_reader_reads_alike_is_read(wanted, seen) -> None:
    assert read_in(wanted, seen)


@pytest.mark.parametrize(
    ("wanted", "seen"),
    [
        ("4,443 亩", "4,448亩"),
        ("共 308 亩，建议退出储备", "共 309 亩，建议退出储备"),
        ("芯片产业园", "芯片"),
        ("公告", "公布"),
        ("示例园区-03", "示例园区-08"),
        ("示例园区-03", ""),
    ],
)
def test_another_figure_and_another_word_are_not(wanted, seen) -> None:
    assert not read_in(wanted, seen)


@given(
    st.text("亩园区零一二三", min_size=1, max_size=12),
    st.text("亩园区abc", max_size=6),
    st.text("亩园区abc", max_size=6),
)
def test_a_text_is_found_within_any_other(want, before, after) -> None:
    distance, start, end = nearest(plain(want), plain(before) + plain(want) + plain(after))
    assert distance == 0
    assert (plain(before) + plain(want) + plain(after))[start:end] == plain(want)


@given(st.text("abcd", min_size=1, max_size=8), st.text("abcd", max_size=10))
def test_the_nearest_part_is_as_near_as_the_best_of_all_parts(want, have) -> None:
    def edit(one: str, other: str) -> int:
        row = list(range(len(other) + 1))
        for nth, left in enumerate(one, 1):
            last, row[0] = row[0], nth
            for at, right in enumerate(other, 1):
                last, row[at] = row[at], min(last + (left != right), row[at] + 1, row[at - 1] + 1)
        return row[-1]

    parts = {have[start:end] for start in range(len(have) + 1) for end in range(start, len(have) + 1)}
    assert nearest(want, have)[0] == min(edit(want, part) for part in parts)


def test_only_what_stands_at_the_place_is_read_there() -> None:
    lines = [Line("近", (10, 10, 30, 20)), Line("旁", (31, 10, 50, 20)), Line("下", (10, 40, 30, 50))]
    assert at_place(lines, (8, 9, 48, 21)) == "近旁"
    assert at_place(lines, (8, 39, 48, 51)) == "下"
    assert at_place(lines, (200, 9, 248, 21)) == ""


@pytest.mark.parametrize(("length", "may"), [(1, 0), (4, 0), (5, 1), (8, 1), (9, 2), (40, 5)])
def test_how_much_may_differ_is_one_in_eight(length, may) -> None:
    assert allowed("字" * length) == may
