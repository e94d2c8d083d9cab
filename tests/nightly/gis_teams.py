"""The files that GIS teams are given, as QGIS opens them: layers, CRS, Chinese aliases, colours, sound shapes."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from briefing.snapshot import Snapshot
from tests.briefing.frozen import DRAFT, Frozen
from tests.journeys.running import command

PYTHON: Final = os.environ.get("CHANTU_QGIS_PYTHON", "/usr/bin/python3")
_LAYERS: Final = ("parcels", "parks", "roads", "constraints", "towns", "facilities")
# forms that QGIS opens as they are; of a drawing only the shapes, of KML not the CRS of the office
_FORMS: Final = {"gpkg": "gpkg", "geojson-cgcs2000": "geojson", "fgb": "fgb", "shp": "zip", "dxf": "dxf"}
_ALIASES: Final = {"code": "编号", "stage": "储备阶段", "cluster_name": "产业集群", "area_mu": "面积（亩）"}


def checks(sample: Frozen, folder: Path) -> Iterator[tuple[str, list[str]]]:
    """What was looked at, and what is wrong with it; the PDFs of the folder are there already."""
    what = "QGIS opens what GIS teams are given: rows, CRS, aliases, colours, sound shapes, the sheet in its place"
    if subprocess.run([PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode:
        yield f"not done, {PYTHON} has no QGIS: {what}", []
        return
    files = _written(sample, folder)
    done = subprocess.run(
        [PYTHON, Path(__file__).with_name("qgis_looks.py"), *map(_opened, files), str(folder / "a3.pdf")],
        capture_output=True, text=True, check=True, timeout=300,
    )  # fmt: skip
    seen: dict[str, dict[str, Any]] = json.loads(done.stdout)
    faults = [fault for one in files for fault in _faults(one, seen[_opened(one)], sample.after)]
    sheet = seen[str(folder / "a3.pdf")]
    if not sheet["valid"] or not {f"EPSG:{sample.after.epsg}", "CGCS2000"} & _words(sheet["crs"]):
        faults.append(f"a3.pdf: QGIS finds {sheet}")
    yield what, faults


def _written(sample: Frozen, folder: Path) -> list[Path]:
    files = [(layer, "gpkg", folder / f"{layer}.gpkg") for layer in _LAYERS]
    files += [("parcels", form, folder / f"parcels.{suffix}") for form, suffix in _FORMS.items()]
    for layer, form, path in files:
        command("export", "--layer", layer, "--format", form, "--out", str(path), "--scenario", str(DRAFT),
                database=sample.path)  # fmt: skip
    return list(dict.fromkeys(path for _, _, path in files))


def _opened(path: Path) -> str:
    return f"/vsizip/{path}" if path.suffix == ".zip" else str(path)


def _words(crs: str) -> set[str]:
    return {crs, *crs.replace('"', " ").split()}


def _faults(path: Path, seen: dict[str, Any], snapshot: Snapshot) -> list[str]:
    if not seen["valid"]:
        return [f"{path.name}: QGIS does not open it"]
    faults = [f"{path.name}: {seen['broken']} geometries are not valid"] if seen["broken"] else []
    if path.suffix == ".dxf":
        return faults
    shapes = snapshot.parcels if path.stem == "parcels" else snapshot.layers[path.stem]
    if seen["rows"] != len(shapes):
        faults.append(f"{path.name}: {seen['rows']} rows of {len(shapes)}")
    if seen["crs"] != f"EPSG:{snapshot.epsg}":
        faults.append(f"{path.name}: the CRS is {seen['crs']}")
    if path.name == "parcels.gpkg":
        faults += _looks(path, seen, snapshot)
    return faults


def _looks(path: Path, seen: dict[str, Any], snapshot: Snapshot) -> list[str]:
    faults = [
        f"{path.name}: {name} is called {seen['aliases'].get(name)!r}"
        for name, alias in _ALIASES.items()
        if seen["aliases"].get(name) != alias
    ]
    faults += [
        f"{path.name}: {one.code} is drawn as {seen['categories'].get(one.code)}"
        for one in snapshot.clusters
        if seen["categories"].get(one.code) != [one.name_zh, one.color.lower()]
    ]
    if not set(snapshot.parcels.columns["code"]) <= set(seen["texts"]):
        faults.append(f"{path.name}: codes are not as they were")
    return faults
