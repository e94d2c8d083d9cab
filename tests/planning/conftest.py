"""Databases for the tests of planning: one is made a session, and copied for each test."""

from __future__ import annotations

import pytest

from planning import seeding
from planning.atlas import Atlas
from tests.lending import lent_reader, one_reader, own_reader  # noqa: F401 - fixtures
from tests.planning.board import copy_of, made
from tests.planning.incoming import ACTOR


@pytest.fixture(scope="session")
def made_board(tmp_path_factory):
    db = made(tmp_path_factory.mktemp("board") / "board.sqlite", "cch.......")
    yield db
    db.close()


@pytest.fixture
def db(made_board, tmp_path):
    copy = copy_of(made_board, tmp_path / "copy.sqlite")
    yield copy
    copy.close()


@pytest.fixture
def atlas(db):
    return Atlas(db)


@pytest.fixture(scope="session")
def made_empty(tmp_path_factory):
    db = seeding.create(f"sqlite:///{tmp_path_factory.mktemp('empty')}/e.sqlite", actor=ACTOR)
    yield db
    db.close()


@pytest.fixture
def empty(made_empty, tmp_path):
    db = copy_of(made_empty, tmp_path / "empty.sqlite")
    yield db
    db.close()
