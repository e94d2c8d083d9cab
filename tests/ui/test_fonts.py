"""The bundled font: whole, licensed, private by name, and without a gap in any text that the product shows."""

from __future__ import annotations

import ast
import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING, Final

import pytest
from fontTools.ttLib import TTFont

from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FONTS: Final = REPOSITORY / "ui" / "static" / "fonts"
WEIGHTS: Final = {"Regular": 400, "Medium": 500, "Bold": 700}
CODE: Final = ("briefing/**/*.py", "ui/**/*.py", "layers/**/*.py", "planning/**/*.py")
SCRIPTS: Final = ("ui/**/*.js",)
DATA: Final = ("ui/**/*.po", "data/**/*.csv", "data/**/*.geojson")
SCRIPT_COMMENT: Final = re.compile(r"/\*.*?\*/|^\s*//.*$", re.DOTALL | re.MULTILINE)
# not drawn by the page: controls, joiners and the selectors that follow a symbol
UNSEEN: Final = frozenset("\n\r\t\u200b\u200c\u200d\ufe0e\ufe0f\u2060\ufeff")


@cache
def font(weight: str) -> TTFont:
    return TTFont(FONTS / f"ChantuSansSC-{weight}.woff2")


@cache
def held(weight: str) -> frozenset[str]:
    return frozenset(chr(point) for point in font(weight).getBestCmap())


def level(first_row: int, last_row: int) -> list[str]:
    """Rows of GB 2312-80 by their numbers in the standard, without the unassigned cells."""
    cells = (bytes((row + 0xA0, cell + 0xA0)) for row in range(first_row, last_row + 1) for cell in range(1, 95))
    return [text for cell in cells if (text := cell.decode("gb2312", errors="ignore"))]


def literals(source: str) -> str:
    """Give the strings of a module that can reach a screen: all but its docstrings."""
    tree = ast.parse(source)
    spoken = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in spoken)
    return "".join(node.value for node in found if isinstance(node.value, str))


def shown_texts() -> dict[str, str]:
    def read(patterns: Iterable[str], text_of: Callable[[str], str]) -> dict[str, str]:
        paths = (path for pattern in patterns for path in REPOSITORY.glob(pattern))
        return {path.relative_to(REPOSITORY).as_posix(): text_of(path.read_text("utf-8")) for path in paths}

    return {
        **read(CODE, literals),
        **read(SCRIPTS, lambda source: SCRIPT_COMMENT.sub("", source)),
        **read(DATA, str),
    }


def test_files_are_the_ones_that_were_built() -> None:
    lines = (FONTS / "SHA256SUMS").read_text("ascii").splitlines()
    sums = {name: digest for digest, name in (line.split() for line in lines)}
    assert sums == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in FONTS.glob("*.woff2")}
    assert len(sums) == len(WEIGHTS)


def test_licence_lies_beside_the_fonts() -> None:
    text = (FONTS / "OFL.txt").read_text("utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert "PERMISSION & CONDITIONS" in text


@pytest.mark.parametrize("weight", WEIGHTS)
def test_print_has_the_same_characters_as_wide_as_the_screen(weight: str) -> None:
    print_font = TTFont(REPOSITORY / "briefing" / "fonts" / f"ChantuSansSC-{weight}.ttf")
    assert print_font.getBestCmap() == font(weight).getBestCmap()
    assert print_font["hmtx"].metrics == font(weight)["hmtx"].metrics
    assert print_font.sfntVersion == "\x00\x01\x00\x00"


@pytest.mark.parametrize("weight", WEIGHTS)
def test_family_name_is_private(weight: str) -> None:
    names = font(weight)["name"]
    assert names.getDebugName(16) == "Chantu Sans SC"
    assert "Noto" not in f"{names.getDebugName(1)} {names.getDebugName(4)} {names.getDebugName(6)}"
    assert font(weight)["OS/2"].usWeightClass == WEIGHTS[weight]


@pytest.mark.parametrize("weight", WEIGHTS)
def test_every_character_of_gb2312_is_held(weight: str) -> None:
    first, second = level(16, 55), level(56, 87)
    # the counts are those of the standard
    assert (len(first), len(second)) == (3755, 3008)
    assert sorted({*first, *second, *level(1, 9)} - held(weight)) == []


@pytest.mark.parametrize("weight", WEIGHTS)
def test_local_rare_characters_and_units_are_held(weight: str) -> None:
    assert sorted(set("㙦㘰墺㳇㎡㎢≥≤×·—…″′°№①⑩←↑→↓▲△●○■□◆◇★☆✓〔〕「」⌘⚠⏎￥") - held(weight)) == []


@pytest.mark.parametrize("weight", WEIGHTS)
def test_no_text_of_the_product_lacks_a_character(weight: str) -> None:
    texts = shown_texts()
    assert texts
    missing = {name: sorted(set(text) - held(weight) - UNSEEN) for name, text in texts.items()}
    assert {name: characters for name, characters in missing.items() if characters} == {}


@pytest.mark.parametrize("weight", WEIGHTS)
def test_figures_have_one_width_when_tabular(weight: str) -> None:
    features = {record.FeatureTag for record in font(weight)["GSUB"].table.FeatureList.FeatureRecord}
    cmap, advances = font(weight).getBestCmap(), font(weight)["hmtx"]
    widths = {advances[cmap[ord(figure)]][0] for figure in "0123456789"}
    # the default figures of this family are of one width already; a font where they are not needs tnum
    assert len(widths) == 1 or "tnum" in features
