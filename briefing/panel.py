"""The panel beside the map: key figures, bars that are the legend, signs, tables, and the one call-out."""

from __future__ import annotations

from typing import Final

from briefing.slide import Bar, Bars, Callout, Column, Kpi, Sign, Signs, Table
from layers import style
from layers.draw.paper.sheet import Sheet
from layers.draw.paper.type import Faces, Weight

INK: Final = style.INK
SECOND: Final = "#4A5563"
THIRD: Final = "#5F6B7A"
RULE: Final = "#D5DAE0"
TINT: Final = "#FBF1F0"
DEEP_RED: Final = "#8E1B20"
CALM: Final = "#EEF4F9"
_HEAD: Final = 18.0
_BAR_ROW: Final = 15.2
_SIGN_ROW: Final = 13.4
_TABLE_ROW: Final = 14.4
_LEAST_GAP, _GOOD_GAP = 7.0, 15.0
_LEAST_STRETCH, _MOST_STRETCH = 0.86, 1.4
# rows move together this much before a table gives one up
_CLOSE: Final = 0.87
_LEAST_CELL_PT: Final = 7.0
_LEAST_ROWS: Final = 3
# what stands behind a number and is not parted from it
_UNITS: Final = frozenset("亩万宗个处条千米")
KPI_HEIGHT: Final = 44.0
_PT_PER_PX: Final = 0.75

Rect = tuple[float, float, float, float]


def kpis(sheet: Sheet, items: tuple[Kpi, ...], x: float, y: float, width: float) -> None:
    """At most three figures side by side, a hair line between them."""
    faces = sheet.faces
    needs = [
        max(faces.width(one.label, 8.8),
            faces.width(one.figure.text, 23.0, "bold") + 3.0 + faces.width(one.figure.unit, 8.8))
        for one in items
    ]  # fmt: skip
    air = 17.0 * (len(items) - 1)
    # all figures in one size: a smaller one would say that it matters less
    part = min((width - air) / max(sum(needs), 1.0), 1.0)
    spare = max(width - air - sum(needs), 0.0) / max(len(items), 1)
    left = x
    for nth, one in enumerate(items):
        size, small = 23.0 * part, 8.8 * max(part, 0.9)
        sheet.text(left, y + 9.5, one.label, small, color=SECOND)
        color = style.ALERT if one.alert else INK
        sheet.text(left, y + 37.0, one.figure.text, size, weight="bold", color=color)
        end = left + faces.width(one.figure.text, size, "bold") + 3.0
        sheet.text(end, y + 37.0, one.figure.unit, 8.8, color=SECOND)
        if nth:
            sheet.line([(left - 8.5, y + 2), (left - 8.5, y + 38)], RULE, width=0.7)
        left += needs[nth] * part + spare + 17.0


def fitting(faces: Faces, text: str, size: float, weight: Weight, room: float) -> float:
    """The size at which a text fits, at most the size given."""
    wide = faces.width(text, size, weight)
    return size if wide <= room else size * room / wide


def shortened(faces: Faces, text: str, size: float, weight: Weight, room: float) -> str:
    """The text, or as much of it as fits, with a dot to say that it goes on."""
    # what was made to fit exactly fits
    if faces.width(text, size, weight) <= room + 1e-6:
        return text
    while text and faces.width(text + "…", size, weight) > room:
        text = text[:-1]
    return text + "…"


def lines_of(faces: Faces, text: str, size: float, room: float) -> list[str]:
    """Break a text into lines: none begins with a mark that closes, none parts a code, or a number from its unit."""
    lines, line = [], ""
    for word in _words(text):
        if line and faces.width(line + word, size) > room and word not in "，。；：、）":
            lines.append(line)
            line = word.lstrip()
        else:
            line += word
    return [*lines, line] if line else lines


def _words(text: str) -> list[str]:
    words: list[str] = []
    for character in text:
        if words and _holds_on(words, character):
            words[-1] += character
        elif character in _UNITS and words[-1:] == [" "] and words[-2:-1] and words[-2][-1].isdecimal():
            words[-2:] = [f"{words[-2]} {character}"]
        else:
            words.append(character)
    return words


def _holds_on(words: list[str], character: str) -> bool:
    """Whether a character is not parted from the one before it: within a number, a code, a name with a number."""
    last = words[-1][-1]
    if character == "-" or (character == "亩" and last == "万" and len(words[-1]) > 1):
        return last != " "
    return character.isascii() and not character.isspace() and last.isascii() and last != " "


