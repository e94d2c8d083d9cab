"""`brief`: a slide, the same bytes from the kept snapshot, and refusals that name what there is."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from pypdf import PdfReader

from planning import releasing
from store.database import Database, default_url


def test_a_kept_snapshot_makes_the_same_bytes_again(run) -> None:
    status, out, _ = run("brief", "--size", "1920x1080", "--out", "a.png", "--keep", "a.brief", "--json")
    assert status == 0
    told = json.loads(out)
    assert "亩" in told["title"]
    status, _, _ = run("brief", "--size", "1920x1080", "--snapshot", "a.brief", "--out", "b.png")
    assert status == 0
    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()


def test_a_sheet_and_a_comparison_are_written(run) -> None:
    assert run("brief", "--size", "A3", "--template", "单园区", "--park", "芯片产业园", "--out", "a.pdf")[0] == 0
    assert run("brief", "--template", "方案对比", "--scenario", "2", "--against", "1", "--out", "c.pdf")[0] == 0
    assert Path("a.pdf").read_bytes().startswith(b"%PDF")
    assert Path("c.pdf").read_bytes().startswith(b"%PDF")


def test_what_there_is_not_is_refused_in_one_line_and_nothing_is_written(run) -> None:
    refusals = {
        ("--template", "没有的"): "总览",
        ("--size", "10x10"): "3840x2160",
        ("--template", "方案对比"): "--against",
        ("--template", "单园区", "--park", "没有"): "芯片产业园",
        ("--title", "𠮷"): "𠮷",
        ("--scenario", "99"): "方案",
    }
    for words, said in refusals.items():
        status, _, err = run("brief", *words, "--out", "no.png")
        assert status == 2
        assert said in err
        assert err.count("\n") == 1
    assert run("brief", "--out", "no.docx")[0] == 2
    assert not Path("no.png").exists()


def test_a_spoiled_snapshot_is_refused(run) -> None:
    Path("bad.brief").write_bytes(b"CHANTU-BRIEFING-1\n" + bytes(60))
    assert run("brief", "--snapshot", "bad.brief", "--out", "no.png")[0] == 2


def test_what_is_for_the_public_needs_a_number_and_leaves_its_snapshot_inside(run) -> None:
    words = ("brief", "--size", "1920x1080", "--profile", "公开", "--out", "p.png")
    status, _, err = run(*words)
    assert status == 2
    assert "审图号" in err
    status, _, err = run(*words, "--review-number", "浙S（2026）12号", "--keep", "p.brief")
    assert status == 2
    assert "快照" in err
    assert not Path("p.png").exists()
    assert not Path("p.brief").exists()
    status, out, _ = run(*words, "--review-number", "浙S（2026）12号", "--json")
    assert status == 0
    told = json.loads(out)
    assert told["profile"] == "public"
    # the city is wider than 25 km²
    assert [one["code"] for one in told["warnings"]] == ["wide_ground"]


def test_all_that_leaves_is_in_the_log(run) -> None:
    assert run("brief", "--size", "1920x1080", "--profile", "会商", "--out", "a.png")[0] == 0
    assert run("export", "--layer", "parcels", "--scenario", "2", "--profile", "会商", "--out", "p.geojson")[0] == 0
    park = json.loads(run("list", "parks", "--json")[1])
    code = next(row["code"] for row in park if row["area_m2"])
    assert run("remainder", "--codes", code, "--out", "r.txt", "--profile", "consult")[0] == 0
    db = Database.open(default_url())
    lines = releasing.logged(db)[:3]
    db.close()
    assert [(one.what, one.profile, one.origin) for one in lines] == [
        ("remainder", "consult", "cli"), ("parcels", "consult", "cli"), ("overview", "consult", "cli"),
    ]  # fmt: skip
    assert lines[1].sha256 == hashlib.sha256(Path("p.geojson").read_bytes()).hexdigest()
    assert lines[2].sha256 == hashlib.sha256(Path("a.png").read_bytes()).hexdigest()


def test_every_sample_parcel_survives_the_grid_of_the_public(run) -> None:
    words = ("export", "--layer", "parcels", "--profile", "public", "--review-number", "浙S（2026）12号")
    status, out, _ = run(*words, "--out", "p.geojson", "--json")
    assert status == 0
    told = json.loads(out)
    assert told["rows"] >= 300
    body = json.loads(Path("p.geojson").read_text("utf-8"))
    assert body["metadata"]["review_number"] == "浙S（2026）12号"
    assert "owner" not in body["features"][0]["properties"]


def test_deck_report_and_atlas_are_written(run) -> None:
    status, out, _ = run("brief", "--scenario", "2", "--out", "a.pptx", "--keep", "a.brief", "--json")
    assert status == 0
    mark = json.loads(out)["snapshot"]
    # a draft is compared with its base: two snapshots, two beginnings
    assert len(mark.split("-")) == 2
    assert run("brief", "--scenario", "2", "--kind", "report", "--out", "b.pdf")[0] == 0
    words = ("--kind", "atlas", "--of", "芯片产业园，示例DK-001", "--of", "示例DK-002")
    assert run("brief", "--scenario", "2", *words, "--out", "c.pdf")[0] == 0
    assert run("brief", "--snapshot", "a.brief", *words, "--out", "d.pdf")[0] == 0
    assert Path("a.pptx").read_bytes().startswith(b"PK")
    assert Path("b.pdf").read_bytes().startswith(b"%PDF")
    assert len(PdfReader("c.pdf").pages) == 4  # the index is the first
    assert Path("c.pdf").read_bytes() == Path("d.pdf").read_bytes()


def test_a_slide_by_land_use_is_another_one_and_what_is_about_clusters_is_refused(run) -> None:
    small = ("brief", "--size", "1920x1080")
    assert run(*small, "--out", "a.png", "--keep", "a.brief")[0] == 0
    status, out, _ = run(*small, "--theme", "land-use", "--out", "b.png", "--json")
    assert status == 0
    assert "用地" in json.loads(out)["title"]
    assert run(*small, "--theme", "规划用地", "--snapshot", "a.brief", "--out", "c.png")[0] == 0
    assert Path("b.png").read_bytes() == Path("c.png").read_bytes() != Path("a.png").read_bytes()
    for words, said in ((("--template", "集群分区", "--theme", "land-use"), "总览"), (("--theme", "彩虹"), "land-use")):
        status, _, err = run("brief", *words, "--out", "no.png")
        assert status == 2
        assert said in err
    assert not Path("no.png").exists()


def test_documents_that_there_are_not_are_refused_in_one_line(run) -> None:
    refusals = {
        ("--kind", "film", "--out", "no.pdf"): "atlas",
        ("--kind", "report", "--out", "no.pptx"): ".pdf",
        ("--kind", "deck", "--out", "no.pdf"): ".pptx",
        ("--kind", "atlas", "--of", "没有的", "--out", "no.pdf"): "没有的",
    }
    for words, said in refusals.items():
        status, _, err = run("brief", *words)
        assert status == 2
        assert said in err
        assert err.count("\n") == 1
    assert not Path("no.pdf").exists()
    assert not Path("no.pptx").exists()
