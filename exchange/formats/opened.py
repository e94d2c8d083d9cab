"""What a format reader is asked, and what it gives back before anything is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from exchange import progress
from exchange.progress import Watch

# file: the file says so itself; default: the format's own standard says so; none: nothing says it
CrsHow = Literal["file", "default", "none"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the caller is after: which shapes fit the layer (best first), which layer of the file and which encoding."""

    shapes: tuple[str, ...]
    sublayer: str | None = None
    # the person's word on how the text is encoded, where the format leaves it open
    encoding: str | None = None
    # an empty folder that the reader may fill; files beside what is read are not its business
    workspace: Path = Path()
    # hears how far the reader is (exchange.progress)
    watch: Watch = progress.nobody


@dataclass(frozen=True, slots=True)
class FileNote:
    """Something about the file as a whole that the report tells: a code and its values."""

    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RowNote:
    """Something that the reader itself says of one row (from 0), mended or given up: a code and its values."""

    row: int
    code: str
    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EncodingTried:
    """One way to read the text of a file that does not say: the share it can read, and how some of it then looks."""

    encoding: str
    share: float
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Opened:
    """The rows of one layer as they lie in the file: WKB (None = no geometry), columns, and what is declared."""

    driver: str
    wkb: NDArray[np.object_]
    columns: tuple[tuple[str, pa.Array], ...]
    crs: str | None
    crs_how: CrsHow
    sublayer: str = ""
    sublayers: tuple[str, ...] = ()
    encoding: str = "UTF-8"
    notes: tuple[FileNote, ...] = ()
    mends: tuple[RowNote, ...] = ()
    # rows that the reader itself could not make a geometry of, with its reason; their WKB is None
    refusals: tuple[RowNote, ...] = ()
    # where the format leaves the encoding open: what was tried, best first
    encodings: tuple[EncodingTried, ...] = ()
    # what the content says of its coordinates: a zone before the eastings, a header's words, axes the other way round
    evidence: tuple[FileNote, ...] = ()
