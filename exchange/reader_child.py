"""The reader process: one file at a time, each in a fork of its own that the kernel holds to its limits.

Run as ``python -m exchange.reader_child`` by ``exchange.sandbox`` and by nothing else. A request is one line of JSON on
stdin; the fork leaves ``outcome.json`` and ``rows.arrow`` in the folder that the request names; one line of JSON on
stdout says how the fork ended. The process that forks never touches a file from outside.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from types import FrameType
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyproj
import shapely

# what is slow to import is here before the fork, so that every file starts warm; GDAL comes after (formats.gdal)
from exchange import judging, judging_flat, limits, progress, rfc7946, walls
from exchange.crs_words import understood
from exchange.errors import FileRefused
from exchange.formats import geoparquet
from exchange.formats.opened import Opened, Wanted
from exchange.formats.opening import open_file
from exchange.formats.shapefile import siblings
from exchange.rows_file import spans
from exchange.sniff import sniff
from geo import partition, validity
from geo.crs import CrsRefused
from geo.flat import FlatPolygons

# seconds between two looks at a fork
_LOOK_S: Final = 0.02
# a small file is read in less time than it would be waited for
_FIRST_LOOK_S: Final = 0.001


class _Fork:
    """The fork that is at work; whoever asked for it can have it ended."""

    pid = 0
    unwanted = False

    @classmethod
    def end(cls, _signal: int, _frame: FrameType | None) -> None:
        """End the fork and all it started; with none at work end this process."""
        if not cls.pid:
            os._exit(0)
        cls.unwanted = True
        with suppress(ProcessLookupError):
            os.kill(cls.pid, signal.SIGKILL)


def main() -> None:
    """Answer requests until stdin ends; SIGTERM ends the fork that is at work."""
    signal.signal(signal.SIGTERM, _Fork.end)
    if sys.argv[1:] == ["flat"]:
        _load_compiled()
    for line in sys.stdin:
        status = _in_a_fork(json.loads(line))
        if _Fork.unwanted:
            # whoever asked has gone
            os._exit(0)
        sys.stdout.write(json.dumps(status) + "\n")
        sys.stdout.flush()


def _load_compiled() -> None:
    """Have the compiled code loaded before the fork, so that no fork has to load it again."""
    from exchange.formats import wkb  # noqa: PLC0415 - loads numba, which most files do without

    wkb.warm()
    validity.warm()
    partition.warm()


def _in_a_fork(request: dict[str, Any]) -> dict[str, int]:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            # one file and this process ends: looking for rubbish among its millions of lines costs a third of the time
            gc.disable()
            _limit(request)
            _answer(request, _walled(request))
            code = 0
        finally:
            os._exit(code)
    _Fork.pid = child
    ended = _watched(child, Path(request["out"]), request["path"])
    _Fork.pid = 0
    if os.WIFSIGNALED(ended):
        return {"signal": os.WTERMSIG(ended), "exit": -1}
    return {"signal": 0, "exit": os.WEXITSTATUS(ended)}


def _watched(child: int, out: Path, path: str) -> int:
    """Wait for the fork, and where it is at what the kernel counts, say for it how much it has read."""
    size, last, before, counted = Path(path).stat().st_size, -1, 0, "open"
    pause = _FIRST_LOOK_S
    while True:
        done, ended = os.waitpid(child, os.WNOHANG)
        if done:
            return ended
        read = _bytes_read(child)
        stage, _, of = progress.told(out) or ("open", 0, size)
        if stage in progress.COUNTED and read != last:
            if stage != counted:
                counted, before = stage, read
            progress.tell(out, stage, min(read - before, of), of)
            last = read
        # the kernel wakes nobody when a child reads on: how far it is has to be looked at
        time.sleep(pause)
        pause = min(2 * pause, _LOOK_S)


def _bytes_read(pid: int) -> int:
    """What the kernel has counted; 0 where it does not count."""
    try:
        return int(Path(f"/proc/{pid}/io").read_text("ascii").partition(" ")[2].partition("\n")[0])
    except (OSError, ValueError):
        return 0


def _limit(request: dict[str, Any]) -> None:
    """Have the kernel end this process at its limits of processor time, wall time, memory and file size."""
    os.setsid()
    quiet = os.open(str(Path(request["out"]) / "stderr.txt"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, float(request["wall_s"]))
    cpu_s = int(request["cpu_s"])
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + 1))
    resource.setrlimit(resource.RLIMIT_AS, (int(request["memory_bytes"]), int(request["memory_bytes"])))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.READER_OUTPUT_BYTES, limits.READER_OUTPUT_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))


def _walled(request: dict[str, Any]) -> tuple[str, ...]:
    """Put up the kernel's walls: from here on only the libraries and the input can be read, only ``out`` written."""
    out = Path(request["out"])
    # libraries put their drafts where this says
    tempfile.tempdir = str(out)
    os.environ["TMPDIR"] = os.environ["CPL_TMPDIR"] = str(out)
    path = Path(request["path"])
    if path.suffix.lower() == ".shp":
        # its parts are looked for by listing their folder, and a missing index is made beside them
        request["path"] = str(_together(path, out / "parts"))
    return walls.put_up(readable=[path], writable=out)


