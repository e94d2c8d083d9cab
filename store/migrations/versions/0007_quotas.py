"""Quotas: how many 亩 a scenario means each cluster to have."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "quota",
        sa.Column("scenario_id", sa.Integer, sa.ForeignKey("scenario.id"), primary_key=True),
        sa.Column("cluster_id", sa.Integer, sa.ForeignKey("cluster.id"), primary_key=True),
        sa.Column("inherits", sa.Boolean, nullable=False),
        sa.Column("centi_mu", sa.Integer),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("inherits = 0 OR centi_mu IS NULL", name=op.f("ck_quota_inherits_or_own")),
        sa.CheckConstraint("centi_mu IS NULL OR centi_mu >= 0", name=op.f("ck_quota_not_negative")),
        sqlite_with_rowid=False,
    )
