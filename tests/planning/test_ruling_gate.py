"""The gate of the server: no way of painting goes round it, a signature holds for what was signed and no more."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import geopandas as gpd
import pytest
import shapely

from planning import assigning, guarding, history, merging, people, rule_book, ruling, ruling_gate, scenarios
from planning import reshaping as shapes
from planning.actors import Actor
from planning.errors import Refused, RuleRefused
from planning.people import Signature
from planning.ruling_gate import Signed
from tests.people_here import director, enter
from tests.planning.board import DRAFT, LI, add

WORD = "签字用的口令一二三"
EAST, SOUTH = 500_000.0, 3_240_000.0


@pytest.fixture
def red_line(db):
    """Farmland over 30 m of parcel 4, a person who may sign."""
    box = shapely.box(EAST + 370.0, SOUTH - 10.0, EAST + 400.0, SOUTH + 110.0)
    add(db, gpd.GeoDataFrame({"code": ["Y1"], "kind": ["farmland"]}, geometry=[box], crs=4549), "constraints")
    enter(db, {"赵审": ["reviewer"], "钱工": ["planner"], "李工": ["planner"]}, WORD)
    return db


def paint(db, ids, cluster="digital", **more):
    return assigning.assign(db, actor=LI, scenario_id=DRAFT, parcel_ids=ids, cluster=cluster, **more)


def signed(db, atlas, ids=(4,), cluster="digital", reason="占补平衡已批复"):
    found = ruling.judge(atlas, atlas.scenario(DRAFT), list(ids), cluster)
    signature = people.sign(db, name="赵审", passphrase=WORD)
    return Signed(signature, reason, frozenset(row.key for row in found.rows_at("forbidden")))


def cluster_of(atlas, parcel_id, scenario_id=DRAFT):
    state = atlas.scenario(scenario_id)
    return state.code_at(state.ids.tolist().index(parcel_id))


def holds(atlas, parcel_id=4, scenario_id=DRAFT):
    return [one.holds for one in ruling_gate.overrides_of(atlas, atlas.scenario(scenario_id), parcel_id)]


def test_nothing_of_a_stroke_with_forbidden_parcels_is_painted(red_line, atlas):
    with pytest.raises(RuleRefused) as refused:
        paint(red_line, [4, 5, 6])
    assert [(row.parcel_id, row.level, row.rule.code) for row in refused.value.rows] == [(4, "forbidden", "CT-038")]
    (fault,) = refused.value.faults
    assert (fault.code, fault.where, fault.values["area_m2"]) == ("rule_forbids", "P03", 3_000.0)
    assert [cluster_of(atlas, key) for key in (4, 5, 6)] == [None] * 3
    assert paint(red_line, [5, 6]).command_id is not None


def test_what_wants_a_reason_is_painted_with_one_and_keeps_it(db, atlas):
    with pytest.raises(RuleRefused) as refused:
        paint(db, [2], "equipment")  # beside chips
    assert {fault.code for fault in refused.value.faults} == {"rule_wants_reason"}
    paint(db, [2], "equipment", reason="冲压已移出")
    assert ruling_gate.reason_of(atlas, atlas.scenario(DRAFT), 2) == "冲压已移出"
    with db.read() as conn:
        (detail,) = conn.exec_driver_sql("SELECT detail FROM audit WHERE verb = 'assign'").scalars()
    assert '"justified":[[2,"CT-030",1]]' in detail


def test_a_notice_stops_nobody(db):
    assert paint(db, [4], "knitwear").command_id is not None  # beside health: told, no more


def test_a_signed_override_is_stored_audited_and_shown(red_line, atlas):
    paint(red_line, [4], signed=signed(red_line, atlas))
    assert cluster_of(atlas, 4) == "digital"
    (one,) = ruling_gate.overrides_of(atlas, atlas.scenario(DRAFT), 4)
    held = one.override
    assert one.holds
    assert (held.rule, held.rule_version, held.cluster, held.area_m2) == ("CT-038", 1, "digital", 3_000.0)
    assert (one.asked_by, held.signed_by, held.reason) == (LI.name, "赵审", "占补平衡已批复")
    assert guarding.verify(red_line).ok


def test_a_signature_is_of_what_was_shown_and_no_more(red_line, atlas):
    word = signed(red_line, atlas)
    box = shapely.box(EAST + 300.0, SOUTH, EAST + 310.0, SOUTH + 100.0)
    frame = gpd.GeoDataFrame({"code": ["Y2"], "kind": ["ecology"]}, geometry=[box], crs=4549)
    add(red_line, frame, "constraints")
    with pytest.raises(RuleRefused) as refused:
        paint(red_line, [4], signed=word)
    assert [row.rule.code for row in refused.value.rows] == ["CT-039"]


@pytest.mark.parametrize(
    ("name", "role", "reason", "code"),
    [
        ("钱工", "reviewer", "批复", "not_a_reviewer"),
        ("没有此人", "reviewer", "批复", "person_unknown"),
        ("赵审", "planner", "批复", "not_a_reviewer"),
        ("赵审", "reviewer", "  ", "override_reason_missing"),
        ("赵审", "reviewer", "长" * 501, "reason_too_long"),
    ],
)
def test_only_a_reviewer_signs_and_says_why(red_line, atlas, name, role, reason, code):
    word = signed(red_line, atlas)
    forged = Signed(Signature(name, datetime.now(UTC).isoformat(), role), reason, word.keys)
    with pytest.raises(Refused) as refused:
        paint(red_line, [4], signed=forged)
    assert code in {fault.code for fault in refused.value.faults}
    assert cluster_of(atlas, 4) is None


def test_who_asks_for_an_override_does_not_sign_it(red_line, atlas):
    """Two people: by two passphrases, or by an account that bears a person's name and a passphrase of another."""
    word = signed(red_line, atlas)
    people.set_roles(red_line, actor=LI, name="赵审", roles=["planner", "reviewer"], by=director(red_line, WORD))

    def painted(actor, asked=None):
        return assigning.assign(
            red_line,
            actor=actor,
            scenario_id=DRAFT,
            parcel_ids=[4],
            cluster="digital",
            signed=replace(word, asked=asked),
        )

    def fault(actor, asked=None):
        with pytest.raises(Refused) as refused:
            painted(actor, asked)
        return refused.value.faults[0].code

    alone = people.sign(red_line, name="赵审", passphrase=WORD, role="planner")
    assert fault(Actor("赵审", "app")) == "override_by_one"
    assert fault(LI, alone) == "override_by_one"
    assert fault(Actor("office-pc", "app")) == "override_asker_missing"
    assert fault(Actor("office-pc", "app"), word.signature) == "not_a_planner"
    assert cluster_of(atlas, 4) is None
    painted(Actor("office-pc", "app"), people.sign(red_line, name="钱工", passphrase=WORD, role="planner"))
    assert holds(atlas) == [True]
    assert json.loads(history.latest(red_line, limit=1)[0].detail)["asked_by"] == "钱工"
    assert guarding.verify(red_line).faults == ()


