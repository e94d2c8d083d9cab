"""The little language of --where: read by hand, refused with the place, never run."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.where import parse
from planning.conditions import Condition
from planning.errors import Refused


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("stage=ready", [Condition("stage", "=", "ready")]),
        ("stage=ready and area_mu>=50 and town='苏溪镇'",
         [Condition("stage", "=", "ready"), Condition("area_mu", ">=", "50"), Condition("town", "=", "苏溪镇")]),
        ("镇街 = 苏溪镇 且 亩<10", [Condition("town", "=", "苏溪镇"), Condition("area_mu", "<", "10")]),
        ("cluster in (chips, none)", [Condition("cluster", "in", ("chips", None))]),
        ("name contains 'a and b' and note is empty",
         [Condition("name", "contains", "a and b"), Condition("note", "empty")]),
    ],
)  # fmt: skip
def test_it_reads_what_is_meant(text, conditions):
    assert parse(text) == conditions


@pytest.mark.parametrize(
    "text",
    ["", "stage", "stage=", "=ready", "stage=ready or town=x", "stage=ready town=x", "a in (", "a in (x y)",
     "a is full",
     "__import__('os').system('true')", "a='x", "a;b", "x" * 3000],
)  # fmt: skip
def test_anything_else_is_refused_with_its_place(text):
    with pytest.raises(Refused) as refused:
        parse(text)
    assert refused.value.faults[0].code == "where_malformed"


@given(st.text(max_size=60))
def test_no_text_does_more_than_be_refused(text):
    try:
        codes = {"where_malformed"} if parse(text) else set()
    except Refused as refused:
        codes = {refused.faults[0].code}
    assert codes == {"where_malformed"}
