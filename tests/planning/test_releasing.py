"""Export profiles and the log of what leaves: what is left out is nowhere in the file, and nothing leaves unseen."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given as over
from hypothesis import strategies as st

from briefing import rendering
from briefing.slide import Imprint
from planning import briefings, editing, export_profiles, exporting, freezing, guarding, releasing
from planning.atlas import Atlas
from planning.errors import Refused
from planning.export_profiles import DEFAULTS
from store import audit
from tests.planning.board import DRAFT, LI

OWNER = "张三丰之地"
NUMBER = "浙S（2026）12号"


def code_of(verb, *args, **values):
    with pytest.raises(Refused) as refused:
        verb(*args, **values)
    return [fault.code for fault in refused.value.faults]


@pytest.fixture
def owned(db):
    cells = {one: {"owner": OWNER, "note": "备忘之言"} for one in (1, 2, 3)}
    seen = dict.fromkeys(cells, 0)
    editing.edit_parcels(db, actor=LI, scenario_id=DRAFT, changes=cells, seen=seen)
    return db


@pytest.mark.parametrize("form", ["geojson", "gpkg", "xlsx", "kml", "fgb", "geoparquet", "shp", "csv", "txt", "dxf"])
def test_what_a_profile_leaves_out_is_nowhere_in_the_file(owned, tmp_path, form):
    atlas = Atlas(owned)
    for key, number in (("consult", ""), ("public", NUMBER)):
        given = releasing.release(owned, key, actor=LI, review_number=number)
        out = tmp_path / f"{key}{exporting.FORMS[form].suffix}"
        done = exporting.export(atlas, layer="parcels", scenario_id=DRAFT, form=form, out=out, given=given)
        body = done.path.read_bytes() + (done.fields_path.read_bytes() if done.fields_path else b"")
        for encoding in ("utf-8", "gb18030", "utf-16-le"):
            assert OWNER.encode(encoding) not in body
        assert done.rows == 10
    whole = tmp_path / "whole.geojson"
    exporting.export(atlas, layer="parcels", scenario_id=DRAFT, form="geojson", out=whole)
    assert OWNER in whole.read_text("utf-8")


def test_coordinates_are_as_coarse_as_the_profile_says_and_neighbours_still_meet(owned, tmp_path):
    given = releasing.release(owned, "公开", actor=LI, review_number=NUMBER)
    out = tmp_path / "p.gpkg"
    exporting.export(Atlas(owned), layer="parcels", scenario_id=DRAFT, form="gpkg", out=out, given=given)
    read = gpd.read_file(out, layer="parcels")
    assert np.abs(shapely.get_coordinates(read.geometry) % 10.0).max() == 0.0
    assert bool(read.geometry.is_valid.all())
    assert shapely.coverage_is_valid(read.geometry.explode().to_numpy())
    assert "owner" not in read
    # the official area stays an attribute
    assert read["area_m2"].sum() == pytest.approx(100_000)


@over(
    st.lists(st.tuples(st.floats(0, 5000), st.floats(0, 5000)), min_size=3, max_size=3),
    st.sampled_from([1.0, 7.5, 10.0]),
)
def test_rounding_keeps_shapes_valid_or_refuses(corners, grid):
    shape = shapely.convex_hull(shapely.MultiPoint(corners)).buffer(25.0)
    try:
        (found,) = releasing.rounded(np.array([shape], dtype=object), grid)
    except Refused as refused:
        assert refused.faults[0].code == "coordinates_too_coarse"  # noqa: PT017 - either is right
        return
    assert found.is_valid
    assert not found.is_empty
    assert shapely.hausdorff_distance(found, shape) <= grid * 2


def test_what_would_be_nothing_is_refused(owned, tmp_path):
    coarse = replace(DEFAULTS["public"], grid_m=900.0, basis="试")
    assert export_profiles.set_profile(owned, coarse, actor=LI)
    given = releasing.release(owned, "public", actor=LI, review_number=NUMBER)
    out = tmp_path / "p.geojson"
    told = code_of(
        exporting.export, Atlas(owned), layer="parcels", scenario_id=DRAFT, form="geojson", out=out, given=given
    )
    assert told == ["coordinates_too_coarse"]
    assert not out.exists()


def test_the_public_gets_nothing_without_a_review_number(db):
    assert code_of(releasing.release, db, "public", actor=LI) == ["review_number_missing"]
    assert code_of(releasing.release, db, "public", actor=LI, review_number=" \t ") == ["review_number_missing"]
    assert code_of(releasing.release, db, "public", actor=LI, review_number="长" * 41) == ["review_number_malformed"]
    assert code_of(releasing.release, db, "public", actor=LI, review_number="a\u202eb") == ["review_number_malformed"]
    assert code_of(releasing.release, db, "谁", actor=LI) == ["unknown_profile"]
    assert releasing.release(db, "公开", actor=LI, review_number=f" {NUMBER} ").review_number == NUMBER


def test_profiles_are_changed_with_a_basis_and_recorded(db):
    mine = replace(DEFAULTS["consult"], left_out=("owner",), watermark=False, basis="局办〔2026〕3号")
    assert export_profiles.set_profile(db, mine, actor=LI)
    assert not export_profiles.set_profile(db, mine, actor=LI)
    assert export_profiles.profiles(db)["consult"] == mine
    assert export_profiles.profiles(db)["public"] == DEFAULTS["public"]
    with db.read() as conn:
        (entry,) = audit.latest(conn, limit=1)
    assert entry.verb == "set_export_profiles"
    assert json.loads(entry.detail)["after"]["basis"] == "局办〔2026〕3号"
    assert export_profiles.set_profile(db, DEFAULTS["consult"], actor=LI)
    wrong = replace(mine, left_out=("nothing",), grid_m=-1.0, warn_km2=float("nan"), basis=" ", secrecy="密" * 21)
    told = code_of(export_profiles.set_profile, db, wrong, actor=LI)
    assert told == ["unknown_column", "limit_out_of_range", "limit_out_of_range", "basis_missing", "text_too_long"]
    assert export_profiles.profiles(db)["consult"] == DEFAULTS["consult"]


def test_a_code_is_never_left_out(db):
    assert "code" not in export_profiles.columns_that_may_go()
    told = code_of(export_profiles.set_profile, db, replace(DEFAULTS["public"], left_out=("code",)), actor=LI)
    assert told == ["unknown_column"]


def test_the_log_says_who_when_what_and_of_which_snapshot(db):
    atlas = Atlas(db)
    before = freezing.freeze(atlas, DRAFT)
    given = releasing.release(db, "会商", actor=LI)
    made = briefings.brief(before, rendering.Order(size="1920x1080"), ".png")
    releasing.log(
        db, given, actor=LI, verb="export_briefing", scenario_id=DRAFT, body=made.body, template="overview", form="png",
        snapshot=made.snapshot_id,
    )  # fmt: skip
    (line,) = releasing.logged(db)
    assert (line.by, line.origin, line.profile, line.what, line.form) == ("李工", "app", "consult", "overview", "png")
    assert line.snapshot == before.id
    assert guarding.verify(db).faults == ()
    # that something left makes no snapshot another one
    assert freezing.freeze(atlas, DRAFT).id == before.id
    with pytest.raises(ValueError, match="paint"):
        releasing.log(db, given, actor=LI, verb="paint", scenario_id=DRAFT, body=b"")


def test_wide_ground_is_warned_of(db):
    given = releasing.release(db, actor=LI)
    assert given.warning(25.0) is None
    told = given.warning(25.1)
    assert told is not None
    assert told.code == "wide_ground"
    assert replace(given, profile=replace(given.profile, warn_km2=0.0)).warning(9e9) is None
    assert releasing.covered_km2(Atlas(db).parcels().geoms) == pytest.approx(0.1)


def test_a_watermark_and_a_review_number_stand_on_the_picture(snapshot_of_board):
    given = releasing.Release(DEFAULTS["consult"], NUMBER, "李工", datetime(2026, 5, 6, 7, 8, tzinfo=UTC))
    order = rendering.Order(size="1920x1080", imprint=given.imprint(Imprint(secrecy="")))
    sheet, _, _ = rendering.sheet_of(snapshot_of_board, order)
    assert sum(given.watermark in text for text in sheet.texts) > 20
    assert any(f"审图号：{NUMBER}" in text and "会商材料" in text for text in sheet.texts)
    assert given.watermark == "李工  2026-05-06 15:08"
    plain = rendering.png(snapshot_of_board, replace(order, imprint=Imprint()))
    marked = rendering.png(snapshot_of_board, order)
    assert marked.body != plain.body
    assert rendering.png(snapshot_of_board, order).body == marked.body


def test_a_public_sheet_does_not_say_where_it_lies(snapshot_of_board):
    given = releasing.Release(DEFAULTS["public"], NUMBER, "李工", datetime(2026, 5, 6, tzinfo=UTC))
    order = rendering.Order(size=rendering.A3)
    plain = rendering.a3(snapshot_of_board, order).body
    public = rendering.a3(snapshot_of_board, replace(order, imprint=given.imprint(Imprint()))).body
    assert b"/Viewport" in plain
    assert b"/Viewport" not in public
    assert b"/GPTS" not in public


@pytest.fixture
def snapshot_of_board(db):
    return freezing.freeze(Atlas(db), DRAFT)
