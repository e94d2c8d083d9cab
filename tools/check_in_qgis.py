"""Open exported files in a real QGIS and GDAL of the system: ``/usr/bin/python3 tools/check_in_qgis.py FILE …``.

Needs Debian's ``python3-qgis`` (QGIS 3.22 or later) and so the system's Python, not the product's. For each file it
says rows and CRS, and of a GeoPackage also what QGIS made of the default style, the Chinese names and the terms. It
ends with 1 when a file does not open or is empty, a GeoPackage has no categories where its style says some, or a
column of it has no Chinese name. Boundary points and pages of fields are no maps, and Debian's
QGIS reads no Parquet: these are passed over.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

# a desktop is not needed to load layers
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def main(paths: list[str]) -> int:
    from qgis.core import QgsApplication, QgsVectorLayer  # noqa: PLC0415

    application = QgsApplication([], False)
    application.initQgis()
    faults = 0
    for path in paths:
        if path.endswith((".txt", ".fields.json", ".parquet")):
            continue
        name = Path(path).name.partition("-")[0]
        layer = QgsVectorLayer(_source(path, name), name, "ogr")
        told = {"faults": ["QGIS cannot open it"]}
        if layer.isValid():
            told = described(layer) if path.endswith(".gpkg") else counted(layer)
        print(path, told)
        faults += len(told["faults"])
        # a layer must be gone before QGIS is
        del layer
    application.exitQgis()
    return 1 if faults else 0


def _source(path: str, name: str) -> str:
    """How QGIS is told of a file: which of its layers, and that a zip is looked into."""
    if path.endswith(".gpkg"):
        return f"{path}|layername={name}"
    return f"/vsizip/{path}" if path.endswith(".zip") else path


def counted(layer: Any) -> dict[str, Any]:
    """Rows and CRS of a layer without a style."""
    rows = layer.featureCount()
    return {"rows": rows, "crs": layer.crs().authid(), "faults": [] if rows else ["no rows"]}


def described(layer: Any) -> dict[str, Any]:
    """What QGIS shows of a layer, and what is missing."""
    renderer = layer.renderer()
    categories = (
        {one.label(): one.symbol().color().name() for one in renderer.categories()}
        if renderer.type() == "categorizedSymbol"
        else {}
    )
    fields = [field.name() for field in layer.fields() if field.name() != "fid"]
    unnamed = [name for name in fields if not layer.attributeAlias(layer.fields().indexOf(name))]
    terms = [name for name in fields if layer.editorWidgetSetup(layer.fields().indexOf(name)).type() == "ValueMap"]
    faults = [f"no Chinese name: {name}" for name in unnamed]
    if renderer.type() == "categorizedSymbol" and not categories:
        faults.append("no categories")
    return {
        "rows": layer.featureCount(), "crs": layer.crs().authid(), "renderer": renderer.type(),
        "categories": categories, "terms": terms, "faults": faults,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
