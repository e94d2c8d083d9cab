"""Columns by spelling, values by kind, codes for every row."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.columns import choose_fields, code_rows, map_columns
from exchange.errors import FileRefused
from layers.schema import LAYERS

PARCELS = LAYERS["parcels"]


def test_spellings_of_the_office_find_their_fields():
    assert choose_fields(["DKBH", "地块名称", "阶段", "其他"], PARCELS, None) == {
        "DKBH": "code",
        "地块名称": "name",
        "阶段": "stage",
    }


def test_what_the_person_says_comes_first():
    assert choose_fields(["code", "DKBH"], PARCELS, {"DKBH": "code"}) == {"DKBH": "code"}
    assert choose_fields(["code"], PARCELS, {"code": ""}) == {}


@pytest.mark.parametrize(
    ("mapping", "code"),
    [({"x": "code"}, "column_unknown"), ({"a": "nope"}, "field_unknown"), ({"a": "code", "b": "code"}, "field_twice")],
)
def test_a_mapping_that_cannot_be_is_refused(mapping, code):
    with pytest.raises(FileRefused) as refused:
        choose_fields(["a", "b"], PARCELS, mapping)
    assert refused.value.code == code


def test_values_become_what_their_field_is_or_stay_beside_it():
    table = pd.DataFrame({
        "code": ["a", "b", "c"], "stage": ["净地", "ready", "什么"],
        "申报面积": ["1,234.5 ㎡", "\uff11\uff12", "约十亩"],
        "ready_date": ["2026年1月31日", "20260131", "2026-02-30"], "far_max": [2.5, 99.0, None],
    }, dtype=object)  # fmt: skip
    mapped = map_columns(table, PARCELS, None)
    assert mapped.frame["stage"].tolist() == ["ready", "ready", None]
    assert mapped.frame["declared_area_m2"].tolist() == [1234.5, 12.0, None]
    assert mapped.frame["ready_date"].tolist() == ["2026-01-31", "2026-01-31", None]
    assert mapped.frame["far_max"].tolist() == [2.5, None, None]
    assert mapped.extra["stage"].dropna().tolist() == ["什么"]
    assert {dict(note.values)["field"] for note in mapped.notes} == {
        "stage",
        "declared_area_m2",
        "ready_date",
        "far_max",
    }


def test_a_column_name_that_stands_twice_hides_nothing():
    table = pd.DataFrame([["a", 1, 2]], columns=["code", "x", "x"], dtype=object)
    assert list(map_columns(table, PARCELS, None).extra.columns) == ["x", "x#2"]


@given(
    st.lists(
        st.one_of(st.none(), st.text(max_size=3), st.integers(0, 5), st.sampled_from(["DK-00001", "a", "a-2"])),
        max_size=30,
    )
)
def test_every_row_gets_a_code_of_its_own(codes):
    given_codes, items, _ = code_rows(
        pd.Series(codes, dtype=object), range(1, len(codes) + 1), prefix="DK", in_use={"a-3"}
    )
    assert len(set(given_codes)) == len(codes)
    assert "a-3" not in given_codes
    assert all(item.where == given_codes[item.row - 1] != item.detail["original"] for item in items)
