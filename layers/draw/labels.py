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


def label_sheet(layer: str, geoms: NDArray[np.object_], frame: pd.DataFrame, epsg: int) -> dict[str, object]:
    """Classes, road grades and labels of a layer.

    Returns
    -------
    ``classes`` (and, for roads, ``grades``): index in the vocabulary by row, 255 where unknown. ``labels``:
    [row, lon, lat, text, note, angle] for rows with a name; the angle is that of a road in degrees clockwise from east,
    between -90 and 90; the note says a park's milestone.
    """
    sheet: dict[str, object] = {"classes": _classes(layer, frame)}
    if layer == "roads":
        sheet["grades"] = _indexes(frame["road_class"], vocabulary.ROAD_CLASSES)
    names = frame["name"].to_numpy(dtype=object)
    named = np.flatnonzero([bool(name) for name in names] & ~(shapely.is_empty(geoms) | shapely.is_missing(geoms)))
    places, angles = _anchors(geoms[named])
    lon, lat = converter(CRS.from_epsg(epsg), CRS.from_epsg(4326)).points(places[:, 0], places[:, 1])
    notes = frame["milestone"].to_numpy(dtype=object) if layer == "parks" else np.full(len(names), "", dtype=object)
    sheet["labels"] = [
        [int(row), round(float(x), 7), round(float(y), 7), str(names[row]), str(notes[row] or ""), round(float(angle), 1)]
        for row, x, y, angle in zip(named, lon, lat, angles, strict=True)
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
    lines = np.isin(shapely.get_type_id(geoms), (1, 5))
    merged = np.where(lines, shapely.line_merge(np.where(lines, geoms, None)), None)
    longest = np.array([_longest(line) for line in merged], dtype=object)
    middle = shapely.line_interpolate_point(longest, 0.5, normalized=True)
    places = np.where(lines, middle, shapely.point_on_surface(np.where(lines, None, geoms)))
    before = shapely.get_coordinates(shapely.line_interpolate_point(longest[lines], 0.47, normalized=True))
    after = shapely.get_coordinates(shapely.line_interpolate_point(longest[lines], 0.53, normalized=True))
    angles = np.zeros(len(geoms))
    # north is up and angles run clockwise on a screen
    angles[lines] = -np.degrees(np.arctan2(*(after - before).T[::-1]))
    angles = np.where(angles > 90, angles - 180, np.where(angles < -90, angles + 180, angles))
    return shapely.get_coordinates(places), angles


def _longest(line: shapely.Geometry | None) -> shapely.Geometry | None:
    if line is None:
        return None
    parts = shapely.get_parts(line)
    return parts[int(np.argmax(shapely.length(parts)))] if len(parts) else None
