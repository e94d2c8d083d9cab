"""A presentation as bytes that are the same each time: dates, order and identifiers of its parts are fixed."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from typing import Any, Final

_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_W3C: Final = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")
_AXIS: Final = re.compile(rb'(<c:(?:axId|crossAx) val=")-(\d+)(")')


def written(deck: Any, *, title: str, subject: str, author: str, at: str) -> bytes:
    """Write a presentation; ``at`` (ISO 8601) is what it says that it was made: the day of its data, not of its making."""
    day = datetime.fromisoformat(at).astimezone(UTC) if at else datetime(1980, 1, 1, tzinfo=UTC)
    told = deck.core_properties
    told.title, told.subject, told.author, told.last_modified_by = title, subject, author, author
    told.comments, told.keywords, told.category, told.revision = "", subject, "", 1
    told.created = told.modified = day.replace(tzinfo=None, microsecond=0)
    for part in deck.part.package.iter_parts():
        if str(part.partname).endswith("docProps/app.xml"):
            part._blob = _APP  # noqa: SLF001 - what the library's own empty file says is not true of this one
    held = io.BytesIO()
    deck.save(held)
    stamp = day.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    return _again(held.getvalue(), stamp)


_APP: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Properties xmlns="http://schemas.openxmlformats.org/'
    b'officeDocument/2006/extended-properties"><Application>Chantu</Application></Properties>'
)


def _again(body: bytes, stamp: bytes) -> bytes:
    """The same parts in the same order, without the hour at which they were packed; workbooks within likewise."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as held, zipfile.ZipFile(out, "w") as made:
        for one in held.infolist():
            data = held.read(one)
            if one.filename.endswith(".xlsx"):
                data = _again(data, stamp)
            elif one.filename.endswith("core.xml"):
                data = _W3C.sub(rb"\g<1>" + stamp + rb"\g<3>", data)
            elif "/charts/chart" in one.filename:
                # the library numbers axes below nought, which the schema does not allow
                data = _AXIS.sub(rb"\1\2\3", data)
            entry = zipfile.ZipInfo(one.filename, _EPOCH)
            entry.external_attr = 0o644 << 16
            stored = one.filename.endswith((".png", ".xlsx"))
            made.writestr(entry, data, zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED, None if stored else 6)
    return out.getvalue()
