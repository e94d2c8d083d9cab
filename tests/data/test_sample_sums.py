"""The figures of the source add up, to the last fen, with their qualifiers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.data.sample_files import RULES, SAMPLE, rows, table


def total(file: str, column: str, **wanted: str) -> Decimal:
    chosen = [row for row in table(SAMPLE / file) if all(row[key] == value for key, value in wanted.items())]
    return sum((Decimal(row[column]) for row in chosen), Decimal(0))


@pytest.mark.parametrize(("column", "expected"), [("scale_yi", "56.45"), ("subscribed_yi", "29"), ("paid_in_yi", "15")])
def test_five_funds_add_up(column: str, expected: str) -> None:
    assert sum(row["counted"] == "true" for row in table(SAMPLE / "funds.csv")) == 5
    assert total("funds.csv", column, counted="true") == Decimal(expected)


def test_the_mother_fund_is_named_apart_without_figures() -> None:
    (row,) = [row for row in table(SAMPLE / "funds.csv") if row["counted"] == "false"]
    assert row["name"] == "义乌招商母基金"
    assert (row["scale_yi"], row["subscribed_yi"], row["paid_in_yi"]) == ("", "", "")


def test_sixteen_equity_projects_add_up() -> None:
    projects = table(SAMPLE / "equity_projects.csv")
    assert len(projects) == 16
    assert total("equity_projects.csv", "paid_in_yi") == Decimal("10.54")


def test_a_real_firm_gets_no_figure_of_its_own() -> None:
    named = [row for row in table(SAMPLE / "equity_projects.csv") if not row["firm"].startswith("示例")]
    assert {row["firm"] for row in named} == {"瞻芯电子", "晶科能源", "旭高太阳能", "阿优文化创意"}
    assert {Decimal(row["paid_in_yi"]) * 16 for row in named} == {Decimal("10.54")}
    assert all("平均数" in row["note"] for row in named)


def test_the_firms_are_those_of_the_source_in_clusters_of_the_list() -> None:
    firms = table(SAMPLE / "firms.csv")
    by_way = {way: {row["name"] for row in firms if row["through"] == way} for way in ("fund", "equity")}
    assert by_way == {"fund": {"华灿光电", "木林森"}, "equity": {"瞻芯电子", "晶科能源", "旭高太阳能", "阿优文化创意"}}
    assert {row["cluster"] for row in firms} <= {row["code"] for row in table(RULES / "clusters.csv")}


@pytest.mark.parametrize(
    ("column", "expected"), [("output_yi", "37"), ("rent_wan", "12000"), ("tax_wan", "11500"), ("new_firms", "30")]
)
def test_park_targets_add_up(column: str, expected: str) -> None:
    assert total("park_targets.csv", column) == Decimal(expected)


def test_fifteen_operated_parks_have_at_least_the_floor_area_of_the_source() -> None:
    operated = [row for row in rows("parks") if row["state"] == "operating"]
    assert len(operated) == 15
    assert sum(row["floor_area_m2"] for row in operated) >= 1_200_000
    assert all(row["floor_area_qualifier"] == "at_least" for row in operated)
    assert {row["name"] for row in operated} == {row["park"] for row in table(SAMPLE / "park_targets.csv")}
    assert all(row["floor_area_m2"] is None for row in rows("parks") if row["state"] != "operating")


def test_projects_of_the_year_add_up_to_the_investment_target() -> None:
    assert total("projects.csv", "investment_yi") == Decimal(15)
    supporting = [row for row in table(SAMPLE / "projects.csv") if row["kind"] == "配套工程"]
    assert len(supporting) >= 10


def test_every_project_on_the_map_is_on_the_map() -> None:
    for row in table(SAMPLE / "projects.csv"):
        if row["layer"]:
            assert row["name"] in {feature["name"] for feature in rows(row["layer"])}


def test_power_adds_up_with_its_qualifier() -> None:
    assert total("power.csv", "invested_wan") == 550
    assert total("power.csv", "planned_wan") == 200
    assert {row["invested_qualifier"] for row in table(SAMPLE / "power.csv")} == {"at_least"}


def test_the_service_record_keeps_its_wording_and_its_qualifier() -> None:
    record = {row["item"]: row for row in table(SAMPLE / "service.csv")}
    for item, figure in (("走访服务企业", "150"), ("收集解决问题", "20"), ("辖区配套工程", "10")):
        assert (record[item]["figure"], record[item]["qualifier"]) == (figure, "at_least")
    problems = {row["item"] for row in record.values() if row["kind"] == "problem"}
    assert problems == {"场地供需不匹配", "用电容量不足", "停车难", "用水用电", "招工用工", "住宿保障"}


def test_every_row_is_marked_as_sample_and_says_what_has_a_source() -> None:
    for path in sorted(SAMPLE.glob("*.csv")):
        for row in table(path):
            assert row["is_sample"] == "true"
            assert row["note"], (path.name, row)
