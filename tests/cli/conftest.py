"""A copy of the sample for each test, and the command line run over it in a folder of its own."""

from __future__ import annotations

import pytest

from cli.__main__ import main
from planning import seeding
from planning.actors import Actor
from tests.lending import lent_reader, one_reader  # noqa: F401 - fixtures
from tests.planning.board import copy_of


@pytest.fixture(scope="package")
def made_sample(tmp_path_factory):
    db = seeding.create(
        f"sqlite:///{tmp_path_factory.mktemp('sample')}/s.sqlite", sample=True, actor=Actor("t", "test")
    )
    yield db
    db.close()


@pytest.fixture
def run(made_sample, tmp_path, monkeypatch, capsys):
    """Run a command in a folder of its own over a copy of the sample; give status, stdout, stderr."""
    copy_of(made_sample, tmp_path / "s.sqlite").close()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CHANTU_DATABASE_URL", f"sqlite:///{tmp_path / 's.sqlite'}")

    def command(*words):
        capsys.readouterr()
        status = main([str(word) for word in words])
        said = capsys.readouterr()
        return status, said.out, said.err

    return command
