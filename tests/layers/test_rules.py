"""The rule book as data: its form is kept, a bad one is told line by line, the cases of the file hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from layers.rule_cases import CasesRefused, parse_cases
from layers.rules import KINDS, LEVELS, Rule, RuleBook, RulesRefused, parse_rules, write_rules
from tests.data.sample_files import RULES

FILES = ("conflicts.csv", "setbacks.csv", "land_rules.csv")
SHIPPED = RuleBook(1, tuple(one for name in FILES for one in parse_rules((RULES / name).read_text("utf-8"))))
CASES = parse_cases((RULES / "cases.json").read_text("utf-8"))
GOOD = Rule("X-1", "near", "surface", "facilities", "school", "forbidden", distance_m=100.0, basis="示例")


@pytest.mark.parametrize("at", range(len(CASES.cases)), ids=[one.name for one in CASES.cases])
def test_every_case_of_the_file_comes_out_as_it_must(at):
    result = CASES.run(SHIPPED)[at]
    assert result.holds, result


def test_the_cases_touch_every_kind_and_level():
    hit = {one.rule for result in CASES.run(SHIPPED) for one in result.found}
    rules = [one for one in SHIPPED.rules if one.code in hit]
    assert {one.kind for one in rules} == set(KINDS)
    assert {one.level for one in rules} == set(LEVELS)


def test_a_rule_that_is_switched_off_says_nothing():
    off = SHIPPED.with_([replace(SHIPPED.rule("CT-038"), on=False)])
    before, after = (
        next(one for one in CASES.run(book) if one.name == "压占永久基本农田 20 米宽") for book in (SHIPPED, off)
    )
    assert before.holds
    assert not after.found


def test_a_longer_distance_takes_more_land():
    longer = SHIPPED.with_([replace(SHIPPED.rule("SB-001"), distance_m=50.0)])
    (hit,) = next(one for one in CASES.run(longer) if one.name == "高速公路外缘 30 米以内").found
    assert hit.area_m2 == 2_500.0  # 20 m more, along 100 m


def test_what_is_written_is_read_back():
    assert tuple(one.what for one in parse_rules(write_rules(SHIPPED.rules))) == tuple(
        one.what for one in SHIPPED.rules
    )


@given(some.text(some.characters(codec="utf-8", exclude_categories=["C"]), min_size=1, max_size=40))
def test_any_words_survive_a_file(words):
    text = words.strip()
    if not text or text[:1] in {"'", "=", "+", "-", "@"}:
        return
    (read,) = parse_rules(write_rules([replace(GOOD, basis=text)]))
    assert read.basis == text


def test_a_formula_is_text_in_the_file_and_itself_when_read():
    written = write_rules([replace(GOOD, basis="=HYPERLINK(1)")])
    assert ",'=HYPERLINK" in written
    assert parse_rules(written)[0].basis == "=HYPERLINK(1)"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"level": "maybe"}, "rule_level_unknown"),
        ({"kind": "smell"}, "rule_kind_unknown"),
        ({"measure": "roof"}, "rule_measure_unknown"),
        ({"distance_m": -1.0}, "rule_distance_out_of_range"),
        ({"distance_m": float("nan")}, "rule_distance_out_of_range"),
        ({"distance_m": 0.0}, "rule_distance_missing"),
        ({"tolerance_m2": 1e9}, "rule_tolerance_out_of_range"),
        ({"object": "castle"}, "rule_object_unknown"),
        ({"layer": "towns"}, "rule_layer_unfit"),
        ({"basis": " "}, "rule_value_missing"),
        ({"basis": "长" * 501}, "rule_text_too_long"),
    ],
)
def test_a_bad_rule_is_refused_with_what_is_wrong(change, code):
    with pytest.raises(RulesRefused) as refused:
        parse_rules(write_rules([GOOD]) if not change else _written(replace(GOOD, **change)))
    assert code in {one.code for one in refused.value.faults}
    assert refused.value.faults[0].line == 2


def _written(rule: Rule) -> str:
    known = replace(rule, level=rule.level if rule.level in LEVELS else "notice")
    return write_rules([known]).replace(f",{known.level},", f",{rule.level},", 1)


def test_all_faults_of_a_file_are_told_at_once():
    lines = write_rules([GOOD, GOOD, replace(GOOD, code="X-2", object="castle")])
    with pytest.raises(RulesRefused) as refused:
        parse_rules(lines)
    assert [(one.line, one.code) for one in refused.value.faults] == [(3, "rule_twice"), (4, "rule_object_unknown")]


def test_missing_columns_are_named():
    with pytest.raises(RulesRefused) as refused:
        parse_rules("rule,level\nX,notice\n")
    assert {one.value for one in refused.value.faults} == {"kind", "object", "basis"}


NO_SHAPE = """[{"name": "x", "cluster": "c", "paint": ["A"], "parcels": [{"code": "A", "wkt": "POLYGON"}],
"expected": []}]"""


@pytest.mark.parametrize("text", ["", "{}", "[]", '[{"name": "x"}]', NO_SHAPE])
def test_a_bad_file_of_cases_is_refused(text):
    with pytest.raises(CasesRefused):
        parse_cases(text)
