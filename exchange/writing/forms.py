"""The forms that a layer can be written in: name, suffix, what CRS each takes, and the function that writes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Final, Literal

from exchange.writing import (
    boundary_points,
    dxf,
    flatgeobuf,
    geodatabase,
    geojson,
    geopackage,
    geoparquet,
    kml,
    shapefile,
    tables,
)
from exchange.writing.outgoing import Note, Outgoing

# wgs84: that and no other; table: places are not written; zone: a 3-degree zone of CGCS2000, with its number unless
# the code without is asked for; plane: projected; any: what is asked for. The storage CRS unless another is named
CrsRule = Literal["wgs84", "table", "zone", "plane", "any"]
Writer = Callable[..., "tuple[Note, ...] | None"]
_PLACED: Final = frozenset({"epsg"})
_WORDED: Final = frozenset({"lang"})


@dataclass(frozen=True, slots=True)
class Form:
    """One form: the suffix of its files, its CRS, whether a page of its fields lies beside, and who writes it.

    ``takes`` names the choices that its writer has: ``epsg``, ``lang``.
    """

    suffix: str
    crs: CrsRule
    writer: Writer
    takes: frozenset[str]
    fields_beside: bool = False
    polygons_only: bool = False

    def write(self, outgoing: Outgoing, out: Path, *, epsg: int, lang: str) -> tuple[Note, ...]:
        """Write the file; what the form could not hold as it was comes back as notes."""
        choices = {"epsg": epsg, "lang": lang}
        return self.writer(outgoing, out, **{key: choices[key] for key in self.takes}) or ()


# a Shapefile has its dictionary inside the zip; the geodatabase, KML, DXF and XLSX name their columns themselves
FORMS: Final = MappingProxyType({
    "geojson": Form(".geojson", "wgs84", geojson.write_rfc7946, frozenset(), fields_beside=True),
    "geojson-cgcs2000": Form(".geojson", "any", geojson.write_named_crs, _PLACED, fields_beside=True),
    "gpkg": Form(".gpkg", "any", geopackage.write_geopackage, _PLACED, fields_beside=True),
    "shp": Form(".shp.zip", "any", shapefile.write_shapefile, _PLACED | _WORDED),
    "gdb": Form(".gdb.zip", "any", geodatabase.write_geodatabase, _PLACED | _WORDED),
    "txt": Form(".txt", "zone", boundary_points.write_boundary_points, _PLACED, polygons_only=True),
    "dxf": Form(".dxf", "plane", partial(dxf.write_dxf, version="R2000"), _PLACED | _WORDED),
    "dxf-r2010": Form(".dxf", "plane", dxf.write_dxf, _PLACED | _WORDED),
    "kml": Form(".kml", "wgs84", kml.write_kml, _WORDED),
    "geoparquet": Form(".parquet", "any", geoparquet.write_geoparquet, _PLACED, fields_beside=True),
    "fgb": Form(".fgb", "any", flatgeobuf.write_flatgeobuf, _PLACED, fields_beside=True),
    "xlsx": Form(".xlsx", "table", tables.write_xlsx, _WORDED),
    "csv": Form(".csv", "table", tables.write_csv, _WORDED, fields_beside=True),
})  # fmt: skip
# endings that mean a form as well; a plain zip is a Shapefile, and of two forms with one ending the first is meant
_ENDINGS: Final = {form.suffix: key for key, form in reversed(list(FORMS.items()))} | {
    ".json": "geojson", ".geoparquet": "geoparquet", ".zip": "shp",
}  # fmt: skip


def form_of_name(name: str) -> str | None:
    """The form that a file's name means by its ending, or None."""
    fitting = [ending for ending in _ENDINGS if name.lower().endswith(ending)]
    return _ENDINGS[max(fitting, key=len)] if fitting else None
