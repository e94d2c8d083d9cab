"""The check of a database's parcels: found, mended as one act, taken back; nothing is lost when two mend at once."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from planning import assigning, checking, reshaping
from planning.atlas import Atlas
from planning.errors import Refused, StaleVersion
from planning.guarding import verify
from tests.planning.board import DRAFT, LI, WANG, add

# beside the board of 100 m squares: a parcel that laps over P02 by 4 cm, and a strip of 5 cm in between P08 and P09
SOUTH = shapely.box(500_200.0, 3_239_900.0, 500_300.0, 3_240_000.04)
STRIP = shapely.box(500_800.0, 3_240_100.0, 500_800.05, 3_240_200.0)
BESIDE = shapely.box(500_800.05, 3_240_100.0, 500_900.0, 3_240_200.0)


@pytest.fixture
def faulty(db):
    shapes = [SOUTH, STRIP, BESIDE]
    columns = {"code": ["S1", "S2", "S3"], "name": ["南", "条", "旁"], "stage": "reserved", "cluster": [None] * 3}
    add(db, gpd.GeoDataFrame(columns, geometry=shapes, crs=4549))
    return Atlas(db)


def found(atlas):
    state = checking.checked(atlas, patience_s=None)
    assert state is not None
    return state


def accept(atlas, proposal, actor=LI):
    return checking.accept(atlas.db, actor=actor, scenario_id=DRAFT, proposal=proposal)


def test_a_board_that_fits_has_no_faults_and_is_checked_once(atlas):
    state = found(atlas)
    assert state.findings == ()
    assert found(atlas) is state


def test_faults_name_the_parcels_by_id_and_code(faulty):
    state = found(faulty)
    assert state.counts == {"overlap": 1, "sliver": 1}
    overlap = state.of("overlap")[0]
    assert set(overlap.codes) == {"P02", "S1"}
    assert overlap.area_m2 == pytest.approx(4.0)
    assert faulty.parcels().ids_of(overlap.codes).tolist() == list(overlap.parcel_ids)


def test_an_accepted_mend_ends_the_fault_and_undo_brings_it_back(faulty):
    before = faulty.parcels()
    overlap = found(faulty).of("overlap")[0]
    proposal = checking.mends(found(faulty), overlap)[0]
    done = accept(faulty, proposal)
    assert done.label.key == "mend"
    assert found(faulty).counts == {"sliver": 1}
    assert verify(faulty.db).faults == ()
    assigning.undo(faulty.db, actor=WANG, scenario_id=DRAFT)
    after = faulty.parcels()
    assert all(one.equals_exact(other, 0) for one, other in zip(before.geoms, after.geoms, strict=True))
    assert found(faulty).counts == {"overlap": 1, "sliver": 1}


def test_a_sliver_that_joins_its_neighbour_ends_and_its_ground_stays(faulty):
    total = shapely.area(faulty.parcels().geoms).sum()
    sliver = found(faulty).of("sliver")[0]
    done = accept(faulty, checking.mends(found(faulty), sliver)[0])
    assert done.ended == sliver.parcel_ids
    assert "S2" not in faulty.parcels().codes
    assert shapely.area(faulty.parcels().geoms).sum() == pytest.approx(total)
    assigning.undo(faulty.db, actor=LI, scenario_id=DRAFT)
    assert "S2" in faulty.parcels().codes


def test_all_of_a_kind_are_one_step(faulty):
    state = found(faulty)
    proposal = checking.mend_kind(state, state.findings)
    assert proposal is not None
    assert (proposal.mended, proposal.left) == (2, 0)
    accept(faulty, proposal)
    assert found(faulty).findings == ()
    assigning.undo(faulty.db, actor=LI, scenario_id=DRAFT)
    assert len(found(faulty).findings) == 2


def test_a_boundary_that_somebody_changed_since_is_a_conflict_and_stays(faulty):
    state = found(faulty)
    proposal = checking.mends(state, state.of("overlap")[0])[0]
    theirs = shapely.box(500_210.0, 3_239_900.0, 500_300.0, 3_240_000.04)
    key = int(faulty.parcels().ids_of(["S1"])[0])
    reshaping.replace_geometries(faulty.db, actor=WANG, scenario_id=DRAFT, shapes={key: theirs})
    with pytest.raises(StaleVersion) as stale:
        accept(faulty, proposal)
    assert {clash.code for clash in stale.value.conflicts} == {"S1"}
    assert faulty.parcels().geoms[faulty.parcels().row_of([key])[0]].equals(theirs)


def test_a_locked_parcel_is_not_mended(faulty):
    state = found(faulty)
    proposal = checking.mends(state, state.of("overlap")[0])[0]
    assigning.lock(faulty.db, actor=WANG, scenario_id=DRAFT, parcel_ids=[proposal.changes[0].parcel_id])
    with pytest.raises(Refused) as refused:
        accept(faulty, proposal)
    assert {fault.code for fault in refused.value.faults} == {"parcel_locked"}
