"""One reader process for all tests of reading, as the app may lend it to many files; and small files."""

from __future__ import annotations

import http.server
import json
import threading

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


@pytest.fixture
def listener():
    """A server on this machine that counts who asks it."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


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
