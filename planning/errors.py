"""What can go wrong when a person acts, as a small tree for whoever catches it.

    PlanningError
    ├── Refused             the input cannot be taken (exit status 2)
    │   ├── ReadOnlyScenario    the scenario cannot be painted
    │   ├── RuleRefused         rules of the book stand against it
    │   ├── NothingToUndo
    │   └── NothingToRedo
    └── Conflict            somebody else was there first (exit status 3)
        ├── StaleVersion        rows changed since this person saw them
        ├── UndoConflict        what would be undone was changed since
        └── Busy                another writer held the database for too long

No sentence is made here: ``ui`` and ``cli`` make them from codes and values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong: a stable code, the values that say it, and where it lies (row, field, file)."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)
    where: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """One cell that two people changed: what it was, what I want, what they made it.

    ``field`` is ``cluster`` for an assignment (values are cluster codes, None = unassigned), else the key of the edited
    column. ``version`` is theirs: passing it as seen is how a person insists on ``mine``. ``at`` is UTC, ISO 8601.
    """

    parcel_id: int
    code: str
    old: object
    mine: object
    theirs: object
    version: int
    by: str
    at: str
    field: str = "cluster"


class PlanningError(Exception):
    """Base of all errors that an act can raise on purpose."""


class Refused(PlanningError):
    """The input cannot be taken; ``faults`` lists everything that is wrong with it, never only the first."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*(f"{fault.code}@{fault.where}" if fault.where else fault.code for fault in faults))
        self.faults: tuple[Fault, ...] = faults


class ReadOnlyScenario(Refused):
    """The scenario is the base 现状, or no longer a draft."""


class RuleRefused(Refused):
    """Rules stand against what is to be painted; ``rows`` holds all of them (planning.ruling.Row)."""

    def __init__(self, rows: tuple[Any, ...], *faults: Fault) -> None:
        super().__init__(*faults)
        self.rows = rows


class NothingToUndo(Refused):
    """The scenario has no act left to undo."""


class NothingToRedo(Refused):
    """The scenario has no undone act left to do again."""


class Conflict(PlanningError):
    """A newer version is in the database; nothing was written."""

    def __init__(self, *conflicts: Clash) -> None:
        super().__init__(*(f"{clash.code}:{clash.field}" for clash in conflicts))
        self.conflicts: tuple[Clash, ...] = conflicts


class StaleVersion(Conflict):
    """Rows were changed by somebody since this person saw them."""


class UndoConflict(Conflict):
    """What the undo or redo would restore has been changed by another act since."""


class Busy(Conflict):
    """Another writer held the database longer than the wait allowed."""
