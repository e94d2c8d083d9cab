"""What an atlas is about: parks and parcels by name and code, in the order asked for, or all parks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from briefing import tally
from briefing.atlas.facts import Kind
from briefing.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Chosen:
    """One page's subject: a park or a parcel, its row in its layer, its name or code."""

    kind: Kind
    row: int
    name: str


def parks(snapshot: Snapshot) -> tuple[Chosen, ...]:
    """Parks that have an outline, the one with most land in reserve first."""
    names = snapshot.layers["parks"].columns["name"]
    size = {part.key: part.centi_m2 for part in tally.by_park(snapshot, tally.available(snapshot))}
    order = sorted(range(len(names)), key=lambda row: (-size.get(names[row], 0), names[row]))
    return tuple(Chosen("park", row, names[row]) for row in order if names[row])


def found(snapshot: Snapshot, wanted: Iterable[str]) -> tuple[tuple[Chosen, ...], tuple[str, ...]]:
    """The subjects of some names and codes, each once; and what there is not."""
    by_name = {name: row for row, name in reversed([*enumerate(snapshot.layers["parks"].columns["name"])]) if name}
    by_code = {code: row for row, code in enumerate(snapshot.parcels.columns["code"])}
    chosen, missing = [], []
    for name in dict.fromkeys(wanted):
        if name in by_name:
            chosen.append(Chosen("park", by_name[name], name))
        elif name in by_code:
            chosen.append(Chosen("parcel", by_code[name], name))
        else:
            missing.append(name)
    return tuple(chosen), tuple(missing)


def parcels_of(snapshot: Snapshot, park: str) -> tuple[Chosen, ...]:
    """The parcels of a park, by code."""
    columns = snapshot.parcels.columns
    rows = [row for row, name in enumerate(columns["park"]) if name == park]
    return tuple(
        Chosen("parcel", row, columns["code"][row]) for row in sorted(rows, key=lambda row: columns["code"][row])
    )
