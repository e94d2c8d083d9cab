"""Alembic's entry: run the steps on the connection, and in the transaction, that the store hands over."""

from __future__ import annotations

from alembic import context

from store.review_tables import person


def include(_object: object, name: str | None, kind: str, *_others: object) -> bool:
    """Leave the R-trees' own tables out of comparisons: they are SQLite's, made by hand in the steps."""
    return not (kind == "table" and (name or "").startswith("rtree_"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=person.metadata,
    include_object=include,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
