"""Native charts: bars whose colours are those of the map, with the figures of the snapshot in the workbook behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_TICK_LABEL_POSITION, XL_TICK_MARK
from pptx.util import Pt

from briefing import numbers
from briefing.deck.page import Box, Page
from layers import style
from layers.figures import mu_of


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: what it is, its area in hundredths of a m², its colour."""

    label: str
    centi_m2: int
    color: str


def mu_value(centi_m2: int) -> float:
    """亩 as a workbook keeps them: exact to the last hundredth of a m²."""
    return float(mu_of(numbers.area_m2(centi_m2)) or 0)


def bars(page: Page, box: Box, rows: Sequence[Bar], name: str, told: str, *, upright: bool = False) -> None:
    """One bar a row, in its own colour, with its figure at its end; the first row on top, or at the left."""
    data = CategoryChartData(number_format="#,##0")
    data.categories = [row.label for row in rows]
    data.add_series("面积（亩）", [mu_value(row.centi_m2) for row in rows])
    kind = XL_CHART_TYPE.COLUMN_CLUSTERED if upright else XL_CHART_TYPE.BAR_CLUSTERED
    page.say(*(row.label for row in rows))
    chart = page.chart(box, kind, data, name, told)
    chart.has_legend, chart.has_title = False, False
    chart.font.size = Pt(12)
    plot = chart.plots[0]
    plot.gap_width, plot.vary_by_categories = 45, False
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format, labels.number_format_is_linked = "#,##0", False
    labels.position, labels.font.size, labels.font.bold = XL_LABEL_POSITION.OUTSIDE_END, Pt(12), True
    _axes(chart, max((mu_value(row.centi_m2) for row in rows), default=1.0), upright=upright)
    for at, row in enumerate(rows):
        point = plot.series[0].points[at]
        point.format.fill.solid()
        point.format.fill.fore_color.rgb = RGBColor.from_string(row.color[1:])
        point.format.line.color.rgb = RGBColor.from_string(style.INK[1:])
        point.format.line.width = Pt(0.5)


def _axes(chart: Any, longest: float, *, upright: bool) -> None:
    """The length says the figure and the figure stands beside it: the value axis and its grid are left out."""
    values, categories = chart.value_axis, chart.category_axis
    values.visible, values.has_major_gridlines, values.minimum_scale = False, False, 0
    # room for the figure at the end of the longest
    values.maximum_scale = longest * 1.16 or 1.0
    categories.major_tick_mark = XL_TICK_MARK.NONE
    categories.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    categories.format.line.color.rgb = RGBColor.from_string("9AA3AE")
    categories.reverse_order = not upright
