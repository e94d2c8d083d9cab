"""GDAL with one driver and no other: what a file claims to be inside cannot make another driver open it.

GDAL reads its list of drivers to skip once, when pyogrio is first imported; so this module imports pyogrio late, in a
process that reads one file and ends.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from exchange import limits
from exchange.errors import FileRefused
from exchange.formats import curves, sample_mark
from exchange.formats.layer_choice import Listed, choose, families_of
from exchange.formats.opened import FileNote, Opened, RowNote, Wanted

# every driver of the GDAL 3.12.4 in pyogrio 0.13.0's wheel; should another build hold more, ``start`` finds it out and
# refuses to go on while a driver that was not asked for is alive
DRIVERS: Final = tuple(
    (
        "ADBC,AIVector,AmigoCloud,AVCBin,AVCE00,Carto,CSV,CSW,DGN,DXF,EDIGEO,EEDA,Elasticsearch,"
        "ESRI Shapefile,ESRIJSON,FlatGeobuf,GDALG,GeoJSON,GeoJSONSeq,GeoRSS,GML,GPKG,GPSBabel,GPX,GTFS,"
        "HTTP,Idrisi,JML,JSONFG,KML,LIBKML,LVBAG,MapInfo File,MapML,MBTiles,MEM,MiraMonVector,MVT,NGW,"
        "OAPIF,ODS,OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OpenFileGDB,OSM,PCIDSK,PDF,PDS4,PGDUMP,PLSCENES,PMTiles,"
        "S57,Selafin,SQLite,SXF,TopoJSON,VDV,VFK,VICAR,WAsP,WFS,XLSX"
    ).split(",")
)

# nothing may leave the machine, whatever a file asks for: a dead proxy for all, and no exceptions from it
CLOSED_NETWORK: Final = {
    "GDAL_HTTP_PROXY": "127.0.0.1:1",
    "GDAL_HTTP_MAX_RETRY": "0",
    "GDAL_HTTP_TIMEOUT": "1",
    "CPL_VSIL_CURL_ALLOWED_EXTENSIONS": "{none}",
    "CPL_CURL_ENABLE_VSIMEM": "NO",
    "http_proxy": "http://127.0.0.1:1",
    "https_proxy": "http://127.0.0.1:1",
    "all_proxy": "http://127.0.0.1:1",
    "no_proxy": "",
    "NO_PROXY": "",
    "PROJ_NETWORK": "OFF",
}


def start(driver: str) -> ModuleType:
    """Import pyogrio with this driver alone, and give it back.

    Raises
    ------
    RuntimeError
        Another driver is alive: pyogrio was imported before, or this build has one that ``DRIVERS`` does not know.
    """
    os.environ["GDAL_SKIP"] = ",".join(name for name in DRIVERS if name != driver)
    os.environ.update(CLOSED_NETWORK)
    os.environ.setdefault("OGR_GEOJSON_MAX_OBJ_SIZE", "200")
    os.environ["SHAPE_RESTORE_SHX"] = "YES"
    # pyogrio asks for geopandas only to offer frames, which are not wanted here and take half a second to import
    sys.modules.setdefault("geopandas", None)  # type: ignore[arg-type]  # None is how Python marks "cannot be imported"
    import pyogrio  # noqa: PLC0415 - GDAL reads GDAL_SKIP only now

    alive = set(pyogrio.list_drivers())
    if alive != {driver}:
        raise RuntimeError(f"drivers alive: {sorted(alive)}")
    module: ModuleType = pyogrio
    return module


def layers(pyogrio: ModuleType, path: Path) -> list[Listed]:
    """Every layer that has geometry; rows are told where there are several, by the format's own count."""
    with gdal_faults(pyogrio):
        found = [(str(name), str(kind)) for name, kind in pyogrio.list_layers(path) if kind is not None]
        if len(found) > limits.MOST_LAYERS:
            raise FileRefused("too_many_layers", {"layers": len(found), "most": limits.MOST_LAYERS})
        return [
            Listed(name, families_of([kind]), _rows_told(pyogrio, path, name) if len(found) > 1 else None)
            for name, kind in found
        ]


def _rows_told(pyogrio: ModuleType, path: Path, layer: str) -> int | None:
    count = int(pyogrio.read_info(path, layer=layer)["features"])
    return count if count >= 0 else None


