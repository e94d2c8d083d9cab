"""A slide as a page shows it: the same words and figures that are drawn in print, as HTML round a live map.

Nothing is counted here: a ``briefing.slide.Slide`` holds final words. They are Chinese, as on every slide.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote

from briefing.page import data_day
from briefing.slide import Bars, Imprint, Kpi, Sign, Signs, Slide, Table
from briefing.snapshot import Snapshot
from briefing.templates.parts import named_scenario
from layers import style
from layers.style import Line
from ui.markup import Html, color, each, element

_STATES: Final = {"draft": "草案", "in_review": "审核中", "published": "已发布"}
# characters of a title that stand on one line at its full size, of 1920 pixels less the margins
_FULL_SIZE: Final = 46.0
_SIGN_WIDE, _SIGN_HIGH = 34, 18
# a list that is longer runs out of a slide: the rest is counted
_MOST_ROWS: Final = 13
_SHORT: Final = 2  # letters of a sign that stand in a swatch at their full size


def head(slide: Slide, snapshot: Snapshot, story: str = "") -> Html:
    """The conclusion, the name of the map, the caption of the view; at the right the day of the data and its mark."""
    size = min(1.0, _FULL_SIZE / max(_ems(slide.title), 1.0))
    told = f"数据截至 {data_day(snapshot)} · 面积为 CGCS2000 投影平面面积，1 亩 = 666.67 ㎡"
    return element(
        "div",
        element("h1", slide.title, cls="brief-title", style={"font-size": f"{size:.3f}em"}),
        element(
            "div",
            element("p", slide.subtitle, cls="brief-sub"),
            element("p", story, cls="brief-story") if story else None,
            element("p", element("span", told), _mark(snapshot), cls="brief-told"),
            cls="brief-line",
        ),
        cls="brief-head",
    )  # fmt: skip


def _mark(snapshot: Snapshot) -> Html | None:
    return element("span", "示例数据", cls="brief-sample") if snapshot.has_sample else None


def panel(slide: Slide) -> Html:
    """Figures, bars that are the legend, signs or a table, and what is to be done."""
    call = element(
        "div", element("p", slide.callout.lead, cls="lead-line"), element("p", slide.callout.body),
        cls="brief-call alert-call" if slide.callout.alert else "brief-call",
    )  # fmt: skip
    return element(
        "div",
        element("div", each(_kpi(one) for one in slide.kpis), cls="brief-kpis"),
        each(_piece(piece) for piece in slide.pieces),
        call,
        cls="brief-side",
    )


def foot(snapshot: Snapshot, imprint: Imprint, mark: str, other: Snapshot | None = None) -> Html:
    """Who made it and from what; who may read it, scenario and state, the snapshot's id."""
    made = f"编制：{imprint.office}　" if imprint.office else ""
    sample = "（含示例数据，非真实）" if snapshot.has_sample else ""
    state = "" if snapshot.is_base else f"（{_STATES.get(snapshot.state, snapshot.state)}）"
    names = named_scenario(snapshot) if other is None else f"{named_scenario(other)} / {named_scenario(snapshot)}"
    right = f"{imprint.secrecy}　方案：{names}{state}　快照 {mark}"
    return element(
        "div",
        element("p", f"{made}数据来源：{imprint.source}{sample}　单位：亩、宗"),
        element("p", right),
        cls="brief-foot",
    )


def sign_rules(slide: Slide) -> str:
    """The style rules of the slide's signs: each its own small picture, drawn as the map draws it."""
    signs = [item for piece in slide.pieces if isinstance(piece, Signs) for item in piece.items]
    return "\n".join(
        f'.brief-sign-{at} {{ background-image: url("data:image/svg+xml,{quote(_drawing(item))}"); }}'
        for at, item in enumerate(signs)
    )


def _kpi(one: Kpi) -> Html:
    figure = element("span", one.figure.text, cls="figure")
    return element(
        "div",
        element("p", one.label),
        element("p", figure, element("small", one.figure.unit), cls="value"),
        cls="brief-kpi alert-kpi" if one.alert else "brief-kpi",
    )


def _piece(piece: Bars | Signs | Table) -> Html:
    match piece:
        case Bars():
            return _bars(piece)
        case Signs():
            return _signs(piece)
        case Table():
            return _table(piece)


