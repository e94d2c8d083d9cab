"""What the README and the pages point to is there."""

from __future__ import annotations

import re

import pytest

from tests.conftest import REPOSITORY

PAGES = ["README.md", *(f"docs/{path.name}" for path in sorted((REPOSITORY / "docs").glob("*.md")))]


@pytest.mark.parametrize("page", PAGES)
def test_what_a_page_points_to_is_there(page: str) -> None:
    text = (REPOSITORY / page).read_text("utf-8")
    folder = (REPOSITORY / page).parent
    targets = [target for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", text) if "://" not in target]
    assert [target for target in targets if not (folder / target).exists()] == []
