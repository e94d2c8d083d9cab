"""GeoPackage: choose the layer that fits among its plain tables, or say which there are."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exchange import limits
from exchange.errors import FileRefused
from exchange.formats import gdal
from exchange.formats.layer_choice import Listed, choose, families_of
from exchange.formats.opened import FileNote, Opened, Wanted

# a listing takes a few thousand steps of SQLite's machine; what takes more is made to
_STEPS_BETWEEN: Final = 10_000
_MOST_STEPS: Final = 200_000_000


@dataclass(frozen=True, slots=True)
class _Contents:
    layers: tuple[Listed, ...]
    computed: tuple[str, ...]


def read(path: Path, wanted: Wanted) -> Opened:
    """Read one layer of a GeoPackage that is a table with values, and nothing that is computed when it is read.

    Triggers are left alone: a file that is only read fires none.

    Raises
    ------
    FileRefused
        ``sublayer_needed`` when none was named and not exactly one fits, with the names to choose from;
        ``gpkg_layer_computed`` when the layer is a view, a virtual table or has computed columns.
    """
    contents = _contents(path)
    if wanted.sublayer in contents.computed or (contents.computed and not contents.layers):
        raise FileRefused("gpkg_layer_computed", {"layer": wanted.sublayer or contents.computed[0]})
    chosen, notes = choose(contents.layers, wanted)
    pyogrio = gdal.start("GPKG")
    meta, wkb, columns = gdal.read(pyogrio, path, layer=chosen, LIST_ALL_TABLES="NO")
    crs = meta.get("crs")
    # the format's own words for "nobody said": Undefined Cartesian (-1) and Undefined geographic (0)
    known = bool(crs) and "undefined" not in str(crs).lower()
    notes = (*notes, *gdal.sample_note(pyogrio, path, chosen))
    if contents.computed:
        notes = (*notes, FileNote("gpkg_layers_left", {"layers": list(contents.computed)}))
    return Opened("GPKG", wkb, tuple(columns), str(crs) if known else None, "file" if known else "none",
                  sublayer=chosen, sublayers=tuple(one.name for one in contents.layers), notes=notes,
                  mends=gdal.mends_of(meta))  # fmt: skip


def _contents(path: Path) -> _Contents:
    """Feature layers that the file lists, those that are plain tables with rows counted, and those that are not."""
    with _looking(path) as connection:
        things = {
            str(name).casefold(): (str(kind), str(sql or ""))
            for name, kind, sql in connection.execute(
                "SELECT name, type, sql FROM sqlite_master WHERE type IN ('table', 'view') LIMIT 100000"
            )
        }
        for name, (kind, _) in things.items():
            if kind == "view" and name.startswith(("gpkg_", "rtree_")):
                raise FileRefused("gpkg_layer_computed", {"layer": name})
        listed = connection.execute(
            "SELECT c.table_name, g.geometry_type_name FROM gpkg_contents c LEFT JOIN gpkg_geometry_columns g"
            " ON g.table_name = c.table_name WHERE c.data_type = 'features' LIMIT ?",
            (limits.MOST_LAYERS + 1,),
        ).fetchall()
        if len(listed) > limits.MOST_LAYERS:
            raise FileRefused("too_many_layers", {"layers": len(listed), "most": limits.MOST_LAYERS})
        layers, computed = [], []
        for name, kind in listed:
            if str(name).casefold() not in things:
                continue
            if _is_plain(connection, str(name), *things[str(name).casefold()]):
                layers.append(Listed(str(name), families_of([str(kind or "")]), _count(connection, str(name))))
            else:
                computed.append(str(name))
        return _Contents(tuple(layers), tuple(computed))


def _is_plain(connection: sqlite3.Connection, name: str, kind: str, sql: str) -> bool:
    if kind != "table" or sql.lstrip().casefold().startswith("create virtual"):
        return False
    # the last column of table_xinfo is 2 or 3 for a column that is computed, 1 for one that a virtual table hides
    return all(row[6] == 0 for row in connection.execute("SELECT * FROM pragma_table_xinfo(?)", (name,)))


def _count(connection: sqlite3.Connection, name: str) -> int:
    quoted = name.replace('"', '""')
    counted = connection.execute(
        f'SELECT count(*) FROM (SELECT 1 FROM "{quoted}" LIMIT {limits.MOST_ROWS + 1})'  # noqa: S608 - a quoted name
    ).fetchone()
    return int(counted[0])


@contextlib.contextmanager
def _looking(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write, trusts no schema and gives up after a number of steps."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += _STEPS_BETWEEN
        return int(steps > _MOST_STEPS)

    try:
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            connection.execute("PRAGMA query_only = ON")
            connection.set_progress_handler(count, _STEPS_BETWEEN)
            yield connection
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        raise FileRefused("unreadable", {"reason": gdal.first_line(str(error))}) from error
