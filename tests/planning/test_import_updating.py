"""Updating in place by code: what differs, what is taken of it, and all of it taken back."""

from __future__ import annotations

import json

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planning import guarding, import_undo, importing, updating
from planning.assigning import assign
from planning.atlas import Atlas
from planning.editing import edit_parcels
from planning.errors import Refused, StaleVersion, UndoConflict
from planning.import_limits import ImportLimits
from planning.locking import lock
from tests.planning.incoming import ACTOR, coded, geojson, square


def staged(db, *rows, **options):
    return importing.stage(db, geojson(*rows), "来件.geojson", "parcels", **options)


def entered(db, *rows):
    return importing.accept(db, staged(db, *rows), actor=ACTOR)


def cells(db, *names):
    frame = Atlas(db).parcels().frame
    return {code: tuple(row) for code, *row in frame.reset_index()[["code", *names]].itertuples(index=False)}


def verified(db):
    found = guarding.verify(db)
    assert found.ok, found.faults


def test_new_changed_vanished_and_same_are_told_field_by_field(empty):
    entered(empty, *coded(["A", "B", "C", "D"], name="旧", owner="甲厂", 颜色="红"))
    one = staged(
        empty,
        ({"code": "A", "name": "旧", "owner": "甲厂", "颜色": "红"}, square(0)),
        ({"code": "B", "name": "新", "owner": None, "颜色": "蓝"}, square(200)),
        ({"code": "C", "name": "旧", "owner": "甲厂", "颜色": "红"}, square(400, width=110)),
        ({"code": "E", "name": "外", "owner": "乙厂", "颜色": "红"}, square(900)),
    )
    found = updating.compare(empty, one)
    assert found.counts == {"new": 1, "changed": 2, "vanished": 1, "same": 1, "unmatched": 0}
    changed = {each.code: each for each in found.changed}
    assert {key: (each.old, each.new) for key, each in changed["B"].fields.items()} == {
        "name": ("旧", "新"), "extra": ({"颜色": "红"}, {"颜色": "蓝"}),
    }  # fmt: skip
    shape = changed["C"].shape
    assert shape is not None
    assert (shape.before_m2, shape.after_m2) == (10_000, 11_000)
    assert shape.between_m2 == pytest.approx(shapely.symmetric_difference(square(400), square(400, width=110)).area)
    assert [gone.code for gone in found.vanished] == ["D"]
    # what is empty counts only when a person says so
    emptied = {each.code: each for each in updating.compare(empty, one, empties=True).changed}["B"]
    assert (emptied.fields["owner"].old, emptied.fields["owner"].new) == ("甲厂", None)


def test_an_update_is_one_import_and_is_taken_back_whole(empty):
    entered(empty, *coded(["A", "B", "C", "D"], name="旧", 颜色="红"))
    before = Atlas(empty).parcels()
    one = staged(
        empty,
        ({"code": "A", "name": "新", "颜色": "蓝"}, square(0)),
        ({"code": "B", "name": "旧", "颜色": "红"}, square(200, width=120)),
        ({"code": "C", "name": "旧", "颜色": "红"}, square(400)),
        ({"code": "E", "name": "外"}, square(900)),
    )
    done = updating.accept_update(empty, one, updating.compare(empty, one), actor=ACTOR, end_vanished=True)
    assert cells(empty, "name", "area_m2") == {
        "A": ("新", 10_000.0), "B": ("旧", 12_000.0), "C": ("旧", 10_000.0), "E": ("外", 10_000.0),
    }  # fmt: skip
    assert (len(done.ids), len(done.changed), len(done.ended)) == (1, 2, 1)
    verified(empty)
    undone = import_undo.undo_import(empty, actor=ACTOR, batch_id=done.batch_id)
    assert (len(undone.ended), len(undone.restored), len(undone.revived)) == (1, 2, 1)
    after = Atlas(empty).parcels()
    assert after.ids.tolist() == before.ids.tolist()
    assert shapely.equals_identical(after.geoms, before.geoms).all()
    columns = [name for name in before.frame if name != "version"]
    assert after.frame[columns].to_json() == before.frame[columns].to_json()
    verified(empty)
    with pytest.raises(Refused) as refused:
        import_undo.undo_import(empty, actor=ACTOR, batch_id=done.batch_id)
    assert refused.value.faults[0].code == "import_undone"


