"""English is complete: every sentence that can be said in Chinese can be said in English, with the same values."""

from __future__ import annotations

import re
from itertools import pairwise
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from streamlit.testing.v1 import AppTest

from tests.ui.used_sentences import TABLES, calls_of_t, literal, sources, used_sentences
from ui import words

CHINESE = re.compile(r"[\u3400-\u9fff]")


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_sentence_has_english() -> None:
    english = words.catalogue()
    missing = {
        text: place for text, place in used_sentences().items() if not (found := english.get(text)) or not found.string
    }
    assert not missing


def test_the_catalogue_holds_nothing_that_is_never_said() -> None:
    said = used_sentences()
    idle = [
        one.id for one in words.catalogue() if one.id and (one.id if isinstance(one.id, str) else one.id[0]) not in said
    ]
    assert not idle


def test_translations_take_the_same_values_and_hold_no_chinese() -> None:
    for message in words.catalogue():
        if not message.id:
            continue
        sentence = message.id if isinstance(message.id, str) else message.id[0]
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        for text in strings:
            assert places(text) <= places(sentence), text
            assert not CHINESE.search(text), text
        assert places(strings[-1]) == places(sentence), strings[-1]


def test_the_catalogue_is_well_formed() -> None:
    with words.CATALOGUE.open("rb") as file:
        read = read_po(file, locale="en", abort_invalid=True)
    assert len(read) == len(words.catalogue())
    assert not list(read.check())


def test_no_line_of_a_text_stands_apart_from_its_message() -> None:
    """A line left behind is read as the rest of the text above it, even past an empty line."""
    lines = words.CATALOGUE.read_text("utf-8").splitlines()
    apart = [line for before, line in pairwise(lines) if line.startswith('"') and not before.startswith(('"', "msg"))]
    assert not apart


def test_sentences_are_written_out_where_they_are_said() -> None:
    for path in sources():
        place = "/".join(path.parts[-2:])
        if place in TABLES:
            continue
        assert all(literal(call) is not None for call in calls_of_t(path)), place


def test_one_takes_the_singular() -> None:
    assert words.say("{count} 宗", "en", count=1) == "1 parcel"
    assert words.say("{count} 宗", "en", count="1,200") == "1,200 parcels"
    assert words.say("{count} 宗", "zh", count=1) == "1 宗"


def test_outside_a_tab_chinese_is_spoken() -> None:
    assert words.t("未分配") == "未分配"


def test_an_unknown_sentence_is_said_in_chinese_rather_than_not_at_all() -> None:
    assert words.say("没有这一句", "en") == "没有这一句"


def speaking() -> None:
    import streamlit as st  # noqa: PLC0415  # a script of its own

    from ui.words import choose_language, settle_language, t  # noqa: PLC0415

    settle_language()
    st.button("switch", on_click=choose_language, args=("en",))
    st.text(t("未分配"))


@pytest.mark.parametrize(
    ("address", "said"), [({}, "未分配"), ({"lang": "en"}, "Unassigned"), ({"lang": "xx"}, "未分配")]
)
def test_the_address_chooses_the_language(address: dict[str, str], said: str) -> None:
    app = AppTest.from_function(speaking)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert app.text[0].value == said


def test_a_choice_of_language_stands_in_the_address_and_stays() -> None:
    app = AppTest.from_function(speaking).run()
    app.button[0].click().run()
    assert app.text[0].value == "Unassigned"
    assert app.query_params["lang"] == "en"
    assert app.run().text[0].value == "Unassigned"
