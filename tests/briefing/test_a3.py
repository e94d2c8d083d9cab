"""The A3 sheet: its size, its exact scale, where it says that it lies, and everything that a drawing has to say."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from pypdf import PdfReader
from pyproj import Transformer

from briefing import a3, rendering
from briefing.faces import faces
from briefing.rendering import Order
from briefing.slide import Imprint
from briefing.templates.catalogue import TEMPLATES

ORDER = Order("park", size=rendering.A3, park="芯片产业园", imprint=Imprint(office="示例编制单位"))


@pytest.fixture(scope="module")
def page(snapshot: Any) -> Any:
    return PdfReader(io.BytesIO(rendering.a3(snapshot, ORDER).body)).pages[0]


def test_it_is_a3_and_its_map_has_the_scale_that_it_prints(snapshot, page) -> None:
    width, height = (float(one) / 72 * 25.4 for one in page.mediabox[2:])
    assert (width, height) == pytest.approx((420.0, 297.0), abs=0.01)
    _, view, _ = a3.draw(rendering.composed(snapshot, ORDER), snapshot, ORDER.imprint, faces())
    scale = view.metres_per_pt * 72 / 0.0254
    assert f"1:{round(scale):,}".replace(",", " ") in page.extract_text()
    assert scale == pytest.approx(round(scale), rel=1e-9)


def test_the_corners_that_it_tells_are_those_of_the_map_to_a_centimetre(snapshot, page) -> None:
    viewport = page["/VP"][0]
    measure = viewport["/Measure"]
    assert measure["/GCS"]["/EPSG"] == snapshot.epsg
    degrees = np.array([float(one) for one in measure["/GPTS"]]).reshape(-1, 2)
    # EPSG:4490 on the same ellipsoid, by another library's own definition of the belt
    to_grid = Transformer.from_crs(4490, "+proj=tmerc +lon_0=120 +k=1 +x_0=500000 +ellps=GRS80", always_xy=True)
    east, north = to_grid.transform(degrees[:, 1], degrees[:, 0])
    _, view, _ = a3.draw(rendering.composed(snapshot, ORDER), snapshot, ORDER.imprint, faces())
    left, low, right, high = view.bounds
    assert east == pytest.approx([left, left, right, right], abs=0.01)
    assert north == pytest.approx([low, high, high, low], abs=0.01)
    # the box of the viewport has the shape of the ground
    box = [float(one) for one in viewport["/BBox"]]
    assert (box[2] - box[0]) / (box[3] - box[1]) == pytest.approx((right - left) / (high - low), rel=1e-6)


def test_it_says_what_a_drawing_has_to_say(page) -> None:
    text = page.extract_text().replace(" ", "").replace("\n", "")
    for word in ("图", "比例尺", "坐标系", "CGCS2000", "中央经线120°", "编制单位", "示例编制单位", "数据截至", "审图号",
                 "制图", "校核", "审核", "批准", "快照", "北", "示例数据"):  # fmt: skip
        assert word in text


def test_it_is_the_same_bytes_each_time(snapshot) -> None:
    assert rendering.a3(snapshot, ORDER).body == rendering.a3(snapshot, ORDER).body


@pytest.mark.parametrize("template", [key for key, one in TEMPLATES.items() if not one.takes_other])
def test_each_template_of_one_scenario_has_its_sheet(snapshot, template) -> None:
    body = rendering.a3(snapshot, Order(template, size=rendering.A3)).body
    assert len(PdfReader(io.BytesIO(body)).pages) == 1


@pytest.mark.parametrize(("wide_m", "scale"), [(900.0, 4_000), (3_000.0, 15_000), (60_000.0, 250_000)])
def test_the_scale_is_the_first_of_the_list_at_which_the_ground_fits(wide_m, scale) -> None:
    box = (0.0, 0.0, 800.0, 700.0)
    assert a3.scale_for(box, (0.0, 0.0, wide_m, wide_m / 2)) == scale
