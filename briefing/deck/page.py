"""A page of a deck: title, subtitle and foot in their placeholders, and what stands between them, in points.

Text takes its typeface from the theme; a run says its size, weight and colour only. Every text that is set is kept, so
that characters can be looked for in the repertoire before anything leaves.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from xml.sax.saxutils import escape, quoteattr

from pptx.oxml import parse_xml

from briefing.deck import theme
from briefing.deck.theme import COLORS, DATE, EMU, FOOTER, NUMBER, SUBTITLE, xfrm

Box = tuple[float, float, float, float]  # x, y, width, height in points
Align = Literal["left", "center", "right"]
NS: Final = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
# a cluster's colour is the cluster's and not the theme's, whatever the theme becomes
_SCHEME: Final = {COLORS["dk1"]: "tx1", COLORS["lt1"]: "bg1", COLORS["dk2"]: "tx2", COLORS["accent1"]: "accent1",
                  COLORS["accent2"]: "accent2"}  # fmt: skip
_ALIGN: Final = {"left": "l", "center": "ctr", "right": "r"}
SECOND: Final = "#4A5563"
THIRD: Final = "#5F6B7A"
RULE: Final = "#D5DAE0"


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text in one look."""

    text: str
    size: float
    bold: bool = False
    color: str = ""


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table; ``fill`` makes it a swatch."""

    text: str
    align: Align = "left"
    bold: bool = False
    color: str = ""
    fill: str = ""


def colored(color: str, opacity: float = 1.0) -> str:
    """A solid fill, of the theme where the theme has the colour."""
    inner = f'<a:alpha val="{round(opacity * 100_000)}"/>' if opacity < 1.0 else ""
    known = _SCHEME.get(color.upper())
    tag, value = ("schemeClr", known) if known else ("srgbClr", color[1:].upper())
    return f'<a:solidFill><a:{tag} val="{value}">{inner}</a:{tag}></a:solidFill>'


def outline(color: str, width: float, dash: str = "") -> str:
    """A line of so many points; no colour, no line."""
    if not color:
        return "<a:ln><a:noFill/></a:ln>"
    pattern = f'<a:prstDash val="{dash}"/>' if dash else ""
    return f'<a:ln w="{round(width * EMU)}">{colored(color)}{pattern}<a:miter lim="200000"/></a:ln>'


def run_xml(run: Run) -> str:
    """A run; its typeface is the theme's."""
    fill = colored(run.color) if run.color else ""
    bold = f' b="{int(run.bold)}"'
    return (
        f'<a:r><a:rPr lang="zh-CN" sz="{round(run.size * 100)}"{bold}>{fill}</a:rPr><a:t>{escape(run.text)}</a:t></a:r>'
    )


def body_xml(lines: Sequence[Line], *, align: Align = "left", anchor: str = "t", wrap: bool = True, lead: float = 100.0,
             tag: str = "p:txBody", inset: float = 0.0) -> str:  # fmt: skip
    """Paragraphs of runs."""
    paragraphs = "".join(
        f'<a:p><a:pPr algn="{_ALIGN[align]}"><a:lnSpc><a:spcPct val="{round(lead * 1000)}"/></a:lnSpc></a:pPr>'
        f"{''.join(run_xml(run) for run in line)}</a:p>"
        for line in lines
    )
    edge = round(inset * EMU)
    return (
        f'<{tag}><a:bodyPr wrap="{"square" if wrap else "none"}" lIns="{edge}" tIns="{edge}" rIns="{edge}" bIns="{edge}" '
        f'rtlCol="0" anchor="{anchor}"><a:noAutofit/></a:bodyPr><a:lstStyle/>{paragraphs}</{tag}>'
    )


