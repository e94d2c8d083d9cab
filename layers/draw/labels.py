"""What is written beside the shapes of a layer, and where: plain values for the browser, which sets them as text."""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geo.crs import converter
from layers import vocabulary
from layers.schema import LAYERS
from layers.vocabulary import Vocabulary

# the field that gives a layer its classes on the map
CLASS_FIELDS = {
    "parks": "state",
    "roads": "state",
    "facilities": "kind",
    "constraints": "kind",
    "towns": "kind",
    "landscape": "kind",
}
NO_CLASS = 255
QUARTER_DEG, HALF_DEG = 90.0, 180.0


def label_sheet(layer: str, geoms: NDArray[np.object_], frame: pd.DataFrame, epsg: int) -> dict[str, object]:
    """Classes, road grades and labels of a layer.

    Returns
    -------
    ``classes`` (and, for roads, ``grades``): index in the vocabulary by row, 255 where unknown. ``labels``:
    [row, lon, lat, text, note, angle, top] for rows with a name; the angle is that of a road in degrees clockwise from
    east, between -90 and 90; the note says a park's milestone; top is the latitude of the shape's north end.
    """
    sheet: dict[str, object] = {"classes": _classes(layer, frame)}
    if layer == "roads":
        sheet["grades"] = _indexes(frame["road_class"], vocabulary.ROAD_CLASSES)
    names = frame["name"].to_numpy(dtype=object)
    named = np.flatnonzero(
        [isinstance(name, str) and bool(name.strip()) for name in names]
        & ~(shapely.is_empty(geoms) | shapely.is_missing(geoms))
    )
    places, angles = _anchors(geoms[named])
    to_lonlat = converter(CRS.from_epsg(epsg), CRS.from_epsg(4326))
    lon, lat = to_lonlat.points(places[:, 0], places[:, 1])
    _, top = to_lonlat.points(places[:, 0], shapely.bounds(geoms[named])[:, 3])
    notes = frame["milestone"].to_numpy(dtype=object) if layer == "parks" else np.full(len(names), "", dtype=object)
    sheet["labels"] = [
        [
            int(row),
            *(round(float(n), 7) for n in (x, y)),
            str(names[row]),
            str(notes[row] or ""),
            round(float(angle), 1),
            round(float(north), 7),
        ]
        for row, x, y, angle, north in zip(named, lon, lat, angles, top, strict=True)
    ]
    return sheet


def _classes(layer: str, frame: pd.DataFrame) -> list[int]:
    key = CLASS_FIELDS.get(layer)
    terms = LAYERS[layer].field(key).terms if key else None
    return _indexes(frame[key], terms) if key and terms is not None else [0] * len(frame)


def _indexes(values: pd.Series[str], terms: Vocabulary) -> list[int]:
    places = {key: at for at, key in enumerate(terms)}
    return [places.get(value, NO_CLASS) for value in values.to_numpy(dtype=object)]


def _anchors(geoms: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A place inside each shape, on a line its middle, and the direction of the line there."""
    places = shapely.get_coordinates(shapely.point_on_surface(geoms))
    angles = np.zeros(len(geoms))
    lines = np.flatnonzero(np.isin(shapely.get_type_id(geoms), (1, 5)))
    if lines.size:
        longest = np.array([_longest(line) for line in shapely.line_merge(geoms[lines])], dtype=np.object_)
        before, middle, after = (
            shapely.get_coordinates(shapely.line_interpolate_point(longest, share, normalized=True))
            for share in (0.47, 0.5, 0.53)
        )
        places[lines] = middle
        # north is up and angles run clockwise on a screen; a name is never upside down
        turn = -np.degrees(np.arctan2(after[:, 1] - before[:, 1], after[:, 0] - before[:, 0]))
        angles[lines] = (turn + QUARTER_DEG) % HALF_DEG - QUARTER_DEG
    return places, angles


def _longest(line: shapely.Geometry) -> shapely.Geometry:
    parts = shapely.get_parts(line)
    longest: shapely.Geometry = parts[int(np.argmax(shapely.length(parts)))]
    return longest