def _bars(piece: Bars) -> Html:
    rows = [
        element(
            "tr",
            element("td", element("span", row.glyph, cls="swatch long" if len(row.glyph) > _SHORT else "swatch", style={
                "background": color(row.color), "color": style.text_on(color(row.color)),
            })),
            element("th", row.label, scope="row"),
            element("td", element("span", cls="bar", style={
                "width": f"{100 * row.part:.2f}%", "background": color(row.color),
            }), cls="track"),
            element("td", row.value, cls="figure"),
            element("td", row.count, cls="figure count"),
        )
        for row in piece.rows
    ]  # fmt: skip
    label, value, count = piece.total
    if label:
        rows.append(element(
            "tr", element("td"), element("th", label, scope="row"), element("td"),
            element("td", value, cls="figure"), element("td", count, cls="figure count"), cls="sum",
        ))  # fmt: skip
    note = element("p", piece.note, cls="brief-note") if piece.note else None
    table = element("table", element("tbody", *rows), cls="brief-bars")
    return element("div", _over(piece.head, piece.unit), table, note, cls="brief-piece")


def _signs(piece: Signs) -> Html:
    items = each(
        element("li", element("span", cls=f"sign brief-sign-{at}", aria_hidden="true"), element("span", item.label))
        for at, item in enumerate(piece.items)
    )
    return element("div", _over(piece.head, ""), element("ul", items, cls="brief-signs"), cls="brief-piece")


def _table(piece: Table) -> Html:
    while len(piece.rows) > _MOST_ROWS:
        piece = piece.shorter()
    heads = [element("th", one.head, scope="col", cls=_side(one.align)) for one in piece.columns]
    body = [_row(piece, row, None) for row in piece.rows] + ([_row(piece, piece.total, "sum")] if piece.total else [])
    note = element("p", piece.note, cls="brief-note") if piece.note else None
    table = element("table", element("thead", element("tr", *heads)), element("tbody", *body), cls="brief-table")
    return element("div", _over(piece.head, piece.unit), table, note, cls="brief-piece")


def _row(piece: Table, row: tuple[str, ...], cls: str | None) -> Html:
    cells = zip(piece.columns, row, strict=True)
    return element("tr", *(element("td", text, cls=_side(column.align)) for column, text in cells), cls=cls)


def _side(align: str) -> str | None:
    return "figure" if align == "right" else None


def _over(name: str, unit: str) -> Html:
    return element("div", element("h2", name), element("span", unit), cls="brief-over")


def _drawing(sign: Sign) -> str:
    """The sign as SVG, of colours and lines of our own style only."""
    wide, high = _SIGN_WIDE, _SIGN_HIGH
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}">']
    if sign.mark == "line" and sign.line is not None:
        path = f"M0 {high / 2} H{wide}"
        if sign.line.casing:
            parts.append(_stroke(path, Line(sign.line.casing, sign.line.casing_width)))
        parts.append(_stroke(path, sign.line))
    else:
        box = f"M2 2 H{wide - 2} V{high - 2} H2 Z"
        parts.append(f'<path d="{box}" fill="{color(sign.fill)}" fill-opacity="{sign.opacity}"/>')
        if sign.mark == "hatch":
            lines = " ".join(f"M{x} {high - 2} L{x + high - 4} 2" for x in range(2 - high + 4, wide, 6))
            parts.append(f'<clipPath id="c"><path d="{box}"/></clipPath><g clip-path="url(#c)">')
            parts += [_stroke(lines, Line(style.ALERT, 1.4)), "</g>"]
        if sign.line is not None:
            parts.append(_stroke(box, sign.line))
    return "".join([*parts, "</svg>"])


def _stroke(path: str, line: Line) -> str:
    dash = f' stroke-dasharray="{" ".join(f"{one:g}" for one in line.dash)}"' if line.dash else ""
    return f'<path d="{path}" fill="none" stroke="{color(line.color)}" stroke-width="{line.width:g}"{dash}/>'


def _ems(text: str) -> float:
    return sum(1.0 if ord(sign) > 0x2E7F else 0.56 for sign in text)  # noqa: PLR2004 - the first sign as wide as high
