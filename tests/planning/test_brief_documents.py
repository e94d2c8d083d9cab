"""Documents: what there is not is said at once; drafts are compared with what they were drawn against."""

from __future__ import annotations

import io
from dataclasses import replace
from decimal import Decimal

import pytest
from pypdf import PdfReader

from briefing.rendering import Order
from planning import brief_documents, briefings, scenarios, seeding
from planning.actors import Actor
from planning.atlas import Atlas
from planning.errors import Refused
from planning.quotas import set_quotas

ME = Actor("t", "test")


@pytest.fixture(scope="module")
def atlas(tmp_path_factory):
    db = seeding.create(f"sqlite:///{tmp_path_factory.mktemp('docs')}/s.sqlite", sample=True, actor=ME)
    yield Atlas(db)
    db.close()


@pytest.fixture(scope="module")
def snapshot(atlas):
    return briefings.freeze(atlas, 2)


@pytest.mark.parametrize("kind", ["deck", "report"])
def test_a_document_is_made_of_the_snapshot(snapshot, kind) -> None:
    made = brief_documents.document(snapshot, kind, Order(title="另拟"))
    assert made.suffix == brief_documents.DOCUMENTS[kind]
    assert made.title == "另拟"
    assert made.snapshot_id == snapshot.id
    assert made.body[:4] == (b"PK\x03\x04" if kind == "deck" else b"%PDF")


def test_an_atlas_is_of_what_was_named(snapshot) -> None:
    made = brief_documents.document(snapshot, "atlas", Order(), of=["示例DK-003", "芯片产业园"])
    assert len(PdfReader(io.BytesIO(made.body)).pages) == 3  # the index is the first


def test_every_fault_is_said_at_once(snapshot) -> None:
    with pytest.raises(Refused) as refused:
        brief_documents.document(
            snapshot, "atlas", Order(title="字" * 61), replace(snapshot, epsg=4550), of=["没有的", "芯片产业园"]
        )
    assert {one.code for one in refused.value.faults} == {"title_too_long", "comparison_elsewhere", "unknown_page"}
    with pytest.raises(Refused) as refused:
        brief_documents.document(snapshot, "film", Order(title="a\u200bb"))
    assert {one.code for one in refused.value.faults} == {"unknown_document", "control_character"}


def test_too_many_pages_are_refused_before_anything_is_drawn(snapshot, monkeypatch) -> None:
    monkeypatch.setattr(brief_documents, "MOST_PAGES", 2)
    with pytest.raises(Refused) as refused:
        brief_documents.document(snapshot, "atlas", Order())
    assert refused.value.faults[0].code == "atlas_pages"
    assert refused.value.faults[0].values == {"pages": 18, "most": 2}


@pytest.mark.parametrize("kind", ["deck", "report"])
def test_a_character_that_the_type_lacks_is_refused(snapshot, kind) -> None:
    with pytest.raises(Refused) as refused:
        brief_documents.document(snapshot, kind, Order(title="𠮷"))
    assert refused.value.faults[0].values == {"characters": "𠮷"}


def test_a_draft_is_compared_with_what_it_was_drawn_against(atlas) -> None:
    copy = scenarios.duplicate(atlas.db, actor=ME, scenario_id=2, name="另一个").id
    assert brief_documents.base_of(atlas, 1) is None
    assert brief_documents.base_of(atlas, 2) == 1
    assert brief_documents.base_of(atlas, copy) is not None


def test_quotas_and_what_conflicts_rest_on_are_in_the_snapshot(atlas, snapshot) -> None:
    assert dict(snapshot.bases).keys() == {"farmland", "ecology", "river"}
    assert snapshot.quotas == ()
    set_quotas(atlas.db, actor=ME, scenario_id=2, quotas={"chips": Decimal("1234.56")})
    after = briefings.freeze(atlas, 2)
    assert after.quotas == (("chips", 123_456),)
    assert after.id != snapshot.id
