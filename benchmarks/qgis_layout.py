"""A page of QGIS's print layout on layers of a GeoPackage, measured: run by a Python that has QGIS, not by ours.

``python qgis_layout.py GPKG STYLE OUT`` prints a line of JSON: processor seconds, warm, of the picture and of the page.
STYLE is JSON: the extent and the CRS, and by layer a colour, or colours by a column. The page has a map, a legend, a
scale bar, a title, and labels of parks and roads; none of the figures that a briefing has.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from qgis import core
from qgis.PyQt.QtGui import QFont, QFontDatabase

RUNS = 5
TITLE = "可用工业用地储备"
FONT_PT, LABEL_PT = 22.0, 8.0


def main(package: str, style: str, out: str) -> None:
    """Measure and print."""
    app = core.QgsApplication([], False)
    app.initQgis()
    asked = json.loads(Path(style).read_text("utf-8"))
    # without it Chinese is empty boxes on a machine that has no such font
    family = QFontDatabase.applicationFontFamilies(QFontDatabase.addApplicationFont(asked["font"]))[0]
    app.setFont(QFont(family))
    project = core.QgsProject.instance()
    project.setCrs(core.QgsCoordinateReferenceSystem(f"EPSG:{asked['epsg']}"))
    layers: list[Any] = []
    for name, look in asked["layers"].items():
        layer = core.QgsVectorLayer(f"{package}|layername={name}", name, "ogr")
        if not layer.isValid():
            raise ValueError(name)
        _dressed(layer, look)
        layers.insert(0, project.addMapLayer(layer))
    extent = core.QgsRectangle(*asked["extent"])
    # an exporter does not keep its layout alive
    wide, large = _layout(layers, extent, 406.4, 228.6), _layout(layers, extent, 420.0, 297.0)
    slide, sheet = core.QgsLayoutExporter(wide), core.QgsLayoutExporter(large)
    picture = core.QgsLayoutExporter.ImageExportSettings()
    picture.dpi = 240.0
    page = core.QgsLayoutExporter.PdfExportSettings()
    page.forceVectorOutput = True
    told = {
        "version": core.Qgis.QGIS_VERSION,
        "picture": _median(lambda: slide.exportToImage(f"{out}/slide.png", picture)),
        "page": _median(lambda: sheet.exportToPdf(f"{out}/sheet.pdf", page)),
    }
    print(json.dumps(told))
    app.exitQgis()


def _dressed(layer: Any, look: dict[str, Any]) -> None:
    kind = layer.geometryType()
    if "by" in look:
        categories = [
            core.QgsRendererCategory(value, _symbol(kind, colour), value) for value, colour in look["colours"].items()
        ]
        layer.setRenderer(core.QgsCategorizedSymbolRenderer(look["by"], categories))
    else:
        layer.setRenderer(core.QgsSingleSymbolRenderer(_symbol(kind, look["colour"])))
    if look.get("label"):
        settings = core.QgsPalLayerSettings()
        settings.fieldName = look["label"]
        settings.setFormat(_text())
        layer.setLabeling(core.QgsVectorLayerSimpleLabeling(settings))
        layer.setLabelsEnabled(True)


def _text() -> Any:
    form = core.QgsTextFormat()
    form.setFont(QFont(core.QgsApplication.font().family()))
    form.setSize(LABEL_PT)
    form.buffer().setEnabled(True)
    return form


def _symbol(kind: Any, colour: str) -> Any:
    symbol = core.QgsSymbol.defaultSymbol(kind)
    symbol.setColor(core.QgsSymbolLayerUtils.decodeColor(colour))
    return symbol


def _layout(layers: list[Any], extent: Any, wide_mm: float, high_mm: float) -> Any:
    project = core.QgsProject.instance()
    millimetres = core.QgsUnitTypes.LayoutMillimeters
    layout = core.QgsPrintLayout(project)
    layout.initializeDefaults()
    layout.pageCollection().page(0).setPageSize(core.QgsLayoutSize(wide_mm, high_mm, millimetres))
    picture = core.QgsLayoutItemMap(layout)
    picture.setFrameEnabled(True)
    layout.addLayoutItem(picture)
    picture.setLayers(layers)
    picture.setCrs(project.crs())
    size = core.QgsLayoutSize(wide_mm * 0.72, high_mm - 35, millimetres)
    picture.attemptMove(core.QgsLayoutPoint(10, 25, millimetres))
    picture.attemptResize(size)
    # the item takes the shape of the extent, then its own again, and then the extent is fitted into that
    picture.setExtent(extent)
    picture.attemptResize(size)
    picture.zoomToExtent(extent)
    if not picture.extent().contains(extent):
        raise ValueError(picture.extent().toString())
    legend = core.QgsLayoutItemLegend(layout)
    legend.setLinkedMap(picture)
    legend.attemptMove(core.QgsLayoutPoint(wide_mm * 0.72 + 15, 25, millimetres))
    layout.addLayoutItem(legend)
    bar = core.QgsLayoutItemScaleBar(layout)
    bar.setLinkedMap(picture)
    bar.applyDefaultSize()
    bar.attemptMove(core.QgsLayoutPoint(15, high_mm - 22, millimetres))
    layout.addLayoutItem(bar)
    title = core.QgsLayoutItemLabel(layout)
    title.setText(TITLE)
    font = QFont(core.QgsApplication.font().family())
    font.setPointSizeF(FONT_PT)
    title.setFont(font)
    title.adjustSizeToText()
    title.attemptMove(core.QgsLayoutPoint(10, 8, millimetres))
    layout.addLayoutItem(title)
    return layout


def _median(work: Callable[[], int]) -> float:
    taken = []
    for number in range(RUNS + 1):
        start = time.process_time()
        status = work()
        if status != 0:
            raise ValueError(status)
        if number:  # the first fills the caches
            taken.append(time.process_time() - start)
    return statistics.median(taken)


if __name__ == "__main__":
    main(*sys.argv[1:])
