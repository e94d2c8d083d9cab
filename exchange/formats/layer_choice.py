"""Which layer of a file that holds several: the one named, the only one that fits, or a question with all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from exchange.errors import FileRefused
from exchange.formats.opened import FileNote, Wanted

_FAMILIES: Final = ("polygon", "line", "point")


@dataclass(frozen=True, slots=True)
class Listed:
    """A layer that a file holds: its name, the families of shapes that may lie in it, and its rows where told."""

    name: str
    families: frozenset[str]
    rows: int | None = None

    def as_values(self) -> dict[str, Any]:
        """Name, rows (None = not told) and kind: a family, or ``mixed`` where the layer takes several."""
        kind = next(iter(self.families)) if len(self.families) == 1 else "mixed"
        return {"name": self.name, "rows": self.rows, "kind": kind}


def choose(listed: Sequence[Listed], wanted: Wanted) -> tuple[str, tuple[FileNote, ...]]:
    """Name of the layer to read, and the note that tells the others.

    Raises
    ------
    FileRefused
        ``sublayer_unknown`` when there is none of that name; ``sublayer_needed`` when none was named and not exactly
        one fits. Both give ``sublayers`` (names) and ``layers`` (name, rows, kind).
    """
    if not listed:
        raise FileRefused("no_rows")
    names = [one.name for one in listed]
    if wanted.sublayer is not None:
        if wanted.sublayer not in names:
            raise FileRefused("sublayer_unknown", {"asked": wanted.sublayer, **values_of(listed)})
        return wanted.sublayer, note_of(wanted.sublayer, listed)
    if len(listed) == 1:
        return names[0], ()
    for shape in wanted.shapes:
        fitting = [one for one in listed if shape in one.families]
        # a layer that says what it holds goes before one that may hold anything
        told = [one for one in fitting if len(one.families) == 1]
        best = told if len(told) == 1 and all(one.rows == 0 for one in fitting if one not in told) else fitting
        if len(best) == 1:
            return best[0].name, note_of(best[0].name, listed)
        if fitting:
            raise FileRefused("sublayer_needed", {"asked": "", **values_of(fitting)})
    raise FileRefused("sublayer_needed", {"asked": "", **values_of(listed)})


def values_of(listed: Iterable[Listed]) -> dict[str, Any]:
    """What a question about layers tells: their names, and each with rows and kind."""
    layers = list(listed)
    return {"sublayers": [one.name for one in layers], "layers": [one.as_values() for one in layers]}


def note_of(chosen: str, listed: Sequence[Listed]) -> tuple[FileNote, ...]:
    """Which layer was read, where there was a choice."""
    return (FileNote("sublayer_chosen", {"sublayer": chosen, **values_of(listed)}),) if len(listed) > 1 else ()


def families_of(kinds: Iterable[str]) -> frozenset[str]:
    """Families (polygon, line, point) that GDAL's geometry type names may hold; an open type may hold any."""
    found: set[str] = set()
    for kind in kinds:
        lower = kind.lower()
        if "polygon" in lower or "surface" in lower or "tin" in lower:
            found.add("polygon")
        elif "line" in lower or "curve" in lower or "string" in lower:
            found.add("line")
        elif "point" in lower:
            found.add("point")
        else:
            found.update(_FAMILIES)
    return frozenset(found)
