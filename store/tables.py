"""The tables: one a layer, made from the layer schemas, and the tables of scenarios, acts and proof.

Times are UTC text (ISO 8601, microseconds), so that text order is time order. Geometry is WKB in the storage CRS.
What is append-only (audit, the two histories, lineage, rules, overrides) is kept so by triggers of the migrations.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Any, Final

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from layers.schema import LAYERS, Kind, LayerSchema

metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# a date is ISO text: it sorts, it compares, and it needs no conversion on the way to a frame of 100,000 rows
_COLUMN_TYPES: Final[dict[Kind, type[TypeEngine[Any]]]] = {
    "text": Text,
    "term": Text,
    "date": Text,
    "number": Float,
    "integer": Integer,
    "boolean": Boolean,
}

import_batch = Table(
    "import_batch",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("layer", Text, nullable=False),
    Column("file_name", Text, nullable=False),
    Column("file_sha256", Text, nullable=False),
    Column("file_bytes", Integer, nullable=False),
    Column("taken", Integer, nullable=False),
    Column("report", Text, nullable=False),
    # insert: new rows; update: rows in place by their code
    Column("mode", Text, nullable=False, server_default="insert"),
    Column("supplier", Text),
    # the entries of the audit chain that the import wrote: what came after is somebody else's
    Column("first_seq", Integer),
    Column("last_seq", Integer),
    Column("undone_at", Text),
    Column("undone_by", Text),
)

# how the columns of a supplier's files were mapped last: one row a supplier, a layer, and a set of columns
import_mapping = Table(
    "import_mapping",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("supplier", Text, nullable=False),
    Column("layer", Text, nullable=False),
    Column("signature", Text, nullable=False),
    Column("mapping", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("by", Text, nullable=False),
    UniqueConstraint("supplier", "layer", "signature"),
)


def _layer_table(schema: LayerSchema) -> Table:
    own = (Column(field.key, _COLUMN_TYPES[field.kind]) for field in schema.fields if field.key != "code")
    return Table(
        schema.name,
        metadata,
        Column("id", Integer, primary_key=True),
        Column("code", Text, nullable=False),
        *own,
        Column("version", Integer, nullable=False),
        Column("source", Text, nullable=False),
        Column("is_sample", Boolean, nullable=False),
        Column("batch_id", ForeignKey(import_batch.c.id)),
        Column("valid_from", Text, nullable=False),
        Column("valid_to", Text),
        Column("geometry", LargeBinary, nullable=False),
        Column("area_m2", Float),
        Column("area_ellipsoid_m2", Float),
        Column("length_m", Float),
        Column("extra", Text),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_period"),
        Index(
            f"uq_{schema.name}_live_code",
            "code",
            unique=True,
            sqlite_where=text("valid_to IS NULL"),
            postgresql_where=text("valid_to IS NULL"),
        ),
    )


LAYER_TABLES: Final = MappingProxyType({name: _layer_table(schema) for name, schema in LAYERS.items()})
parcels: Final = LAYER_TABLES["parcels"]

cluster = Table(
    "cluster",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("position", Integer, nullable=False),
    Column("code", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("glyph", Text, nullable=False),
    Column("color", Text, nullable=False),
    Column("gbt4754", Text, nullable=False),
    Column("land_use", Text, nullable=False),
    Column("sensitivity", Text, nullable=False),
    Column("hazard", Text, nullable=False),
    UniqueConstraint("code"),
    UniqueConstraint("glyph"),
)

# every version of every rule; the book at a revision is the newest of each code up to it
rule = Table(
    "rule",
    metadata,
    Column("code", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    *(
        Column(name, Text, nullable=False)
        for name in (
            "kind", "subject", "layer", "object", "level", "measure", "land_use", "trade", "reason", "basis",
            "by", "at", "why",
        )
    ),
    *(Column(name, Float, nullable=False) for name in ("distance_m", "tolerance_m2")),
    Column("on", Boolean, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("audit_seq", ForeignKey("audit.seq"), nullable=False),
    CheckConstraint("level IN ('forbidden', 'justify', 'notice')", name="level"),
    sqlite_with_rowid=False,
)  # fmt: skip

scenario = Table(
    "scenario",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("base_id", ForeignKey("scenario.id")),
    Column("state", Text, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("created_at", Text, nullable=False),
    Column("version", Integer, nullable=False),
    UniqueConstraint("name"),
    CheckConstraint("state IN ('draft', 'in_review', 'published')", name="state"),
    CheckConstraint("base_id IS NULL OR base_id < id", name="base_is_older"),
)

audit = Table(
    "audit",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("at", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("verb", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
    UniqueConstraint("hash"),
)

command = Table(
    "command",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scenario_id", ForeignKey(scenario.c.id), nullable=False),
    Column("kind", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("actor", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("audit_seq", ForeignKey(audit.c.seq), nullable=False),
    CheckConstraint("kind IN ('assign', 'revert', 'lock', 'unlock', 'edit', 'reshape')", name="kind"),
    CheckConstraint("status IN ('done', 'undone', 'discarded')", name="status"),
    Index("ix_command_scenario_id_status_id", "scenario_id", "status", "id"),
)

# a row stands where somebody painted, and stays: inherits = 1 says that the base shows through again
assignment = Table(
    "assignment",
    metadata,
    Column("scenario_id", ForeignKey(scenario.c.id), primary_key=True),
    Column("parcel_id", ForeignKey(parcels.c.id), primary_key=True),
    Column("cluster_id", ForeignKey(cluster.c.id)),
    Column("inherits", Boolean, nullable=False),
    Column("reason", Text),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    CheckConstraint("inherits = 0 OR cluster_id IS NULL", name="inherits_or_own"),
    Index("ix_assignment_scenario_id_revision", "scenario_id", "revision"),
    sqlite_with_rowid=False,
)

assignment_history = Table(
    "assignment_history",
    metadata,
    Column("scenario_id", Integer, primary_key=True),
    Column("parcel_id", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("cluster_id", ForeignKey(cluster.c.id)),
    Column("inherits", Boolean, nullable=False),
    Column("audit_seq", ForeignKey(audit.c.seq), nullable=False),
    sqlite_with_rowid=False,
)

# a lock is on a parcel or on a cluster, never both; active = 0 when it was taken off
lock = Table(
    "lock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scenario_id", ForeignKey(scenario.c.id), nullable=False),
    Column("parcel_id", ForeignKey(parcels.c.id)),
    Column("cluster_id", ForeignKey(cluster.c.id)),
    Column("active", Boolean, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("revision", Integer, nullable=False),
    CheckConstraint("(parcel_id IS NULL) <> (cluster_id IS NULL)", name="parcel_or_cluster"),
    UniqueConstraint("scenario_id", "parcel_id"),
    UniqueConstraint("scenario_id", "cluster_id"),
    Index("ix_lock_scenario_id_revision", "scenario_id", "revision"),
)

# how many 亩 a scenario means a cluster to have, in hundredths; NULL = no limit, inherits = 1 = as its base says
quota = Table(
    "quota",
    metadata,
    Column("scenario_id", ForeignKey(scenario.c.id), primary_key=True),
    Column("cluster_id", ForeignKey(cluster.c.id), primary_key=True),
    Column("inherits", Boolean, nullable=False),
    Column("centi_mu", Integer),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("version", Integer, nullable=False),
    CheckConstraint("inherits = 0 OR centi_mu IS NULL", name="inherits_or_own"),
    CheckConstraint("centi_mu IS NULL OR centi_mu >= 0", name="not_negative"),
    sqlite_with_rowid=False,
)

# a reviewer's word that a parcel may have a cluster in spite of a rule: of one boundary, version and cause
override = Table(
    "override",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scenario_id", ForeignKey(scenario.c.id), nullable=False),
    Column("parcel_id", ForeignKey(parcels.c.id), nullable=False),
    Column("shape_sha256", Text, nullable=False),
    Column("cluster", Text, nullable=False),
    Column("rule", Text, nullable=False),
    Column("rule_version", Integer, nullable=False),
    Column("cause_layer", Text, nullable=False),
    Column("cause_id", Integer, nullable=False),
    Column("area_m2", Float, nullable=False),
    Column("reason", Text, nullable=False),
    Column("signed_by", Text, nullable=False),
    Column("signed_at", Text, nullable=False),
    Column("audit_seq", ForeignKey(audit.c.seq), nullable=False),
    Index("ix_override_scenario_id_parcel_id", "scenario_id", "parcel_id"),
)

edit_history = Table(
    "edit_history",
    metadata,
    Column("layer", Text, primary_key=True),
    Column("feature_id", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("audit_seq", ForeignKey(audit.c.seq), nullable=False),
    sqlite_with_rowid=False,
)

# which parcel became which, by what step; to_id is NULL where a parcel was taken whole (by a road) and left no piece
lineage = Table(
    "lineage",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("command_id", ForeignKey(command.c.id), nullable=False),
    Column("from_id", ForeignKey(parcels.c.id), nullable=False),
    Column("to_id", ForeignKey(parcels.c.id)),
    Column("at", Text, nullable=False),
    Column("audit_seq", ForeignKey(audit.c.seq), nullable=False),
    Index("ix_lineage_from_id", "from_id"),
    Index("ix_lineage_to_id", "to_id"),
)

# one row a version: what a result rests on can be read again, and is never another
suitability_model = Table(
    "suitability_model",
    metadata,
    Column("name", Text, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("form", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("audit_seq", ForeignKey(audit.c.seq), nullable=False),
    sqlite_with_rowid=False,
)

revision = Table(
    "revision",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Integer, nullable=False),
    sqlite_with_rowid=False,
)

setting = Table(
    "setting",
    metadata,
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
