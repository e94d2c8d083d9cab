"""The words of suitability and allocation: every code has some, values are written as people write them."""

from __future__ import annotations

from layers.criteria import CRITERIA
from ui import allocation_words, suitability_words
from ui.suitability_words import class_name, value_text


def test_every_criterion_has_words_for_its_values():
    for key in CRITERIA:
        assert suitability_words.criterion_name(key)
        assert suitability_words.how_measured(key)
        assert value_text(key, 1.0)
        assert value_text(key, None) == "未登记"


def test_values_are_said_as_people_write_them():
    assert value_text("area_mu", 66.25) == "66.2 亩"
    assert value_text("conflict", 3.0) == "禁止"
    assert value_text("stage", 6.0) == "净地待供"
    assert value_text("arterial_m", 1234.4) == "1,234 m"
    assert class_name(4) == "8–10 适宜"


def test_what_stands_against_a_choice_is_said_for_every_code():
    for code in ("allowed", "apart", "quota_full", "quota_short", "blocks"):
        assert allocation_words.against_text((code,))
    assert allocation_words.against_text(()) == ""


def test_the_layers_that_changed_are_named():
    assert suitability_words.inputs_text(("assignments:2", "roads", "rules")) == "方案的集群分配、道路工程、规则"
