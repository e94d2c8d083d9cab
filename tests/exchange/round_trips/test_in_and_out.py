"""What others write and the product reads and writes again, others read as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import ezdxf
import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings

from exchange import reading
from exchange.columns import map_columns
from exchange.formats.dxf_text import unescaped
from exchange.writing.forms import FORMS
from exchange.writing.outgoing import Batch, OutColumn, Outgoing
from exchange.writing.tables import neutralised
from layers.schema import LAYERS
from tests.exchange.round_trips import land

KEYS: Final = ("code", "name", "note", "ready_date", "far_min")
PARCELS: Final = LAYERS["parcels"]
COLUMNS: Final = tuple(OutColumn(one.key, one.kind, one.zh, one.en) for one in map(PARCELS.field, KEYS))


def frame_of(drawn: land.Land, *, epsg: int = 4549) -> gpd.GeoDataFrame:
    """The rows as geopandas has them, dates as dates."""
    columns = {key: pd.Series(drawn.values[key], dtype=object) for key in KEYS}
    days = [None if day is None else dt.date.fromisoformat(day) for day in drawn.values["ready_date"]]
    columns["ready_date"] = pd.Series(days, dtype=object)
    columns["far_min"] = columns["far_min"].astype(float)
    return gpd.GeoDataFrame(columns, geometry=list(drawn.geoms), crs=4549).to_crs(epsg)


def rounded(drawn: land.Land) -> land.Land:
    """With figures that a Shapefile or GML of GDAL and a workbook hold: fifteen or sixteen of them, no exponent."""
    figures = [None if value is None else round(value, 6) for value in drawn.values["far_min"]]
    return land.Land(drawn.geoms, {**drawn.values, "far_min": figures})


def gdal(driver: str, suffix: str, **options: Any) -> Callable[[land.Land, Path], Path]:
    def write(drawn: land.Land, folder: Path) -> Path:
        out = folder / f"in{suffix}"
        frame = frame_of(drawn, epsg=4326 if driver == "LIBKML" else 4549)
        if driver == "OpenFileGDB":
            # what ArcGIS 10 has for a date is a time
            frame["ready_date"] = pd.to_datetime(frame["ready_date"], utc=True)
        frame.to_file(out, driver=driver, engine="pyogrio", use_arrow=True, **options)
        return out

    return write


def parquet(drawn: land.Land, folder: Path) -> Path:
    frame_of(drawn).to_parquet(folder / "in.parquet")
    return folder / "in.parquet"


def rows_of(out: Path) -> tuple[Any, dict[str, list[Any]]]:
    layer = "parcels" if out.suffix == ".gpkg" else None
    frame = gpd.read_parquet(out) if out.suffix == ".parquet" else gpd.read_file(out, engine="pyogrio", layer=layer)
    frame = frame.to_crs(4549)
    names = {name.casefold(): name for name in frame.columns}
    called = {"code": "dkbh", "name": "dkmc", "note": "bz", "ready_date": "jdrq", "far_min": "rjl_x"}
    # the Shapefile has the short names; its dictionary explains them
    held = {key: frame[names.get(key) or names[called[key]]] for key in KEYS}
    # GDAL keeps ``Name`` for the label of a placemark
    held["name"] = frame.get("name2", held["name"])
    return frame.geometry.to_numpy(), {key: [_plain(value) for value in held[key]] for key in KEYS}


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT or value != value:  # noqa: PLR0124 - only NaN is not itself
        return None
    return value if isinstance(value, float) else str(value)[:10] if not isinstance(value, str) else value


@dataclass(frozen=True)
class Way:
    """Who writes, which form of ours goes back, and how exactly."""

    write: Callable[[land.Land, Path], Path]
    form: str
    precision_m: float = 0.0
    epsg: int = 4549


WAYS: Final = {
    "GPKG": Way(gdal("GPKG", ".gpkg", layer="parcels"), "gpkg"),
    "FlatGeobuf": Way(gdal("FlatGeobuf", ".fgb"), "fgb"),
    "Shapefile in UTF-8": Way(gdal("ESRI Shapefile", ".shp", encoding="UTF-8"), "shp"),
    "Shapefile in GB18030": Way(gdal("ESRI Shapefile", ".shp", encoding="GB18030"), "shp"),
    "OpenFileGDB": Way(
        gdal("OpenFileGDB", ".gdb", layer="parcels", geometry_type="MultiPolygon", promote_to_multi=True),
        "gdb",
        0.000_2,
    ),
    "GeoJSON": Way(gdal("GeoJSON", ".geojson"), "geojson-cgcs2000", 1e-6),
    "GML": Way(gdal("GML", ".gml"), "gpkg", 1e-6),
    "LIBKML": Way(gdal("LIBKML", ".kml"), "kml", 0.000_02, 4326),
    "GeoParquet": Way(parquet, "geoparquet"),
}


def taken(process: Any, path: Path, **options: Any) -> tuple[reading.Reading, Outgoing]:
    """A file as the product takes it in, and what it would send out of it again."""
    with reading.secured(path, path.name) as original:
        found = reading.read(original, shapes=("polygon",), storage_epsg=4549, process=process, **options)
    assert found.items == ()
    mapped = map_columns(found.table, PARCELS, {"text": "code"} if found.driver == "DXF" else None)
    count = len(found.geoms)
    values = {key: mapped.frame[key].tolist() if key in mapped.frame else [None] * count for key in KEYS}
    return found, Outgoing(
        layer="parcels", epsg=4549, columns=COLUMNS, rows=count, has_sample=False, dimensions=(2,),
        batches=lambda: iter([Batch(np.arange(count) + 1, found.geoms, values)]),
    )  # fmt: skip


@pytest.mark.parametrize("name", WAYS)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(drawn=land.lands(most=6))
def test_in_and_out_again(process, name, drawn):
    way = WAYS[name]
    drawn = rounded(drawn) if way.form in {"shp", "kml"} or name == "GML" else drawn
    with TemporaryDirectory() as folder:
        _, outgoing = taken(process, way.write(drawn, Path(folder)))
        out = Path(folder) / f"out{FORMS[way.form].suffix}"
        FORMS[way.form].write(outgoing, out, epsg=way.epsg, lang="zh")
        geoms, values = rows_of(out)
    order = [values["code"].index(code) for code in drawn.values["code"]]
    assert land.farthest_m(drawn.geoms, geoms[order]) <= way.precision_m
    for key in KEYS:
        assert [values[key][at] for at in order] == drawn.values[key], key


def _moved(shell: Any, east: float) -> Any:
    return shapely.transform(shell, lambda xy: xy - xy.mean(axis=0) + [east, 3_230_000])


@pytest.mark.parametrize("version", ["R2000", "R2010"])
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(drawn=land.lands(most=5))
def test_drawings_of_ezdxf(process, version, drawn):
    shells = [shapely.Polygon(shapely.get_parts(geom)[0].exterior) for geom in drawn.geoms]
    # outlines apart, each with its code in it
    shells = [_moved(shell, 480_000 + 30_000 * at) for at, shell in enumerate(shells)]
    document = ezdxf.filemanagement.new(version)
    document.encoding = "gbk"
    document.header["$DWGCODEPAGE"] = "ANSI_936"
    for shell, code in zip(shells, drawn.values["code"], strict=True):
        space = document.modelspace()
        space.add_lwpolyline(list(shell.exterior.coords)[:-1], close=True, dxfattribs={"layer": "界址线"})
        space.add_text(code.replace("^", "^ "), dxfattribs={"insert": shell.representative_point().coords[0]})
    with TemporaryDirectory() as folder:
        path = Path(folder) / "in.dxf"
        document.saveas(path)
        _, outgoing = taken(process, path, crs="EPSG:4549")
        FORMS["dxf"].write(outgoing, Path(folder) / "out.dxf", epsg=4549, lang="zh")
        again = ezdxf.filemanagement.readfile(Path(folder) / "out.dxf")
    lines = list(again.modelspace().query("LWPOLYLINE"))
    back = [shapely.Polygon(line.get_points("xy")) for line in lines]
    assert land.farthest_m(shells, back) == 0
    told = [dict(value.split("=", 1) for _, value in line.get_xdata("CHANTU")) for line in lines]
    assert [unescaped(each["code"]) for each in told] == drawn.values["code"]


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(drawn=land.lands(most=6))
def test_workbooks_of_openpyxl(process, drawn):
    drawn = rounded(drawn)
    with TemporaryDirectory() as folder:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.append([*KEYS, "wkt"])
        for at, geom in enumerate(drawn.geoms):
            sheet.append([drawn.values[key][at] for key in KEYS] + [geom.wkt])
            for cell in sheet[at + 2]:
                # as who types an apostrophe first: no formula
                cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
        book.save(Path(folder) / "in.xlsx")
        found, outgoing = taken(process, Path(folder) / "in.xlsx", crs="EPSG:4549")
        FORMS["xlsx"].write(outgoing, Path(folder) / "out.xlsx", epsg=4549, lang="zh")
        back = list(openpyxl.load_workbook(Path(folder) / "out.xlsx").worksheets[0].iter_rows(values_only=True))
    assert land.farthest_m(drawn.geoms, found.geoms) <= 1e-6
    wanted = zip(*(drawn.values[key] for key in KEYS), strict=True)
    assert back[1:] == [tuple(row) for row in wanted]


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(drawn=land.lands(most=6))
def test_csv_of_pandas(process, drawn):
    with TemporaryDirectory() as folder:
        frame = frame_of(drawn)
        table = pd.DataFrame(frame.drop(columns="geometry")).assign(wkt=[geom.wkt for geom in frame.geometry])
        table.to_csv(Path(folder) / "in.csv", index=False)
        found, outgoing = taken(process, Path(folder) / "in.csv", crs="EPSG:4549")
        FORMS["csv"].write(outgoing, Path(folder) / "out.csv", epsg=4549, lang="zh")
        back = pd.read_csv(Path(folder) / "out.csv", dtype=str, keep_default_na=False, encoding="utf-8-sig")
    assert land.farthest_m(drawn.geoms, found.geoms) <= 1e-6
    # what a spreadsheet would run has an apostrophe before it
    assert back["编号"].tolist() == [neutralised(text) for text in drawn.values["code"]]
    assert [text or None for text in back["备注"]] == [text and neutralised(text) for text in drawn.values["note"]]