def test_an_override_falls_away_with_the_cluster_and_must_be_signed_anew(red_line, atlas):
    paint(red_line, [4], signed=signed(red_line, atlas))
    paint(red_line, [4], None)
    assert holds(atlas) == [False]
    assert [one.fell for one in ruling_gate.overrides_of(atlas, atlas.scenario(DRAFT), 4)] == [("cluster",)]
    with pytest.raises(RuleRefused):
        paint(red_line, [4])
    # to take the clearing back is no new painting
    assigning.undo(red_line, actor=LI, scenario_id=DRAFT)
    assert holds(atlas) == [True]


def test_an_override_falls_away_with_the_boundary(red_line, atlas):
    paint(red_line, [4], signed=signed(red_line, atlas))
    smaller = shapely.box(EAST + 300.0, SOUTH, EAST + 399.0, SOUTH + 100.0)
    shapes.replace_geometries(red_line, actor=LI, scenario_id=DRAFT, shapes={4: smaller})
    assert [one.fell for one in ruling_gate.overrides_of(atlas, atlas.scenario(DRAFT), 4)] == [("boundary",)]


def test_an_override_falls_away_with_the_rule(red_line, atlas):
    paint(red_line, [4], signed=signed(red_line, atlas))
    rule = replace(rule_book.book(red_line).rule("CT-038"), tolerance_m2=5.0)
    rule_book.edit(red_line, actor=LI, rules=[rule], why="容差改为 5 ㎡", by=director(red_line, WORD))
    assert [one.fell for one in ruling_gate.overrides_of(atlas, atlas.scenario(DRAFT), 4)] == [("rule",)]


