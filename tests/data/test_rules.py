"""The rule tables: colours that eyes of every kind can tell apart, closed lists that fit, a basis for every rule."""

from __future__ import annotations

import re

import numpy as np
import pytest

from layers.clusters import parse_clusters
from layers.vocabulary import CONSTRAINT_KINDS, FACILITY_KINDS, LANDSCAPE_KINDS, ROAD_CLASSES
from tests.data.color_science import cam02_ucs, contrast, linear_rgb, smallest_difference
from tests.data.sample_files import RULES, table

INK, BLACK, WHITE, PAPER = "#1B2430", "#000000", "#FFFFFF", "#F8F7F3"
CLUSTERS = table(RULES / "clusters.csv")
CODES = {row["code"] for row in CLUSTERS}


def test_the_ruler_itself_agrees_with_another_library() -> None:
    # the eight colours of the first palette, measured with colorspacious 1.1
    palette = ["#EAD056", "#9A5B3B", "#80D6CE", "#91ACDD", "#5A5380", "#F48E99", "#8D9F3E", "#9C69C1"]
    measured = [smallest_difference(palette, sight) for sight in ("normal", "deutan", "protan", "tritan")]
    assert measured == pytest.approx([20.2, 16.1, 16.1, 12.0], abs=0.06)


@pytest.mark.parametrize(("sight", "least"), [("normal", 20.0), ("deutan", 15.5), ("protan", 15.5), ("tritan", 11.5)])
def test_any_two_cluster_colours_can_be_told_apart(sight: str, least: float) -> None:
    assert smallest_difference([row["color"] for row in CLUSTERS], sight) >= least


def test_the_ruler_finds_a_palette_that_fails() -> None:
    assert smallest_difference(["#9A5B3B", "#8D9F3E"], "deutan") < smallest_difference(["#9A5B3B", "#80D6CE"], "deutan")
    assert smallest_difference(["#D7191C", "#1A9641"], "normal") > 2 * smallest_difference(
        ["#B8863B", "#8D9F3E"], "deutan"
    )


def test_a_glyph_can_be_read_on_every_fill_and_every_parcel_has_an_edge() -> None:
    for row in CLUSTERS:
        assert max(contrast(row["color"], BLACK), contrast(row["color"], WHITE)) >= 4.5, row["code"]
    assert contrast(INK, PAPER) >= 3.0


def test_glyphs_and_codes_and_names_are_unique() -> None:
    for column in ("code", "name_zh", "name_en", "glyph", "color"):
        assert len({row[column] for row in CLUSTERS}) == len(CLUSTERS)


def test_the_list_is_accepted_by_the_product_and_holds_the_sectors_of_the_source() -> None:
    clusters = parse_clusters((RULES / "clusters.csv").read_text(encoding="utf-8"))
    assert {"光电光伏", "高端装备制造", "大健康"} <= {cluster.name_zh for cluster in clusters}
    (optoelectronics,) = [cluster for cluster in clusters if cluster.code == "optoelectronics"]
    # LED lighting is within 光电光伏
    assert {"3825", "3975"} <= set(optoelectronics.gbt4754.split(";"))
    assert all(re.fullmatch(r"\d{2,4}(;\d{2,4})*", cluster.gbt4754) for cluster in clusters)


def test_default_land_classes_are_of_the_land_codes() -> None:
    codes = {row["code"] for row in table(RULES / "land_codes.csv")}
    assert {row["land_use"] for row in CLUSTERS} <= codes


def test_conflict_rules_name_things_that_exist() -> None:
    objects = {
        "facilities": set(FACILITY_KINDS), "constraints": set(CONSTRAINT_KINDS), "clusters": CODES,
        "roads": set(ROAD_CLASSES), "landscape": set(LANDSCAPE_KINDS),
    }  # fmt: skip
    levels = {"forbidden": "禁止", "justify": "需论证", "notice": "提示"}
    for row in table(RULES / "conflicts.csv"):
        assert row["subject"] in CODES | {"*"}
        assert row["object"] in objects[row["object_layer"]]
        assert levels[row["level"]] == row["level_zh"]
        assert 0 <= float(row["distance_m"]) <= 1000


def test_red_lines_forbid_every_industry_and_plating_keeps_away_from_schools() -> None:
    rules = {
        (row["subject"], row["object"], row["level"]): float(row["distance_m"])
        for row in table(RULES / "conflicts.csv")
    }
    assert rules["*", "farmland", "forbidden"] == 0
    assert rules["*", "ecology", "forbidden"] == 0
    assert rules["surface", "school", "forbidden"] == 100
    assert rules["surface", "health", "forbidden"] == 100


@pytest.mark.parametrize(
    "file", ["conflicts.csv", "setbacks.csv", "land_rules.csv", "land_codes.csv", "land_colors.csv", "clusters.csv"]
)
def test_every_rule_has_a_basis_and_may_be_edited(file: str) -> None:
    rows = table(RULES / file)
    basis = "basis" if "basis" in rows[0] else "source"
    assert all(row[basis] and row["editable"] == "true" for row in rows)
    first = next(iter(rows[0]))
    if file != "land_colors.csv":
        assert len({row[first] for row in rows}) == len(rows)


def test_land_codes_form_a_tree_with_their_older_letters() -> None:
    rows = {row["code"]: row for row in table(RULES / "land_codes.csv")}
    for code, row in rows.items():
        assert row["parent"] == "" or row["parent"] in rows
        if row["scheme"] == "2023" and row["parent"]:
            assert code[:-2] == row["parent"]
    pairs = {
        "100101": "M1",
        "100102": "M2",
        "100103": "M3",
        "110101": "W1",
        "070102": "R2",
        "080403": "A33",
        "1207": "S1",
        "1402": "G2",
    }
    assert {code: rows[code]["gb50137"] for code in pairs} == pairs


def test_land_colours_are_the_statutory_ones_and_of_known_codes() -> None:
    codes = {row["code"] for row in table(RULES / "land_codes.csv")}
    rows = table(RULES / "land_colors.csv")
    assert {row["code"] for row in rows} <= codes
    colors = {(row["palette"], row["code"]): row["color"] for row in rows}
    assert len(colors) == len(rows)
    assert colors["national2023", "1001"] == "#BB9674"  # 187, 150, 116
    assert colors["zhejiang", "100103"] == "#4C3926"  # 76, 57, 38
    assert colors["gb50137", "100102"] == "#B88A5C"  # 184, 138, 92


def test_no_two_land_colours_of_neighbouring_classes_are_the_same() -> None:
    by_palette: dict[str, list[str]] = {}
    for row in table(RULES / "land_colors.csv"):
        by_palette.setdefault(row["palette"], []).append(row["color"])
    for palette in ("zhejiang", "gb50137"):
        places = cam02_ucs(linear_rgb(by_palette[palette]))
        apart = np.linalg.norm(places[:, None] - places[None], axis=2)[np.triu_indices(len(places), 1)]
        assert apart.min() > 1.0, palette
