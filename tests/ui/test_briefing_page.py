"""The briefing page: every template shows a slide, what is wrong is said, and files are those of the snapshot shown."""

from __future__ import annotations

import pytest

from briefing.rendering import Order
from briefing.snapshot import packed, unpacked
from briefing.templates.catalogue import TEMPLATES
from planning import briefings, long_work, releasing
from planning.actors import Actor
from planning.brief_documents import DOCUMENTS
from planning.briefings import Brief
from ui import briefing_documents
from ui.briefing_desk import Asked


def settled(app):
    """Run until the slide is drawn."""
    held = app.session_state["briefing"]
    assert held.job.wait(60)
    app.run()
    assert not app.exception
    return held


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_shows_a_slide(run, template):
    app = run("briefing_desk")
    app.selectbox(key="brief_template").set_value(template).run()
    held = settled(app)
    assert held.job.faults == ()
    assert held.job.outcome.body.startswith(b"\x89PNG")
    assert any(held.job.outcome.snapshot_id in markdown.body for markdown in app.get("html"))


def test_a_slide_by_land_use_is_shown_and_what_is_about_clusters_keeps_its_colours(run):
    app = run("briefing_desk")
    app.session_state["brief_theme"] = "land-use"
    app.run()
    held = settled(app)
    assert "用地" in held.job.outcome.title
    assert held.key[2].theme == "land-use"
    app.selectbox(key="brief_template").set_value("clusters").run()
    assert settled(app).key[2].theme == ""


def test_a_title_of_ones_own_stands_on_the_slide(run):
    app = run("briefing_desk")
    app.text_input(key="brief_title").set_value("另拟的标题").run()
    assert settled(app).job.outcome.title == "另拟的标题"


def test_a_character_that_the_font_lacks_is_said(run):
    app = run("briefing_desk")
    app.text_input(key="brief_title").set_value("𠮷").run()
    settled(app)
    assert any("𠮷" in markdown.body and "alert" in markdown.body for markdown in app.get("html"))


def test_the_files_are_of_the_snapshot(atlas):
    snapshot = briefings.freeze(atlas, 2)
    made = Asked(snapshot, None, Order()).made(".pdf", "3840x2160")
    assert made.body.startswith(b"%PDF")
    assert made.snapshot_id == snapshot.id == unpacked(packed(snapshot)).id


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_document_is_made_beside_the_page_and_taken_away(run, atlas, kind):
    long_work.forget(briefing_documents.key_of(atlas))
    app = run("briefing_desk")
    app.selectbox(key="brief_document").set_value(kind).run()
    if kind == "atlas":
        app.multiselect(key="brief_atlas_parks").set_value(["芯片产业园"]).run()
        app.multiselect(key="brief_atlas_parcels").set_value(["示例DK-002"]).run()
    app.button(key="brief_make").click().run()
    work = long_work.find(briefing_documents.key_of(atlas))
    assert work is not None
    assert work.wait(60)
    app.run()
    assert not app.exception
    assert work.faults == ()
    assert work.outcome is not None
    assert work.outcome.suffix == DOCUMENTS[kind]
    assert app.get("download_button")[-1].proto.label.endswith(DOCUMENTS[kind])
    if kind == "atlas":
        assert (work.progress.done, work.progress.of) == (2, 2)
    long_work.forget(briefing_documents.key_of(atlas))


def test_an_atlas_ends_when_it_is_told_to(atlas):
    snapshot = briefings.freeze(atlas, 2)
    given = releasing.release(atlas.db, actor=Actor("t", "app"))
    wanted = briefing_documents.Wanted("atlas", snapshot, None, Order(), given=given)
    told = []

    class Told(long_work.Work[Brief]):
        def tell(self, progress):
            told.append(progress)
            if progress.done == 1:
                self.stop()
            return super().tell(progress)

    work = Told("atlas", lambda one: briefing_documents.made(wanted, one))
    assert work.wait(60)
    assert work.stopped
    assert work.outcome is None
    assert [one.done for one in told] == [0, 1]
