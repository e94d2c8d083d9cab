"""Parcels that are split, merged, drawn and given another boundary: where they came from, and a kind of undo step."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('assign', 'revert', 'lock', 'unlock', 'edit', 'reshape')"


def upgrade() -> None:
    _commands()
    _lineage()


def _commands() -> None:
    """SQLite changes no check in place: the table is made anew beside the old one and takes its name."""
    op.create_table(
        "command_0002",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("scenario_id", sa.Integer, sa.ForeignKey("scenario.id"), nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in _TEXTS),
        sa.Column("audit_seq", sa.Integer, sa.ForeignKey("audit.seq"), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_command_kind")),
        sa.CheckConstraint("status IN ('done', 'undone', 'discarded')", name=op.f("ck_command_status")),
    )
    names = ", ".join(("id", "scenario_id", *_TEXTS, "audit_seq"))
    op.execute(f"INSERT INTO command_0002 ({names}) SELECT {names} FROM command")  # noqa: S608
    op.drop_table("command")
    op.rename_table("command_0002", "command")
    op.create_index("ix_command_scenario_id_status_id", "command", ["scenario_id", "status", "id"])


_TEXTS = ("kind", "label", "payload", "status", "actor", "origin", "at")


def _lineage() -> None:
    op.create_table(
        "lineage",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("command_id", sa.Integer, sa.ForeignKey("command.id"), nullable=False),
        sa.Column("from_id", sa.Integer, sa.ForeignKey("parcels.id"), nullable=False),
        sa.Column("to_id", sa.Integer, sa.ForeignKey("parcels.id")),
        sa.Column("at", sa.Text, nullable=False),
        sa.Column("audit_seq", sa.Integer, sa.ForeignKey("audit.seq"), nullable=False),
    )
    op.create_index("ix_lineage_from_id", "lineage", ["from_id"])
    op.create_index("ix_lineage_to_id", "lineage", ["to_id"])
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER lineage_no_{act.lower()} BEFORE {act} ON lineage "
            "BEGIN SELECT RAISE(ABORT, 'lineage is append-only'); END"
        )
