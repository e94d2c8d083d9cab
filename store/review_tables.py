"""The tables of people and what they say of a scenario: who may sign, reviews, publications, remarks."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Float, ForeignKey, Index, Integer, LargeBinary, Table, Text

from store.tables import audit, metadata, parcels, scenario

# people who work here; ``secret`` is how a passphrase is known again (scrypt), never the passphrase itself
person = Table(
    "person",
    metadata,
    Column("name", Text, primary_key=True),
    Column("roles", Text, nullable=False),
    Column("secret", Text),
    Column("failures", Integer, nullable=False),
    Column("failed_at", Text),
    Column("added_at", Text, nullable=False),
    Column("removed_at", Text),
    sqlite_with_rowid=False,
)

# every step of a scenario between draft and published, and who signed it
review_step = Table(
    "review_step",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scenario_id", ForeignKey(scenario.c.id), nullable=False),
    Column("step", Text, nullable=False),
    Column("signed_by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("note", Text),
    Column("digest", Text, nullable=False),
    Column("audit_seq", ForeignKey(audit.c.seq), nullable=False),
    CheckConstraint("step IN ('submit', 'withdraw', 'send_back', 'publish')", name="step"),
    Index("ix_review_step_scenario_id", "scenario_id"),
)

# what a published scenario was on its day: all its parcels and clusters in one Parquet file, known by its SHA-256
publication = Table(
    "publication",
    metadata,
    Column("scenario_id", ForeignKey(scenario.c.id), primary_key=True),
    Column("at", Text, nullable=False),
    Column("parcels", Integer, nullable=False),
    Column("centi_m2", Integer, nullable=False),
    Column("digest", Text, nullable=False),
    Column("content_sha256", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("audit_seq", ForeignKey(audit.c.seq), nullable=False),
)

# the briefing snapshot of a published scenario: its parcels and all layers under them as they were on the day
publication_brief = Table(
    "publication_brief",
    metadata,
    Column("scenario_id", ForeignKey(publication.c.scenario_id), primary_key=True),
    Column("snapshot_id", Text, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("audit_seq", ForeignKey(audit.c.seq), nullable=False),
)

# a view of the map that a planner keeps for a briefing; the views of a scenario in their order are its story
saved_view = Table(
    "saved_view",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scenario_id", ForeignKey(scenario.c.id), nullable=False),
    Column("position", Integer, nullable=False),
    Column("caption", Text, nullable=False),
    Column("template", Text, nullable=False),
    Column("theme", Text, nullable=False),
    Column("park", Text, nullable=False),
    Column("lat", Float, nullable=False),
    Column("lng", Float, nullable=False),
    Column("zoom", Float, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    CheckConstraint("position >= 0", name="from_nought"),
    Index("ix_saved_view_scenario_id", "scenario_id", "position"),
)

# a remark pinned to a parcel or to a place, or the answer to one
comment = Table(
    "comment",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("scenario_id", ForeignKey(scenario.c.id), nullable=False),
    Column("answers_id", ForeignKey("comment.id")),
    Column("parcel_id", ForeignKey(parcels.c.id)),
    Column("x", Float),
    Column("y", Float),
    Column("body", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("resolved_by", Text),
    Column("resolved_at", Text),
    CheckConstraint("(answers_id IS NULL) = (parcel_id IS NOT NULL OR x IS NOT NULL)", name="pinned_or_answer"),
    CheckConstraint("(x IS NULL) = (y IS NULL) AND (parcel_id IS NULL OR x IS NULL)", name="one_place"),
    Index("ix_comment_scenario_id", "scenario_id"),
)
