"""Views kept for briefings, and the briefing snapshot of what is published."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "publication_brief",
        sa.Column("scenario_id", sa.Integer, sa.ForeignKey("publication.scenario_id"), primary_key=True),
        sa.Column("snapshot_id", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("audit_seq", sa.Integer, sa.ForeignKey("audit.seq"), nullable=False),
    )
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER publication_brief_no_{act.lower()} BEFORE {act} ON publication_brief "
            "BEGIN SELECT RAISE(ABORT, 'publication_brief is append-only'); END"
        )
    op.create_table(
        "saved_view",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("scenario_id", sa.Integer, sa.ForeignKey("scenario.id"), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("caption", sa.Text, nullable=False),
        sa.Column("template", sa.Text, nullable=False),
        sa.Column("theme", sa.Text, nullable=False),
        sa.Column("park", sa.Text, nullable=False),
        sa.Column("lat", sa.Float, nullable=False),
        sa.Column("lng", sa.Float, nullable=False),
        sa.Column("zoom", sa.Float, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.CheckConstraint("position >= 0", name=op.f("ck_saved_view_from_nought")),
    )
    op.create_index("ix_saved_view_scenario_id", "saved_view", ["scenario_id", "position"])
