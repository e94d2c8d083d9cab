"""The first schema: layers with R-trees, scenarios, assignments, commands, the audit chain."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# written out, not read from today's layer schemas: this step must give the same tables for ever
_LAYERS = {
    "parcels": (
        "name town park stage land_use land_use_scheme ready_date owner reserve_agency "
        "declared_area_m2:n far_min:n far_max:n density_min:n density_max:n green_min:n green_max:n "
        "investment_min:n tax_min:n protection_distance_m:n note"
    ),
    "parks": "name state milestone town floor_area_m2:n floor_area_qualifier note",
    "roads": "name from_street to_street state road_class width_m:n opening note",
    "facilities": "name kind state milestone town note",
    "constraints": "name kind basis note",
    "towns": "name kind note",
    "power_sites": "name park invested_wan:n invested_qualifier planned_wan:n capacity_kva:n note",
    "landscape": "name kind note",
}
_APPEND_ONLY = ("audit", "assignment_history", "edit_history")


def upgrade() -> None:
    _import_batch()
    for layer, fields in _LAYERS.items():
        _layer(layer, fields)
    _clusters_and_rules()
    _scenarios_and_audit()
    _commands()
    _assignments()
    _locks()
    _histories()
    _revisions_and_settings()
    for table in _APPEND_ONLY:
        _append_only(table)


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, nullable=False) for name in names]


def _key() -> sa.Column[int]:
    return sa.Column("id", sa.Integer, primary_key=True)


def _to(target: str, name: str, *, nullable: bool = False, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.ForeignKey(target), nullable=nullable, primary_key=key)


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _import_batch() -> None:
    op.create_table(
        "import_batch",
        _key(),
        *_text("at", "actor", "layer", "file_name", "file_sha256"),
        sa.Column("file_bytes", sa.Integer, nullable=False),
        sa.Column("taken", sa.Integer, nullable=False),
        *_text("report"),
    )


def _layer(layer: str, fields: str) -> None:
    own = (field.partition(":") for field in fields.split())
    op.create_table(
        layer,
        _key(),
        *_text("code"),
        *(sa.Column(name, sa.Float if kind == "n" else sa.Text) for name, _, kind in own),
        sa.Column("version", sa.Integer, nullable=False),
        *_text("source"),
        sa.Column("is_sample", sa.Boolean, nullable=False),
        _to("import_batch.id", "batch_id", nullable=True),
        *_text("valid_from"),
        sa.Column("valid_to", sa.Text),
        sa.Column("geometry", sa.LargeBinary, nullable=False),
        *(sa.Column(name, sa.Float) for name in ("area_m2", "area_ellipsoid_m2", "length_m")),
        sa.Column("extra", sa.Text),
        _check(layer, "version", "version >= 1"),
        _check(layer, "valid_period", "valid_to IS NULL OR valid_to >= valid_from"),
    )
    live = sa.text("valid_to IS NULL")
    op.create_index(f"uq_{layer}_live_code", layer, ["code"], unique=True, sqlite_where=live, postgresql_where=live)
    op.execute(f"CREATE VIRTUAL TABLE rtree_{layer} USING rtree(id, min_x, max_x, min_y, max_y)")


def _clusters_and_rules() -> None:
    op.create_table(
        "cluster",
        _key(),
        sa.Column("position", sa.Integer, nullable=False),
        *_text("code", "name_zh", "name_en", "glyph", "color", "gbt4754", "land_use", "sensitivity", "hazard"),
        sa.UniqueConstraint("code"),
        sa.UniqueConstraint("glyph"),
    )
    op.create_table(
        "rule",
        _key(),
        sa.Column("version", sa.Integer, nullable=False),
        *_text("subject", "object"),
        sa.Column("distance_m", sa.Float),
        *_text("level", "basis"),
    )


def _scenarios_and_audit() -> None:
    op.create_table(
        "scenario",
        _key(),
        *_text("name"),
        _to("scenario.id", "base_id", nullable=True),
        *_text("state", "created_by", "created_at"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("name"),
        _check("scenario", "state", "state IN ('draft', 'in_review', 'published')"),
        _check("scenario", "base_is_older", "base_id IS NULL OR base_id < id"),
    )
    op.create_table(
        "audit",
        sa.Column("seq", sa.Integer, primary_key=True),
        *_text("at", "actor", "origin", "verb", "subject", "detail", "previous", "hash"),
        sa.UniqueConstraint("hash"),
    )


def _commands() -> None:
    op.create_table(
        "command",
        _key(),
        _to("scenario.id", "scenario_id"),
        *_text("kind", "label", "payload", "status", "actor", "origin", "at"),
        _to("audit.seq", "audit_seq"),
        _check("command", "kind", "kind IN ('assign', 'revert', 'lock', 'unlock', 'edit')"),
        _check("command", "status", "status IN ('done', 'undone', 'discarded')"),
    )
    op.create_index("ix_command_scenario_id_status_id", "command", ["scenario_id", "status", "id"])


def _assignments() -> None:
    op.create_table(
        "assignment",
        _to("scenario.id", "scenario_id", key=True),
        _to("parcels.id", "parcel_id", key=True),
        _to("cluster.id", "cluster_id", nullable=True),
        sa.Column("inherits", sa.Boolean, nullable=False),
        sa.Column("reason", sa.Text),
        *_text("by", "at"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        _check("assignment", "inherits_or_own", "inherits = 0 OR cluster_id IS NULL"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_assignment_scenario_id_revision", "assignment", ["scenario_id", "revision"])


def _locks() -> None:
    op.create_table(
        "lock",
        _key(),
        _to("scenario.id", "scenario_id"),
        _to("parcels.id", "parcel_id", nullable=True),
        _to("cluster.id", "cluster_id", nullable=True),
        sa.Column("active", sa.Boolean, nullable=False),
        *_text("by", "at"),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        _check("lock", "parcel_or_cluster", "(parcel_id IS NULL) <> (cluster_id IS NULL)"),
        sa.UniqueConstraint("scenario_id", "parcel_id"),
        sa.UniqueConstraint("scenario_id", "cluster_id"),
    )
    op.create_index("ix_lock_scenario_id_revision", "lock", ["scenario_id", "revision"])


def _histories() -> None:
    op.create_table(
        "assignment_history",
        *(sa.Column(name, sa.Integer, primary_key=True) for name in ("scenario_id", "parcel_id", "version")),
        _to("cluster.id", "cluster_id", nullable=True),
        sa.Column("inherits", sa.Boolean, nullable=False),
        _to("audit.seq", "audit_seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "edit_history",
        sa.Column("layer", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Integer, primary_key=True) for name in ("feature_id", "version")),
        *_text("before", "after"),
        _to("audit.seq", "audit_seq"),
        sqlite_with_rowid=False,
    )


def _revisions_and_settings() -> None:
    op.create_table(
        "revision",
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.Text, primary_key=True),
        *_text("value"),
        sqlite_with_rowid=False,
    )


def _append_only(table: str) -> None:
    for act in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