def test_part_of_an_update_by_row_and_by_field(empty):
    entered(empty, *coded(["A", "B"], name="旧", owner="甲厂"))
    one = staged(
        empty,
        ({"code": "A", "name": "新", "owner": "乙厂"}, square(0, width=90)),
        ({"code": "B", "name": "新", "owner": "乙厂"}, square(200)),
        ({"code": "C", "name": "新", "owner": "乙厂"}, square(400)),
    )
    found = updating.compare(empty, one)
    updating.accept_update(empty, one, found, actor=ACTOR, new=(), changed=[1], fields={"owner"})
    assert cells(empty, "name", "owner", "area_m2") == {"A": ("旧", "乙厂", 10_000.0), "B": ("旧", "甲厂", 10_000.0)}
    verified(empty)


def test_what_others_changed_meanwhile_stops_an_update(empty):
    done = entered(empty, *coded(["A"], name="旧"))
    one = staged(empty, ({"code": "A", "name": "新"}, square(0)))
    found = updating.compare(empty, one)
    edit_parcels(empty, actor=ACTOR, scenario_id=1, changes={int(done.ids[0]): {"name": "他人"}})
    with pytest.raises(StaleVersion):
        updating.accept_update(empty, one, found, actor=ACTOR)
    assert cells(empty, "name") == {"A": ("他人",)}


def test_a_locked_parcel_keeps_its_boundary_but_its_cells_are_facts(empty):
    done = entered(empty, *coded(["A"], name="旧"))
    key = int(done.ids[0])
    lock(empty, actor=ACTOR, scenario_id=2, parcel_ids=[key])
    moved = staged(empty, ({"code": "A", "name": "新"}, square(1)))
    found = updating.compare(empty, moved)
    with pytest.raises(Refused) as refused:
        updating.accept_update(empty, moved, found, actor=ACTOR)
    assert refused.value.faults[0].code == "parcel_locked"
    updating.accept_update(empty, moved, found, actor=ACTOR, fields={"name"})
    assert cells(empty, "name", "area_m2") == {"A": ("新", 10_000.0)}


def test_undo_of_an_import_ends_what_it_brought(empty):
    entered(empty, *coded(["A"]))
    done = importing.accept(empty, staged(empty, *[(cells, shape) for cells, shape in coded(["X", "B", "C"])][1:]),
                            actor=ACTOR)  # fmt: skip
    import_undo.undo_import(empty, actor=ACTOR, batch_id=done.batch_id)
    assert Atlas(empty).parcels().codes.tolist() == ["A"]
    # to do it again is to import again
    again = staged(empty, *coded(["X", "B", "C"])[1:])
    importing.accept(empty, again, actor=ACTOR)
    assert Atlas(empty).parcels().codes.tolist() == ["A", "B", "C"]
    verified(empty)


def test_an_undo_that_would_lose_others_work_is_refused_with_a_list(empty):
    done = entered(empty, *coded(["A", "B", "C"], cluster="chips"))
    first, second, _ = (int(key) for key in done.ids)
    edit_parcels(empty, actor=ACTOR, scenario_id=1, changes={first: {"name": "改过"}})
    assign(empty, actor=ACTOR, scenario_id=2, parcel_ids=[second], cluster="health")
    with pytest.raises(UndoConflict) as conflict:
        import_undo.undo_import(empty, actor=ACTOR, batch_id=done.batch_id)
    assert [(clash.code, clash.field, clash.theirs) for clash in conflict.value.conflicts] == [
        ("A", "name", "改过"), ("B", "cluster", "health"),
    ]  # fmt: skip
    assert len(Atlas(empty).parcels()) == 3


def test_rows_chosen_and_rows_without_problems(empty):
    one = staged(empty, ({"code": "A"}, square(0)), ({"code": "B"}, square(50)), ({"code": "C"}, square(500)))
    with pytest.raises(Refused) as refused:
        importing.accept(empty, one, actor=ACTOR, rows=[2, 9])
    assert refused.value.faults[0].values["rows"] == [9]
    done = importing.accept(empty, one, actor=ACTOR, rows=one.clean_rows)
    assert Atlas(empty).parcels().codes.tolist() == ["C"]
    assert (done.report.taken, done.report.left, done.report.area_m2) == (1, 2, "10000.00")