def height_of(piece: Bars | Signs | Table, stretch: float = 1.0) -> float:
    """How high a piece stands when its rows are stretched."""
    if isinstance(piece, Bars):
        rows = len(piece.rows) + bool(piece.total[1])
        return _HEAD + rows * _BAR_ROW * stretch + (10.0 if piece.note else 0.0)
    if isinstance(piece, Signs):
        return _HEAD + (len(piece.items) + 1) // 2 * _SIGN_ROW * stretch
    return _HEAD + (1 + len(piece.rows) + bool(piece.total)) * _TABLE_ROW * stretch + (11.0 if piece.note else 0.0)


def shared_out(
    pieces: tuple[Bars | Signs | Table, ...], room: float
) -> tuple[list[Bars | Signs | Table], float, float]:
    """Fill a height: the pieces as they fit, the stretch of their rows, the gap above each.

    Tables give up their last rows where the room is too small, and say so; what is left over goes into rows and gaps.
    """
    fitted = list(pieces)
    while sum(height_of(one, _CLOSE) for one in fitted) + _LEAST_GAP * len(fitted) > room:
        longest = max(
            (at for at, one in enumerate(fitted) if isinstance(one, Table) and len(one.rows) > _LEAST_ROWS),
            key=lambda at: height_of(fitted[at]), default=None,
        )  # fmt: skip
        if longest is None:
            break
        table = fitted[longest]
        if isinstance(table, Table):
            fitted[longest] = table.shorter()
    rows = sum(height_of(one, 2.0) - height_of(one) for one in fitted)
    spare = room - sum(map(height_of, fitted)) - _GOOD_GAP * len(fitted)
    stretch = min(max(1.0 + spare / max(rows, 1.0), _LEAST_STRETCH), _MOST_STRETCH)
    gap = (room - sum(height_of(one, stretch) for one in fitted)) / max(len(fitted), 1)
    return fitted, stretch, min(max(gap, 0.0), 30.0)


def draw(sheet: Sheet, piece: Bars | Signs | Table, x: float, y: float, width: float, stretch: float = 1.0) -> None:
    """Draw a piece with its upper left corner at (x, y)."""
    sheet.text(x, y + 10.5, piece.head, 10.4, weight="bold")
    if isinstance(piece, (Bars, Table)):
        sheet.text(x + width, y + 10.5, piece.unit, 8.4, color=THIRD, align="right")
    if isinstance(piece, Bars):
        _bars(sheet, piece, x, y + _HEAD, width, _BAR_ROW * stretch)
    elif isinstance(piece, Signs):
        _signs(sheet, piece, x, y + _HEAD, width, _SIGN_ROW * stretch)
    else:
        _table(sheet, piece, x, y + _HEAD, width, _TABLE_ROW * stretch)


def _bars(sheet: Sheet, piece: Bars, x: float, y: float, width: float, step: float) -> None:
    faces = sheet.faces
    name = max((faces.width(row.label, 9.2) for row in piece.rows), default=0.0)
    name = min(max(name, 40.0), width * 0.36)
    values = [piece.total[1], *(row.value for row in piece.rows)]
    counts = [piece.total[2], *(row.count for row in piece.rows)]
    figure = max(faces.width(one, 9.4, "bold") for one in values)
    count = max(faces.width(one, 8.4, "medium") for one in counts)
    start, end = x + 17.0 + name + 6.0, x + width - count - 8.0 - figure - 8.0
    for nth, row in enumerate(piece.rows):
        middle = y + (nth + 0.5) * step
        _bar(sheet, row, x, middle, name, start, end)
        sheet.text_middle(x + width - count - 8.0, middle, row.value, 9.4, weight="medium", align="right")
        sheet.text_middle(x + width, middle, row.count, 8.4, color=THIRD, align="right")
    bottom = y + len(piece.rows) * step
    if piece.total[1]:
        sheet.line([(x, bottom + 0.5), (x + width, bottom + 0.5)], RULE, width=0.7)
        middle = bottom + 0.5 + step / 2
        sheet.text_middle(x + 17.0, middle, piece.total[0], 9.2, weight="bold")
        sheet.text_middle(x + width - count - 8.0, middle, piece.total[1], 9.4, weight="bold", align="right")
        sheet.text_middle(x + width, middle, piece.total[2], 8.4, weight="medium", color=SECOND, align="right")
        bottom += step
    if piece.note:
        sheet.text(x + 17.0, bottom + 8.0, piece.note, 7.4, color=THIRD)


def _bar(sheet: Sheet, row: Bar, x: float, middle: float, name: float, start: float, end: float) -> None:
    sheet.rect(x, middle - 4.6, 11.6, 9.2, fill=row.color, line=INK, line_width=0.6)
    if row.glyph:
        sheet.text_middle(
            x + 5.8,
            middle,
            row.glyph,
            fitting(sheet.faces, row.glyph, 6.8, "medium", 10.4),
            weight="medium",
            color=style.ink_on(row.color),
            align="center",
        )
    size = fitting(sheet.faces, row.label, 9.2, "regular", name)
    sheet.text_middle(x + 17.0, middle, row.label, size)
    long = (end - start) * row.part
    if long > 0.3:
        sheet.rect(start, middle - 3.6, long, 7.2, fill=row.color, line=INK, line_width=0.5)


