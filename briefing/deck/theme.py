"""The empty presentation that a deck is written on: its theme, its master and its two layouts.

Fonts and colours are the theme's, and everything else takes them from there: whoever changes the theme changes the deck.
Places are points on a page of 960 by 540, as on a slide.
"""

from __future__ import annotations

import re
from typing import Any, Final

from pptx import Presentation
from pptx.oxml import parse_xml

from layers import style

WIDTH, HEIGHT = 960.0, 540.0
EMU: Final = 12_700  # a point
MARGIN: Final = 28.0
TYPEFACE: Final = "微软雅黑"
LATIN: Final = "Microsoft YaHei"
# the colours of the theme by their places in it
COLORS: Final = {
    "dk1": style.INK, "lt1": "#FFFFFF", "dk2": "#0B2A4A", "lt2": "#F4F6F8", "accent1": style.ACCENT,
    "accent2": style.ALERT, "accent3": "#D9541E", "accent4": "#3F88A3", "accent5": "#8D9F3E", "accent6": "#9C69C1",
    "hlink": style.ACCENT, "folHlink": "#5A5380",
}  # fmt: skip
SUBTITLE: Final = 13  # idx of the placeholders of a page
DATE, FOOTER, NUMBER = 10, 11, 12
FOOT: Final = 511.0

_NS: Final = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
)
_TREE: Final = (
    '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr><a:xfrm><a:off x="0" y="0"/>'
    '<a:ext cx="0" cy="0"/><a:chOff x="0" y="0"/><a:chExt cx="0" cy="0"/></a:xfrm></p:grpSpPr>'
)
_COVER, _PAGE = 0, 1


def blank(*, is_sample: bool) -> Any:
    """A presentation without pages; what is sample data is marked on the master, where no page loses the mark."""
    deck: Any = Presentation()
    deck.slide_width, deck.slide_height = round(WIDTH * EMU), round(HEIGHT * EMU)
    layouts = list(deck.slide_layouts)
    for layout in (*layouts[1:5], *layouts[6:]):
        deck.slide_layouts.remove(layout)
    _let_go(deck)
    master = deck.slide_master
    _replace_tree(master, _master(is_sample=is_sample))
    _replace_tree(deck.slide_layouts[_COVER], _cover(is_sample=is_sample))
    _replace_tree(deck.slide_layouts[_PAGE], _page())
    # the cover has marks of its own
    deck.slide_layouts[_COVER]._element.set("showMasterSp", "0")  # noqa: SLF001 - the library has no door to it
    deck.slide_layouts[_COVER].name, deck.slide_layouts[_PAGE].name = "封面", "一页一结论"
    _styled(master)
    for part in (master.part, deck.notes_master.part):
        _themed(part)
    return deck


def cover_layout(deck: Any) -> Any:
    """The layout of the cover: title and subtitle on dark ground."""
    return deck.slide_layouts[_COVER]


def page_layout(deck: Any) -> Any:
    """The layout of a page: title, subtitle, foot."""
    return deck.slide_layouts[_PAGE]


def _let_go(deck: Any) -> None:
    """The picture and the printer settings of the library's own empty file are nobody's."""
    package = deck.part.package
    for holder in (package, deck.part):
        for key, one in list(holder._rels.items()):  # noqa: SLF001 - the library has no door to either
            if one.reltype.endswith(("/thumbnail", "/printerSettings")):
                holder._rels.pop(key)  # noqa: SLF001 - the same


def _themed(holder: Any) -> None:
    theme: Any = next(one.target_part for one in holder.rels.values() if one.reltype.endswith("/theme"))
    text = theme.blob.decode("utf-8")
    for key, color in COLORS.items():
        text = re.sub(
            rf"<a:{key}>.*?</a:{key}>", f'<a:{key}><a:srgbClr val="{color[1:]}"/></a:{key}>', text, flags=re.DOTALL
        )
    for kind in ("major", "minor"):
        fonts = (
            f'<a:{kind}Font><a:latin typeface="{LATIN}"/><a:ea typeface="{TYPEFACE}"/><a:cs typeface=""/>'
            f'<a:font script="Hans" typeface="{TYPEFACE}"/></a:{kind}Font>'
        )
        text = re.sub(rf"<a:{kind}Font>.*?</a:{kind}Font>", fonts, text, flags=re.DOTALL)
    text = text.replace('name="Office Theme"', 'name="Chantu"').replace('name="Office"', 'name="Chantu"')
    if hasattr(theme, "_element"):
        theme._element = parse_xml(text.encode("utf-8"))  # noqa: SLF001 - the theme of the notes is one that was parsed
    else:
        theme._blob = text.encode("utf-8")  # noqa: SLF001 - that of the pages is kept as it was read