def test_stopping_an_acceptance_takes_everything_back(empty):
    class Stop(Exception):
        pass

    def watch(_stage, done, of):
        if done == of:
            raise Stop

    one = staged(empty, *coded(["A", "B"]))
    with pytest.raises(Stop):
        importing.accept(empty, one, actor=ACTOR, watch=watch)
    assert len(Atlas(empty).parcels()) == 0
    assert len(importing.accept(empty, one, actor=ACTOR).ids) == 2


texts = st.one_of(st.none(), st.text(max_size=8))
rows_of = st.lists(
    st.tuples(texts, texts, st.one_of(st.none(), st.floats(0, 1e6)), st.one_of(st.none(), st.booleans(), texts)),
    min_size=1, max_size=5,
)  # fmt: skip


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows_of)
def test_the_same_file_again_changes_nothing(made_empty, tmp_path_factory, rows):
    from tests.planning.board import copy_of  # noqa: PLC0415 - one database an example

    db = copy_of(made_empty, tmp_path_factory.mktemp("same") / "s.sqlite")
    content = geojson(*(
        ({"code": code, "name": name, "申报面积": area, "杂": other}, square(200.0 * at))
        for at, (code, name, area, other) in enumerate(rows)
    ))  # fmt: skip
    first = importing.stage(db, content, "f.geojson", "parcels")
    repeated = any(one.code == "code_repeated" for one in first.findings)
    importing.accept(db, first, actor=ACTOR)
    found = updating.compare(db, importing.stage(db, content, "f.geojson", "parcels"), empties=True)
    if not repeated:
        assert found.counts == {"new": 0, "changed": 0, "vanished": 0, "same": len(rows), "unmatched": 0}
    else:
        assert (found.new, found.changed) == ((), ())
    db.close()


def test_a_mapping_is_remembered_of_its_supplier(empty):
    rows = [({"宗号": "A", "单位": "甲厂", "净": "净地"}, square(0))]
    one = staged(empty, *rows, supplier=" 某 测绘院\n", mapping={"宗号": "code", "单位": "owner", "净": ""})
    assert one.supplier == "某 测绘院"
    importing.accept(empty, one, actor=ACTOR)
    again = staged(empty, ({"宗号": "B", "单位": "乙厂", "净": "净地"}, square(300)), supplier="某 测绘院")
    assert [(guess.column, guess.field, guess.how) for guess in again.guesses] == [
        ("宗号", "code", "remembered"), ("单位", "owner", "remembered"), ("净", "", "remembered"),
    ]  # fmt: skip
    assert again.frame["owner"].tolist() == ["乙厂"]
    other = staged(empty, ({"宗号": "C", "单位": "乙厂"}, square(600)), supplier="另一家")
    assert [guess.how for guess in other.guesses] == [None, None]


def test_content_says_what_a_column_is_and_why(empty):
    rows = [({"x1": "净地", "x2": 10_000 + at, "x3": at}, square(200 * at)) for at in range(4)]
    one = staged(empty, *rows)
    assert [(guess.column, guess.field, guess.how, guess.basis) for guess in one.guesses] == [
        ("x1", "stage", "content", "100%"), ("x2", "declared_area_m2", "content", "100%"), ("x3", "", None, ""),
    ]  # fmt: skip
    assert one.guesses[1].examples == ("10000", "10001", "10002")


def test_hostile_names_of_columns_are_only_names(empty):
    name = '"; DROP TABLE parcels; --<img src=x onerror=alert(1)>'
    done = entered(empty, ({"code": "A", name: "=1+1"}, square(0)))
    assert json.loads(Atlas(empty).parcels().frame.loc[done.ids[0], "extra"]) == {name: "=1+1"}


def test_a_shape_is_the_same_whatever_holds_it_and_wherever_its_ring_begins() -> None:
    old = shapely.Polygon([(0, 0), (0, 100), (100, 100), (100, 0)])
    level = shapely.Polygon([(100, 0), (0.00001, 0), (0, 100), (100, 100)])
    longer = shapely.Polygon([(0, 0), (0, 100), (101, 100), (100, 0)])
    new = np.array([shapely.MultiPolygon([old]), level, longer], dtype=object)
    found = updating._moved(new, [shapely.to_wkb(old)] * 3, ImportLimits())
    assert found[:2] == [None, None]
    assert found[2] is not None
    assert found[2].between_m2 == pytest.approx(50)
