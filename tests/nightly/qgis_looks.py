"""What QGIS sees in files, as a line of JSON: run by a Python that has QGIS, not by ours.

``python qgis_looks.py FILE …``: of each its rows, its CRS, fields with aliases, categories with labels and colours, and
how many geometries are not valid; of a PDF its CRS and extent.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis import core


def main(*files: str) -> None:
    """Look and print."""
    app = core.QgsApplication([], False)
    app.initQgis()
    print(json.dumps({file: _pdf(file) if file.endswith(".pdf") else _layer(file) for file in files}))  # noqa: T201
    app.exitQgis()


def _layer(file: str) -> dict[str, Any]:
    layer = core.QgsVectorLayer(file, "looked", "ogr")
    if not layer.isValid():
        return {"valid": False}
    renderer = layer.renderer()
    categories = renderer.categories() if renderer.type() == "categorizedSymbol" else []
    return {
        "valid": True,
        "rows": layer.featureCount(),
        "crs": layer.crs().authid(),
        "aliases": {field.name(): field.alias() for field in layer.fields()},
        "categories": {str(one.value()): [one.label(), one.symbol().color().name()] for one in categories},
        "broken": sum(not each.geometry().isGeosValid() for each in layer.getFeatures() if each.hasGeometry()),
        "texts": sorted({str(each["code"]) for each in layer.getFeatures()})
        if "code" in layer.fields().names()
        else [],
    }


def _pdf(file: str) -> dict[str, Any]:
    layer = core.QgsRasterLayer(file, "looked", "gdal")
    return {"valid": layer.isValid(), "crs": layer.crs().authid() or layer.crs().toWkt()}


if __name__ == "__main__":
    main(*sys.argv[1:])