def _together(path: Path, folder: Path) -> Path:
    """The parts of a Shapefile in a folder of the reader's own."""
    folder.mkdir()
    for part in siblings(path).values():
        try:
            (folder / part.name).hardlink_to(part)
        except OSError:
            shutil.copyfile(part, folder / part.name)
    return folder / path.name


def _answer(request: dict[str, Any], walls_up: tuple[str, ...]) -> None:
    out = Path(request["out"])
    try:
        outcome = _read(request, out)
    except FileRefused as refused:
        outcome = {"refused": {"code": refused.code, "values": refused.values, "where": refused.where}}
    except CrsRefused as refused:
        outcome = {"refused": {"code": refused.code, "values": dict(refused.values), "where": ""}}
    except pyproj.exceptions.ProjError as error:
        # a CRS can be read and yet be impossible: a latitude of origin beyond the pole
        outcome = {"refused": {"code": "crs_unusable", "values": {"reason": str(error)[:160]}, "where": ""}}
    except MemoryError:
        outcome = {"refused": {"code": "reader_out_of_memory", "values": {}, "where": ""}}
    except Exception:  # noqa: BLE001 - the edge of a process: logged, never shown
        outcome = {"failed": traceback.format_exc()}
    outcome["walls"] = walls_up
    (out / "outcome.json").write_text(json.dumps(outcome, default=str, allow_nan=False), encoding="utf-8")


def _read(request: dict[str, Any], out: Path) -> dict[str, Any]:
    if request["task"] == "rfc7946":
        return _check(Path(request["path"]))
    if request["flat"]:
        return _read_flat(request, out)
    started = time.perf_counter()
    watch = progress.Teller(out)
    wanted = Wanted(tuple(request["shapes"]), request["sublayer"], request["encoding"], watch=watch)
    workspace = out / "unpacked"
    workspace.mkdir()
    opened = open_file(Path(request["path"]), wanted, workspace=workspace)
    if len(opened.wkb) == 0:
        raise FileRefused("no_rows")
    judged = judging.judge(
        opened,
        shapes=wanted.shapes,
        given_crs=request["crs"],
        storage_epsg=request["storage_epsg"],
        strict=request["strict"],
        watch=watch,
    )
    _write_rows(out / "rows.arrow", opened, judged, watch)
    return {
        "driver": opened.driver,
        "sublayer": opened.sublayer,
        "sublayers": opened.sublayers,
        "encoding": opened.encoding,
        "encodings": [asdict(each) for each in opened.encodings],
        "evidence": [{"code": note.code, "values": dict(note.values)} for note in opened.evidence],
        "rows": len(opened.wkb),
        "columns": [name for name, _ in opened.columns],
        "notes": [{"code": note.code, "values": dict(note.values)} for note in opened.notes] + judged.notes,
        "items": judged.items,
        "crs": judged.crs,
        "seconds": round(time.perf_counter() - started, 3),
    }


def _check(path: Path) -> dict[str, Any]:
    if path.stat().st_size > limits.MOST_JSON_BYTES:
        raise FileRefused("json_too_large", {"bytes": path.stat().st_size, "most_bytes": limits.MOST_JSON_BYTES})
    told = rfc7946.check(path.read_bytes())
    return {"faults": [asdict(fault) for fault in told.faults], "counts": told.counts, "errors": told.errors}


