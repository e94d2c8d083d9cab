"""What goes wrong with a whole file, in or out: one error with a code, its values and the place.

ExchangeError
├── FileRefused     the file cannot be taken; nothing was read from it
└── NotWritable     what was asked for cannot be written in that form
"""

from __future__ import annotations

from collections.abc import Mapping


class ExchangeError(Exception):
    """Base of the errors of this package; ``code`` and ``values`` make the sentence elsewhere."""

    def __init__(self, code: str, values: Mapping[str, object] | None = None, where: str = "") -> None:
        super().__init__(f"{code}@{where}" if where else code)
        self.code = code
        self.values: dict[str, object] = dict(values or {})
        self.where = where


class FileRefused(ExchangeError):
    """The file cannot be taken as a whole: not a format we read, no CRS, too large, broken, hostile."""


class NotWritable(ExchangeError):
    """The rows cannot be written in the form asked for."""
