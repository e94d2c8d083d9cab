"""A remark on the desk: opened from its flag, answered and settled in the panel."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from planning import commenting
from planning.actors import Actor
from planning.atlas import Atlas
from ui import desk_remark

Run = Callable[[str], AppTest]
WANG = Actor("王工", "app")


def said(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html"))


@pytest.mark.parametrize("on_parcel", [True, False])
def test_it_is_read_answered_settled_and_closed(run: Run, atlas: Atlas, on_parcel: bool) -> None:  # noqa: FBT001 - a case
    key = int(atlas.parcels().ids[3])
    where = {"parcel_id": key} if on_parcel else {"place": (500_000.0, 3_240_000.0)}
    made = commenting.add(atlas.db, actor=WANG, scenario_id=2, body="<b>离学校太近</b>", **where)
    app = run("desk")
    assert "离学校太近" not in said(app)
    tab = app.session_state["tab"]
    desk_remark.opened(tab, made.id)
    assert tab.selection.tolist() == ([key] if on_parcel else [])
    app.run()
    assert "&lt;b&gt;离学校太近" in said(app)
    app.button(key="desk_remark_send").click().run()
    assert "请先写意见" in said(app)
    app.text_input(key=f"desk_remark_answer_{made.id}").set_value("已改")
    app.button(key="desk_remark_send").click().run()
    assert not app.text_input(key=f"desk_remark_answer_{made.id}").value
    app.button(key="desk_remark_settle").click().run()
    (thread,) = commenting.threads(atlas.db, 2)
    assert [one.body for one in thread.answers] == ["已改"]
    assert not thread.is_open
    app.button(key="desk_remark_close").click().run()
    assert not app.exception
    assert "离学校太近" not in said(app)


def test_what_is_not_there_opens_nothing(run: Run, atlas: Atlas) -> None:
    del atlas
    app = run("desk")
    tab = app.session_state["tab"]
    for pressed in (77, "1", None):
        desk_remark.opened(tab, pressed)
        assert tab.remark is None
