"""What the browser needs to know beside shapes: colours, areas, labels, names."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Final

import numpy as np
from starlette.requests import Request
from starlette.responses import Response

from layers.draw.labels import label_sheet
from layers.draw.rows import RowsRefused, decode_rows
from layers.schema import LAYERS
from layers.style import area_classes, flag_bytes, state_bytes
from planning.atlas import Atlas
from planning.errors import Refused
from serve.replies import as_bytes, as_json, gone, missing, refused

LARGEST_UINT32: Final = 2**32 - 1
MOST_NAMES: Final = 600
MOST_PICTURES: Final = 24
OCTETS: Final = "application/octet-stream"


class Facts:
    """Answers made from snapshots; each address holds the revision it is of."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        # a tab that goes on from a picture it fetched earlier may fetch it again when its page is opened anew
        self._pictures: OrderedDict[tuple[int, int, int, int], bytes] = OrderedDict()
        self._lock = threading.Lock()

    def health(self, _: Request) -> Response:
        """Say that the process answers and can read its database."""
        parcels = self._atlas.parcels()
        return as_json({"status": "ok", "parcels": len(parcels.ids), "revision": parcels.revision})

    def state(self, request: Request) -> Response:
        """The colours of one scenario: a byte a parcel for cluster, stage, flags and area class."""
        asked = request.path_params
        key = (asked["scenario"], asked["revision"], asked["parcels"], asked["fields"])
        with self._lock:
            picture = self._pictures.get(key)
        if picture is not None:
            return as_bytes(picture, OCTETS)
        parcels = self._atlas.parcels()
        if (asked["parcels"], asked["fields"]) != (parcels.revision, parcels.fields_revision):
            return gone()
        try:
            state = self._atlas.scenario(asked["scenario"])
        except Refused:
            return missing()
        if asked["revision"] != state.revision or state.parcels_revision != parcels.revision:
            return gone()
        classes, _ = area_classes(parcels.centi_m2)
        flags = flag_bytes(state.locked, state.own)
        picture = state_bytes(state.cluster, parcels.stage, flags, classes)
        with self._lock:
            self._pictures[key] = picture
            while len(self._pictures) > MOST_PICTURES:
                self._pictures.popitem(last=False)
        return as_bytes(picture, OCTETS)

    def areas(self, request: Request) -> Response:
        """The area of each parcel in hundredths of a m², little-endian uint32; a larger one is cut to the largest."""
        parcels = self._atlas.parcels()
        if request.path_params["revision"] != parcels.revision:
            return gone()
        return as_bytes(np.minimum(parcels.centi_m2, LARGEST_UINT32).astype("<u4").tobytes(), OCTETS)

    def labels(self, request: Request) -> Response:
        """Class, grade and label of each row of a layer other than the parcels."""
        name = request.path_params["layer"]
        if name not in LAYERS or name == "parcels":
            return missing()
        snapshot = self._atlas.layer(name)
        if request.path_params["revision"] != snapshot.revision:
            return gone()
        sheet = label_sheet(name, snapshot.geoms, snapshot.frame, self._atlas.epsg)
        return as_json(sheet, lasting=True)

    def names(self, request: Request) -> Response:
        """Code and name of some parcels: ``rows`` as in `layers.draw.rows`, ``revision`` of the parcels."""
        parcels = self._atlas.parcels()
        if request.query_params.get("revision") != str(parcels.revision):
            return gone()
        try:
            rows = decode_rows(request.query_params.get("rows", ""), count=len(parcels.ids))
        except RowsRefused:
            return refused("rows")
        if len(rows) > MOST_NAMES:
            return refused("too_many_rows")
        names = parcels.frame["name"].to_numpy(dtype=object)[rows]
        listed = zip(rows.tolist(), parcels.codes[rows].tolist(), names.tolist(), strict=True)
        return as_json({"names": [[row, str(code), str(name or "")] for row, code, name in listed]})
