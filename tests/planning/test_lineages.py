"""The acts on the way of a parcel, as its card lists them: one an act, in order, without what was taken back."""

from __future__ import annotations

from planning.lineages import Event, events


def row(old: str, new: str | None, act: str, at: str, status: str = "done") -> dict[str, str | None]:
    return {"from": old, "to": new, "act": act, "status": status, "at": at}


def test_rows_of_one_act_are_one_event_and_what_was_taken_back_is_none() -> None:
    rows = [
        row("甲", "甲-1", "split_line", "2026-01-01T00:00:00"), row("甲", "甲-2", "split_line", "2026-01-01T00:00:00"),
        row("甲-1", "乙", "merge", "2026-01-02T00:00:00", "undone"),
        row("甲-1", "丙", "merge", "2026-01-03T00:00:00"), row("丁", "丙", "merge", "2026-01-03T00:00:00"),
        row("丙", None, "cut_road", "2026-01-04T00:00:00"),
    ]  # fmt: skip
    assert events(rows) == (
        Event(("甲",), ("甲-1", "甲-2"), "split_line", "2026-01-01T00:00:00"),
        Event(("甲-1", "丁"), ("丙",), "merge", "2026-01-03T00:00:00"),
        Event(("丙",), (), "cut_road", "2026-01-04T00:00:00"),
    )
