"""The check beside the map as a tab has it: walking, skipping, accepting, all of a kind, what others changed."""

from __future__ import annotations

import pytest
import shapely

from planning import checking, reshaping
from planning.actors import Actor
from planning.atlas import Atlas
from planning.checking import Checked
from ui import desk_check
from ui.desk_check import Walk
from ui.session import Tab

DRAFT = 2
OTHER = Actor("别人", "app")


@pytest.fixture
def faulty(atlas: Atlas) -> Atlas:
    """The sample with two parcels pushed 2 m into their neighbours' ground."""
    parcels = atlas.parcels()
    left, right = (
        parcels.adjacency.query("kind == 'edge' and length_m > 20")[side].to_numpy() for side in ("left", "right")
    )
    shapes = {}
    for row, other in ((left[0], right[0]), (left[-1], right[-1])):
        strip = shapely.intersection(shapely.buffer(parcels.geoms[row], 2.0, join_style="mitre"), parcels.geoms[other])
        shapes[int(parcels.ids[row])] = shapely.union(parcels.geoms[row], strip)
    reshaping.replace_geometries(atlas.db, actor=OTHER, scenario_id=DRAFT, shapes=shapes)
    return atlas


def state_of(atlas: Atlas) -> Checked:
    state = checking.checked(atlas, patience_s=None)
    assert state is not None
    return state


def test_skipping_goes_on_to_the_next_and_can_be_taken_back(faulty: Atlas) -> None:
    state, walk = state_of(faulty), Walk(open=True)
    first = walk.current(state)
    assert first is not None
    walk.skipped.add(first.identity)
    assert walk.current(state) != first
    assert len(walk.listed(state)) == len(state.findings) - 1


def test_the_last_one_stays_the_last_however_far_one_goes(faulty: Atlas) -> None:
    state, walk = state_of(faulty), Walk(open=True)
    walk.go(1_000)
    assert walk.current(state) == state.findings[-1]
    walk.go(-1_000)
    assert walk.current(state) == state.findings[0]


def test_accepting_changes_what_the_tab_shows(faulty: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    walk, tab = Walk(open=True), Tab(faulty.scenario(DRAFT))
    monkeypatch.setattr(desk_check, "walk", lambda: walk)
    state = state_of(faulty)
    overlap = state.of("overlap")[0]
    desk_check._accept(tab, walk.mends(state, overlap)[0])
    assert tab.outcome is not None
    assert tab.outcome.faults == ()
    assert tab.shown.parcels_revision == faulty.revision("parcels")
    assert overlap.identity not in {one.identity for one in state_of(faulty).findings}


def test_a_boundary_changed_by_another_is_told_and_nothing_is_lost(
    faulty: Atlas, monkeypatch: pytest.MonkeyPatch
) -> None:
    walk, tab = Walk(open=True), Tab(faulty.scenario(DRAFT))
    monkeypatch.setattr(desk_check, "walk", lambda: walk)
    state = state_of(faulty)
    mend = walk.mends(state, state.of("overlap")[0])[0]
    key = mend.changes[0].parcel_id
    theirs = shapely.affinity.translate(faulty.parcels().geoms[faulty.parcels().row_of([key])[0]], 0.5, 0.0)
    reshaping.replace_geometries(faulty.db, actor=OTHER, scenario_id=DRAFT, shapes={key: theirs})
    desk_check._accept(tab, mend)
    assert tab.outcome is not None
    assert [fault.code for fault in tab.outcome.faults] == ["check_stale"]
    assert faulty.parcels().geoms[faulty.parcels().row_of([key])[0]].equals(theirs)


def test_the_page_lists_faults_by_kind(faulty: Atlas, run) -> None:
    assert state_of(faulty).counts["overlap"] >= 2
    app = run("desk")
    next(button for button in app.button if button.key == "check_open").click().run()
    assert not app.exception
    assert {button.key for button in app.button} >= {"check_accept", "check_skip", "check_next", "check_all"}


def test_all_of_a_kind_are_accepted_in_one_step_after_being_asked(faulty: Atlas, run) -> None:
    count = state_of(faulty).counts["overlap"]
    revision = faulty.revision("parcels")
    app = run("desk")
    app.button(key="check_open").click().run()
    app.button(key="check_all").click().run()
    assert not app.exception
    said = " ".join(str(block.proto.body) for block in app.get("html"))
    assert f"重叠：改 {count} 处，0 处没有改法" in said
    assert faulty.revision("parcels") == revision
    app.button(key="check_all_confirm").click().run()
    assert not app.exception
    assert state_of(faulty).counts.get("overlap", 0) == 0
    app.button(key="check_undo").click().run()
    assert state_of(faulty).counts["overlap"] == count


def test_while_the_check_is_under_way_it_says_so_and_offers_nothing(
    atlas: Atlas, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(checking, "checked", lambda *_, **__: None)
        app = run("desk")
        app.button(key="check_open").click().run()
        said = " ".join(str(block.proto.body) for block in app.get("html"))
        assert f"正在检查 {len(atlas.parcels())} 宗地块" in said
        assert "check_accept" not in {one.key for one in app.button}
        assert "check_close" in {one.key for one in app.button}
    state_of(atlas)
    app.run()
    assert not app.exception
    assert "正在检查" not in " ".join(str(block.proto.body) for block in app.get("html"))


def test_a_fault_without_a_mend_leads_to_editing_its_parcels(faulty: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    tab = Tab(faulty.scenario(DRAFT))
    finding = state_of(faulty).findings[0]
    desk_check._edit(tab, finding)
    assert tab.selection.tolist() == sorted(finding.parcel_ids)
    assert tab.editing.open
    held = Walk(open=True)
    monkeypatch.setattr(desk_check, "walk", lambda: held)
    desk_check._toggle(tab)
    assert (held.open, tab.editing.open) == (True, False)