def read_layer(driver: str, path: Path, wanted: Wanted, **options: str) -> Opened:
    """Read the layer that was named or fits from a file that may hold several.

    Raises
    ------
    FileRefused
        ``sublayer_needed`` when none was named and not exactly one fits, with the names to choose from.
    """
    pyogrio = start(driver)
    listed = layers(pyogrio, path)
    chosen, notes = choose(listed, wanted)
    meta, wkb, columns = read(pyogrio, path, layer=chosen, **options)
    crs = meta.get("crs")
    # the words of GDAL and GeoPackage for "nobody said": Undefined Cartesian (-1) and Undefined geographic (0)
    known = bool(crs) and not re.search(r"undefined|unknown engineering", str(crs), re.IGNORECASE)
    return Opened(driver, wkb, tuple(columns), str(crs) if known else None, "file" if known else "none",
                  sublayer=chosen, sublayers=tuple(one.name for one in listed),
                  notes=(*notes, *sample_note(pyogrio, path, chosen)), mends=mends_of(meta))  # fmt: skip


def read(
    pyogrio: ModuleType, path: Path, *, layer: str | None = None, encoding: str | None = None, **options: str
) -> tuple[dict[str, Any], NDArray[np.object_], list[tuple[str, pa.Array]]]:
    """Read one layer whole: what GDAL says about it, its WKB (None = no geometry) without arcs, its columns."""
    with gdal_faults(pyogrio):
        meta, table = pyogrio.read_arrow(
            path, layer=layer, encoding=encoding, max_features=limits.MOST_ROWS + 1, datetime_as_string=True, **options
        )
    if table.num_rows > limits.MOST_ROWS:
        raise FileRefused("too_many_rows", {"most": limits.MOST_ROWS})
    if table.num_columns > limits.MOST_COLUMNS:
        raise FileRefused("too_many_columns", {"columns": table.num_columns, "most": limits.MOST_COLUMNS})
    geometry_name = meta["geometry_name"] or "wkb_geometry"
    wkb = np.full(table.num_rows, None, dtype=object)
    columns: list[tuple[str, pa.Array]] = []
    taken = False
    for name, column in zip(table.column_names, table.columns, strict=True):
        if (
            name == geometry_name
            and not taken
            and pa.types.is_binary(column.type) | pa.types.is_large_binary(column.type)
        ):
            with gdal_faults(pyogrio):
                wkb = column.to_numpy(zero_copy_only=False).astype(object)
            taken = True
        else:
            columns.append((name, column.combine_chunks()))
    straight, curved = curves.flatten(wkb, meta.get("crs"))
    return dict(meta) | {"curved": curved}, straight, columns


def sample_note(pyogrio: ModuleType, path: Path, layer: str) -> tuple[FileNote, ...]:
    """The note that the layer says it is sample data: among its facts, or in what people see as its name."""
    with gdal_faults(pyogrio):
        told = pyogrio.read_info(path, layer=layer).get("layer_metadata") or {}
    return sample_mark.note_of(told.get(sample_mark.FACT), told.get("ALIAS_NAME"), told.get("TITLE"))


def mends_of(meta: dict[str, Any]) -> tuple[RowNote, ...]:
    """What ``read`` had to change of rows."""
    return tuple(RowNote(row, "curves_flattened") for row in meta["curved"])


@contextmanager
def gdal_faults(pyogrio: ModuleType) -> Iterator[None]:
    """Turn GDAL's refusals into ours, with its own words kept as a value."""
    try:
        yield
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.DataLayerError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.FieldError,
        pyogrio.errors.GeometryError,
        pyogrio.errors.CRSError,
        pa.ArrowException,
        UnicodeDecodeError,
        # pyogrio 0.13 names a CRS that it could not export after a variable that is not there
        UnboundLocalError,
        OSError,
        RuntimeError,
    ) as error:
        raise FileRefused("unreadable", {"reason": first_line(str(error))}) from error


def first_line(text: str, *, most: int = 200) -> str:
    """First line of a library's message, without folders of this machine."""
    words = (
        Path(word).name if word.startswith(("/", "'/")) else word for word in text.strip().split("\n")[0].split(" ")
    )
    return " ".join(words)[:most]
