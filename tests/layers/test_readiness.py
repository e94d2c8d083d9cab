"""The readiness rule as data, and what words of a plan say of the day on which a road opens."""

from __future__ import annotations

from datetime import date

import pytest

from layers.readiness import ReadinessRuleRefused, end_of_quarter, opening_date, parse_readiness, quarter_of
from tests.conftest import REPOSITORY

TABLE = (REPOSITORY / "data" / "rules" / "readiness.csv").read_text("utf-8")


@pytest.mark.parametrize(("words", "day"), [
    ("2027-06-30", date(2027, 6, 30)), ("2027/6/3", date(2027, 6, 3)), ("2027年6月3日", date(2027, 6, 3)),
    ("2028-02", date(2028, 2, 29)), ("2027年12月", date(2027, 12, 31)), ("2027年6月底前建成通车", date(2027, 6, 30)),
    ("2027Q3", date(2027, 9, 30)), ("2027年一季度", date(2027, 3, 31)), ("2027年第4季度", date(2027, 12, 31)),
    ("2027", date(2027, 12, 31)), ("2027年底通车", date(2027, 12, 31)), ("计划2027年内竣工通车", date(2027, 12, 31)),
    ("年内竣工通车", None), ("", None), (None, None), ("尽快", None), ("2027-13-01", None), ("2027-02-30", None),
    ("3027", None), ("2027-00", None),
])  # fmt: skip
def test_words_of_a_plan_say_the_last_day_of_what_they_name(words, day):
    assert opening_date(words) == day


def test_quarters_end_where_the_calendar_says():
    assert [end_of_quarter(2027, one) for one in (1, 2, 3, 4)] == [
        date(2027, 3, 31), date(2027, 6, 30), date(2027, 9, 30), date(2027, 12, 31),
    ]  # fmt: skip
    assert {quarter_of(date(2027, month, 15))[1] for month in (4, 5, 6)} == {2}


def test_the_office_s_table_is_a_rule_and_every_line_has_its_basis():
    rule = parse_readiness(TABLE)
    assert rule.ready_stages == ("ready", "announced")
    assert rule.access_distance_m == 20.0
    assert all(rule.basis.values())
    assert len(rule.basis) == 6


def test_all_that_is_wrong_with_a_table_is_told_at_once():
    bad = TABLE.replace("ready;announced", "ready;soon").replace("_m,20,", "_m,far,").replace("left_stages", "gone")
    with pytest.raises(ReadinessRuleRefused) as refused:
        parse_readiness(bad)
    assert {(key, code) for key, code, _ in refused.value.faults} == {
        ("ready_stages", "term_unknown"), ("access_distance_m", "number_malformed"), ("left_stages", "key_missing"),
    }  # fmt: skip
