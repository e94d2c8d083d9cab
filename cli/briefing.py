"""Briefings from a terminal: brief."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from cli import terminal
from cli.files import split
from cli.gathering import app

if TYPE_CHECKING:
    from briefing.snapshot import Snapshot

# a kept snapshot is at most this large
_MOST_BYTES: Final = 500_000_000


@app.command()
def brief(
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="PNG | PDF | PPTX")],
    kind: Annotated[
        str, typer.Option("--kind", metavar="K", help="slide | deck（PPTX） | report（简报 PDF） | atlas（图册 PDF）")
    ] = "",
    of: Annotated[
        list[str] | None,
        typer.Option(
            "--of", metavar="NAME", help="图册：园区或地块编号，可多次 · a park or parcel for the atlas, repeatable"
        ),
    ] = None,
    template: Annotated[
        str,
        typer.Option(
            "--template", metavar="T", help="总览 | 单园区 | 集群分区 | 冲突清单 | 储备进度 | 道路配套 | 方案对比"
        ),
    ] = "总览",
    scenario: Annotated[str, typer.Option("--scenario", help="哪个方案 · which scenario")] = "1",
    against: Annotated[
        str | None, typer.Option("--against", metavar="S", help="方案对比：与哪个方案比 · compare with this scenario")
    ] = None,
    park: Annotated[str, typer.Option("--park", help="单园区：哪个园区 · which park")] = "",
    theme: Annotated[
        str,
        typer.Option("--theme", metavar="T", help="cluster（产业集群） | land-use（规划用地） · what colours say"),
    ] = "cluster",
    title: Annotated[str, typer.Option("--title", help="改写标题 · another title than the composed one")] = "",
    size: Annotated[
        str, typer.Option("--size", help="3840x2160 | 1920x1080 | 2880x2160（4:3） | A3（PDF）")
    ] = "3840x2160",
    office: Annotated[
        str, typer.Option("--office", envvar="CHANTU_OFFICE", help="编制单位 · who made it, at the foot")
    ] = "",
    secrecy: Annotated[str, typer.Option("--secrecy", help="密级提示，默认随口径 · who may read it")] = "",
    profile: Annotated[str, typer.Option("--profile", help=terminal.PROFILES)] = "internal",
    review_number: Annotated[str, typer.Option("--review-number", metavar="N", help="审图号 · map review number")] = "",
    keep: Annotated[Path | None, typer.Option("--keep", metavar="FILE", help="另存快照 · keep the snapshot")] = None,
    snapshot: Annotated[
        Path | None, typer.Option("--snapshot", metavar="FILE", help="用存下的快照再出一份 · make it again from one")
    ] = None,
) -> int:
    """出汇报材料：一页图、演示文稿、简报或图册 · make a slide, deck, report or atlas from the data as it stands."""
    from briefing.rendering import Order, composed
    from briefing.slide import Imprint
    from briefing.snapshot import packed
    from briefing.templates.catalogue import named
    from planning import brief_documents, briefings, releasing
    from planning.errors import Fault, Refused

    found = named(template)
    db = terminal.open_database()
    given = releasing.release(
        db, terminal.as_text(profile), actor=terminal.actor(), review_number=terminal.as_text(review_number)
    )
    order = Order(
        template if found is None else found.key, size, terminal.as_text(title), terminal.as_text(park),
        _theme(terminal.as_text(theme)),
        given.imprint(Imprint(office=terminal.as_text(office), secrecy=terminal.as_text(secrecy))),
    )  # fmt: skip
    if keep is not None and not given.keeps_snapshot:
        raise Refused(Fault("snapshot_stays_inside", {"profile": releasing.NAMES[given.profile.key][0]}))
    one = _frozen(scenario) if snapshot is None else _kept(snapshot)
    other = _frozen(against) if against is not None else None
    document = kind or ("deck" if out.suffix.lower() == ".pptx" else "slide")
    if document == "slide":
        made = briefings.brief(one, order, out.suffix.lower(), other)
    else:
        if other is None and snapshot is None and document != "atlas":
            other = _base(scenario)
        _right_ending(document, out.suffix.lower())
        names = split([terminal.as_text(name) for name in of or ()])
        made = brief_documents.document(one, document, order, other, of=names, watch=_watch())
    # an atlas, a report and a deck are of the whole ground, whatever slide the order names
    km2 = releasing.pictured_km2(one, composed(one, order if document == "slide" else Order(), other))
    # what is not in the log does not leave
    releasing.log(
        db, given, actor=terminal.actor(), verb="export_briefing", scenario_id=one.scenario_id, body=made.body,
        template=order.template if document == "slide" else document, size=order.size, theme=order.theme or "cluster",
        form=out.suffix.lower().lstrip("."), snapshot=made.snapshot_id, km2=round(km2, 1),
    )  # fmt: skip
    out.write_bytes(made.body)
    if keep is not None:
        keep.write_bytes(packed(one))
    terminal.tell("brief", {
        "path": str(out), "title": made.title, "snapshot": made.snapshot_id, "bytes": len(made.body),
        "unplaced": list(made.dropped), "profile": given.profile.key,
        "warnings": terminal.warnings_of(given.warning(km2)),
    })  # fmt: skip
    return terminal.DONE


def _theme(name: str) -> str:
    """The theme of an order: nothing for that of the template."""
    return {"cluster": "", "集群": "", "产业集群": "", "用地": "land-use", "规划用地": "land-use"}.get(name, name)


def _base(scenario: str) -> Snapshot | None:
    """What a draft was drawn up against: deck and report say what changed, unless another scenario is named."""
    from planning import brief_documents, briefings, scenarios

    atlas = terminal.open_atlas()
    base = brief_documents.base_of(atlas, scenarios.find(atlas.db, scenario).id)
    return None if base is None else briefings.freeze(atlas, base)


def _right_ending(document: str, suffix: str) -> None:
    from planning.brief_documents import DOCUMENTS
    from planning.errors import Fault, Refused

    if document in DOCUMENTS and suffix != DOCUMENTS[document]:
        raise Refused(Fault("brief_form_unknown", {"suffix": suffix, "known": (DOCUMENTS[document],)}))


def _watch() -> Callable[[int, int], None]:
    """Say on a terminal how many pages are done; Ctrl+C ends it and nothing is written."""
    shown = sys.stderr.isatty() and not terminal.common.as_json

    def watch(done: int, of: int) -> None:
        if shown:
            sys.stderr.write(f"\r{done} / {of}" + ("\n" if done == of else ""))
            sys.stderr.flush()

    return watch


def _frozen(scenario: str) -> Snapshot:
    from planning import briefings, scenarios

    atlas = terminal.open_atlas()
    return briefings.freeze(atlas, scenarios.find(atlas.db, scenario).id)


def _kept(path: Path) -> Snapshot:
    from briefing.snapshot import SnapshotRefused, unpacked
    from planning.errors import Fault, Refused

    if path.stat().st_size > _MOST_BYTES:
        raise Refused(Fault("snapshot_malformed", {}, str(path)))
    try:
        return unpacked(path.read_bytes())
    except SnapshotRefused as refused:
        raise Refused(Fault("snapshot_malformed", {}, str(path))) from refused
