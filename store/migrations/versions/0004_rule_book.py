"""The rule book with its versions, and what reviewers signed in spite of it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TEXTS = (
    "kind", "subject", "layer", "object", "level", "measure", "land_use", "trade", "reason", "basis", "by", "at", "why",
)  # fmt: skip


def upgrade() -> None:
    _rules()
    _overrides()
    # the book is read from the files of the release when it is first asked for: a number that no key has yet
    op.execute("INSERT INTO revision (key, value) SELECT 'rules', value FROM revision WHERE key = 'clusters'")


def _rules() -> None:
    """The table of before was never written: rules lay in files only."""
    op.drop_table("rule")
    op.create_table(
        "rule",
        sa.Column("code", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS),
        *(sa.Column(name, sa.Float, nullable=False) for name in ("distance_m", "tolerance_m2")),
        sa.Column("on", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("audit_seq", sa.Integer, sa.ForeignKey("audit.seq"), nullable=False),
        sa.CheckConstraint("level IN ('forbidden', 'justify', 'notice')", name=op.f("ck_rule_level")),
        sqlite_with_rowid=False,
    )
    _append_only("rule")


def _overrides() -> None:
    op.create_table(
        "override",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("scenario_id", sa.Integer, sa.ForeignKey("scenario.id"), nullable=False),
        sa.Column("parcel_id", sa.Integer, sa.ForeignKey("parcels.id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("shape_sha256", "cluster", "rule")),
        sa.Column("rule_version", sa.Integer, nullable=False),
        sa.Column("cause_layer", sa.Text, nullable=False),
        sa.Column("cause_id", sa.Integer, nullable=False),
        sa.Column("area_m2", sa.Float, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("reason", "signed_by", "signed_at")),
        sa.Column("audit_seq", sa.Integer, sa.ForeignKey("audit.seq"), nullable=False),
    )
    op.create_index("ix_override_scenario_id_parcel_id", "override", ["scenario_id", "parcel_id"])
    _append_only("override")


def _append_only(table: str) -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f'CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON "{table}" '
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
