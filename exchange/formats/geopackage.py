"""GeoPackage: choose the layer that fits, or say which there are."""

from __future__ import annotations

from pathlib import Path

from exchange.errors import FileRefused
from exchange.formats import gdal
from exchange.formats.opened import FileNote, Opened, Wanted


def read(path: Path, wanted: Wanted) -> Opened:
    """Read one layer of a GeoPackage.

    Raises
    ------
    FileRefused
        ``sublayer_needed`` when none was named and not exactly one fits, with the names to choose from.
    """
    pyogrio = gdal.start("GPKG")
    listed = gdal.layers(pyogrio, path)
    if not listed:
        raise FileRefused("no_rows")
    names = [name for name, _ in listed]
    chosen = _chosen(listed, wanted)
    meta, wkb, columns = gdal.read(pyogrio, path, layer=chosen)
    crs = meta.get("crs")
    known = bool(crs) and "undefined" not in str(crs).lower()
    # the format's own words for "nobody said": Undefined Cartesian (-1) and Undefined geographic (0)
    notes = (FileNote("sublayer_chosen", {"sublayer": chosen, "sublayers": names}),) if len(names) > 1 else ()
    return Opened("GPKG", wkb, tuple(columns), str(crs) if known else None, "file" if known else "none",
                  sublayer=chosen, sublayers=tuple(names), notes=notes)  # fmt: skip


def _chosen(listed: list[tuple[str, str]], wanted: Wanted) -> str:
    names = [name for name, _ in listed]
    if wanted.sublayer is not None:
        if wanted.sublayer not in names:
            raise FileRefused("sublayer_unknown", {"asked": wanted.sublayer, "sublayers": names})
        return wanted.sublayer
    if len(names) == 1:
        return names[0]
    for shape in wanted.shapes:
        fitting = [name for name, kind in listed if shape in gdal.families([kind])]
        if len(fitting) == 1:
            return fitting[0]
        if fitting:
            raise FileRefused("sublayer_needed", {"sublayers": fitting, "asked": ""})
    raise FileRefused("sublayer_needed", {"sublayers": names, "asked": ""})
