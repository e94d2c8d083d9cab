"""Whether a file keeps to a published format: read in the sandbox, judged, nothing stored."""

from __future__ import annotations

from pathlib import Path

from exchange import conformance
from exchange.errors import FileRefused
from exchange.rfc7946 import Checked
from planning.errors import Fault, Refused


def validate(source: Path | str | bytes, name: str) -> Checked:
    """Check a file (a path, or the bytes of an upload) against RFC 7946.

    Raises
    ------
    Refused
        There is no such file, it is too large, or the process that reads it had to be stopped.
    """
    try:
        return conformance.of_file(source if isinstance(source, bytes) else Path(source), name)
    except FileRefused as refused:
        raise Refused(Fault(refused.code, refused.values, refused.where or Path(name).name)) from refused
