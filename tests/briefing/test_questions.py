"""Twenty questions of a reader are answered by the picture alone, with what the register says and not the composer."""

from __future__ import annotations

import pytest

from briefing import rendering
from briefing.rendering import Order
from briefing.slide import Imprint
from briefing.templates.catalogue import TEMPLATES
from tests.briefing.frozen import DRAFT
from tests.briefing.questions import QUESTIONS, spans
from tests.briefing.register import Register

ORDERED = [(nth, template) for nth, one in enumerate(QUESTIONS) for template in one.templates]


@pytest.fixture(scope="module")
def register(sample):
    return Register(sample.path, DRAFT)


@pytest.fixture(scope="module")
def texts(sample):
    """What is set on each slide, in both shapes of page."""
    out: dict[str, list[list[str]]] = {}
    for template, told in TEMPLATES.items():
        for size in ("1920x1080", "2880x2160"):
            order = Order(template, size, imprint=Imprint(office="示例编制单位"))
            sheet, _, _ = rendering.sheet_of(sample.after, order, sample.base if told.takes_other else None)
            out.setdefault(template, []).append(sheet.texts)
    return out


def test_there_are_twenty_and_every_template_answers_some() -> None:
    assert len({one.asked for one in QUESTIONS}) == 20
    assert {template for one in QUESTIONS for template in one.templates} == set(TEMPLATES)


@pytest.mark.parametrize(("nth", "template"), ORDERED, ids=[f"{nth + 1}-{template}" for nth, template in ORDERED])
def test_the_answer_stands_on_the_picture(register, texts, nth, template) -> None:
    phrases = QUESTIONS[nth].answer(register)
    assert phrases
    for page in texts[template]:
        assert [one for one in phrases if not any(spans(one, page))] == []
