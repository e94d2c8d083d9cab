"""Whether the parcels fit together: faults in a list, each with ways to mend it, and a mend accepted as one act.

A check is of one revision of the parcels and is kept until another is asked for. It runs on a thread of its own:
whoever asks waits a moment, and hears that it is under way when that was not enough.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from weakref import WeakKeyDictionary

import shapely
from shapely.geometry.base import BaseGeometry

from geo import coverage
from geo.coverage import CODES, DEFAULT, Limits
from geo.mending import Draft, Mend, mend_all, proposals
from planning.actors import Actor, Clock, utc_now
from planning.acts import Done
from planning.atlas import Atlas
from planning.errors import Fault, Refused
from planning.reshaping import replace_geometries
from planning.snapshots import LayerSnapshot
from store.database import Database

# a person does not notice a wait of this length
PATIENCE_S: Final = 0.6


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of the parcels; ``number`` is its place in the list. See geo.coverage for codes and sizes."""

    number: int
    code: str
    severity: str
    parcel_ids: tuple[int, ...]
    codes: tuple[str, ...]
    x: float
    y: float
    area_m2: float
    width_m: float
    detail: str
    geometry: BaseGeometry

    @property
    def identity(self) -> tuple[str, tuple[int, ...], float, float]:
        """What tells a fault from others in another check of the same parcels."""
        return self.code, self.parcel_ids, round(self.x, 2), round(self.y, 2)


@dataclass(frozen=True, slots=True)
class Change:
    """What a mend does to one parcel; ``shape`` and ``after_m2`` are None where it ends."""

    parcel_id: int
    code: str
    before: BaseGeometry | None
    shape: BaseGeometry | None
    before_m2: float
    after_m2: float | None
    change_m2: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """One way to mend one fault, or all of a kind; ``mended`` and ``left`` count faults."""

    way: str
    changes: tuple[Change, ...]
    seen: Mapping[int, int]
    mended: int = 1
    left: int = 0

    @property
    def changed_m2(self) -> float:
        """Sum of the changes of area, whichever way."""
        return float(sum(abs(one.change_m2) for one in self.changes))


@dataclass(frozen=True)
class Checked:
    """The faults of one revision of the parcels, errors first."""

    parcels: LayerSnapshot
    limits: Limits
    findings: tuple[Finding, ...]

    @property
    def revision(self) -> int:
        """The revision of the parcels that was checked."""
        return self.parcels.revision

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many faults of each code there are; codes without one are left out."""
        found = [one.code for one in self.findings]
        return {code: found.count(code) for code in CODES if code in found}

    def of(self, code: str | None) -> tuple[Finding, ...]:
        """The faults of one code, or all."""
        return self.findings if code is None else tuple(one for one in self.findings if one.code == code)


class Checks:
    """The last check of every atlas of the process, and the thread that makes the next."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="check")
        self._held: WeakKeyDictionary[Atlas, tuple[int, Future[Checked]]] = WeakKeyDictionary()

    def of(self, atlas: Atlas, *, patience_s: float | None = PATIENCE_S) -> Checked | None:
        """Return the check of the parcels as they stand, None when it is still under way after so many seconds."""
        parcels = atlas.parcels()
        with self._lock:
            revision, future = self._held.get(atlas, (-1, None))
            if future is None or revision != parcels.revision:
                future = self._pool.submit(check, parcels)
                self._held[atlas] = parcels.revision, future
        try:
            return future.result(patience_s)
        except NotYet:
            return None


_CHECKS: Final = Checks()


def checked(atlas: Atlas, *, patience_s: float | None = PATIENCE_S) -> Checked | None:
    """Return the check of the parcels as they stand; None while it is under way. ``patience_s=None`` waits."""
    return _CHECKS.of(atlas, patience_s=patience_s)


def check(parcels: LayerSnapshot, *, limits: Limits = DEFAULT) -> Checked:
    """Check the parcels of a snapshot."""
    table = coverage.check(parcels.geoms, limits=limits)
    findings = tuple(_finding(parcels, number, row) for number, row in enumerate(table.to_dict("records")))
    return Checked(parcels, limits, findings)


def _finding(parcels: LayerSnapshot, number: int, row: Mapping[Any, Any]) -> Finding:
    rows = list(row["rows"])
    return Finding(
        number=number,
        parcel_ids=tuple(parcels.ids[rows].tolist()),
        codes=tuple(parcels.codes[rows].tolist()),
        **{str(name): value for name, value in row.items() if name != "rows"},
    )


def mends(state: Checked, finding: Finding) -> tuple[Proposal, ...]:
    """List the ways to mend a fault, the best first; empty when a person must redraw it."""
    draft = _draft(state.parcels)
    return tuple(_proposal(state.parcels, mend) for mend in proposals(draft, _as_row(state, finding)))


def mend_kind(state: Checked, findings: Sequence[Finding]) -> Proposal | None:
    """Mend several faults, one after another, each the first way, as one proposal; None when none can be."""
    before = _draft(state.parcels)
    table = coverage.frame_of([_as_row(state, one) for one in findings])
    draft, left = mend_all(before, table, limits=state.limits)
    mend = draft.mend_since(before, "all")
    if mend is None:
        return None
    return _proposal(state.parcels, mend, mended=len(findings) - len(left), left=len(left))


def accept(db: Database, *, actor: Actor, scenario_id: int, proposal: Proposal, clock: Clock = utc_now) -> Done:
    """Do what a proposal says as one step of the scenario's undo stack.

    Raises
    ------
    Refused
        A parcel is locked in some scenario, or no longer there.
    StaleVersion
        Somebody changed a boundary that this changes too, since it was checked; nothing was written.
    """
    if not proposal.changes:
        raise Refused(Fault("nothing_to_mend"))
    return replace_geometries(
        db,
        actor=actor,
        scenario_id=scenario_id,
        shapes={one.parcel_id: one.shape for one in proposal.changes if one.shape is not None},
        ended=[one.parcel_id for one in proposal.changes if one.shape is None],
        seen=proposal.seen,
        verb="mend",
        clock=clock,
    )


def _draft(parcels: LayerSnapshot) -> Draft:
    index = parcels.index
    return Draft(parcels.geoms, index.tree if index is not None else shapely.STRtree([]))


def _as_row(state: Checked, finding: Finding) -> dict[str, object]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "rows": tuple(state.parcels.row_of(finding.parcel_ids).tolist()),
        "x": finding.x,
        "y": finding.y,
        "area_m2": finding.area_m2,
        "width_m": finding.width_m,
        "detail": finding.detail,
        "geometry": finding.geometry,
    }


def _proposal(parcels: LayerSnapshot, mend: Mend, *, mended: int = 1, left: int = 0) -> Proposal:
    versions = parcels.frame["version"].to_numpy()
    changes = []
    for row, shape, change in zip(mend.rows, mend.shapes, mend.area_change_m2, strict=True):
        before = parcels.geoms[row]
        after = None if shape is None else float(shape.area)
        size = 0.0 if before is None else float(before.area)
        changes.append(Change(int(parcels.ids[row]), str(parcels.codes[row]), before, shape, size, after, change))
    seen = {int(parcels.ids[row]): int(versions[row]) for row in mend.rows}
    return Proposal(mend.way, tuple(changes), seen, mended, left)
