"""Open exported files in a real QGIS and GDAL of the system: ``/usr/bin/python3 tools/check_in_qgis.py FILE.gpkg …``.

Needs Debian's ``python3-qgis`` (QGIS 3.22 or later) and so the system's Python, not the product's. For each layer of a
GeoPackage it says what QGIS made of the default style, the Chinese names and the terms; it ends with 1 when a layer has
no categories where the style says some, or a column has no Chinese name.
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
        name = Path(path).stem.partition("-")[0]
        layer = QgsVectorLayer(f"{path}|layername={name}", name, "ogr")
        told = described(layer) if layer.isValid() else {"faults": ["QGIS cannot open it"]}
        print(path, told)
        faults += len(told["faults"])
        # a layer must be gone before QGIS is
        del layer
    application.exitQgis()
    return 1 if faults else 0


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
