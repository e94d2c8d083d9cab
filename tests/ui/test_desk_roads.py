"""The panel of roads: the map at a time, a date that is tried and writes nothing, a date that is written and undone."""

from __future__ import annotations

import base64
from collections.abc import Callable
from datetime import date

import numpy as np
from streamlit.testing.v1 import AppTest

from layers.readiness import STATES
from planning.atlas import Atlas
from planning.readiness import NEVER, moved, projects, readiness
from ui import desk_roads

Run = Callable[[str], AppTest]


def said(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html"))


def opened(run: Run) -> AppTest:
    app = run("desk")
    app.session_state["panel_front_zh"] = "道路"
    app.run()
    assert not app.exception
    return app


def busiest(atlas: Atlas) -> tuple[int, int]:
    """The row and the id of the project that most parcels hang on."""
    found = readiness(atlas)
    row = max(projects(found.roads).tolist(), key=lambda one: len(found.dependants(one)))
    return row, int(found.roads.ids[row])


def test_the_slider_moves_what_the_map_shows(run: Run, atlas: Atlas) -> None:
    app = opened(run)
    found = readiness(atlas)
    slider = app.select_slider(key="roads_at")
    ends = found.quarters(date.today())  # noqa: DTZ011  # as the page reckons
    assert len(slider.options) == len(ends)
    slider.set_value(ends[2]).run()
    assert not app.exception
    states = found.at(ends[2])
    for at, state in enumerate(STATES):
        if (states == at).any():
            assert desk_roads.STATE_NAMES[state] in said(app)
    shown = app.session_state["roads_shown"]
    assert shown.day == ends[2]
    assert np.array_equal(shown.found.at(shown.day), states)


def test_a_date_that_is_tried_is_shown_and_not_written(run: Run, atlas: Atlas) -> None:
    row, road = busiest(atlas)
    app = opened(run)
    app.selectbox(key="roads_road").set_value(road).run()
    assert not app.exception
    words = atlas.layer("roads").frame["opening"].iloc[row]
    day = date(2027, 6, 30)
    app.date_input(key=f"roads_try_{road}_{words}").set_value(day).run()
    assert not app.exception
    told = moved(readiness(atlas), readiness(atlas, openings={road: day}), day)
    assert told
    assert f"改期会改变 {len(told)} 宗" in said(app)
    assert told[0].code in said(app)
    assert readiness(atlas).opens[row] == NEVER


def test_a_date_that_is_set_is_written_and_undone(run: Run, atlas: Atlas) -> None:
    row, road = busiest(atlas)
    app = opened(run)
    app.selectbox(key="roads_road").set_value(road).run()
    words = atlas.layer("roads").frame["opening"].iloc[row]
    app.date_input(key=f"roads_try_{road}_{words}").set_value(date(2027, 6, 30)).run()
    app.button(key="roads_write").click().run()
    assert not app.exception
    assert readiness(atlas).opens[row] == date(2027, 6, 30).toordinal()
    assert "通车时间改为 2027-06-30" in said(app)
    app.button(key="undo").click().run()
    assert readiness(atlas).opens[row] == NEVER
    assert "已撤销。" in said(app)


def test_those_who_hang_on_a_road_are_selected_by_one_click(run: Run, atlas: Atlas) -> None:
    row, road = busiest(atlas)
    app = opened(run)
    app.selectbox(key="roads_road").set_value(road).run()
    app.button(key="roads_select").click().run()
    assert not app.exception
    found = readiness(atlas)
    assert app.session_state["tab"].selection.tolist() == found.parcels.ids[found.dependants(row)].tolist()
    assert app.session_state["panel_front_zh"] == "道路"


def test_the_map_is_told_a_byte_for_each_parcel(run: Run, atlas: Atlas) -> None:
    app = opened(run)
    shown = app.session_state["roads_shown"]
    packed = base64.b64encode(shown.found.at(shown.day).tobytes()).decode()
    assert len(base64.b64decode(packed)) == len(atlas.parcels())


def test_the_panel_speaks_english(run: Run) -> None:
    app = run("desk")
    app.query_params["lang"] = "en"
    app.session_state["panel_front_en"] = "Roads"
    app.run()
    assert not app.exception
    assert "Ready" in said(app)