def _signs(sheet: Sheet, piece: Signs, x: float, y: float, width: float, step: float) -> None:
    half = (len(piece.items) + 1) // 2
    for nth, item in enumerate(piece.items):
        left = x + (nth // half) * width / 2
        middle = y + (nth % half + 0.5) * step
        _sign(sheet, item, left, middle)
        size = fitting(sheet.faces, item.label, 8.6, "regular", width / 2 - 30.0)
        sheet.text_middle(left + 25.0, middle, item.label, size)


def _sign(sheet: Sheet, item: Sign, x: float, middle: float) -> None:
    box = (x, middle - 4.4, 19.0, 8.8)
    line = item.line
    scale = _PT_PER_PX * 0.85
    if item.mark == "line" and line is not None:
        ends = [(x, middle), (x + 19.0, middle)]
        if line.casing and line.casing != "#FFFFFF":
            sheet.line(ends, line.casing, width=line.casing_width * scale * 0.7)
        sheet.line(ends, line.color, width=line.width * scale * 0.75, dash=[one * scale * 0.7 for one in line.dash])
        return
    sheet.rect(*box, fill=item.fill or None, opacity=item.opacity)
    if item.mark == "hatch" and line is not None:
        with sheet.within(*box):
            for step in range(-3, 8):
                start = x + step * 3.4
                sheet.line([(start, middle + 4.4), (start + 8.8, middle - 4.4)], line.color, width=0.7)
    if line is not None:
        sheet.rect(*box, line=line.color, line_width=line.width * scale, dash=[one * scale for one in line.dash])


def _table(sheet: Sheet, piece: Table, x: float, y: float, width: float, step: float) -> None:
    places, left = [], x
    for column in piece.columns:
        places.append((left, column.part * width))
        left += column.part * width
    sheet.rect(x, y, width, step, fill="#EEF1F4")
    heads = tuple(column.head for column in piece.columns)
    _row(sheet, piece.columns, places, heads, y + step / 2, ("medium", SECOND))
    for nth, row in enumerate(piece.rows):
        middle = y + (nth + 1.5) * step
        _row(sheet, piece.columns, places, row, middle, ("regular", INK))
        under = y + (nth + 2) * step
        sheet.line([(x, under), (x + width, under)], "#E6E9ED", width=0.5)
    bottom = y + (1 + len(piece.rows)) * step
    if piece.total:
        _row(sheet, piece.columns, places, piece.total, bottom + step / 2, ("bold", INK))
        bottom += step
    if piece.note:
        sheet.text(x + 4.0, bottom + 8.8, piece.note, 7.4, color=THIRD)


def _row(
    sheet: Sheet, columns: tuple[Column, ...], places: list[tuple[float, float]], cells: tuple[str, ...], middle: float,
    look: tuple[Weight, str],
) -> None:  # fmt: skip
    weight, color = look
    size = 8.6
    for column, (left, room), cell in zip(columns, places, cells, strict=True):
        # a long name is set smaller before it is cut
        small = max(fitting(sheet.faces, cell, size, weight, room - 6.0), _LEAST_CELL_PT) if cell else size
        text = shortened(sheet.faces, cell, small, weight, room - 6.0)
        at = left + 4.0 if column.align == "left" else left + room - 4.0
        sheet.text_middle(at, middle, text, small, weight=weight, color=color, align=column.align)


def callout_height(sheet: Sheet, callout: Callout, width: float) -> float:
    """How high the box stands."""
    body = lines_of(sheet.faces, callout.body, 8.8, width - 20.0)
    lead = lines_of(sheet.faces, callout.lead, 10.4, width - 20.0)
    return 14.0 + 13.4 * len(lead) + 12.2 * len(body)


def callout(sheet: Sheet, one: Callout, x: float, y: float, width: float) -> None:
    """Draw the box with its upper left corner at (x, y)."""
    height = callout_height(sheet, one, width)
    deep = style.ALERT if one.alert else style.ACCENT
    sheet.rect(x, y, width, height, fill=TINT if one.alert else CALM)
    sheet.rect(x, y, 3.2, height, fill=deep)
    at = y + 4.0
    for text in lines_of(sheet.faces, one.lead, 10.4, width - 20.0):
        at += 13.4
        sheet.text(x + 11.0, at - 1.4, text, 10.4, weight="bold", color=DEEP_RED if one.alert else style.ACCENT)
    at += 1.0
    for text in lines_of(sheet.faces, one.body, 8.8, width - 20.0):
        at += 12.2
        sheet.text(x + 11.0, at - 1.6, text, 8.8)
