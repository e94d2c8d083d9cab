"""One spoiled file read as an upload is, in a fork behind the walls, and the verdict on how that ended."""

from __future__ import annotations

import gc
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Final, NoReturn, Self

import numpy as np
import pyarrow as pa
import shapely

from exchange import reader_child, walls
from exchange.errors import FileRefused
from exchange.formats import gdal
from exchange.sandbox import ReaderProcess, Request
from exchange.sniff import sniff

_EPSG: Final = 4549
_BOX: Final = (180_000.0, 2_600_000.0, 820_000.0, 6_000_000.0)  # area of use of EPSG:4549 with room, metres
_DRIVERS: Final = {
    "geojson": "GeoJSON", "geojson-cgcs2000": "GeoJSON", "gpkg": "GPKG", "shp": "ESRI Shapefile", "fgb": "FlatGeobuf",
    "gdb": "OpenFileGDB", "kml": "KML", "gml": "GML",
}  # fmt: skip
# what a person would say of files that name no coordinate system
_SAID: Final = dict.fromkeys(("dxf", "dxf-r2010", "csv", "xlsx"), "EPSG:4549")
_OUTCOME: Final = "outcome.json"
_SECRETS: Final = (b"root:x:", b"/bin/bash", b"daemon:")


@dataclass(frozen=True, slots=True)
class Verdict:
    """How it ended in words, whether the kernel or a crash stopped the fork, and what was wrong of ours."""

    ended: str
    stopped: bool = False
    fault: str = ""


class Reader:
    """Reads files one after the other, each in a fork, in a folder of its own.

    The driver of GDAL for the format in question is loaded before the fork, to save time; a file that was spoiled into
    another format is read in a process that loaded none, as an upload is.
    """

    def __init__(self, form: str = "") -> None:
        self._folder = Path()
        self._form = form
        self._slow: ReaderProcess | None = None

    def __enter__(self) -> Self:
        if self._form in _DRIVERS:
            gdal.start(_DRIVERS[self._form])
        memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
        self._folder = Path(tempfile.mkdtemp(prefix="chantu-fuzz-", dir=memory if memory.is_dir() else None))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._slow is not None:
            self._slow.__exit__(None, None, None)
        shutil.rmtree(self._folder, ignore_errors=True)

    def verdict(self, body: bytes) -> Verdict:
        """Read a file, and judge what came of it."""
        out = self._folder / "out"
        path = self._folder / "original"
        path.write_bytes(body)
        if body and sniff(path).format == "shapefile":
            path = path.rename(path.with_suffix(".shp"))
        out.mkdir()
        try:
            request = _request(path, out, _SAID.get(self._form))
            found = _judged(reader_child._in_a_fork(asdict(request)), out)
            if not found.fault.startswith("RuntimeError: drivers alive"):
                return found
            shutil.rmtree(out)
            out.mkdir()
            return self._as_an_upload(request, out)
        finally:
            shutil.rmtree(out)
            path.unlink()

    def verdicts(self, bodies: Sequence[bytes]) -> list[Verdict]:
        """Read several files in one fork, one after the other; one that does not come back whole is read by itself.

        Putting up a fork and its walls takes several times as long as reading a small file.
        """
        with tempfile.TemporaryDirectory(dir=self._folder) as folder:
            requests = [self._placed(Path(folder), number, body) for number, body in enumerate(bodies)]
            child = os.fork()
            if child == 0:
                _answer_all(requests, Path(folder))
            os.waitpid(child, 0)
            found = [_judged({"signal": 0, "exit": 0}, Path(each.out)) if (Path(each.out) / _OUTCOME).exists() else None
                     for each in requests]  # fmt: skip
        return [
            self.verdict(body) if one is None or one.fault else one for one, body in zip(found, bodies, strict=True)
        ]

    def _placed(self, folder: Path, number: int, body: bytes) -> Request:
        path, out = folder / f"{number}", folder / f"{number}.out"
        path.write_bytes(body)
        if body and sniff(path).format == "shapefile":
            path = path.rename(path.with_suffix(".shp"))
        out.mkdir()
        return _request(path, out, _SAID.get(self._form))

    def _as_an_upload(self, request: Request, out: Path) -> Verdict:
        if self._slow is None:
            self._slow = ReaderProcess()
        try:
            self._slow.ask(request)
        except FileRefused as refused:
            if refused.code in {"reader_crashed", "reader_too_slow"}:
                return Verdict(f"stopped: {refused.code}", stopped=True)
        return _judged({"signal": 0, "exit": 0}, out)


def _answer_all(requests: Sequence[Request], folder: Path) -> NoReturn:
    """In the fork: the same limits and walls once, then file after file."""
    try:
        gc.disable()
        reader_child._limit(asdict(requests[0]))
        tempfile.tempdir = str(folder)
        standing = walls.put_up(readable=[], writable=folder)
        for each in requests:
            reader_child._answer(asdict(each), standing)
    finally:
        os._exit(0)


def _request(path: Path, out: Path, crs: str | None) -> Request:
    return Request(path=str(path), out=str(out), shapes=("polygon",), storage_epsg=_EPSG, crs=crs, cpu_s=20, wall_s=30)


def _judged(status: dict[str, int], out: Path) -> Verdict:
    if status["signal"] in {signal.SIGALRM, signal.SIGXCPU}:
        return Verdict("stopped: too slow", stopped=True)
    if status["signal"] or status["exit"]:
        return Verdict(f"stopped: signal {status['signal']} exit {status['exit']}", stopped=True)
    raw = (out / _OUTCOME).read_bytes()
    if any(secret in raw for secret in _SECRETS):
        return Verdict("told a secret", fault="text of this machine in the outcome")
    told = json.loads(raw)
    if "failed" in told:
        return Verdict("failed", fault=str(told["failed"]).strip().splitlines()[-1][:300])
    if "refused" in told:
        return Verdict(f"refused: {told['refused']['code']}")
    fault = _unsound(told, out / "rows.arrow")
    return Verdict("read", fault=fault)


def _unsound(told: dict[str, Any], rows: Path) -> str:
    """What is wrong with rows that were taken; nothing, mostly."""
    if any(secret in rows.read_bytes() for secret in _SECRETS):
        return "text of this machine in the rows"
    with pa.OSFile(str(rows), "rb") as file:
        table = pa.ipc.open_file(file).read_all()
    geoms = np.asarray(shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False)), dtype=object)
    for column in table.columns[1:]:
        column.to_pylist()
    if len(geoms) != told["rows"]:
        return f"{len(geoms)} rows came, {told['rows']} were told"
    taken = ~shapely.is_missing(geoms)
    refused = {item["row"] for item in told["items"] if item["outcome"] == "refused"}
    if refused != set((np.flatnonzero(~taken) + 1).tolist()):
        return "rows without a geometry are not those that were refused"
    there = geoms[taken]
    if not shapely.is_valid(there).all() or (shapely.area(there) <= 0).any():
        return "a row was taken that is not valid or has no area"
    if not set(shapely.get_type_id(there).tolist()) <= {3, 6}:
        return "a row was taken that is no polygon"
    box = shapely.bounds(there)
    if len(box) and not bool(
        np.isfinite(box).all() and (box[:, :2] > _BOX[:2]).all() and (box[:, 2:] < _BOX[2:]).all()
    ):
        return f"a row was taken that lies elsewhere: {box.min(axis=0)} {box.max(axis=0)}"
    return ""