def _styled(master: Any) -> None:
    """Titles left, bold and dark; body text without bullets."""
    styles = master._element.find(".//{*}txStyles")  # noqa: SLF001 - the library has no door to it
    run = (
        '<a:solidFill><a:schemeClr val="{color}"/></a:solidFill><a:latin typeface="+{font}-lt"/>'
        '<a:ea typeface="+{font}-ea"/><a:cs typeface="+{font}-cs"/>'
    )
    title = run.format(color="tx1", font="mj")
    body = run.format(color="tx1", font="mn")
    levels = "".join(
        f'<a:lvl{level}pPr marL="0" indent="0" algn="l" rtl="0" eaLnBrk="1" latinLnBrk="0" hangingPunct="1">'
        f'<a:spcBef><a:spcPts val="0"/></a:spcBef><a:buNone/><a:defRPr sz="1600" kern="1200">{body}</a:defRPr>'
        f"</a:lvl{level}pPr>"
        for level in range(1, 6)
    )
    other = (
        f'<a:lvl1pPr marL="0" algn="l" rtl="0" eaLnBrk="1" latinLnBrk="0" hangingPunct="1">'
        f'<a:defRPr sz="1600" kern="1200">{body}</a:defRPr></a:lvl1pPr>'
    )
    made = parse_xml(
        f'<p:txStyles {_NS}><p:titleStyle><a:lvl1pPr algn="l" rtl="0" eaLnBrk="1" latinLnBrk="0" hangingPunct="1">'
        f'<a:spcBef><a:spcPct val="0"/></a:spcBef><a:buNone/><a:defRPr sz="2400" b="1" kern="1200">{title}</a:defRPr>'
        f"</a:lvl1pPr></p:titleStyle><p:bodyStyle>{levels}</p:bodyStyle><p:otherStyle>{other}</p:otherStyle></p:txStyles>"
    )
    styles.getparent().replace(styles, made)


def _replace_tree(holder: Any, inner: str) -> None:
    common = holder._element.cSld  # noqa: SLF001 - a layout is written once, whole
    for child in list(common):
        common.remove(child)
    for one in parse_xml(f"<p:cSld {_NS}>{inner}</p:cSld>"):
        common.append(one)


def xfrm(x: float, y: float, width: float, height: float) -> str:
    """Where a shape stands, of points."""
    at = " ".join(f'{key}="{round(one * EMU)}"' for key, one in (("x", x), ("y", y)))
    size = " ".join(f'{key}="{round(one * EMU)}"' for key, one in (("cx", width), ("cy", height)))
    return f"<a:xfrm><a:off {at}/><a:ext {size}/></a:xfrm>"


def _placeholder(
    number: int, name: str, kind: str, box: tuple[float, float, float, float], inner: str, *, look: str = "",
    anchor: str = "ctr",
) -> str:  # fmt: skip
    body = f'<a:bodyPr vert="horz" wrap="square" lIns="0" tIns="0" rIns="0" bIns="0" anchor="{anchor}"><a:normAutofit/></a:bodyPr>'
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr><a:spLocks noGrp="1"/></p:cNvSpPr>'
        f"<p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr>{xfrm(*box)}"
        f'<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></p:spPr>'
        f"<p:txBody>{body}<a:lstStyle>{look}</a:lstStyle><a:p>{inner}</a:p></p:txBody></p:sp>"
    )


def _look(size: float, color: str, *, align: str = "l", bold: bool = False) -> str:
    return (
        f'<a:lvl1pPr marL="0" indent="0" algn="{align}"><a:buNone/><a:defRPr sz="{round(size * 100)}" b="{int(bold)}">'
        f'<a:solidFill><a:schemeClr val="{color}"/></a:solidFill></a:defRPr></a:lvl1pPr>'
    )


def _quiet(size: float, *, align: str = "l") -> str:
    return (
        f'<a:lvl1pPr marL="0" indent="0" algn="{align}"><a:buNone/><a:defRPr sz="{round(size * 100)}" b="0"><a:solidFill>'
        '<a:srgbClr val="4A5563"/></a:solidFill></a:defRPr></a:lvl1pPr>'
    )


_RUN: Final = '<a:r><a:rPr lang="zh-CN"/><a:t>{}</a:t></a:r>'
_NUMBER_FIELD: Final = (
    '<a:fld id="{C1FF6DA9-008F-4B48-92A6-B652298478BF}" type="slidenum"><a:rPr lang="zh-CN"/><a:t>‹#›</a:t></a:fld>'
)


def _plain(number: int, name: str, box: tuple[float, float, float, float], fill: str, inner: str = "") -> str:
    text = (
        f'<p:txBody><a:bodyPr wrap="none" lIns="0" tIns="0" rIns="0" bIns="0" anchor="ctr"/><a:lstStyle/>{inner}</p:txBody>'
        if inner
        else ""
    )
    return (
        f'<p:sp><p:nvSpPr><p:cNvPr id="{number}" name="{name}"/><p:cNvSpPr/><p:nvPr userDrawn="1"/></p:nvSpPr>'
        f'<p:spPr>{xfrm(*box)}<a:prstGeom prst="rect"><a:avLst/></a:prstGeom>{fill}</p:spPr>{text}</p:sp>'
    )


