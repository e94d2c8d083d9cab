"""The composed map is our own constants and nothing else, and comes out the same each time."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import shapely
from branca.element import Figure
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer

from layers import style, vocabulary
from layers.draw.desk import compiled, compose
from layers.draw.labels import label_sheet
from layers.draw.position import projection_for_browser
from layers.draw.rows import RowsRefused, decode_rows, encode_rows


def test_the_same_composition_has_the_same_hash() -> None:
    compiled.cache_clear()
    first = compiled()
    compiled.cache_clear()
    assert compiled() == first
    assert re.fullmatch(r"[0-9a-f]{20}", first.sha)


def test_the_page_that_folium_would_write_names_no_other_host() -> None:
    figure = compose().get_root()
    assert isinstance(figure, Figure)
    page = figure.render()
    assert "//" not in re.sub(r"<!--.*?-->", "", page)
    assert not re.search(r"<(script|link)[^>]+(src|href)=", page)


def test_the_script_needs_no_eval_and_holds_each_element_once() -> None:
    script = compiled().script
    assert "eval(" not in script
    assert "new Function" not in script
    for maker in ("legend", "searchBox", "toolBar", "selectionChip", "labels", "scaleBar", "northMark", "position"):
        assert script.count(f"chantu.{maker}(") == 1
    groups = re.findall(r'chantu\.canvasTiles\(\{"group": "(\w+)"', script)
    assert groups == ["ground", "parcels", "above", "selected"]


@given(st.sets(st.integers(0, 300_000), max_size=300))
def test_rows_come_back_as_they_went(rows: set[int]) -> None:
    text = encode_rows(np.array(sorted(rows), dtype=np.int64))
    assert decode_rows(text, count=300_001).tolist() == sorted(rows)


@pytest.mark.parametrize("text", ["gA==", "////////", "not base64", "AQ==AQ==", "BQ=="])
def test_what_is_no_set_of_rows_is_refused(text: str) -> None:
    with pytest.raises(RowsRefused):
        decode_rows(text, count=5)


def test_every_term_has_its_look() -> None:
    told = json.loads(json.dumps(style.browser_style()))
    assert len(told["stageFills"]) == len(told["stageLines"]) == len(vocabulary.STAGES)
    assert len(told["roads"]) == len(vocabulary.ROAD_STATES)
    assert len(told["constraints"]) == len(vocabulary.CONSTRAINT_KINDS)
    assert len(told["facilities"]) == len(vocabulary.FACILITY_KINDS)
    assert len({(symbol["form"], symbol["glyph"]) for symbol in told["facilities"]}) == len(told["facilities"])
    patterns = [(tuple(line["dash"]), line["width"]) for line in told["stageLines"]]
    assert len(set(patterns)) == len(patterns)


def test_the_stages_grow_darker_until_supply() -> None:
    lightness = [style._luminance(style.STAGE_FILLS[key]) for key in vocabulary.STAGES if key != "supplied"]
    assert all(later < earlier for earlier, later in pairwise(lightness))


@given(st.integers(0, 0xFFFFFF))
def test_text_on_any_fill_can_be_read(color: int) -> None:
    fill = f"#{color:06X}"
    light, ink = style._luminance(fill), style._luminance(style.ink_on(fill))
    assert (max(light, ink) + 0.05) / (min(light, ink) + 0.05) >= 3.9


@given(st.lists(st.floats(0.0001, 1e6), max_size=60))
def test_the_area_classes_part_at_rising_limits(areas_mu: list[float]) -> None:
    centi_m2 = np.round(np.array(areas_mu) / style.MU_PER_CENTI_M2).astype(np.int64)
    classes, breaks = style.area_classes(centi_m2)
    assert list(breaks) == sorted(set(breaks))
    for area, cls in zip(centi_m2 * style.MU_PER_CENTI_M2, classes, strict=True):
        assert cls == sum(area >= limit for limit in breaks)


def test_state_bytes_are_four_runs() -> None:
    cluster, stage = np.array([0, 255], np.uint8), np.array([3, 7], np.uint8)
    flags = style.flag_bytes(np.array([True, False]), np.array([True, True]))
    assert style.state_bytes(cluster, stage, flags, np.array([1, 4], np.uint8)) == bytes([0, 255, 3, 7, 3, 2, 1, 4])


def test_road_names_run_with_the_road_and_never_upside_down() -> None:
    lines = np.array(
        [
            shapely.linestrings([[500_000, 3_240_000], [500_100, 3_240_000]]),
            shapely.linestrings([[500_000, 3_240_000], [500_100, 3_240_100]]),
            shapely.linestrings([[500_100, 3_240_100], [500_000, 3_240_000]]),
        ],
        dtype=object,
    )
    frame = pd.DataFrame({
        "name": ["东路", "{{7*7}}", None],
        "state": ["built", "planned", "nonsense"],
        "road_class": ["local", None, "trunk"],
    })  # fmt: skip
    sheet = label_sheet("roads", lines, frame, 4549)
    assert sheet["classes"] == [0, 2, 255]
    assert sheet["grades"] == [4, 255, 1]
    labels = sheet["labels"]
    assert isinstance(labels, list)
    assert [(label[0], label[3], label[5]) for label in labels] == [(0, "东路", 0.0), (1, "{{7*7}}", -45.0)]
    lon, lat = Transformer.from_crs(4549, 4490, always_xy=True).transform(500_050, 3_240_050)
    assert labels[1][1:3] == pytest.approx([lon, lat], abs=1e-6)


def test_the_browser_is_told_the_projection_it_can_work_out() -> None:
    told = projection_for_browser(4549)
    assert told["tm"] == {
        "lat0": 0, "lon0": 120, "k0": 1, "x0": 500000, "y0": 0, "a": 6378137.0, "rf": pytest.approx(298.257222101),
    }  # fmt: skip
    # Massachusetts is a Lambert conic: degrees are shown there
    assert projection_for_browser(26986)["tm"] is None
