"""Whoever wrote a 界址点 text, the same land comes out of it: a writer of many habits, and random parcels.

䶮, 𠮷 (U+20BB7) and 㙦 (U+3666) are all in GB 18030, the latter two as four bytes; none of the three is in GB 2312.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry.base import BaseGeometry

from exchange.formats import boundary_txt
from exchange.formats.opened import Wanted
from exchange.formats.rings import area_of
from exchange.sniff import kind_of_bytes

POLYGON = Wanted(("polygon",))


@dataclass(frozen=True)
class Hand:
    """How one writer writes."""

    j: bool
    close: str
    restart: bool
    one_label: bool
    zone: bool
    swapped: bool
    encoding: str
    newline: str
    unit: str
    glued: bool
    brackets: str
    tail: int
    header_zone: bool


hands = st.builds(
    Hand,
    j=st.booleans(),
    close=st.sampled_from(["no", "same number", "new number"]),
    restart=st.booleans(),
    one_label=st.booleans(),
    zone=st.booleans(),
    swapped=st.booleans(),
    encoding=st.sampled_from(["gb18030", "utf-8", "utf-8-sig", "utf-16"]),
    newline=st.sampled_from(["\n", "\r\n", "\r", "\r\r\n"]),
    unit=st.sampled_from(["ha", "m2", "mu"]),
    glued=st.booleans(),
    brackets=st.sampled_from(["[]", "【】"]),
    tail=st.sampled_from([0, 1, 2, 5, 6]),
    header_zone=st.booleans(),
).filter(lambda hand: hand.zone or hand.header_zone)

IN_UNIT = {"ha": (1e-4, 4, "公顷"), "m2": (1.0, 2, "平方米"), "mu": (0.0015, 4, "亩")}
words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z"), exclude_characters=",@=[]【】"), max_size=8)
names = st.one_of(st.sampled_from(["䶮山地块", "𠮷田，二期", "㙦塘", "001", "T0103", "1-2"]), words)


@st.composite
def stars(draw, east, north, low, high):
    count = draw(st.integers(5, 9))
    radii = draw(st.lists(st.floats(low, high), min_size=count, max_size=count))
    turn = draw(st.floats(0, 1)) + 2 * np.pi * np.arange(count) / count
    ring = np.round(np.column_stack([east + radii * np.cos(turn), north + radii * np.sin(turn)]), 3)
    return ring[:: draw(st.sampled_from([1, -1]))]


@st.composite
def lands(draw):
    """Rings of one parcel in any order: up to three parts, some with a hole, some of those with an island in it."""
    east, north = draw(st.integers(490_000, 520_000)), draw(st.integers(3_215_000, 3_270_000))
    found = []
    for part in range(draw(st.integers(1, 3))):
        depth = draw(st.integers(1, 3))
        bounds = [(60, 100), (20, 40), (5, 10)][:depth]
        found += [draw(stars(east + 300 * part, north, *between)) for between in bounds]
    return draw(st.permutations(found))


def truth(rings):
    whole: BaseGeometry = shapely.Polygon()
    for ring in rings:
        whole = whole.symmetric_difference(shapely.Polygon(ring))
    return whole


def written(parcels, hand):
    """The parcels as this hand would write them; each is (code, name, rings)."""
    shift = 40_000_000 if hand.zone else 0
    left, right = hand.brackets
    lines = [
        f" {left}项目信息{right}",
        "项目名称=甲=乙",
        f"{left}属性描述{right}",
        "格式版本号=",
        "坐标系=2000国家大地坐标系",
    ]
    lines += ["几度分带=3", f"带号={40 if hand.header_zone else ''}", "转换参数=,,,,,,", f"{left}地块坐标{right}"]
    for code, name, rings in parcels:
        factor, digits, word = IN_UNIT[hand.unit]
        area = f"{truth(rings).area * factor:.{digits}f}{word if hand.glued else ''}"
        rest = ["图幅1", "工业用地", "100102", "a", "b", "c", "d", "e"][: 2 + hand.tail]
        lines.append(",".join([str(sum(map(len, rings))), area, code, name, "面", *rest, "@"]))
        lines += itertools.chain.from_iterable(ring_lines(rings, hand, shift))
    return (hand.newline.join(lines) + hand.newline).encode(hand.encoding)


def ring_lines(rings, hand, shift):
    number = 1
    # rings under one label can be told apart only where each is closed
    one_label = hand.one_label and hand.close != "no"
    for label, ring in enumerate(rings, 1):
        number = 1 if hand.restart else number
        first = number
        path = [*ring, ring[0]] if hand.close != "no" else ring
        for at, (east, north) in enumerate(path):
            back = at == len(ring) and hand.close == "same number"
            shown = first if back else number
            number += not back
            pair = (east + shift, north) if hand.swapped else (north, east + shift)
            yield [f"{'J' if hand.j else ''}{shown},{1 if one_label else label},{pair[0]:.3f},{pair[1]:.3f}"]


@settings(max_examples=150)
@given(st.lists(st.tuples(names, names, lands()), min_size=1, max_size=4), hands)
def test_every_hand_gives_the_same_land(tmp_path_factory, parcels, hand):
    path = tmp_path_factory.mktemp("txt") / "a.txt"
    path.write_bytes(written(parcels, hand))
    assert kind_of_bytes(path.read_bytes()[:8192]) == "boundary_txt"
    found = boundary_txt.read(path, POLYGON)
    assert not found.refusals
    assert (found.crs, found.crs_how) == ("EPSG:4528" if hand.zone else "EPSG:4549", "file")
    shift = 40_000_000 if hand.zone else 0
    for wkb, (_, _, rings) in zip(found.wkb, parcels, strict=True):
        land = truth([ring + np.array([shift, 0]) for ring in rings])
        assert shapely.hausdorff_distance(shapely.from_wkb(wkb).boundary, land.boundary) < 0.001
        assert shapely.from_wkb(wkb).symmetric_difference(land).area < 0.01
    for name, place in (("地块编号", 0), ("地块名称", 1)):
        told = dict(found.columns).get(name)
        assert [each[place].strip() or None for each in parcels] == (
            told.to_pylist() if told is not None else [None] * len(parcels)
        )
    for area, (_, _, rings) in zip(dict(found.columns)["申报面积"].to_pylist(), parcels, strict=True):
        assert area == pytest.approx(truth(rings).area, abs=1.0)


@settings(max_examples=40)
@given(st.lists(stars(0, 0, 20, 100), min_size=2, max_size=5))
def test_rings_that_cross_give_what_the_symmetric_difference_gives(rings):
    area, _ = area_of([np.vstack([ring, ring[:1]]) for ring in rings])
    assert area.symmetric_difference(truth(rings)).area < 1e-6


@given(lands())
def test_even_odd_by_two_ways(rings):
    area, cut = area_of([np.vstack([ring, ring[:1]]) for ring in rings])
    assert not cut
    assert area.symmetric_difference(truth(rings)).area < 1e-6
