"""People and their roles, the way of a scenario to its publication, and remarks pinned to the map."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _person()
    _review_step()
    _publication()
    _comment()
    for table in ("review_step", "publication"):
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    # a new database has no numbers yet and gets them all at once; one that has some gets one above them
    op.execute(
        "INSERT INTO revision (key, value) SELECT 'comments', MAX(value) + 1 FROM revision "
        "HAVING MAX(value) IS NOT NULL"
    )


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("secret", sa.Text),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failed_at", sa.Text),
        sa.Column("added_at", sa.Text, nullable=False),
        sa.Column("removed_at", sa.Text),
        sqlite_with_rowid=False,
    )


def _review_step() -> None:
    op.create_table(
        "review_step",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("scenario_id", sa.Integer, sa.ForeignKey("scenario.id"), nullable=False),
        sa.Column("step", sa.Text, nullable=False),
        sa.Column("signed_by", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("note", sa.Text),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("audit_seq", sa.Integer, sa.ForeignKey("audit.seq"), nullable=False),
        sa.CheckConstraint("step IN ('submit', 'withdraw', 'send_back', 'publish')", name=op.f("ck_review_step_step")),
    )
    op.create_index("ix_review_step_scenario_id", "review_step", ["scenario_id"])


def _publication() -> None:
    op.create_table(
        "publication",
        sa.Column("scenario_id", sa.Integer, sa.ForeignKey("scenario.id"), primary_key=True),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("parcels", sa.Integer, nullable=False),
        sa.Column("centi_m2", sa.Integer, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("content_sha256", sa.Text, nullable=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("audit_seq", sa.Integer, sa.ForeignKey("audit.seq"), nullable=False),
    )


def _comment() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("scenario_id", sa.Integer, sa.ForeignKey("scenario.id"), nullable=False),
        sa.Column("answers_id", sa.Integer, sa.ForeignKey("comment.id")),
        sa.Column("parcel_id", sa.Integer, sa.ForeignKey("parcels.id")),
        sa.Column("x", sa.Float),
        sa.Column("y", sa.Float),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("resolved_by", sa.Text),
        sa.Column("resolved_at", sa.Text),
        sa.CheckConstraint(
            "(answers_id IS NULL) = (parcel_id IS NOT NULL OR x IS NOT NULL)", name=op.f("ck_comment_pinned_or_answer")
        ),
        sa.CheckConstraint(
            "(x IS NULL) = (y IS NULL) AND (parcel_id IS NULL OR x IS NULL)", name=op.f("ck_comment_one_place")
        ),
    )
    op.create_index("ix_comment_scenario_id", "comment", ["scenario_id"])
