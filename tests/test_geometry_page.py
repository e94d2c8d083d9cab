"""The page on geometry: its pictures are what the product draws today, and it leaves no kind and no picture out."""

from __future__ import annotations

import re

import pytest

from geo.adjacency import KINDS
from tests.conftest import REPOSITORY
from tools.geometry_pictures import FOLDER, SHEETS

PAGE = (REPOSITORY / "docs" / "geometry.md").read_text("utf-8")


@pytest.mark.parametrize("name", SHEETS)
def test_a_picture_is_what_geo_gives_today(name: str) -> None:
    drawn = SHEETS[name]()
    kept = (FOLDER / f"{name}.svg").read_text("utf-8")
    # words are drawn as outlines and named in titles: titles are compared, so that a figure that changed is named
    assert re.findall("<title>(.*?)</title>", drawn) == re.findall("<title>(.*?)</title>", kept)
    assert drawn == kept


def test_the_page_shows_every_picture_and_names_every_kind_of_neighbour() -> None:
    assert set(re.findall(r"images/geometry/(\w+)\.svg", PAGE)) == set(SHEETS)
    assert set(KINDS) <= set(re.findall(r"`(\w+)`", PAGE))


def test_what_the_page_points_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (REPOSITORY / "docs" / target).resolve().is_file(), target