def _read_flat(request: dict[str, Any], out: Path) -> dict[str, Any]:
    """Leave polygons as flat arrays, for a caller that measures them."""
    only, path = frozenset(request["columns"]), Path(request["path"])
    # numbers that have to be settled first (swapped axes, a shift) go the general way
    plain = request["crs"] is None or understood(request["crs"]).plain
    if plain and sniff(path).format == "parquet":
        found = geoparquet.read_columns(path, request["sublayer"], only)
        if not len(found.geometry):
            raise FileRefused("no_rows")
        flat = judging_flat.judge(found, given_crs=request["crs"], storage_epsg=request["storage_epsg"])
        names, columns = found.names, found.others
    else:
        workspace = out / "unpacked"
        workspace.mkdir()
        wanted = Wanted(tuple(request["shapes"]), request["sublayer"], request["encoding"])
        opened = open_file(path, wanted, workspace=workspace)
        if not len(opened.wkb):
            raise FileRefused("no_rows")
        judged = judging.judge(
            opened, shapes=("polygon",), given_crs=request["crs"], storage_epsg=request["storage_epsg"], strict=False
        )
        flat = judging_flat.JudgedFlat(
            FlatPolygons.of(judged.geoms), ~shapely.is_missing(judged.geoms), judged.items, judged.notes, judged.crs
        )
        names, columns = tuple(name for name, _ in opened.columns), opened.columns
    for name in ("xy", "ring_start", "part_start", "row_start"):
        np.save(out / f"{name}.npy", getattr(flat.polygons, name), allow_pickle=False)
    np.save(out / "taken.npy", flat.taken, allow_pickle=False)
    _write_columns(out / "rows.arrow", [(names.index(name), column) for name, column in columns if name in only])
    return {"columns": list(names), "items": flat.items, "crs": flat.crs}


def _write_columns(path: Path, columns: list[tuple[int, pa.Array]]) -> None:
    table = pa.table([_plain(column) for _, column in columns], names=[f"c{position}" for position, _ in columns])
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=65_536)


def _write_rows(path: Path, opened: Opened, judged: judging.Judged, watch: progress.Watch) -> None:
    """Write geometry as WKB and every column under its position, so that no name from outside is a name here."""
    count = len(judged.geoms)
    columns = [_plain(column) for _, column in opened.columns]
    names = ["geometry", *(f"c{position}" for position in range(len(columns)))]
    schema = pa.schema(list(zip(names, [pa.large_binary(), *(column.type for column in columns)], strict=True)))
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for start, end in spans(shapely.get_num_coordinates(judged.geoms), len(columns)):
            watch("write", start, count)
            wkb = shapely.to_wkb(judged.geoms[start:end], output_dimension=2).tolist()
            arrays = [pa.array(wkb, pa.large_binary()), *(_whole(column.slice(start, len(wkb))) for column in columns)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))


def _whole(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _plain(column: pa.Array) -> pa.Array:
    """Numbers, booleans and text as they are; everything else as text (nested values as JSON)."""
    kind = column.type
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return column
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return _sound_text(column)
    if pa.types.is_null(kind):
        return column.cast(pa.string())
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return pa.array([None if value is None else value.hex() for value in column.to_pylist()], pa.string())
    if pa.types.is_date(kind):
        # days before the year 1 and after 9999 are none to Python
        return column.cast(pa.string())
    values = (value.isoformat() if hasattr(value, "isoformat") else value for value in column.to_pylist())
    return pa.array([None if v is None else v if isinstance(v, str) else json.dumps(v, ensure_ascii=False, default=str)
                     for v in values], pa.string())  # fmt: skip


def _sound_text(column: pa.Array) -> pa.Array:
    """Text that is text: what is no UTF-8 is shown as such, and not handed on to fail where nobody expects it."""
    try:
        column.validate(full=True)
    except pa.ArrowInvalid:
        raw = column.cast(pa.large_binary()).to_pylist()
        return pa.array([None if each is None else each.decode("utf-8", "replace") for each in raw], pa.large_string())
    return column


if __name__ == "__main__":
    main()
