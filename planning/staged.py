"""A file that was read and judged and is not yet entered: what was found, with the rows on the disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from exchange.column_guess import Guess
from exchange.formats.opened import EncodingTried
from exchange.reading import Original
from exchange.report import Note, Report
from exchange.rows_file import RowsFile
from planning.findings_file import Findings
from planning.import_limits import ImportLimits
from planning.problems import SOUND

CELLS: Final = "cells"
EXTRA: Final = "extra"


@dataclass(frozen=True)
class Staged:
    """A file read and judged. What is a row here is a sound one: it has a geometry that the layer takes.

    ``rows`` are the numbers of the sound rows in the file (from 1); ``codes`` as the file says, "" = none; ``given``
    the code that a row would be entered under, None where it cannot be entered as a new one; ``twins`` the stored code
    of rows whose shape the layer has to the last bit; ``bounds`` (n, 4) and ``areas_m2`` in the storage CRS. The rows
    themselves lie in ``folder`` until ``accept`` or ``discard``.
    """

    layer: str
    report: Report
    original: Original
    is_sample: bool
    folder: Path
    supplier: str
    rows: NDArray[np.int64]
    codes: NDArray[np.object_]
    given: NDArray[np.object_]
    twins: dict[int, str]
    bounds: NDArray[np.float64]
    areas_m2: NDArray[np.float64]
    declared_m2: NDArray[np.float64]
    findings: Findings
    limits: ImportLimits
    guesses: tuple[Guess, ...]
    sublayers: tuple[str, ...]
    encodings: tuple[EncodingTried, ...]
    evidence: tuple[Note, ...]

    @property
    def takeable(self) -> NDArray[np.bool_]:
        """Which sound rows can be entered as new ones."""
        return np.array([code is not None for code in self.given], dtype=bool)

    @cached_property
    def clean_rows(self) -> NDArray[np.int64]:
        """Numbers of the rows that can be entered and that nobody has to look at first."""
        return np.setdiff1d(self.rows[self.takeable], self.findings.asked_rows)

    @cached_property
    def stored_rows(self) -> RowsFile:
        """The judged rows on the disk."""
        return RowsFile(self.folder / SOUND)

    def batches(self, wanted: NDArray[np.bool_] | None = None) -> Iterator[pd.DataFrame]:
        """The sound rows that are wanted (by position; None = those that can be entered), some thousands at a time.

        A frame has the fields of the layer that the file has, ``code`` (the one to be entered under, else the file's),
        ``extra`` (a mapping) and ``geometry``; its index is the position among the sound rows.
        """
        mask = self.takeable if wanted is None else wanted
        for batch in self.stored_rows.batches():
            at = np.flatnonzero(mask[batch.first : batch.first + len(batch)])
            if not len(at):
                continue
            places = at + batch.first
            cells, extra = (batch.columns[column].to_pylist() for column in (0, 1))
            frame = pd.DataFrame([json.loads(cells[row]) for row in at], index=places, dtype=object)
            frame["code"] = pd.Series(
                [self.given[at] if self.given[at] is not None else self.codes[at] for at in places],
                index=places, dtype=object,
            )  # fmt: skip
            held = [None if extra[row] is None else json.loads(extra[row]) for row in at]
            frame["extra"] = pd.Series(held, index=places, dtype=object)
            frame["geometry"] = pd.Series(list(shapely.from_wkb(batch.wkb[at])), index=places, dtype=object)
            yield frame

    @property
    def frame(self) -> pd.DataFrame:
        """All rows that can be entered, at once: for a file that is known to be small."""
        found = [frame.astype(object) for frame in self.batches()]
        whole = pd.concat(found, ignore_index=True) if found else pd.DataFrame({"code": [], "geometry": []})
        return whole.where(whole.notna(), None)

    def geoms_of(self, rows: Any) -> NDArray[np.object_]:
        """Geometries of some rows by their numbers in the file, None for those that have none."""
        wanted = np.asarray(rows, dtype=np.int64)
        found = np.full(len(wanted), None, dtype=object)
        place = np.searchsorted(self.rows, wanted)
        there = place < len(self.rows)
        there[there] = self.rows[place[there]] == wanted[there]
        if there.any():
            found[there] = self.stored_rows.geoms_at(place[there])
        return found

    def sampled_geoms(self, most: int) -> NDArray[np.object_]:
        """At most so many of the rows that can be entered, spread over the file: what a small picture draws."""
        chosen = np.flatnonzero(self.takeable)
        chosen = chosen[:: max(1, -(-len(chosen) // most))]
        return self.geoms_of(self.rows[chosen])
