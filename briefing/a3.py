"""The A3 sheet: a map at an exact scale, kilometre grid, legend, and what a drawing has to say of itself."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, FloatObject, NameObject, NumberObject, TextStringObject

from briefing import panel, picture, watermark
from briefing.page import data_day
from briefing.slide import Imprint, Slide
from briefing.snapshot import Snapshot
from briefing.templates.parts import named_scenario, parks_bounds
from geo.crs import converter, storage_crs
from layers import style
from layers.draw.paper.sheet import Sheet
from layers.draw.paper.type import Faces
from layers.draw.paper.view import View
from layers.draw.position import projection_for_browser

MM: Final = 72.0 / 25.4  # points
WIDTH, HEIGHT = 420.0 * MM, 297.0 * MM
_SCALES: Final = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5, 8.0)
EDGE: Final = 10.0 * MM
COLUMN: Final = 88.0 * MM
_METRES_PER_PT: Final = 0.0254 / 72.0
_SIGNED: Final = ("制图", "校核", "审核", "批准")
BLOCK: Final = 116.0  # height of the block of what the drawing says of itself

Rect = tuple[float, float, float, float]


def scale_for(box: Rect, bounds: tuple[float, float, float, float], margin_pt: float = 14.0) -> int:
    """The largest scale of the usual list, as the number N of 1:N, at which the bounds fit into a box."""
    _, _, width, height = box
    west, south, east, north = bounds
    across, up = (east - west) / (width - 2 * margin_pt), (north - south) / (height - 2 * margin_pt)
    needed = max(across, up) / _METRES_PER_PT
    usual: list[int] = [round(step * 10**power) for power in range(2, 9) for step in _SCALES]
    return min((one for one in usual if one >= needed), default=usual[-1])


def draw(slide: Slide, snapshot: Snapshot, imprint: Imprint, faces: Faces) -> tuple[Sheet, View, tuple[str, ...]]:
    """Draw the sheet; give it, the view of its map, and the names that found no place."""
    sheet = Sheet(WIDTH, HEIGHT, faces)
    left, top = EDGE + 11.0, EDGE + 46.0
    box = (left, top, WIDTH - EDGE - 14.0 - COLUMN - 12.0 - left, HEIGHT - EDGE - 13.0 - top)
    bounds = slide.picture.bounds or parks_bounds(snapshot)
    scale = scale_for(box, bounds)
    shown = replace(slide.picture, enlarged=())
    drawn = picture.draw(sheet, snapshot, shown, box, metres_per_pt=scale * _METRES_PER_PT)
    if imprint.georeferenced:
        grid(sheet, drawn.view, box)
    name = slide.subtitle if slide.subtitle.endswith("图") else f"{slide.subtitle}图"
    sheet.text(left + box[2] / 2, EDGE + 31.0, name, 22.0, weight="bold", align="center")
    _beside(sheet, slide, snapshot, imprint, scale)
    frame(sheet)
    watermark.lay(sheet, imprint.watermark)
    return sheet, drawn.view, drawn.dropped


def frame(sheet: Sheet) -> None:
    """The thick frame of a drawing, and the thin line within it."""
    sheet.rect(EDGE, EDGE, WIDTH - 2 * EDGE, HEIGHT - 2 * EDGE, line=style.INK, line_width=2.2)
    sheet.rect(EDGE + 3.2, EDGE + 3.2, WIDTH - 2 * EDGE - 6.4, HEIGHT - 2 * EDGE - 6.4, line=style.INK, line_width=0.5)


def grid_step_m(view: View) -> int:
    """Kilometres between grid lines, so that some six to twelve cross the map."""
    wanted = view.width * view.metres_per_pt / 9.0
    return next((step for step in (100, 200, 500, 1000, 2000, 5000, 10_000, 20_000) if step >= wanted), 50_000)


def grid(sheet: Sheet, view: View, box: Rect) -> None:
    """Ticks at the frame with whole kilometres, crosses where lines would meet: X north, Y east."""
    x, y, width, height = box
    west, south, east, north = view.bounds
    step = grid_step_m(view)
    easts = np.arange(np.ceil(west / step), np.floor(east / step) + 1) * step
    norths = np.arange(np.ceil(south / step), np.floor(north / step) + 1) * step
    across = view.place(np.column_stack([easts, np.full(len(easts), view.north)]))[:, 0]
    down = view.place(np.column_stack([np.full(len(norths), view.east), norths]))[:, 1]
    places = 1 if step < 1000 else 0
    for at, value in zip(across.tolist(), easts.tolist(), strict=True):
        sheet.line([(at, y), (at, y + 5)], style.INK, width=0.5)
        sheet.line([(at, y + height - 5), (at, y + height)], style.INK, width=0.5)
        sheet.text(at, y + height + 7.2, f"{value / 1000:.{places}f}", 6.2, color=panel.SECOND, align="center")
    for at, value in zip(down.tolist(), norths.tolist(), strict=True):
        sheet.line([(x, at), (x + 5, at)], style.INK, width=0.5)
        sheet.line([(x + width - 5, at), (x + width, at)], style.INK, width=0.5)
        sheet.text(x - 2.0, at, f"{value / 1000:.{places}f}", 6.2, color=panel.SECOND, align="center", angle=90.0)
    for one in across.tolist():
        for other in down.tolist():
            sheet.line([(one - 3, other), (one + 3, other)], "#7C8794", width=0.35)
            sheet.line([(one, other - 3), (one, other + 3)], "#7C8794", width=0.35)


def _beside(sheet: Sheet, slide: Slide, snapshot: Snapshot, imprint: Imprint, scale: int) -> None:
    x = WIDTH - EDGE - 12.0 - COLUMN
    top, bottom = EDGE + 14.0, HEIGHT - EDGE - 13.0
    sample_mark(sheet, snapshot, x, top)
    top += 24.0
    panel.kpis(sheet, slide.kpis, x, top, COLUMN)
    foot = bottom - BLOCK
    box = panel.callout_height(sheet, slide.callout, COLUMN)
    panel.callout(sheet, slide.callout, x, foot - box - 10.0, COLUMN)
    start = top + panel.KPI_HEIGHT
    pieces, stretch, gap = panel.shared_out(slide.pieces, foot - box - 18.0 - start)
    for piece in pieces:
        sheet.line([(x, start + gap * 0.42), (x + COLUMN, start + gap * 0.42)], panel.RULE, width=0.7)
        start += gap
        panel.draw(sheet, piece, x, start, COLUMN, stretch)
        start += panel.height_of(piece, stretch)
    block(sheet, snapshot, imprint, scale, (x, foot, COLUMN, BLOCK))


def sample_mark(sheet: Sheet, snapshot: Snapshot, x: float, top: float) -> None:
    """What is sample data says so, in a box at the head of the column."""
    if snapshot.has_sample:
        sheet.rect(x, top, COLUMN, 15.0, fill="#FFF4D6", line="#B7791F", line_width=0.7)
        sheet.text_middle(x + COLUMN / 2, top + 7.5, "示例数据，非真实，不得用于审批", 9.0, weight="bold",
                          color="#7A4B00", align="center")  # fmt: skip


def block(sheet: Sheet, snapshot: Snapshot, imprint: Imprint, scale: int, box: Rect) -> None:
    """What the drawing says of itself, and where four people sign."""
    x, y, width, height = box
    state = {"draft": "草案", "in_review": "审核中", "published": "已发布"}.get(snapshot.state, snapshot.state)
    facts = (
        ("比例尺", f"1:{scale:,}（A3 原大）".replace(",", " ") + ("，格网单位千米" if imprint.georeferenced else "")),
        ("坐标系", crs_words(snapshot.epsg)),
        ("方案", named_scenario(snapshot) + ("" if snapshot.is_base else f"（{state}）") + f"  快照 {snapshot.id}"),
        ("数据截至", f"{data_day(snapshot)}    {imprint.secrecy}"),
        ("编制单位", imprint.office),
        ("审图号", imprint.review_number),
    )
    sheet.rect(x, y, width, height, line=style.INK, line_width=0.9)
    step = 14.0
    for nth, (label, text) in enumerate(facts):
        middle = y + (nth + 0.5) * step
        sheet.text_middle(x + 5.0, middle, label, 8.0, color=panel.SECOND)
        size = panel.fitting(sheet.faces, text, 8.2, "medium", width - 52.0) if text else 8.2
        sheet.text_middle(x + 46.0, middle, text, size, weight="medium")
        sheet.line([(x, y + (nth + 1) * step), (x + width, y + (nth + 1) * step)], "#9AA3AE", width=0.4)
    sheet.line([(x + 41.0, y), (x + 41.0, y + len(facts) * step)], "#9AA3AE", width=0.4)
    under = y + len(facts) * step
    for nth, label in enumerate(_SIGNED):
        left = x + nth * width / len(_SIGNED)
        sheet.text_middle(left + width / 8, under + 7.0, label, 8.0, color=panel.SECOND, align="center")
        if nth:
            sheet.line([(left, under), (left, y + height)], "#9AA3AE", width=0.4)
    sheet.line([(x, under + 13.0), (x + width, under + 13.0)], "#9AA3AE", width=0.4)


def crs_words(epsg: int) -> str:
    """The storage CRS as a Chinese drawing names it; one that is no transverse Mercator by its own name."""
    told = projection_for_browser(epsg)
    name, parameters = str(told["name"]), told["tm"]
    if not isinstance(parameters, dict) or not name.startswith("CGCS2000"):
        return f"{name}（EPSG:{epsg}）"
    belt = "3° 带" if "3-degree" in name else "6° 带"
    return f"CGCS2000 高斯—克吕格 {belt}，中央经线 {parameters['lon0']:g}°（EPSG:{epsg}）"


def georeferenced(pdf: bytes, view: View, epsg: int) -> bytes:
    """Say in a PDF of one page where its map lies (ISO 32000-2, 12.10: a viewport with a geospatial measure).

    Corners are given as latitude and longitude on the datum of the storage CRS; the CRS is named by code and as WKT.
    """
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    say_where(writer.pages[0], view, epsg)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def say_where(page: PageObject, view: View, epsg: int) -> None:
    """Give a page its viewport."""
    crs = storage_crs(epsg)
    west, south, east, north = view.bounds
    corners = np.array([[west, south], [west, north], [east, north], [east, south]])
    lon, lat = converter(crs, crs.geodetic_crs or crs).points(corners[:, 0], corners[:, 1])
    height = float(page.mediabox.height)
    frame = [view.x, height - view.y - view.height, view.x + view.width, height - view.y]
    measure = DictionaryObject({
        NameObject("/Type"): NameObject("/Measure"),
        NameObject("/Subtype"): NameObject("/GEO"),
        NameObject("/Bounds"): _numbers([0, 0, 0, 1, 1, 1, 1, 0]),
        NameObject("/GPTS"): _numbers(np.column_stack([lat, lon]).ravel()),
        NameObject("/LPTS"): _numbers([0, 0, 0, 1, 1, 1, 1, 0]),
        NameObject("/GCS"): DictionaryObject({
            NameObject("/Type"): NameObject("/PROJCS"),
            NameObject("/EPSG"): NumberObject(epsg),
            NameObject("/WKT"): TextStringObject(crs.to_wkt("WKT1_ESRI")),
        }),
    })  # fmt: skip
    page[NameObject("/VP")] = ArrayObject([DictionaryObject({
        NameObject("/Type"): NameObject("/Viewport"),
        NameObject("/Name"): TextStringObject("map"),
        NameObject("/BBox"): _numbers(frame),
        NameObject("/Measure"): measure,
    })])  # fmt: skip


def _numbers(values: NDArray[np.float64] | list[int] | list[float]) -> ArrayObject:
    return ArrayObject([_Exact(float(one)) for one in values])


class _Exact(FloatObject):
    """A number with twelve decimals: pypdf's own nine digits leave a degree open by five centimetres."""

    def myrepr(self) -> str:
        return f"{float(self):.12f}".rstrip("0").rstrip(".")
