"""Shapes that hang or crash GEOS cost their own row: the others are taken, and the process lives on."""

from __future__ import annotations

import math
import struct
import subprocess
import sys
import time

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from exchange import nesting
from tests.conftest import REPOSITORY


def _star(spikes: int) -> list[list[float]]:
    turn = [(spikes // 2 * step) % spikes for step in range(spikes)]
    ring = [
        [120 + 0.01 * math.cos(2 * math.pi * k / spikes), 29.3 + 0.01 * math.sin(2 * math.pi * k / spikes)]
        for k in turn
    ]
    return [*ring, ring[0]]


def _nested(levels: int, order: str = "<") -> bytes:
    head = b"\1" if order == "<" else b"\0"
    point = head + struct.pack(order + "Idd", 1, 120.0, 29.3)
    return (head + struct.pack(order + "II", 7, 1)) * levels + point


def test_a_star_that_takes_minutes_to_mend_is_a_refused_row(read, make_collection, make_square) -> None:
    star = {"type": "Polygon", "coordinates": [_star(801)]}
    bow_tie = {"type": "Polygon", "coordinates": [[[120, 29.3], [120.01, 29.31], [120.01, 29.3], [120, 29.31],
                                                   [120, 29.3]]]}  # fmt: skip
    started = time.monotonic()
    found = read(make_collection(make_square(), star, bow_tie, make_square(120.2)))
    assert time.monotonic() - started < 30
    assert [geom is not None for geom in found.geoms] == [True, False, True, True]
    assert [(item.row, item.outcome, item.code) for item in found.items] == [
        (2, "refused", "repair_too_slow"), (3, "mended", "geometry_mended"),
    ]  # fmt: skip


def test_a_collection_nested_deep_enough_to_crash_geos_is_a_refused_row(read, tmp_path) -> None:
    shapes = [shapely.to_wkb(shapely.box(120, 29.3, 120.01, 29.31)), _nested(100_000), _nested(3)]
    table = pa.table({"geometry": pa.array(shapes, pa.binary()), "code": ["a", "b", "c"]})
    meta = (
        b'{"version":"1.1.0","primary_column":"geometry","columns":{"geometry":{"encoding":"WKB","geometry_types":[]}}}'
    )
    path = tmp_path / "deep.parquet"
    pq.write_table(table.replace_schema_metadata({b"geo": meta}), path)
    found = read(path.read_bytes(), "deep.parquet")
    assert [geom is not None for geom in found.geoms] == [True, False, False]
    assert [(item.row, item.code) for item in found.items] == [(2, "geometry_too_deep"), (3, "geometry_wrong_type")]


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(("levels", "deep"), [(1, False), (16, False), (17, True), (50_000, True)])
def test_depth_is_told_from_the_bytes(order: str, levels: int, *, deep: bool) -> None:
    rows = np.array([_nested(levels, order), None, b"", b"\1\7"], dtype=object)
    assert nesting.too_deep(rows).tolist() == [deep, False, False, False]


@given(st.integers(0, 4), st.booleans(), st.integers(0, 1), st.booleans())
def test_ordinary_collections_of_every_kind_are_not_deep(levels: int, high: bool, order: int, srid: bool) -> None:  # noqa: FBT001 - drawn
    box = shapely.box(0, 0, 1, 1)
    shape = shapely.GeometryCollection([
        box, shapely.MultiPolygon([box, shapely.box(2, 2, 3, 3)]), shapely.Point(1, 2),
        shapely.LineString([(0, 0), (1, 1)]),
    ])  # fmt: skip
    for _ in range(levels):
        shape = shapely.GeometryCollection([shape, shapely.Point(0, 0)])
    if high:
        shape = shapely.force_3d(shape, 5.0)
    for flavor in ("iso", "extended"):
        if srid and flavor == "extended":
            shape = shapely.set_srid(shape, 4549)
        wkb = shapely.to_wkb(shape, byte_order=order, flavor=flavor, include_srid=srid and flavor == "extended")
        assert not nesting.too_deep(np.array([wkb], dtype=object))[0]


@given(st.binary(max_size=60))
def test_any_bytes_end_as_an_answer(rubbish: bytes) -> None:
    nesting.too_deep(np.array([b"\1\7\0\0\0" + rubbish, rubbish], dtype=object))


CRASHING = """
import os, signal
import shapely
from exchange import mending_apart
from exchange.errors import FileRefused

def repair(geom):
    if geom.area > 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return geom, 1.5

mending_apart.repair = repair
found = mending_apart.mended([shapely.box(0, 0, side, side) for side in (1, 2, 1.5)])
print([(one.geom is not None, one.given_up, one.area_change_m2) for one in found])
try:
    mending_apart.mended([shapely.box(0, 0, 2, 2)] * 50)
except FileRefused as refused:
    print(refused.code)
"""


def test_a_row_that_ends_the_fork_is_given_up_and_the_next_is_mended() -> None:
    # in a process of its own: a fork of this one would inherit the locks of its threads
    told = subprocess.run([sys.executable, "-c", CRASHING], cwd=REPOSITORY, capture_output=True, text=True, check=True)
    assert told.stdout.splitlines() == [
        "[(True, '', 1.5), (False, 'repair_crashed', 0.0), (True, '', 1.5)]", "repairs_given_up",
    ]  # fmt: skip