class Page:
    """One page while it is written."""

    def __init__(self, slide: Any) -> None:
        self.slide = slide
        self.texts: list[str] = []
        self._tree = slide.shapes._spTree  # noqa: SLF001 - the library has no door for shapes written as XML
        self._last = max((int(one.get("id")) for one in self._tree.iter("{*}cNvPr")), default=1)

    def number(self) -> int:
        """An identifier that no other shape of the page has."""
        self._last += 1
        return self._last

    def say(self, *texts: str) -> None:
        """Keep texts for the look at their characters."""
        self.texts += texts

    def add(self, xml: str) -> None:
        """Add a shape, or a group of them, on top."""
        self._tree.append(parse_xml(xml))

    def head(self, title: str, subtitle: str = "") -> None:
        """Fill title and subtitle."""
        self.say(title, subtitle)
        for one in self.slide.placeholders:
            if one.placeholder_format.idx == 0:
                one.text_frame.text = title
            elif one.placeholder_format.idx in {1, SUBTITLE}:
                one.text_frame.text = subtitle

    def foot(self, left: str, right: str) -> None:
        """Fill the foot and number the page: placeholders, so that the layout says where and how."""
        self.say(left, right)
        kinds = (("dt", "half", DATE, right), ("ftr", "quarter", FOOTER, left), ("sldNum", "quarter", NUMBER, ""))
        for kind, size, index, text in kinds:
            inner = run_xml(Run(text, 9.0, color=THIRD))
            if kind == "sldNum":
                inner = (
                    '<a:fld id="{C1FF6DA9-008F-4B48-92A6-B652298478BF}" type="slidenum"><a:rPr lang="zh-CN"/>'
                    "<a:t>‹#›</a:t></a:fld>"
                )
            name = {"dt": "日期与版本", "ftr": "页脚", "sldNum": "页码"}[kind]
            self.add(
                f'<p:sp {NS}><p:nvSpPr><p:cNvPr id="{self.number()}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/>'
                f'</p:cNvSpPr><p:nvPr><p:ph type="{kind}" sz="{size}" idx="{index}"/></p:nvPr></p:nvSpPr><p:spPr/>'
                f"<p:txBody><a:bodyPr/><a:lstStyle/><a:p>{inner}</a:p></p:txBody></p:sp>"
            )

    def text(self, box: Box, lines: Sequence[Line], name: str, *, align: Align = "left", anchor: str = "t",
             lead: float = 100.0) -> None:  # fmt: skip
        """Set lines in a box without fill."""
        self.say(*(run.text for line in lines for run in line))
        self.add(
            f'<p:sp {NS}><p:nvSpPr><p:cNvPr id="{self.number()}" name={quoteattr(name)}/><p:cNvSpPr txBox="1"/><p:nvPr/>'
            f'</p:nvSpPr><p:spPr>{xfrm(*box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/></p:spPr>'
            f"{body_xml(lines, align=align, anchor=anchor, lead=lead)}</p:sp>"
        )

    def rect(self, box: Box, name: str, *, fill: str, line: str = "") -> None:
        """A filled rectangle."""
        self.add(
            f'<p:sp {NS}><p:nvSpPr><p:cNvPr id="{self.number()}" name={quoteattr(name)}/><p:cNvSpPr/><p:nvPr/></p:nvSpPr>'
            f'<p:spPr>{xfrm(*box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{colored(fill)}{outline(line, 0.75)}'
            f"</p:spPr></p:sp>"
        )

    def picture(self, box: Box, png: bytes, name: str, told: str) -> None:
        """A picture, with what it shows in words for who does not see it."""
        self.say(told)
        made = self.slide.shapes.add_picture(io.BytesIO(png), *(round(one * EMU) for one in box))
        made.line.color.rgb = _rgb("#9AA3AE")
        made.line.width = round(0.75 * EMU)
        self._named(made, name, told)

    def chart(self, box: Box, kind: Any, data: Any, name: str, told: str) -> Any:
        """A native chart; the caller sets its look."""
        self.say(told)
        frame = self.slide.shapes.add_chart(kind, *(round(one * EMU) for one in box), data)
        self._named(frame, name, told)
        return frame.chart

    def _named(self, shape: Any, name: str, told: str) -> None:
        marked = shape._element.xpath(".//p:cNvPr")[0]  # noqa: SLF001 - the library does not set descriptions
        marked.set("id", str(self.number()))
        marked.set("name", name)
        marked.set("descr", told)

    def table(self, box: Box, widths: Sequence[float], rows: Sequence[Sequence[Cell]], name: str, *, size: float = 12.0,
              total: bool = False, head: float = 0.0) -> None:  # fmt: skip
        """A native table: a head, rows with hair lines between them, and a total in bold when the last row is one.

        ``widths`` are parts of the box's width; rows share its height, the head takes ``head`` points of it if given.
        """
        self.say(*(cell.text for row in rows for cell in row))
        x, y, width, height = box
        whole = sum(widths)
        columns = "".join(f'<a:gridCol w="{round(one / whole * width * EMU)}"/>' for one in widths)
        first = head or height / max(len(rows), 1)
        highs = [first, *([(height - first) / max(len(rows) - 1, 1)] * (len(rows) - 1))]
        body = "".join(
            f'<a:tr h="{round(highs[nth] * EMU)}">'
            + "".join(_cell(cell, size, head=nth == 0, last=total and nth == len(rows) - 1) for cell in row)
            + "</a:tr>"
            for nth, row in enumerate(rows)
        )
        at = xfrm(x, y, width, height).replace("a:xfrm", "p:xfrm")
        self.add(
            f'<p:graphicFrame {NS}><p:nvGraphicFramePr><p:cNvPr id="{self.number()}" name={quoteattr(name)}/>'
            '<p:cNvGraphicFramePr><a:graphicFrameLocks noGrp="1"/></p:cNvGraphicFramePr><p:nvPr/></p:nvGraphicFramePr>'
            f'{at}<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/table"><a:tbl>'
            f'<a:tblPr firstRow="1"/><a:tblGrid>{columns}</a:tblGrid>{body}</a:tbl></a:graphicData></a:graphic>'
            "</p:graphicFrame>"
        )

    def notes(self, text: str) -> None:
        """What the speaker sees: where each number is from."""
        self.say(text)
        self.slide.notes_slide.notes_text_frame.text = text


def _cell(cell: Cell, size: float, *, head: bool, last: bool) -> str:
    color = "#FFFFFF" if head else cell.color
    bold = cell.bold or head or last
    run = (
        run_xml(Run(cell.text, size, bold, color))
        if cell.text
        else f'<a:endParaRPr lang="zh-CN" sz="{round(size * 100)}"/>'
    )
    fill = theme.COLORS["accent1"] if head else cell.fill or ("#F4F6F8" if last else "")
    ground = colored(fill) if fill else "<a:noFill/>"
    edges = "".join(f'<a:{side} w="0"><a:noFill/></a:{side}>' for side in ("lnL", "lnR", "lnT"))
    edges += f'<a:lnB w="9525">{colored(RULE)}</a:lnB>'
    return (
        f'<a:tc><a:txBody><a:bodyPr/><a:lstStyle/><a:p><a:pPr algn="{_ALIGN[cell.align]}"/>{run}</a:p></a:txBody>'
        f'<a:tcPr marL="63500" marR="63500" marT="12700" marB="12700" anchor="ctr">{edges}{ground}</a:tcPr></a:tc>'
    )


def _rgb(color: str) -> Any:
    from pptx.dml.color import RGBColor  # noqa: PLC0415 - one place needs it

    return RGBColor.from_string(color[1:])
