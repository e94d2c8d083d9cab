"""Profiles on the pages: what is refused is said, files are logged, profiles are changed with their basis."""

from __future__ import annotations

from planning import export_profiles, releasing
from planning.actors import Actor
from ui.briefing_desk import Asked
from ui.export_desk import Wanted, make

NUMBER = "浙S（2026）12号"


def said(app) -> str:
    return " ".join(one.body for one in app.get("html"))


def test_the_public_slide_waits_for_its_number(run):
    app = run("briefing_desk")
    assert not app.get("download_button")[0].disabled
    app.selectbox(key="brief_profile").set_value("public").run()
    assert "必须有审图号" in said(app)
    assert all(button.disabled for button in app.get("download_button"))
    app.text_input(key="brief_review_number").set_value(NUMBER).run()
    assert "必须有审图号" not in said(app)
    assert not app.get("download_button")[0].disabled
    # boundaries as they are do not leave with it
    assert app.get("download_button")[-1].disabled


def test_what_is_downloaded_is_in_the_log_with_its_snapshot(run, atlas):
    app = run("briefing_desk")
    app.selectbox(key="brief_profile").set_value("consult").run()
    asked: Asked = Asked(*(getattr(last_asked(atlas), name) for name in ("snapshot", "other", "order", "given")))
    body = asked.left(".png", "1920x1080")
    assert body.startswith(b"\x89PNG")
    (line,) = releasing.logged(atlas.db)
    assert line.snapshot == asked.snapshot.id
    assert line.profile == "consult"
    records = run("records")
    assert asked.snapshot.id in said(records)
    assert "会商" in said(records)


def last_asked(atlas) -> Asked:
    from briefing.rendering import Order  # noqa: PLC0415 - heavy, and of this test alone
    from briefing.slide import Imprint  # noqa: PLC0415
    from planning import briefings  # noqa: PLC0415

    given = releasing.release(atlas.db, "consult", actor=Actor("李工", "app"))
    return Asked(briefings.freeze(atlas, 2), None, Order(imprint=given.imprint(Imprint())), given)


def test_a_layer_leaves_under_its_profile(atlas):
    refused = make(Wanted("parcels", 2, "all", "geojson", None, profile="public"), None, atlas)
    assert [fault.code for fault in refused.faults] == ["review_number_missing"]
    assert releasing.logged(atlas.db) == ()
    made = make(Wanted("parcels", 2, "all", "geojson", None, profile="public", review_number=NUMBER), None, atlas)
    assert made.faults == ()
    (line,) = releasing.logged(atlas.db)
    assert (line.what, line.profile, line.review_number, line.sha256) == ("parcels", "public", NUMBER, made.sha256)


def test_the_export_page_shows_what_the_profile_lets_out(run):
    app = run("export_desk")
    whole = list(app.dataframe[0].value.columns)
    app.selectbox(key="export_profile").set_value("consult").run()
    assert set(whole) - set(app.dataframe[0].value.columns) >= {"权属", "备注"}
    app.selectbox(key="export_profile").set_value("public").run()
    assert "必须有审图号" in said(app)
    assert not app.dataframe


def test_a_profile_is_changed_with_its_basis(run, atlas):
    app = run("records")
    held = export_profiles.profiles(atlas.db)["consult"]
    mark = f"consult_{hash(held)}"
    app.text_area(key=f"profile_basis_{mark}").set_value("")
    app.checkbox(key=f"profile_watermark_{mark}").uncheck()
    button(app, "profile_save_consult").click().run()
    assert "请写明依据" in said(app)
    assert export_profiles.profiles(atlas.db)["consult"] == held
    app.text_area(key=f"profile_basis_{mark}").set_value("局办〔2026〕3号")
    app.checkbox(key=f"profile_watermark_{mark}").uncheck()
    button(app, "profile_save_consult").click().run()
    now = export_profiles.profiles(atlas.db)["consult"]
    assert (now.watermark, now.basis) == (False, "局办〔2026〕3号")
    assert "口径已保存" in said(app)


def button(app, name: str):
    return next(one for one in app.button if name in str(one.key))
