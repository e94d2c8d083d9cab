"""Rows of views kept for briefings: where the map stands, what the slide is, its caption and its place in the story."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from store.review_tables import saved_view


@dataclass(frozen=True, slots=True)
class SavedView:
    """One view; ``zoom`` is that of a screen 1920 pixels wide, so that every screen shows the same ground."""

    id: int
    scenario_id: int
    position: int
    caption: str
    template: str
    theme: str
    park: str
    lat: float
    lng: float
    zoom: float
    by: str
    at: str


def add(conn: Connection, view: SavedView) -> int:
    """Keep a view under the next number, last in its scenario's story; its own id and position are not looked at."""
    key = int(conn.execute(select(func.coalesce(func.max(saved_view.c.id), 0))).scalar_one()) + 1
    place = len(of_scenario(conn, view.scenario_id))
    conn.execute(insert(saved_view).values(**asdict(view) | {"id": key, "position": place}))
    return key


def find(conn: Connection, view_id: int) -> SavedView | None:
    """Return the view of that number."""
    row = conn.execute(select(saved_view).where(saved_view.c.id == view_id)).first()
    return None if row is None else SavedView(*row)


def of_scenario(conn: Connection, scenario_id: int) -> tuple[SavedView, ...]:
    """The views of a scenario in the order of its story."""
    query = select(saved_view).where(saved_view.c.scenario_id == scenario_id)
    return tuple(SavedView(*row) for row in conn.execute(query.order_by(saved_view.c.position, saved_view.c.id)))


def every(conn: Connection) -> tuple[SavedView, ...]:
    """All views, in the order of their numbers."""
    return tuple(SavedView(*row) for row in conn.execute(select(saved_view).order_by(saved_view.c.id)))


def rename(conn: Connection, view_id: int, caption: str) -> None:
    """Give a view another caption."""
    conn.execute(update(saved_view).where(saved_view.c.id == view_id).values(caption=caption))


def remove(conn: Connection, view_id: int) -> None:
    """Drop a view."""
    conn.execute(delete(saved_view).where(saved_view.c.id == view_id))


def put_in_order(conn: Connection, ids: tuple[int, ...]) -> None:
    """Number views from nought in the order given."""
    for place, key in enumerate(ids):
        conn.execute(update(saved_view).where(saved_view.c.id == key).values(position=place))
