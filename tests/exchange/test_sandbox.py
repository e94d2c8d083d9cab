"""The reader process holds to its limits, whatever a file does, and nothing leaves the machine."""

from __future__ import annotations

import json
import math

import pytest

from exchange.errors import FileRefused
from exchange.sandbox import ReaderProcess, Request, _environment


def test_a_linked_crs_is_refused_and_never_fetched(read, make_collection, make_square, listener):
    address, asked = listener
    link = {"type": "link", "properties": {"href": f"{address}/crs", "type": "ogcwkt"}}
    for content in (make_collection(make_square(), crs=link), make_collection({**make_square(), "crs": link})):
        with pytest.raises(FileRefused) as refused:
            read(content)
        assert refused.value.code == "crs_link_refused"
    assert asked == []


@pytest.mark.parametrize(
    "content",
    [
        (
            b'<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>'
            b"</OGRVRTLayer></OGRVRTDataSource>"
        ),
        b'{"type":"gdal_streamed_alg","command_line":"gdal vector pipeline ! read /etc/passwd ! write x"}',
        b"<OGRWFSDataSource><URL>http://127.0.0.1:1/</URL></OGRWFSDataSource>",
    ],
)
def test_instructions_to_read_elsewhere_are_no_data(read, content):
    with pytest.raises(FileRefused) as refused:
        read(content, "parcels.geojson")
    assert refused.value.code == "format_not_taken"


def test_deep_nesting_ends_as_a_refusal_and_the_process_lives_on(read, make_collection, make_square):
    deep = b'{"type":"GeometryCollection","geometries":[' * 60_000 + b"]}" * 60_000
    with pytest.raises(FileRefused):
        read(deep)
    assert len(read(make_collection(make_square())).geoms) == 1


def test_a_file_that_takes_for_ever_is_stopped_by_the_kernel(tmp_path, process, make_collection):
    """Stars of 401 spikes: valid to look at, minutes to mend."""
    turn = [(200 * step) % 401 for step in range(402)]
    ring = [[120 + 0.01 * math.cos(2 * math.pi * k / 401), 29.3 + 0.01 * math.sin(2 * math.pi * k / 401)] for k in turn]
    ring[-1] = ring[0]
    stars = [{"type": "Polygon", "coordinates": [ring]}] * 8
    assert _ended(tmp_path, process, make_collection(*stars), wall_s=1) == "reader_too_slow"


def test_a_file_that_takes_much_work_is_stopped_by_the_kernel(tmp_path, process, make_collection, make_square):
    assert _ended(tmp_path, process, make_collection(*[make_square()] * 120_000), cpu_s=1) == "reader_too_slow"


def _ended(tmp_path, process, content, **limit):
    path, out = tmp_path / "a.geojson", tmp_path / "out"
    path.write_bytes(content)
    out.mkdir()
    with pytest.raises(FileRefused) as refused:
        process.ask(Request(path=str(path), out=str(out), shapes=("polygon",), storage_epsg=4549, **limit))
    return refused.value.code


def test_memory_is_limited(tmp_path, process, make_collection, make_square):
    path = tmp_path / "many.geojson"
    path.write_bytes(make_collection(*[make_square()] * 50_000))
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(FileRefused) as refused:
        process.ask(
            Request(path=str(path), out=str(out), shapes=("polygon",), storage_epsg=4549, memory_bytes=380 << 20)
        )
    assert refused.value.code in {"reader_out_of_memory", "reader_crashed", "reader_failed"}


def test_the_reader_gets_nothing_of_our_environment(monkeypatch):
    monkeypatch.setenv("CHANTU_DATABASE_URL", "sqlite:///secret")
    monkeypatch.setenv("http_proxy", "http://open.example")
    assert not {"CHANTU_DATABASE_URL", "http_proxy", "HOME"} & set(_environment())


def test_a_process_that_died_is_reported_and_started_again(tmp_path, make_collection, make_square):
    path = tmp_path / "a.geojson"
    path.write_bytes(make_collection(make_square()))
    with ReaderProcess() as process:
        started = process._start() if process._process is None else process._process
        started.kill()
        started.wait()
        for name, good in (("one", False), ("two", True)):
            out = tmp_path / name
            out.mkdir()
            request = Request(path=str(path), out=str(out), shapes=("polygon",), storage_epsg=4549)
            if good:
                assert process.ask(request)["rows"] == 1
            else:
                with pytest.raises(FileRefused) as refused:
                    process.ask(request)
                assert refused.value.code == "reader_crashed"
    assert json.loads((tmp_path / "two" / "outcome.json").read_text())["rows"] == 1
