"""What lies on the import desk of one tab: files in a row, each with its own state, one looked at at a time."""

from __future__ import annotations

import io
import shutil
import weakref
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePath, PureWindowsPath
from typing import Final, Literal, Protocol

import streamlit as st

from exchange.rfc7946 import Checked
from exchange.scratch import folder_for
from planning import import_undo, importing, updating
from planning.errors import Busy, Conflict, Fault, Refused
from planning.import_jobs import ImportJob
from planning.import_undo import ImportUndone
from planning.importing import Accepted, Staged
from planning.updating import Differences
from ui import office

Mode = Literal["insert", "update"]
State = Literal["waiting", "reading", "ready", "refused", "entering", "entered", "undone", "stopped"]
PARTS: Final = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg"})
_KEY: Final = "import_desk"
_LONGEST_SUFFIX: Final = 12


class Uploaded(Protocol):
    """A file as Streamlit hands it over; the name is the browser's word and no path."""

    name: str
    file_id: str

    def getvalue(self) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a file is to be read: any change reads it again."""

    layer: str
    crs: str | None = None
    sublayer: str | None = None
    encoding: str | None = None
    supplier: str = ""
    mapping: tuple[tuple[str, str], ...] = ()


@dataclass
class Item:
    """One file: its copy on the disk, how it is read, and how far it has come."""

    number: int
    name: str
    path: Path
    wanted: Wanted
    mode: Mode = "insert"
    conformance: Checked | None = None
    empties: bool = False
    job: ImportJob[Staged] | None = None
    comparing: ImportJob[Differences] | None = None
    entering: ImportJob[Accepted] | None = None
    accepted: Accepted | None = None
    undone: ImportUndone | None = None
    undo_conflict: Conflict | None = None
    undo_faults: tuple[Fault, ...] = ()
    kind: str = "all"
    looked: int | None = None
    seq: int = 0
    reads: int = 0

    @property
    def staged(self) -> Staged | None:
        """The file as it was read, None before and after."""
        return self.job.outcome if self.job is not None and self.accepted is None else None

    @property
    def differences(self) -> Differences | None:
        """What an update would do, None before it was compared."""
        return self.comparing.outcome if self.comparing is not None else None

    @property
    def at_work(self) -> ImportJob[Accepted] | ImportJob[Staged] | ImportJob[Differences] | None:
        """The work that is under way; an entering is until the page has taken what it brought.

        It may end while the page is drawn, which would then offer to enter the file once more.
        """
        if self._unsettled:
            return self.entering
        jobs = (self.entering, self.comparing if self.mode == "update" else None, self.job)
        return next((job for job in jobs if job is not None and not job.is_done), None)

    @property
    def _unsettled(self) -> bool:
        return self.accepted is None and self.entering is not None and self.entering.outcome is not None

    @property
    def state(self) -> State:
        """Where it stands."""
        if self.undone is not None or self.accepted is not None:
            return "undone" if self.undone is not None else "entered"
        if self.entering is not None and (self._unsettled or not self.entering.is_done):
            return "entering"
        if self.job is None:
            return "waiting"
        if not self.job.is_done:
            return "reading"
        if self.job.stopped:
            return "stopped"
        return "ready" if self.job.outcome is not None else "refused"

    def read(self, wanted: Wanted | None = None) -> None:
        """Begin to read the file, anew when it is to be read otherwise."""
        for job in (self.job, self.comparing):
            if job is not None:
                job.stop()
        if self.staged is not None:
            importing.discard(self.staged)
        self.wanted = wanted or self.wanted
        self.comparing = self.entering = None
        self.looked, self.kind = None, "all"
        self.seq += 1
        self.reads += 1
        one, db, path, name = self.wanted, office.database(), self.path, self.name
        self.job = ImportJob(lambda watch: importing.stage(
            db, path, name, one.layer, crs=one.crs, mapping=dict(one.mapping) or None, sublayer=one.sublayer,
            encoding=one.encoding, supplier=one.supplier, watch=watch,
        ))  # fmt: skip

    def compare(self) -> None:
        """Begin to compare the file with what is stored."""
        staged, db, empties = self.staged, office.database(), self.empties
        if staged is not None:
            self.comparing = ImportJob(lambda watch: updating.compare(db, staged, empties=empties, watch=watch))
            self.looked, self.kind = None, "all"

    def look(self, at: int) -> None:
        """Look at one line of the list; the map flies there."""
        self.looked = at
        self.seq += 1

    def enter(self, work: Callable[..., Accepted]) -> None:
        """Begin to enter; ``work`` takes a watch."""
        if self.entering is None or self.entering.is_done:
            self.entering = ImportJob(work)

    def settle(self) -> bool:
        """Take what an entering that ended has brought; whether it did just now."""
        if self._unsettled and self.entering is not None:
            if self.staged is not None:
                importing.discard(self.staged)
            self.accepted = self.entering.outcome
            shutil.rmtree(self.path.parent, ignore_errors=True)
            return True
        return False

    def undo(self) -> None:
        """Take the import back."""
        if self.accepted is None:
            return
        self.undo_conflict, self.undo_faults = None, ()
        try:
            self.undone = import_undo.undo_import(
                office.database(), actor=office.actor(), batch_id=self.accepted.batch_id
            )
        except Busy:
            self.undo_faults = (Fault("busy"),)
        except Conflict as conflict:
            self.undo_conflict = conflict
        except Refused as refused:
            self.undo_faults = refused.faults

    def let_go(self) -> None:
        """Stop what is under way and take the copies off the disk."""
        for job in (self.job, self.comparing, self.entering):
            if job is not None:
                job.stop()
        if self.staged is not None:
            importing.discard(self.staged)
        shutil.rmtree(self.path.parent, ignore_errors=True)


@dataclass
class Desk:
    """The files of a tab, the last dropped at the end, and which is looked at."""

    items: list[Item] = field(default_factory=list)
    chosen: int = 0
    uploads: int = 0
    seen: set[str] = field(default_factory=set)

    @property
    def current(self) -> Item | None:
        """The file that is looked at."""
        return next((one for one in self.items if one.number == self.chosen), self.items[-1] if self.items else None)

    def take(self, files: Sequence[Uploaded], wanted: Wanted) -> None:
        """Take files that were dropped; the first new one is looked at, unless another is not done with."""
        first = None
        # the browser may send the same files again before it has heard that they were taken
        fresh = [one for one in files if one.file_id not in self.seen]
        self.seen |= {one.file_id for one in fresh}
        for group in grouped(fresh):
            name, body = bundle(group)
            folder = folder_for("up")
            suffix = PurePath(name).suffix.lower()
            path = folder / (f"file{suffix}" if suffix[1:].isalnum() and len(suffix) <= _LONGEST_SUFFIX else "file")
            path.write_bytes(body)
            number = max((one.number for one in self.items), default=0) + 1
            item = Item(number, name, path, wanted)
            weakref.finalize(item, shutil.rmtree, folder, ignore_errors=True)
            item.read()
            self.items.append(item)
            first = first or number
        held = self.current
        if first is not None and (held is None or held.state not in {"ready", "entering"} or held.number >= first):
            self.chosen = first
        self.uploads += 1

    def drop(self, item: Item) -> None:
        """Let a file go."""
        item.let_go()
        self.items.remove(item)


def desk() -> Desk:
    """This tab's desk."""
    held = st.session_state.get(_KEY)
    if not isinstance(held, Desk):
        held = st.session_state[_KEY] = Desk()
    return held


def grouped(files: Sequence[Uploaded]) -> list[list[Uploaded]]:
    """The parts of a Shapefile together, every other file by itself, in the order given."""
    groups: dict[str, list[Uploaded]] = {}
    shapes = {PurePath(base_name(one.name).lower()).stem for one in files if one.name.lower().endswith(".shp")}
    for at, one in enumerate(files):
        path = PurePath(base_name(one.name).lower())
        part = path.suffix in PARTS and path.stem in shapes
        groups.setdefault(path.stem if part else f"{at}/", []).append(one)
    return list(groups.values())


def bundle(files: Sequence[Uploaded]) -> tuple[str, bytes]:
    """Give one file as it is, and several (a Shapefile and its siblings) as one zip; names lose any path."""
    if len(files) == 1:
        return base_name(files[0].name), files[0].getvalue()
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_STORED) as archive:
        for file in files:
            archive.writestr(base_name(file.name), file.getvalue())
    main = next((file for file in files if file.name.lower().endswith(".shp")), files[0])
    return f"{PurePath(base_name(main.name)).stem}.zip", body.getvalue()


def base_name(name: str) -> str:
    """The last part of a name, by the rules of either system; never empty."""
    return PureWindowsPath(PurePath(name).name).name or "upload"