def test_a_copy_of_a_scenario_keeps_what_was_signed(red_line, atlas):
    paint(red_line, [4], signed=signed(red_line, atlas))
    copy = scenarios.duplicate(red_line, actor=LI, scenario_id=DRAFT, name="副本")
    assert holds(atlas, scenario_id=copy.id) == [True]
    assert guarding.verify(red_line).ok


def test_a_merge_brings_no_forbidden_parcel_without_its_signature(red_line, atlas):
    other = scenarios.new(red_line, actor=LI, name="方案二")
    word = signed(red_line, atlas)
    assigning.assign(
        red_line, actor=LI, scenario_id=other.id, parcel_ids=[4, 5], cluster="digital", signed=word
    )  # fmt: skip
    assert merging.merge(red_line, actor=LI, into=DRAFT, from_=other.id, choices={}).command_id is not None
    assert (cluster_of(atlas, 4), holds(atlas)) == ("digital", [True])
    assert guarding.verify(red_line).ok


def test_a_merge_of_what_a_new_rule_forbids_is_refused(db, atlas):
    other = scenarios.new(db, actor=LI, name="方案二")
    assigning.assign(db, actor=LI, scenario_id=other.id, parcel_ids=[2], cluster="equipment", reason="冲压已移出")
    rule = replace(rule_book.book(db).rule("CT-030"), level="forbidden")
    rule_book.edit(db, actor=LI, rules=[rule], why="从严")
    with pytest.raises(RuleRefused):
        merging.merge(db, actor=LI, into=DRAFT, from_=other.id, choices={})
    assert cluster_of(atlas, 2) == "chips"


def test_a_parcel_that_has_the_cluster_already_is_not_judged_again(db, atlas):
    box = shapely.box(EAST, SOUTH, EAST + 50.0, SOUTH + 100.0)
    add(db, gpd.GeoDataFrame({"code": ["Y1"], "kind": ["farmland"]}, geometry=[box], crs=4549), "constraints")
    assert cluster_of(atlas, 1) == "chips"
    assert paint(db, [1], "chips", reason="现状如此").command_id is not None


def test_the_conflict_is_parted_off_and_the_rest_painted(red_line, atlas):
    found = ruling.judge(atlas, atlas.scenario(DRAFT), [4], "digital")
    area = ruling.conflict_area(atlas, found.rows)
    done = shapes.cut_conflict(red_line, actor=LI, scenario_id=DRAFT, parcel_ids=[4], area=area)
    free = ruling.clean_part(atlas, atlas.scenario(DRAFT), list(done.born), "digital")
    lots = atlas.parcels()
    assert lots.centi_m2[lots.row_of(free)].tolist() == [700_000]
    assert int(lots.centi_m2[lots.row_of(list(done.born))].sum()) == 1_000_000
    assert paint(red_line, free.tolist()).command_id is not None
    for _ in range(2):
        assigning.undo(red_line, actor=LI, scenario_id=DRAFT)
    assert cluster_of(atlas, 4) is None
    assert guarding.verify(red_line).ok


def test_a_parcel_wholly_in_the_conflict_is_not_parted(db, atlas):
    box = shapely.box(EAST + 250.0, SOUTH - 50.0, EAST + 450.0, SOUTH + 150.0)
    add(db, gpd.GeoDataFrame({"code": ["Y1"], "kind": ["farmland"]}, geometry=[box], crs=4549), "constraints")
    area = ruling.conflict_area(atlas, ruling.judge(atlas, atlas.scenario(DRAFT), [4], "digital").rows)
    with pytest.raises(Refused) as refused:
        shapes.cut_conflict(db, actor=LI, scenario_id=DRAFT, parcel_ids=[4], area=area)
    assert [fault.code for fault in refused.value.faults] == ["conflict_whole"]
