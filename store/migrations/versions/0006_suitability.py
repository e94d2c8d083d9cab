"""Suitability models in versions that never change."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suitability_model",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        sa.Column("form", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("audit_seq", sa.Integer, sa.ForeignKey("audit.seq"), nullable=False),
        sqlite_with_rowid=False,
    )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER suitability_model_no_{act.lower()} BEFORE {act} ON suitability_model "
            "BEGIN SELECT RAISE(ABORT, 'suitability_model is append-only'); END"
        )
