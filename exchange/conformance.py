"""A file checked against RFC 7946 in the reader process: text from outside is never parsed here."""

from __future__ import annotations

import shutil
from pathlib import Path

from exchange.reading import secured
from exchange.rfc7946 import Checked, Fault
from exchange.sandbox import ReaderProcess, Request
from exchange.scratch import folder_for


def of_file(source: Path | bytes, name: str) -> Checked:
    """Check a file, or the bytes of an upload.

    Raises
    ------
    FileRefused
        The file is missing, no file or too large, or the reader reached a limit.
    """
    out = folder_for("read")
    try:
        with secured(source, name) as original, ReaderProcess() as process:
            told = process.ask(Request(path=str(original.path), out=str(out), shapes=(), task="rfc7946"))
    finally:
        shutil.rmtree(out, ignore_errors=True)
    return Checked(tuple(Fault(**fault) for fault in told["faults"]), told["counts"], told["errors"])
