"""The only way to HTML: elements built from values that are always escaped.

No page writes angle brackets. Text is escaped, tags and attributes come from closed lists, colours are checked:
whatever an imported file holds, it is shown as the characters it is made of.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

import streamlit as st

TAGS: Final = frozenset(
    "div span p ul ol li dl dt dd table caption thead tbody tr th td b strong em small h1 h2 h3 section details "
    "summary".split(),
)
ATTRIBUTES: Final = frozenset(
    "class style title role id lang scope colspan aria-label aria-hidden aria-live aria-level".split()
)
_STYLE_VALUE: Final = re.compile(r"[#\w.%, ()+-]*")
_STYLE_NAME: Final = re.compile(r"[a-z-]+")
# Markdown's own signs and those of Streamlit's dialect: emphasis, links, images, maths, colour and emoji directives
_MARKDOWN: Final = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$^&:])")
_COLOR: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_WORD_JOINER: Final = "\u2060"


@dataclass(frozen=True, slots=True)
class Html:
    """A piece of markup whose every value has been escaped; made by ``element`` and ``group`` alone."""

    text: str


Child = Html | str | int | None


def element(tag: str, *children: Child, style: Mapping[str, str] | None = None, **attributes: str | None) -> Html:
    """Build an element; strings are text. ``cls`` is the class; underscores stand for hyphens; None is left out.

    Raises
    ------
    ValueError
        For a tag, attribute or style outside the closed lists: a fault of the page, never of the data.
    """
    if tag not in TAGS:
        raise ValueError(tag)
    given = {"class" if name == "cls" else name.replace("_", "-"): value for name, value in attributes.items()}
    if style:
        given["style"] = css(style)
    if unknown := given.keys() - ATTRIBUTES:
        raise ValueError(sorted(unknown))
    written = "".join(f' {name}="{escape(value, quote=True)}"' for name, value in given.items() if value is not None)
    return Html(f"<{tag}{written}>{group(*children).text}</{tag}>")


def group(*children: Child) -> Html:
    """Put pieces one after another."""
    return Html("".join(_written(child) for child in children))


def each(children: Iterable[Child]) -> Html:
    """Put the pieces of an iterable one after another."""
    return group(*children)


def css(style: Mapping[str, str]) -> str:
    """Write a style; raise ValueError for a name or value that could say more than one declaration."""
    for name, value in style.items():
        if not _STYLE_NAME.fullmatch(name) or not _STYLE_VALUE.fullmatch(value) or "url" in value.lower():
            raise ValueError((name, value))
    return ";".join(f"{name}:{value}" for name, value in style.items())


def color(value: str, *, otherwise: str = "#9AA3AE") -> str:
    """Return a colour that is one (``#RRGGBB``), another in its place when it is not."""
    return value if _COLOR.fullmatch(value) else otherwise


def css_text(text: str) -> str:
    """Write text as a CSS string, every character by its number."""
    return '"' + "".join(f"\\{ord(character):x} " for character in text) + '"'


def show(piece: Html) -> None:
    """Put a piece on the page; an empty one takes no place."""
    if piece.text:
        st.html(piece.text)


def show_style(rules: str) -> None:
    """Put a style sheet of our own on the page."""
    if "<" in rules:
        raise ValueError(rules)
    st.html(f"<style>{rules}</style>")


def plain(text: object) -> str:
    """Return text for a label that Streamlit reads as Markdown, so that it shows as it is and fetches nothing.

    Signs are escaped; a joiner of no width after ``:``, ``@`` and ``www`` keeps emoji names, directives and links from
    forming, which are looked for after escapes are resolved.
    """
    flat = " ".join(str(text).split())
    flat = re.sub(r"(www|[:@])", rf"\1{_WORD_JOINER}", flat, flags=re.IGNORECASE)
    return _MARKDOWN.sub(r"\\\1", flat)


def _written(child: Child) -> str:
    if child is None:
        return ""
    return child.text if isinstance(child, Html) else escape(str(child), quote=True)
