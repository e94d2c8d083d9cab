"""Several files of one upload (the parts of a Shapefile) as one zip, the form in which they are read and kept."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping


def packed(files: Mapping[str, bytes]) -> bytes:
    """Pack files by name, stored and with fixed dates, so that the same files give the same bytes."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            archive.writestr(zipfile.ZipInfo(name.replace("\\", "/").rsplit("/", 1)[-1]), files[name])
    return whole.getvalue()
