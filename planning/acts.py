"""What an act gives back: which parcels changed, from what to what, and the revision that now stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Change:
    """One parcel's assignment in a scenario, before and after.

    ``before`` and ``after`` are the effective cluster codes (own or inherited, None = unassigned); ``version``,
    ``own`` and ``locked`` (the parcel's own lock, a cluster's lock aside) are as they stand after the act.
    """

    parcel_id: int
    before: str | None
    after: str | None
    version: int
    own: bool = True
    locked: bool = False


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One parcel's edited columns, before and after; ``version`` is the parcel's version after the act."""

    parcel_id: int
    before: Mapping[str, object]
    after: Mapping[str, object]
    version: int


@dataclass(frozen=True, slots=True)
class Label:
    """What an act is called: a key that ``ui`` and ``cli`` turn into words, with its values."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """The outcome of one act; ``command_id`` is None when nothing had to change and nothing was written.

    ``revision`` is that of ``assignments:<scenario_id>`` after the act, ``previous_revision`` before it;
    ``fields_revision`` is that of ``parcels.fields``. ``locked_clusters`` are the codes locked in the scenario
    after the act, ``skipped_locked`` the parcels that a lock kept. ``ended`` and ``born`` are the parcels that the act
    took off and put on the map, ``reshaped`` those that have another boundary; ``shapes_revision`` is that of
    ``parcels`` after such an act, 0 after any other.
    """

    scenario_id: int
    command_id: int | None
    label: Label
    changes: tuple[Change, ...]
    revision: int
    previous_revision: int
    skipped_locked: tuple[int, ...] = ()
    locked_clusters: frozenset[str] = frozenset()
    field_changes: tuple[FieldChange, ...] = ()
    fields_revision: int = 0
    ended: tuple[int, ...] = ()
    born: tuple[int, ...] = ()
    reshaped: tuple[int, ...] = ()
    shapes_revision: int = 0