def _scheme(color: str) -> str:
    return f'<a:solidFill><a:schemeClr val="{color}"/></a:solidFill><a:ln><a:noFill/></a:ln>'


def _sample_mark(number: int, y: float) -> str:
    fill = (
        '<a:solidFill><a:srgbClr val="FFF4D6"/></a:solidFill><a:ln w="9525"><a:solidFill><a:srgbClr val="B7791F"/>'
        "</a:solidFill></a:ln>"
    )
    run = (
        '<a:p><a:pPr algn="ctr"/><a:r><a:rPr lang="zh-CN" sz="1000" b="1"><a:solidFill><a:srgbClr val="7A4B00"/></a:solidFill>'
        "</a:rPr><a:t>示例数据，非真实</a:t></a:r></a:p>"
    )
    return _plain(number, "示例标记", (WIDTH - MARGIN - 106.0, y, 106.0, 17.0), fill, run)


def _background(color: str) -> str:
    return f'<p:bg><p:bgPr><a:solidFill><a:schemeClr val="{color}"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>'


def _foot_boxes() -> dict[str, tuple[float, float, float, float]]:
    top = FOOT + 4.0
    return {
        "ftr": (MARGIN, top, 440.0, 18.0),
        "dt": (MARGIN + 448.0, top, WIDTH - 2 * MARGIN - 448.0 - 34.0, 18.0),
        "sldNum": (WIDTH - MARGIN - 28.0, top, 28.0, 18.0),
    }


def _feet(first: int, indices: tuple[int, int, int]) -> str:
    boxes = _foot_boxes()
    return (
        _placeholder(first, "日期与版本", f'type="dt" sz="half" idx="{indices[0]}"', boxes["dt"], _RUN.format(""),
                     look=_quiet(9.0, align="r"))
        + _placeholder(first + 1, "页脚", f'type="ftr" sz="quarter" idx="{indices[1]}"', boxes["ftr"], _RUN.format(""),
                       look=_quiet(9.0))
        + _placeholder(first + 2, "页码", f'type="sldNum" sz="quarter" idx="{indices[2]}"', boxes["sldNum"],
                       _NUMBER_FIELD, look=_quiet(9.0, align="r"))
    )  # fmt: skip


def _master(*, is_sample: bool) -> str:
    rule = (
        f'<p:cxnSp><p:nvCxnSpPr><p:cNvPr id="20" name="页脚线"/><p:cNvCxnSpPr/><p:nvPr userDrawn="1"/></p:nvCxnSpPr>'
        f'<p:spPr>{xfrm(MARGIN, FOOT, WIDTH - 2 * MARGIN, 0.0)}<a:prstGeom prst="line"><a:avLst/></a:prstGeom>'
        '<a:ln w="9525"><a:solidFill><a:srgbClr val="D5DAE0"/></a:solidFill></a:ln></p:spPr></p:cxnSp>'
    )
    wide = WIDTH - 2 * MARGIN
    return (
        f"{_background('bg1')}<p:spTree>{_TREE}{_plain(21, '标题色条', (0.0, 20.0, 9.0, 34.0), _scheme('accent1'))}{rule}"
        + _placeholder(2, "标题", 'type="title"', (MARGIN, 16.0, wide, 42.0), _RUN.format("一页一个结论"))
        + _placeholder(
            3, "正文", 'type="body" idx="1"', (MARGIN, 92.0, wide, FOOT - 100.0), _RUN.format("正文"), anchor="t"
        )
        + _feet(4, (2, 3, 4))
        + (_sample_mark(22, 62.0) if is_sample else "")
        + "</p:spTree>"
    )


def _page() -> str:
    return (
        f"<p:spTree>{_TREE}"
        + _placeholder(2, "标题", 'type="title"', (MARGIN, 16.0, WIDTH - 2 * MARGIN, 42.0), _RUN.format("一页一个结论"))
        + _placeholder(3, "图名", f'type="body" sz="quarter" idx="{SUBTITLE}"', (MARGIN, 60.0, 740.0, 20.0),
                       _RUN.format("图名或表名"), look=_quiet(13.0))
        + _feet(4, (DATE, FOOTER, NUMBER))
        + "</p:spTree>"
    )  # fmt: skip


def _cover(*, is_sample: bool) -> str:
    return (
        f"{_background('tx2')}<p:spTree>{_TREE}"
        + _plain(20, "色条", (64.0, 168.0, 6.0, 108.0), '<a:solidFill><a:srgbClr val="EAD056"/></a:solidFill><a:ln><a:noFill/></a:ln>')
        + _placeholder(2, "标题", 'type="ctrTitle"', (86.0, 160.0, 800.0, 78.0), _RUN.format("题名"),
                       look=_look(40.0, "bg1", bold=True), anchor="b")
        + _placeholder(3, "副题", 'type="subTitle" idx="1"', (86.0, 246.0, 800.0, 34.0), _RUN.format("副题"),
                       look=_look(20.0, "bg1"))
        + (_sample_mark(22, 28.0) if is_sample else "")
        + "</p:spTree>"
    )  # fmt: skip
