"""The limits of the checks: kept, recorded, refused where they cannot be, and what a file is checked by."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from planning import importing
from planning.errors import Refused
from planning.import_limits import DEFAULT, RANGES, basis_of, import_limits, set_import_limits
from store import audit
from tests.people_here import DIRECTOR, director
from tests.planning.incoming import ACTOR, geojson, square


def test_limits_are_the_products_until_an_office_sets_them_and_are_recorded(empty):
    assert import_limits(empty) == DEFAULT
    ours = replace(DEFAULT, tolerance_m=0.05, basis=" 浙自然资函  2026-7 ")
    assert set_import_limits(empty, ours, actor=ACTOR)
    kept = replace(ours, basis="浙自然资函 2026-7")
    assert import_limits(empty) == kept
    assert not set_import_limits(empty, kept, actor=ACTOR)
    with empty.read() as conn:
        (last,) = audit.latest(conn, limit=1)
    assert (last.verb, last.actor) == ("set_import_limits", ACTOR.name)
    assert json.loads(last.detail) == {"before": asdict(DEFAULT), "after": asdict(kept)}
    assert set_import_limits(empty, DEFAULT, actor=ACTOR)
    assert import_limits(empty) == DEFAULT


def test_once_somebody_may_give_rights_limits_want_their_signature(empty):
    ours = replace(DEFAULT, tolerance_m=0.05, basis="院内规定")
    by = director(empty)
    with pytest.raises(Refused, match="signature_missing"):
        set_import_limits(empty, ours, actor=ACTOR)
    assert import_limits(empty) == DEFAULT
    assert set_import_limits(empty, ours, actor=ACTOR, by=by)
    with empty.read() as conn:
        assert json.loads(audit.latest(conn, limit=1)[0].detail)["signed_by"] == DIRECTOR


def test_all_that_is_wrong_is_said_at_once_and_nothing_is_changed(empty):
    wrong = replace(DEFAULT, tolerance_m=0.0, pattern_rows=1, area_share=0.9)
    with pytest.raises(Refused) as refused:
        set_import_limits(empty, wrong, actor=ACTOR)
    assert [(one.code, one.values.get("limit")) for one in refused.value.faults] == [
        ("limit_out_of_range", "tolerance_m"), ("limit_out_of_range", "area_share"),
        ("limit_out_of_range", "pattern_rows"), ("basis_missing", None),
    ]  # fmt: skip
    assert import_limits(empty) == DEFAULT


def test_files_are_checked_by_the_limits_in_force_and_say_so(empty):
    # 0.2 m into its neighbour, and 70 m² more than declared: 0.7 %
    rows = (
        ({"code": "YW-101", "申报面积": 9_930}, square(0)),
        ({"code": "YW-102"}, square(99.8)),
    )
    one = importing.stage(empty, geojson(*rows), "f.geojson", "parcels")
    assert one.findings.counts == {"area_differs": 1, "overlap": 1}
    importing.discard(one)
    loose = replace(DEFAULT, tolerance_m=0.5, area_share=0.01, basis="甲方会议纪要")
    set_import_limits(empty, loose, actor=ACTOR)
    again = importing.stage(empty, geojson(*rows), "f.geojson", "parcels")
    assert again.findings.counts == {}
    assert again.limits == loose
    assert basis_of("overlap", again.limits, english=False) == "容差 0.5 m：甲方会议纪要"
    assert basis_of("area_differs", DEFAULT, english=True).startswith("More than 0.5 % and more than 1 m² apart: ")


def test_every_limit_has_a_range_that_holds_the_products_own():
    assert set(RANGES) == set(asdict(DEFAULT)) - {"basis"}
    assert all(least <= getattr(DEFAULT, key) <= most for key, (least, most) in RANGES.items())
