"""The problems of a file on the disk: some tens of bytes of each are in memory, whatever the file is full of."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.import_checks import SEVERITIES, check_of
from planning.findings import ImportFinding

_NAME: Final = "findings.jsonl"


class _Marks(NamedTuple):
    """Of each finding: its kind by number, its size, its first two rows (0: no second), where its line begins."""

    kind: NDArray[np.int16]
    size_m2: NDArray[np.float64]
    rows: NDArray[np.int64]
    start: NDArray[np.int64]


@dataclass(frozen=True)
class Findings:
    """The problems of a file in the order in which people go through them: the graver first, then by size and row.

    ``names`` are the kinds there are; ``kind`` (n,) and ``rows`` (n, 2; 0 = no second row) stand in that order.
    """

    path: Path
    names: tuple[str, ...]
    kind: NDArray[np.int16]
    rows: NDArray[np.int64]
    start: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.start)

    def __iter__(self) -> Iterator[ImportFinding]:
        return self._read(self.start)

    @property
    def counts(self) -> dict[str, int]:
        """How many there are of each kind, the kinds in the order of the list."""
        kinds, first, times = np.unique(self.kind, return_index=True, return_counts=True)
        return {self.names[kinds[at]]: int(times[at]) for at in np.argsort(first)}

    @property
    def asked_rows(self) -> NDArray[np.int64]:
        """Rows that a person has to look at, or that cannot be entered."""
        grave = np.array([check_of(name).severity != "tell" for name in self.names], dtype=bool)
        rows = self.rows[grave[self.kind]] if len(self) else self.rows
        return np.unique(rows[rows > 0])

    def listed(self, kind: str | None = None, *, most: int | None = None) -> list[ImportFinding]:
        """The first of one kind, or of all."""
        return list(self._read(self._of(kind)[:most]))

    def count_of(self, kind: str | None = None) -> int:
        """How many there are of one kind, or of all."""
        return len(self._of(kind))

    def _of(self, kind: str | None) -> NDArray[np.int64]:
        if kind is None:
            return self.start
        number = self.names.index(kind) if kind in self.names else -1
        return np.asarray(self.start[self.kind == number])

    def _read(self, starts: NDArray[np.int64]) -> Iterator[ImportFinding]:
        if not len(starts):
            return
        with self.path.open("rb") as file:
            for start in starts.tolist():
                file.seek(start)
                yield _finding(file.readline())


@dataclass
class FindingsWriter:
    """Write findings as they are made."""

    folder: Path
    _names: dict[str, int] = field(default_factory=dict)
    _held: list[_Marks] = field(default_factory=list)

    def __post_init__(self) -> None:
        (self.folder / _NAME).touch()

    def add(self, found: Iterable[ImportFinding]) -> None:
        """Write some more."""
        told = []
        with (self.folder / _NAME).open("ab") as file:
            for one in found:
                second = one.rows[1] if len(one.rows) > 1 else 0
                told.append((self._names.setdefault(one.code, len(self._names)), one.size_m2, one.rows[0], second,
                             file.tell()))  # fmt: skip
                file.write(_line(one))
        kind, size_m2, first, second_row, start = zip(*told, strict=True) if told else ((),) * 5
        rows = np.column_stack([np.array(first, dtype=np.int64), np.array(second_row, dtype=np.int64)])
        self._held.append(_Marks(
            np.array(kind, dtype=np.int16), np.array(size_m2, dtype=np.float64), rows, np.array(start, dtype=np.int64)
        ))  # fmt: skip

    def settled(self) -> Findings:
        """Put what was written in order."""
        self.add(())
        kind, size_m2, rows, start = (np.concatenate(column) for column in zip(*self._held, strict=True))
        names = tuple(self._names)
        grave = np.array([SEVERITIES.index(check_of(name).severity) for name in names], dtype=np.int64)
        spelled = np.array([sorted(names).index(name) for name in names], dtype=np.int64)
        order = np.lexsort((rows[:, 1], rows[:, 0], -size_m2, spelled[kind], grave[kind]))
        return Findings(self.folder / _NAME, names, kind[order], rows[order], start[order])


def _line(one: ImportFinding) -> bytes:
    told = {
        "code": one.code, "rows": one.rows, "codes": one.codes, "stored": one.stored, "x": one.x, "y": one.y,
        "size_m2": one.size_m2, "values": dict(one.values),
        "shape": None if one.shape is None else shapely.to_wkb(one.shape, hex=True),
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, default=_plain).encode() + b"\n"


def _plain(value: Any) -> Any:
    """A number of numpy as Python's; anything else as its text."""
    return value.item() if isinstance(value, np.generic) else str(value)


def _finding(line: bytes) -> ImportFinding:
    told = json.loads(line)
    shape = None if told["shape"] is None else shapely.from_wkb(told["shape"])
    return ImportFinding(
        told["code"], tuple(told["rows"]), tuple(told["codes"]), tuple(told["stored"]), told["x"], told["y"],
        told["size_m2"], told["values"], shape,
    )  # fmt: skip
