"""Whatever the data holds, it is shown as the characters it is made of."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui import markup

HOSTILE = (
    "<img src=x onerror=alert(1)>", "</div><script>alert(1)</script>", '" onmouseover="alert(1)', "{{7*7}}", "${1}",
    "&lt;b&gt;",
    "![](http://evil.example/x.png)", "[a](javascript:alert(1))",
)  # fmt: skip


class Reader(HTMLParser):
    """What a browser would see: tags with attributes, and text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(text: str) -> None:
    seen = Reader(markup.element("p", text, title=text).text)
    assert seen.tags == [("p", {"title": text})]
    assert seen.text == text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\r\x00"), max_size=60))
def test_any_text_comes_back_as_it_was(text: str) -> None:
    seen = Reader(markup.element("td", text, aria_label=text).text)
    assert seen.tags == [("td", {"aria-label": text})]
    assert seen.text == text


def test_pieces_nest_without_being_escaped_twice() -> None:
    inner = markup.element("strong", "a<b")
    assert markup.element("p", inner, " & ", 3, None).text == "<p><strong>a&lt;b</strong> &amp; 3</p>"


@pytest.mark.parametrize(
    ("tag", "attributes"), [("script", {}), ("img", {}), ("p", {"onclick": "x"}), ("p", {"href": "x"})]
)
def test_tags_and_attributes_outside_the_lists_are_a_fault(tag: str, attributes: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=tag if tag != "p" else next(iter(attributes), "")):
        markup.element(tag, "x", style=None, **attributes)


@pytest.mark.parametrize("value", ["url(//evil)", "red;background:blue", "a}b{c", "expression('x')", "x/*", "URL (a)"])
def test_a_style_says_one_declaration_and_fetches_nothing(value: str) -> None:
    with pytest.raises(ValueError, match="background"):
        markup.element("div", style={"background": value})


def test_colours_that_are_none_are_replaced() -> None:
    assert markup.color("#EAD056") == "#EAD056"
    assert markup.color("red;}") == "#9AA3AE"
    assert markup.color("#EAD056;") == "#9AA3AE"


def test_css_text_holds_no_sign_that_could_end_it() -> None:
    written = markup.css_text('"}</style>光')
    assert set(written[1:-1]) <= set("\\0123456789abcdef ")


def test_a_style_sheet_cannot_close_its_element() -> None:
    with pytest.raises(ValueError, match="style"):
        markup.show_style("a{}</style><script>")


@pytest.mark.parametrize(
    "text",
    [
        "![x](http://evil.example/a.png)",
        "**b** _i_ `c`",
        "$x$ :red[x] :smile:",
        "<b>",
        "a\nb",
        "# h",
        "1. x",
        "www.evil.example",
    ],
)
def test_labels_keep_no_working_markdown(text: str) -> None:
    label = markup.plain(text)
    for sign in "![]()*_`$<>#":
        assert all(label[at - 1] == "\\" for at, character in enumerate(label) if character == sign)
    assert "\n" not in label
    assert not any(label[at + 1].isalnum() for at, character in enumerate(label[:-1]) if character == ":")
    assert "www\\." not in label
