"""Findings on the disk come back as they were written, in the order of `in_order`, by kind and by rows."""

from __future__ import annotations

import math
import tempfile
from collections import Counter
from pathlib import Path

import shapely
from hypothesis import given
from hypothesis import strategies as st

from planning.findings import ImportFinding, in_order
from planning.findings_file import FindingsWriter

made = st.builds(
    ImportFinding,
    code=st.sampled_from(["overlap", "sliver", "code_in_use", "geometry_mended"]),
    rows=st.lists(st.integers(1, 50), min_size=1, max_size=2, unique=True).map(tuple),
    codes=st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), max_size=2).map(tuple),
    stored=st.lists(st.sampled_from(["甲", "乙"]), max_size=1).map(tuple),
    x=st.floats(0, 9e5), y=st.floats(0, 9e5), size_m2=st.sampled_from([0.0, 1.5, 7.0]),
    values=st.dictionaries(st.sampled_from(["area_m2", "other_row"]), st.floats(0, 9) | st.integers(0, 9)),
    shape=st.sampled_from([None, shapely.box(0, 0, 1, 2)]),
)  # fmt: skip


@given(st.lists(st.lists(made, max_size=6), max_size=4))
def test_what_was_written_comes_back_in_order(parts):
    everything = in_order([one for part in parts for one in part])
    with tempfile.TemporaryDirectory() as folder:
        writer = FindingsWriter(Path(folder))
        for part in parts:
            writer.add(part)
        found = writer.settled()
        assert list(found) == everything
        assert found.counts == dict(Counter(one.code for one in everything))
        assert list(found.counts) == list(dict.fromkeys(one.code for one in everything))
        assert found.listed("sliver", most=2) == [one for one in everything if one.code == "sliver"][:2]
        assert found.count_of("sliver") == sum(one.code == "sliver" for one in everything)
        asked = {row for one in everything if one.severity != "tell" for row in one.rows}
        assert found.asked_rows.tolist() == sorted(asked)


def test_a_finding_without_a_place_has_none_when_it_is_read_again(tmp_path):
    writer = FindingsWriter(tmp_path)
    writer.add([ImportFinding("geometry_missing", (3,))])
    (one,) = writer.settled()
    assert math.isnan(one.x)
    assert math.isnan(one.y)
