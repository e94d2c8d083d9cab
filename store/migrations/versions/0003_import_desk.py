"""Imports that can be undone and that update in place; how a supplier's columns were mapped last."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("mode", sa.Text, nullable=False, server_default="insert"),
        sa.Column("supplier", sa.Text, nullable=True),
        sa.Column("first_seq", sa.Integer, nullable=True),
        sa.Column("last_seq", sa.Integer, nullable=True),
        sa.Column("undone_at", sa.Text, nullable=True),
        sa.Column("undone_by", sa.Text, nullable=True),
    ):
        op.add_column("import_batch", column)
    op.create_table(
        "import_mapping",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("supplier", sa.Text, nullable=False),
        sa.Column("layer", sa.Text, nullable=False),
        sa.Column("signature", sa.Text, nullable=False),
        sa.Column("mapping", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.UniqueConstraint("supplier", "layer", "signature"),
    )
