"""One truth: key figures, bars and tables are sums of the same parcels, and agree with the database's own sums."""

from __future__ import annotations

from decimal import Decimal

import geopandas as gpd
import numpy as np
import pytest

from briefing import numbers, tally
from briefing.rendering import Order, composed
from briefing.slide import Bars, Table
from briefing.templates.catalogue import TEMPLATES
from tests.conftest import SAMPLE


def number(text: str) -> Decimal:
    return Decimal(0) if text == "—" else Decimal(text.replace(",", ""))


@pytest.mark.parametrize("parts", [tally.by_cluster, tally.by_stage, tally.by_park])
def test_parts_add_up_to_the_whole_exactly(snapshot, parts) -> None:
    available = tally.available(snapshot)
    whole = tally.summed(snapshot, available)
    found = parts(snapshot, available)
    assert sum(one.centi_m2 for one in found) == whole.centi_m2
    assert sum(one.parcels for one in found) == whole.parcels


def test_the_sum_is_that_of_the_file_read_by_another_library(snapshot) -> None:
    file = gpd.read_file(SAMPLE / "parcels.geojson")
    area = file[file["stage"] != "supplied"].area.sum()
    assert tally.summed(snapshot, tally.available(snapshot)).centi_m2 / 100 == pytest.approx(area, abs=2.0)


@pytest.mark.parametrize("template", ["overview", "clusters", "progress"])
def test_bars_add_up_to_their_total_and_the_total_is_the_key_figure(snapshot, template) -> None:
    slide = composed(snapshot, Order(template))
    bars = next(piece for piece in slide.pieces if isinstance(piece, Bars))
    total = number(bars.total[1])
    # each is rounded by itself: half of the last place a row at most
    assert abs(sum(number(row.value) for row in bars.rows) - total) <= Decimal(len(bars.rows)) / 2
    assert sum(number(row.count) for row in bars.rows) == number(bars.total[2])
    everything = template == "progress"
    mask = np.ones(len(snapshot.stage), bool) if everything else tally.available(snapshot)
    assert bars.total[1] == numbers.mu(tally.summed(snapshot, mask).centi_m2)


def test_conflicts_are_the_overlaps_that_another_computation_finds(snapshot) -> None:
    parcels = gpd.read_file(SAMPLE / "parcels.geojson").set_crs(4549, allow_override=True)
    zones = gpd.read_file(SAMPLE / "constraints.geojson").set_crs(4549, allow_override=True)
    barring = zones[zones["kind"].isin(["farmland", "ecology", "river"])].dissolve()[["geometry"]]
    shared = gpd.overlay(parcels[parcels["stage"] != "supplied"], barring, how="intersection", keep_geom_type=True)
    areas = shared.groupby("code").geometry.apply(lambda one: one.area.sum())
    areas = areas[areas >= 1.0]
    worst = tally.in_conflict(snapshot, tally.available(snapshot))
    codes = snapshot.parcels.columns["code"]
    assert {codes[one.row]: one.centi_m2 / 100 for one in worst} == pytest.approx(areas.to_dict(), abs=0.02)
    assert [one.centi_m2 for one in worst] == sorted((one.centi_m2 for one in worst), reverse=True)


def test_the_list_of_conflicts_adds_up_to_the_key_figures(snapshot) -> None:
    slide = composed(snapshot, Order("conflicts"))
    table = next(piece for piece in slide.pieces if isinstance(piece, Table))
    assert table.rest == 0
    assert len(table.rows) == int(slide.kpis[0].figure.text)
    assert sum(number(row[3]) for row in table.rows) == pytest.approx(number(table.total[3]), abs=Decimal("0.8"))
    assert round(number(table.total[3])) == number(slide.kpis[1].figure.text)


def test_a_comparison_moves_land_and_makes_none(pair) -> None:
    before, after = pair
    slide = composed(after, Order("comparison"), before)
    table = next(piece for piece in slide.pieces if isinstance(piece, Table))
    assert table.total[1] == table.total[2]
    assert table.total[3] == "—"
    moved = [row for row in table.rows if row[3] != "—"]
    assert {row[0] for row in moved} == {"高端装备制造", "芯片半导体", "未定集群"}
    assert int(slide.kpis[0].figure.text) == int((before.cluster != after.cluster).sum())


@pytest.mark.parametrize("template", TEMPLATES)
def test_every_title_says_a_number_and_fits_a_line(pair, template) -> None:
    before, after = pair
    slide = composed(after, Order(template), before if TEMPLATES[template].takes_other else None)
    assert any(letter.isdecimal() for letter in slide.title)
    assert len(slide.title) <= 40
    assert len(slide.kpis) <= 3


def test_an_empty_database_has_its_slides_too(pair) -> None:
    from dataclasses import replace  # noqa: PLC0415

    from briefing.snapshot import Conflicts, Shapes  # noqa: PLC0415

    before, _ = pair
    none = np.zeros(0, dtype=object)
    empty = replace(
        before, stage=before.stage[:0], cluster=before.cluster[:0], centi_m2=before.centi_m2[:0],
        parcels=Shapes(none, dict.fromkeys(before.parcels.columns, ())),
        conflicts=Conflicts(np.zeros(0, np.int64), np.zeros(0, np.int64), (), none, np.zeros(0, np.int64)),
        layers={name: Shapes(none, dict.fromkeys(one.columns, ())) for name, one in before.layers.items()},
    )  # fmt: skip
    from briefing import rendering  # noqa: PLC0415

    for template in TEMPLATES:
        made = rendering.png(empty, Order(template, "1920x1080"), empty if TEMPLATES[template].takes_other else None)
        assert made.body.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 5, "0%"),
        (1, 1000, "<1%"),
        (999, 1000, ">99%"),
        (1, 2, "50%"),
        (5, 5, "100%"),
        (0, 0, "0%"),
        (645, 1000, "65%"),
    ],
)
def test_a_share_never_says_all_or_nothing_of_some(part, whole, said) -> None:
    assert numbers.percent(part, whole) == said
