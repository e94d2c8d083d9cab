"""Labels never lie over one another, whatever is asked; turned boxes meet when shapely says so."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given
from hypothesis import strategies as st

from layers.draw.paper.placing import Box, Ground, Wish, around, meet

coordinates = st.floats(0, 100, allow_nan=False)
boxes = st.builds(Box, coordinates, coordinates, st.floats(1, 30), st.floats(1, 30), st.floats(-90, 90))


def polygon(box: Box) -> shapely.Polygon:
    return shapely.Polygon(box.corners)


@given(boxes, boxes)
def test_boxes_meet_when_they_share_area(one: Box, other: Box) -> None:
    shared = shapely.intersection(polygon(one), polygon(other)).area
    if shared > 1e-3:
        assert meet(one.corners, other.corners)
    if shapely.distance(polygon(one), polygon(other)) > 1e-3:
        assert not meet(one.corners, other.corners)


@given(st.lists(st.tuples(coordinates, coordinates, st.floats(2, 20), st.floats(2, 10)), max_size=25), boxes)
def test_what_is_placed_is_disjoint_within_the_frame_and_off_what_is_blocked(things, blocked: Box) -> None:
    ground = Ground((0, 0, 100, 100))
    ground.block(blocked)
    wishes = [
        Wish(str(nth), nth % 3, around(x, y, x + 1, y + 1, width=width, height=height, gaps=(0.5, 6.0)))
        for nth, (x, y, width, height) in enumerate(things)
    ]
    placed = ground.placed(wishes)
    assert set(placed.boxes) | set(placed.dropped) == {wish.key for wish in wishes}
    shapes = [polygon(box) for box in placed.boxes.values()]
    for nth, shape in enumerate(shapes):
        assert shapely.box(-1e-6, -1e-6, 100 + 1e-6, 100 + 1e-6).covers(shape)
        for other in [*shapes[:nth], polygon(blocked)]:
            assert shapely.intersection(shape, other).area < 1e-3


def test_the_more_important_label_gets_the_only_place() -> None:
    only = (Box(50, 50, 10, 10),)
    placed = Ground((0, 0, 100, 100)).placed([Wish("road", 2.0, only), Wish("park", 0.0, only)])
    assert list(placed.boxes) == ["park"]
    assert placed.dropped == ["road"]


def test_a_box_turns_counterclockwise_as_it_is_seen() -> None:
    # y runs down: the right end of a box turned counterclockwise is the higher one
    corners = Box(0, 0, 10, 2, 30).corners
    right = corners[np.argmax(corners[:, 0])]
    assert right[1] < 0
