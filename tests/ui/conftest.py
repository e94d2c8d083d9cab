"""A small database of its own for every test of a page, and the pages as AppTest runs them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planning import seeding
from planning.actors import Actor
from planning.atlas import Atlas
from tests.lending import lent_reader, one_reader  # noqa: F401 - fixtures
from ui import office


@pytest.fixture(scope="session")
def sample_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ui") / "sample.sqlite"
    seeding.create(f"sqlite:///{path}", epsg=4549, sample=True, actor=Actor("seed", "seed")).close()
    return path


@pytest.fixture
def atlas(sample_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Atlas]:
    """The office's atlas on a fresh copy of the sample."""
    own = tmp_path / "chantu.sqlite"
    own.write_bytes(sample_file.read_bytes())
    monkeypatch.setenv("CHANTU_DATABASE_URL", f"sqlite:///{own}")
    held = office.atlas()
    yield held
    held.db.close()


@pytest.fixture
def run(atlas: Atlas) -> Callable[[str], AppTest]:
    """Run a page by the name of its module and give it, without a fault on it."""

    def ran(name: str) -> AppTest:
        script = f"from ui import {name}\nfrom ui.words import settle_language\nsettle_language()\n{name}.page()\n"
        app = AppTest.from_string(script, default_timeout=30)
        app.run()
        assert not app.exception
        assert atlas.epsg == office.atlas().epsg
        return app

    return ran
