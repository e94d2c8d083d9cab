"""The ledger panel: what it lists, what the brush would make of it, quotas saved and taken back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import numpy as np
from streamlit.testing.v1 import AppTest

from layers import figures
from planning.atlas import Atlas
from planning.ledger import Scope, ledger, would_be
from planning.quotas import quotas
from ui.session import Tab

Run = Callable[[str], AppTest]


def said(app: AppTest) -> str:
    return " ".join(str(block.proto.body) for block in app.get("html"))


def opened(run: Run) -> AppTest:
    app = run("desk")
    app.session_state["panel_front_zh"] = "账本"
    app.run()
    assert not app.exception
    return app


def test_every_cluster_has_its_line(run: Run, atlas: Atlas) -> None:
    told = ledger(atlas, atlas.scenario(2))
    page = said(opened(run))
    for line in told.lines:
        assert figures.mu_total(line.area_m2) in page
        if line.parcels:
            assert figures.mu_total(line.largest_block_m2) in page


def test_a_town_is_counted_alone_and_without_quotas(run: Run, atlas: Atlas) -> None:
    app = opened(run)
    app.selectbox(key="ledger_town").set_value("苏溪镇").run()
    assert not app.exception
    assert figures.mu_total(ledger(atlas, atlas.scenario(2), scope=Scope(town="苏溪镇")).total.area_m2) in said(app)
    assert "ledger live" not in said(app)


def test_the_brush_says_what_it_would_make_of_the_sums(run: Run, atlas: Atlas) -> None:
    app = opened(run)
    state = atlas.scenario(2)
    ids = state.ids[np.flatnonzero(~state.locked & (state.cluster == 255))[:3]]
    tab: Tab = app.session_state["tab"]
    tab.select(ids)
    tab.cluster = "digital"
    app.run()
    assert not app.exception
    after = ledger(atlas, state, cluster=would_be(state, ids, "digital")).of("digital")
    assert f"→ {figures.mu_total(after.area_m2)} 亩" in said(app)
    assert app.session_state["panel_front_zh"] == "账本"


def test_quotas_are_saved_said_when_exceeded_and_undone(run: Run, atlas: Atlas) -> None:
    app = opened(run)
    app.number_input(key="quota_digital_None").set_value(12.5)
    next(one for one in app.button if one.label == "保存配额").click().run()
    assert not app.exception
    assert quotas(atlas.db, 2)["digital"].mu == Decimal("12.5")
    assert "改动 1 个集群的配额" in said(app)
    over = -(ledger(atlas, atlas.scenario(2)).of("digital").remaining_mu or Decimal(0))
    assert f"超配额 {figures.fixed(over, 0)} 亩" in said(app)
    app.button(key="undo").click().run()
    assert quotas(atlas.db, 2) == {}
    assert "已撤销。" in said(app)


def test_all_columns_are_one_click_away(run: Run, atlas: Atlas) -> None:
    app = opened(run)
    app.button(key="ledger_all").click().run()
    assert not app.exception
    assert figures.square_metres(ledger(atlas, atlas.scenario(2)).total.ellipsoid_m2) in said(app)


def test_the_panel_speaks_english(run: Run) -> None:
    app = run("desk")
    app.query_params["lang"] = "en"
    app.session_state["panel_front_en"] = "Totals"
    app.run()
    assert not app.exception
    assert "All columns" in [str(one.label) for one in app.button]
