"""One reader process for all tests of reading, as the app may lend it to many files; and small files."""

from __future__ import annotations

import json

import pytest

from exchange import reading
from exchange.sandbox import ReaderProcess


@pytest.fixture(scope="session")
def process():
    with ReaderProcess() as one:
        yield one


@pytest.fixture
def read(process):
    """Read bytes or a path for EPSG:4549 unless told otherwise."""

    def reader(source, name="file", **options):
        wanted = {"shapes": ("polygon",), "storage_epsg": 4549, "process": process} | options
        with reading.secured(source, name) as original:
            return reading.read(original, **wanted)

    return reader


def square(lon=120.0, lat=29.3, size=0.001):
    return {
        "type": "Polygon",
        "coordinates": [[[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]],
    }


def collection(*geometries, crs=None, properties=None):
    features = [
        {"type": "Feature", "properties": (properties or [{}] * len(geometries))[row], "geometry": geometry}
        for row, geometry in enumerate(geometries)
    ]
    members = {"type": "FeatureCollection", "features": features}
    return json.dumps(members if crs is None else {**members, "crs": crs}).encode()


@pytest.fixture
def make_square():
    return square


@pytest.fixture
def make_collection():
    return collection
