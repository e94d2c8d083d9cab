"""Cut the bundled font from Noto Sans CJK SC: the characters that plans need, three weights, a name of its own.

Source: Debian's fonts-noto-cjk and fonts-noto-cjk-extra (Noto Sans CJK 2.004, SIL Open Font License 1.1). Run once on
a machine that has them: ``python tools/build_fonts.py``. The result is committed with its licence and sums; nothing is
built at set-up. Why a private family name, TrueType outlines and no ``locl``: docs/decisions/0003-bundled-font.md.
"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import Final

from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont, newTable

SOURCE: Final = Path("/usr/share/fonts/opentype/noto")
TARGET: Final = Path(__file__).resolve().parent.parent / "ui" / "static" / "fonts"
PRINT: Final = TARGET.parents[2] / "briefing" / "fonts"
FAMILY: Final = "Chantu Sans SC"
WEIGHTS: Final = {"Regular": 400, "Medium": 500, "Bold": 700}
# the collection holds one face a language; this is the order of its faces
SIMPLIFIED_CHINESE: Final = 2
# 0.5 units of 1000: below what a screen or a 1200 dpi press can show
CURVE_ERROR_UNITS: Final = 0.5
FEATURES: Final = ("kern", "palt", "tnum", "lnum")
# the head table's stamp, so that the same source gives the same bytes: 2022-01-27, the day of the source package
STAMP_S: Final = 3_726_086_400

# Latin, Latin-1, Latin Extended-A, Greek, punctuation, super- and subscripts, currency, letterlike, number forms,
# arrows, mathematics, keys, enclosed figures, box lines, shapes, marks, CJK punctuation, kana (in trade names),
# vertical forms, full-width forms; what the source does not hold is not there
BLOCKS: Final = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x391, 0x3C9), (0x2010, 0x2027), (0x2030, 0x205E), (0x2070, 0x209C), (0x20A0, 0x20BF),
    (0x2100, 0x214F), (0x2150, 0x218B), (0x2190, 0x21FF), (0x2200, 0x23FF), (0x2460, 0x24FF), (0x2500, 0x257F),
    (0x25A0, 0x27BF), (0x27F0, 0x27FF), (0x2B00, 0x2BFF), (0x3000, 0x303F), (0x3041, 0x30FF), (0x3220, 0x3229),
    (0x3280, 0x32B0), (0x3300, 0x33FF), (0xFE10, 0xFE19), (0xFE30, 0xFE4F), (0xFF01, 0xFFEE),
)  # fmt: skip
# characters of place and person names outside GB 2312: 㙦 㘰 墺 㳇 of Zhejiang, 堃 喆 祎 of people, and their like
RARE: Final = (
    "㙦㘰墺㳇㘵垟坵峧塸塢墈浬溇漈澥碶磡礐祎祾穅蒨藚跶郕酂鋆銶锜镕閟隩頖颋騑骉髙鲃鹮鹀堃喆烎犇昇昉晛晞"
    "暐暠珅珺琇瑄瑀瑨璟璠甪畯瞾礽祐祹禕稙竑筼簕翀翃翛翙翾赟赪趯邨鄠镠闿阇韡飏飐騄驎骎骕"
)


def characters() -> set[int]:
    """Every code point the font has to hold."""
    wanted = {point for first, last in BLOCKS for point in range(first, last + 1)}
    wanted.update(ord(character) for character in RARE)
    wanted.update(ord(character) for character in gb2312())
    return wanted


def gb2312() -> list[str]:
    """Give all graphic characters of GB 2312-80, the 6,763 of levels 1 and 2 among them."""
    found = []
    for row in range(0xA1, 0xF8):
        for cell in range(0xA1, 0xFF):
            try:
                found.append(bytes((row, cell)).decode("gb2312"))
            except UnicodeDecodeError:
                # rows 10-15 and the ends of some rows are not assigned
                continue
    return found


def cut(weight: str) -> TTFont:
    """Take the Chinese face of a weight and keep the characters and features that are wanted."""
    font = TTCollection(SOURCE / f"NotoSansCJK-{weight}.ttc").fonts[SIMPLIFIED_CHINESE]
    options = Options()
    options.layout_features = list(FEATURES)
    options.hinting = False
    options.desubroutinize = True
    options.name_IDs = []
    options.notdef_outline = True
    options.drop_tables = [*options.drop_tables, "BASE", "VORG", "vhea", "vmtx"]
    subsetter = Subsetter(options=options)
    subsetter.populate(unicodes=characters())
    subsetter.subset(font)
    return font


def with_quadratic_curves(font: TTFont) -> None:
    """Replace the cubic outlines (CFF) by TrueType ones, in place."""
    glyphs, order = font.getGlyphSet(), font.getGlyphOrder()
    outlines = {}
    for name in order:
        pen = TTGlyphPen(glyphs)
        glyphs[name].draw(Cu2QuPen(pen, CURVE_ERROR_UNITS, reverse_direction=True))
        outlines[name] = pen.glyph()
    font["loca"] = newTable("loca")
    table = font["glyf"] = newTable("glyf")
    table.glyphOrder, table.glyphs = order, outlines
    del font["CFF "]
    font.sfntVersion = "\000\001\000\000"
    maximum = font["maxp"]
    maximum.tableVersion = 0x00010000
    for field in (
        "maxTwilightPoints", "maxStorage", "maxFunctionDefs", "maxInstructionDefs", "maxStackElements",
        "maxSizeOfInstructions", "maxComponentElements",
    ):  # fmt: skip
        setattr(maximum, field, 0)
    maximum.maxZones = 1
    table.compile(font)
    font["post"].formatType = 3.0


def named(font: TTFont, weight: str) -> None:
    """Give the family its own name, in place: a system-wide Noto must not be taken for it, nor it for Noto."""
    value = WEIGHTS[weight]
    style = {"Regular": "Regular", "Bold": "Bold"}.get(weight, "Regular")
    family = FAMILY if weight in {"Regular", "Bold"} else f"{FAMILY} {weight}"
    postscript = f"{FAMILY.replace(' ', '')}-{weight}"
    names = font["name"] = newTable("name")
    names.names = []
    for key, text in {
        0: "© 2014-2021 Adobe (http://www.adobe.com/).",
        1: family,
        2: style,
        3: f"1.000;{postscript}",
        4: f"{FAMILY} {weight}",
        5: "Version 1.000; cut from Noto Sans CJK SC 2.004",
        6: postscript,
        13: "This Font Software is licensed under the SIL Open Font License, Version 1.1.",
        14: "https://openfontlicense.org",
        16: FAMILY,
        17: weight,
    }.items():
        names.setName(text, key, 3, 1, 0x409)
    font["OS/2"].usWeightClass = value
    font["OS/2"].fsSelection = {"Regular": 0x40, "Bold": 0x20}.get(weight, 0x40)
    font["head"].macStyle = 1 if weight == "Bold" else 0
    font["head"].created = font["head"].modified = STAMP_S


def build() -> None:
    """Write the three weights and their sums."""
    TARGET.mkdir(parents=True, exist_ok=True)
    sums = []
    for weight in WEIGHTS:
        font = cut(weight)
        with_quadratic_curves(font)
        named(font, weight)
        font.flavor = "woff2"
        font.recalcTimestamp = False
        path = TARGET / f"ChantuSansSC-{weight}.woff2"
        font.save(path)
        content = path.read_bytes()
        sums.append(f"{hashlib.sha256(content).hexdigest()}  {path.name}\n")
        sys.stdout.write(f"{path.name}: {len(content):,} bytes, {len(font.getBestCmap()):,} characters\n")
    (TARGET / "SHA256SUMS").write_text("".join(sums), "ascii")
    unpack()


def unpack() -> None:
    """Write the same outlines as TrueType files for print, and their sums; the web fonts are all it needs."""
    PRINT.mkdir(parents=True, exist_ok=True)
    sums = []
    for weight in sorted(WEIGHTS):
        font = TTFont(TARGET / f"ChantuSansSC-{weight}.woff2", recalcTimestamp=False, recalcBBoxes=False)
        font.flavor = None
        path = PRINT / f"ChantuSansSC-{weight}.ttf"
        font.save(path)
        sums.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n")
    (PRINT / "SHA256SUMS").write_text("".join(sums), "ascii")
    (PRINT / "OFL.txt").write_bytes((TARGET / "OFL.txt").read_bytes())


if __name__ == "__main__":
    build()
