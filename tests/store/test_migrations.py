"""The migrated schema is the one that the code expects, and a step that fails takes everything back."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, inspect, text

from store import migrating, sqlite
from store.database import Database
from store.review_tables import person
from store.tables import LAYER_TABLES

# all tables, those of people among them
metadata = person.metadata


@pytest.fixture
def migrated(tmp_path):
    db = Database.create(f"sqlite:///{tmp_path}/a.sqlite")
    with db.read() as conn:
        yield conn
    db.close()


@pytest.fixture
def expected():
    engine = create_engine("sqlite://")
    metadata.create_all(engine)
    with engine.connect() as conn:
        yield conn
    engine.dispose()


def no_rtree(_object, name, kind, _reflected, _compare_to):
    return not (kind == "table" and name.startswith("rtree_"))


def test_alembic_sees_no_difference(migrated):
    context = MigrationContext.configure(migrated, opts={"include_object": no_rtree, "compare_type": True})
    assert compare_metadata(context, metadata) == []


def test_checks_references_and_indexes_are_the_same_too(migrated, expected):
    """What Alembic does not compare: checks, the conditions of indexes, tables without a rowid."""

    def described(conn):
        inspector = inspect(conn)
        found = {}
        for name in metadata.tables:
            checks = sorted((one["name"], one["sqltext"]) for one in inspector.get_check_constraints(name))
            keys = sorted(
                (one["constrained_columns"], one["referred_table"]) for one in inspector.get_foreign_keys(name)
            )
            unique = sorted(str(one["column_names"]) for one in inspector.get_unique_constraints(name))
            indexes = conn.execute(
                text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = :name AND sql <> ''"),
                {"name": name},
            )
            made = conn.execute(
                text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :name"), {"name": name}
            ).scalar_one()
            found[name] = (
                checks,
                keys,
                unique,
                sorted(" ".join(sql.split()) for sql in indexes.scalars()),
                "WITHOUT ROWID" in made,
            )
        return found

    assert described(migrated) == described(expected)


def test_every_layer_has_its_rtree(migrated):
    names = set(migrated.execute(text("SELECT name FROM sqlite_master WHERE sql LIKE '%USING rtree%'")).scalars())
    assert names == {f"rtree_{layer}" for layer in LAYER_TABLES}


def test_the_code_knows_every_step_in_order():
    config = Config()
    config.set_main_option("script_location", "store/migrations")
    steps = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    assert tuple(reversed(steps)) == migrating.KNOWN


def test_a_step_that_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    """The driver alone would commit before each CREATE TABLE and leave the first ones behind."""
    from alembic import op  # noqa: PLC0415

    path = tmp_path / "a.sqlite"
    engine = sqlite.engine_for(path, writes=True)
    done = []

    def failing(name, *_args, **_options):
        done.append(name)
        if len(done) == 3:
            raise RuntimeError(name)

    monkeypatch.setattr(op, "create_index", failing)
    with pytest.raises(RuntimeError), engine.begin() as conn:
        migrating.upgrade(conn)
    with engine.begin() as conn:
        assert conn.execute(text("SELECT COUNT(*) FROM sqlite_master")).scalar_one() == 0
    monkeypatch.undo()
    with engine.begin() as conn:
        migrating.upgrade(conn)
        assert conn.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == migrating.HEAD
    engine.dispose()
