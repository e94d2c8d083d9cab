"""`brief`: a slide, the same bytes from the kept snapshot, and refusals that name what there is."""

from __future__ import annotations

import json
from pathlib import Path


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
    assert run("brief", "--out", "no.pptx")[0] == 2
    assert not Path("no.png").exists()


def test_a_spoiled_snapshot_is_refused(run) -> None:
    Path("bad.brief").write_bytes(b"CHANTU-BRIEFING-1\n" + bytes(60))
    assert run("brief", "--snapshot", "bad.brief", "--out", "no.png")[0] == 2
