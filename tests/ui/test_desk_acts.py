"""What buttons and keys do to a tab: done, refused, in conflict, taken back; and nothing is lost on the way."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from planning import assigning, ledger, rule_book
from planning.actors import Actor
from planning.atlas import Atlas
from ui import desk, desk_acts, desk_draft, desk_gate_acts
from ui.desk_map import Act
from ui.session import BASE_SCENARIO, Tab

DRAFT = 2
OTHER = Actor("别人", "app")


@pytest.fixture
def tab(atlas: Atlas) -> Tab:
    held = Tab(atlas.scenario(DRAFT))
    held.select(held.shown.ids[held.shown.cluster == 255][:3])
    return held


def clusters_of(tab: Tab) -> list[str | None]:
    return [tab.shown.code_at(int(np.flatnonzero(tab.shown.ids == one)[0])) for one in tab.selection]


def waiting(tab: Tab) -> int:
    return 0 if tab.pending is None else len(tab.pending.clashes)


def painted_by_other(atlas: Atlas, ids: list[int], cluster: str) -> None:
    assigning.assign(atlas.db, actor=OTHER, scenario_id=DRAFT, parcel_ids=ids, cluster=cluster, reason=None, seen=None)


def test_painting_moves_area_from_unassigned_to_the_cluster(tab: Tab, atlas: Atlas) -> None:
    def area(code: str | None) -> Decimal:
        return next(one.area_m2 for one in ledger.cluster_totals(atlas.parcels(), tab.shown) if one.cluster == code)

    rows = atlas.parcels().row_of(tab.selection)
    moved = Decimal(int(atlas.parcels().centi_m2[rows].sum())).scaleb(-2)
    free, health = area(None), area("health")
    desk_acts.paint(tab, "health", "靠近医院")
    assert area("health") == health + moved
    assert area(None) == free - moved
    desk_acts.undo(tab)
    assert (area(None), area("health")) == (free, health)
    desk_acts.redo(tab)
    assert clusters_of(tab) == ["health"] * 3


def test_a_paint_does_not_read_the_scenario_anew(tab: Tab, atlas: Atlas) -> None:
    desk_acts.paint(tab, "health", "")
    assert np.array_equal(tab.shown.cluster, atlas.scenario(DRAFT).cluster)
    assert np.array_equal(tab.shown.version, atlas.scenario(DRAFT).version)


def test_nothing_selected_is_told_and_nothing_written(tab: Tab, atlas: Atlas) -> None:
    before = atlas.revision(f"assignments:{DRAFT}")
    desk_acts.unselect(tab)
    desk_acts.paint(tab, "health", "")
    assert tab.outcome is not None
    assert [fault.code for fault in tab.outcome.faults] == ["nothing_selected"]
    assert atlas.revision(f"assignments:{DRAFT}") == before


def test_the_base_refuses_to_be_painted_whatever_the_page_shows(atlas: Atlas) -> None:
    tab = Tab(atlas.scenario(BASE_SCENARIO))
    tab.select(tab.shown.ids[:1])
    desk_acts.paint(tab, "health", "")
    assert tab.outcome is not None
    assert [fault.code for fault in tab.outcome.faults] == ["read_only_scenario"]


def test_a_conflict_keeps_the_whole_wish_until_it_is_settled(tab: Tab, atlas: Atlas) -> None:
    first, second, third = (int(one) for one in tab.selection)
    painted_by_other(atlas, [first, second], "digital")
    desk_acts.paint(tab, "health", "")
    assert tab.asking
    assert tab.pending is not None
    assert {clash.parcel_id for clash in tab.pending.clashes} == {first, second}
    assert {(clash.old, clash.mine, clash.theirs, clash.by) for clash in tab.pending.clashes} == {
        (None, "health", "digital", "别人")
    }
    desk_acts.set_aside(tab)
    assert tab.pending is not None
    desk_acts.take_up(tab)
    desk_acts.settle(tab, mine=[first])
    assert waiting(tab) == 0
    assert clusters_of(tab) == ["health", "digital", "health"]
    assert np.array_equal(tab.shown.cluster, atlas.scenario(DRAFT).cluster)
    assert third in tab.selection


def test_theirs_for_all_writes_nothing_and_shows_theirs(tab: Tab, atlas: Atlas) -> None:
    tab.select(tab.selection[:1])
    painted_by_other(atlas, [int(tab.selection[0])], "digital")
    desk_acts.paint(tab, "health", "")
    revision = atlas.revision(f"assignments:{DRAFT}")
    desk_acts.settle(tab, mine=[])
    assert clusters_of(tab) == ["digital"]
    assert atlas.revision(f"assignments:{DRAFT}") == revision


def test_a_conflict_that_changes_again_is_asked_again(tab: Tab, atlas: Atlas) -> None:
    tab.select(tab.selection[:1])
    one = int(tab.selection[0])
    painted_by_other(atlas, [one], "digital")
    desk_acts.paint(tab, "health", "")
    painted_by_other(atlas, [one], "chips")
    desk_acts.settle(tab, mine=[one])
    assert tab.pending is not None
    assert [clash.theirs for clash in tab.pending.clashes] == ["chips"]
    desk_acts.settle(tab, mine=[one])
    assert clusters_of(tab) == ["health"]


def test_letting_a_wish_go_leaves_everything_as_the_others_made_it(tab: Tab, atlas: Atlas) -> None:
    painted_by_other(atlas, [int(tab.selection[0])], "digital")
    desk_acts.paint(tab, "health", "")
    desk_acts.let_go(tab)
    assert tab.pending is None
    assert (atlas.scenario(DRAFT).cluster[np.isin(tab.shown.ids, tab.selection[1:])] == 255).all()


def test_what_others_painted_shows_only_when_it_is_loaded(tab: Tab, atlas: Atlas) -> None:
    painted_by_other(atlas, [int(tab.selection[0])], "digital")
    assert clusters_of(tab)[0] is None
    desk_acts.load(tab, atlas)
    assert clusters_of(tab)[0] == "digital"


def test_next_unassigned_goes_round_and_ends_when_none_is_left(tab: Tab, atlas: Atlas) -> None:
    # some unassigned parcels of the sample lie on red lines: here the rules only tell of it
    told = [replace(one, level="notice") for one in rule_book.book(atlas.db).rules]
    rule_book.edit(atlas.db, actor=OTHER, rules=told, why="试行")
    desk_acts.unselect(tab)
    seen = []
    for _ in range(4):
        desk_acts.next_unassigned(tab)
        seen.append(int(tab.selection[0]))
    assert len(set(seen)) == 4
    assert tab.command.fly
    tab.select(tab.shown.ids[tab.shown.cluster == 255])
    desk_acts.paint(tab, "health", "")
    desk_acts.next_unassigned(tab)
    assert tab.outcome is not None
    assert [fault.code for fault in tab.outcome.faults] == ["all_assigned"]


def test_new_copied_and_renamed_scenarios_come_on_screen(tab: Tab, atlas: Atlas) -> None:
    desk_acts.paint(tab, "health", "")
    desk_acts.duplicate_scenario(tab, name="副本")
    assert tab.shown.scenario.name == "副本"
    assert clusters_of(tab) == ["health"] * 3
    desk_acts.rename_scenario(tab, name="推荐方案")
    assert tab.shown.scenario.name == "推荐方案"
    desk_acts.new_scenario(tab)
    assert clusters_of(tab) == [None] * 3
    desk_acts.rename_scenario(tab, name="推荐方案")
    assert tab.outcome is not None
    assert [fault.code for fault in tab.outcome.faults] == ["name_taken"]
    assert len(atlas.scenarios()) == 4


@pytest.mark.parametrize("value", [99, -1, "health", None, 1.5])
def test_a_key_that_picks_no_cluster_picks_none(tab: Tab, value: object) -> None:
    desk.obey(tab, Act("pick", value))  # type: ignore[arg-type]
    assert tab.cluster is None


def test_keys_of_the_map_do_what_the_buttons_do(tab: Tab) -> None:
    desk.obey(tab, Act("pick", 2))
    assert tab.cluster == "health"
    desk.obey(tab, Act("paint"))
    assert clusters_of(tab) == ["health"] * 3
    desk.obey(tab, Act("undo"))
    assert clusters_of(tab) == [None] * 3
    desk.obey(tab, Act("theme", "stage"))
    assert tab.theme == "stage"
    desk.obey(tab, Act("theme", "<script>"))
    assert tab.theme == "stage"


def test_a_locked_cluster_keeps_what_it_has_until_it_is_unlocked_or_that_is_undone(tab: Tab) -> None:
    desk_acts.paint(tab, "health", "")
    desk_acts.lock_cluster(tab, "health", active=True)
    assert tab.shown.locked_clusters == {"health"}
    desk_acts.paint(tab, "chips", "")
    assert clusters_of(tab) == ["health"] * 3
    desk_acts.undo(tab)
    assert tab.shown.locked_clusters == set()
    desk_acts.paint(tab, "chips", "")
    assert clusters_of(tab) == ["chips"] * 3
    desk_acts.lock_cluster(tab, "chips", active=True)
    desk_acts.lock_cluster(tab, "chips", active=False)
    assert tab.shown.locked_clusters == set()


def on(tab: Tab, atlas: Atlas, *codes: str) -> Tab:
    tab.select(atlas.parcels().ids_of([f"示例DK-{code}" for code in codes]))
    tab.cluster = "digital"
    return tab


def faults(tab: Tab) -> list[str]:
    assert tab.outcome is not None
    return [fault.code for fault in tab.outcome.faults]


@pytest.mark.parametrize(
    ("codes", "code"),
    [(("028", "005"), "gate_forbidden"), (("017", "005"), "gate_wants_reason"), (("028", "017"), "gate_shut")],
)
def test_a_stroke_that_meets_the_gate_paints_nothing_and_says_so(
    tab: Tab, atlas: Atlas, codes: tuple[str, ...], code: str
) -> None:
    desk_acts.paint(on(tab, atlas, *codes), "digital", "")
    assert faults(tab) == [code]
    assert "digital" not in clusters_of(tab)
    assert tab.tried == 1


def test_the_clean_part_is_painted_and_the_rest_stays_selected(tab: Tab, atlas: Atlas) -> None:
    desk_gate_acts.paint_clean(on(tab, atlas, "005", "006", "017", "028"))
    left = atlas.parcels().ids_of(["示例DK-017", "示例DK-028"])
    assert tab.selection.tolist() == sorted(left.tolist())
    assert atlas.scenario(DRAFT).own.sum() == 2


def test_a_reason_written_with_the_brush_lets_a_stroke_through(tab: Tab, atlas: Atlas) -> None:
    desk_acts.paint(on(tab, atlas, "017", "005"), "digital", "原受让人同意转产")
    assert clusters_of(tab) == ["digital"] * 2


def test_a_cut_is_planned_shown_and_leaves_what_can_be_painted_selected(tab: Tab, atlas: Atlas) -> None:
    desk_gate_acts.cut(on(tab, atlas, "028"))
    assert len(desk_draft.preview_of(tab)) == 2
    desk_draft.confirm(tab)
    assert len(tab.selection) == 1
    desk_acts.paint(tab, "digital", "")
    assert clusters_of(tab) == ["digital"]
