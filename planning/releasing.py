"""Letting something leave: under which profile, by whom and when, with which 审图号; and the log of what left.

The log is the audit chain itself: an export is an entry like any other, so that none can be struck out unseen.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from briefing.slide import Imprint, Slide
from briefing.snapshot import Snapshot
from briefing.templates.parts import parks_bounds
from exchange.writing.outgoing import Batch, Outgoing
from planning.actors import Actor, Clock, stamp, utc_now
from planning.errors import Fault, Refused
from planning.export_profiles import DEFAULTS, INTERNAL, Profile, profiles
from planning.writing import Act, subject_of, writing
from store import audit
from store.database import Database

EXPORTS: Final = ("export_briefing", "export_layer")
LONGEST_NUMBER: Final = 40
NAMES: Final = {"internal": ("内部", "Internal"), "consult": ("会商", "Consultation"), "public": ("公开", "Public")}
_BEIJING: Final = timezone(timedelta(hours=8))
_M2_PER_KM2: Final = 1.0e6


@dataclass(frozen=True, slots=True)
class Release:
    """Under what something leaves; ``at`` is an aware time."""

    profile: Profile
    review_number: str
    by: str
    at: datetime

    @property
    def watermark(self) -> str:
        """Who and when, as it stands across a picture; "" where the profile wants none."""
        # Beijing time, as the day of the data on every slide
        local = self.at.astimezone(_BEIJING)
        return f"{self.by}  {local:%Y-%m-%d %H:%M}" if self.profile.watermark else ""

    def imprint(self, imprint: Imprint) -> Imprint:
        """What a briefing prints under this profile besides what the office prints anyhow."""
        return replace(
            imprint,
            secrecy=imprint.secrecy or self.profile.secrecy,
            review_number=self.review_number,
            watermark=self.watermark,
            georeferenced=self.profile.georeferenced,
        )

    def warning(self, km2: float) -> Fault | None:
        """What is to be thought of before it goes, when the ground is large."""
        limit = self.profile.warn_km2
        return Fault("wide_ground", {"km2": round(km2, 1), "limit": limit}) if limit and km2 > limit else None

    @property
    def keeps_snapshot(self) -> bool:
        """Whether the frozen snapshot, which holds every boundary as it is, may be taken away too."""
        return not self.profile.grid_m and not self.profile.left_out


INSIDE: Final = DEFAULTS[INTERNAL]


def named(word: str) -> str:
    """The key of a profile from its key or its name in either language; the word itself when it is none."""
    wanted = word.strip().casefold()
    return next((key for key, names in NAMES.items() if wanted in {key, *(one.casefold() for one in names)}), word)


def release(
    db: Database, profile: str = INTERNAL, *, actor: Actor, review_number: str = "", clock: Clock = utc_now
) -> Release:
    """Ask whether something may leave under a profile.

    Raises
    ------
    Refused
        ``unknown_profile``; ``review_number_missing`` where the profile asks for one; ``review_number_malformed``.
    """
    known = profiles(db)
    found = known.get(named(profile))
    if found is None:
        names = tuple(f"{key} {NAMES[key][0]}" for key in known)
        raise Refused(Fault("unknown_profile", {"profile": profile, "known": names}))
    number = " ".join(unicodedata.normalize("NFC", review_number).split())
    if found.review_number and not number:
        raise Refused(Fault("review_number_missing", {"profile": NAMES[found.key][0]}))
    if len(number) > LONGEST_NUMBER or any(unicodedata.category(one)[0] == "C" for one in number):
        raise Refused(Fault("review_number_malformed", {"longest": LONGEST_NUMBER}))
    return Release(found, number, actor.name, clock())


def under(outgoing: Outgoing, given: Release) -> Outgoing:
    """What goes out, without the columns that the profile leaves out, its coordinates as coarse as it says.

    Raises
    ------
    Refused
        ``coordinates_too_coarse``, when the first batch is asked for: some shapes would be nothing.
    """
    profile = given.profile
    facts = dict(outgoing.facts)
    if profile.key != INTERNAL:
        facts["profile"] = NAMES[profile.key][0]
    if given.review_number:
        facts["review_number"] = given.review_number
    if profile.grid_m:
        facts["grid_m"] = f"{profile.grid_m:g}"
    kept = tuple(column for column in outgoing.columns if column.key not in profile.left_out)

    def batches() -> Iterator[Batch]:
        for batch in outgoing.batches():
            geoms = rounded(batch.geoms, profile.grid_m)
            yield Batch(batch.ids, geoms, {one.key: batch.values[one.key] for one in kept})

    return replace(outgoing, columns=kept, facts=facts, batches=batches)


def rounded(geoms: NDArray[np.object_], grid_m: float) -> NDArray[np.object_]:
    """Shapes on a grid, valid; what they share they still share. Refused when some would be nothing."""
    if not grid_m:
        return geoms
    coarse: NDArray[np.object_] = np.asarray(shapely.set_precision(geoms, grid_m), dtype=object)
    lost = int((shapely.is_empty(coarse) & ~shapely.is_empty(geoms)).sum())
    if lost:
        raise Refused(Fault("coordinates_too_coarse", {"count": lost, "grid": f"{grid_m:g}"}))
    return coarse


def covered_km2(geoms: NDArray[np.object_]) -> float:
    """The ground that shapes lie on: the sum of areas, of lines and points the box about them."""
    if not len(geoms):
        return 0.0
    area = float(shapely.area(geoms).sum())
    if not area:
        west, south, east, north = shapely.total_bounds(geoms)
        area = float((east - west) * (north - south))
    return area / _M2_PER_KM2


def pictured_km2(snapshot: Snapshot, slide: Slide) -> float:
    """The ground that a slide's map is about."""
    west, south, east, north = slide.picture.bounds or parks_bounds(snapshot)
    return (east - west) * (north - south) / _M2_PER_KM2


def log(
    db: Database, given: Release, *, actor: Actor, verb: str, scenario_id: int, body: bytes | str, **what: Any
) -> int:
    """Enter in the log what leaves; ``body`` is the file, or its SHA-256; give the entry's number.

    Raises Busy when another writes: then nothing is to leave.
    """
    if verb not in EXPORTS:
        raise ValueError(verb)
    sha = body if isinstance(body, str) else hashlib.sha256(body).hexdigest()
    detail = {
        "profile": given.profile.key, "review_number": given.review_number, "made_at": stamp(lambda: given.at),
        "left_out": list(given.profile.left_out), "grid_m": given.profile.grid_m, "sha256": sha,
        **{key: value for key, value in what.items() if value not in (None, "")},
    }  # fmt: skip
    with writing(db) as conn:
        return Act.begin(conn, actor, utc_now).audit(verb, subject_of(scenario_id), detail)


@dataclass(frozen=True, slots=True)
class Left:
    """One line of the log; ``what`` is the template or the layer, ``snapshot`` a briefing's id."""

    seq: int
    at: str
    by: str
    origin: str
    verb: str
    scenario_id: int
    profile: str
    what: str
    form: str
    snapshot: str
    review_number: str
    sha256: str


def logged(db: Database, *, limit: int = 50) -> tuple[Left, ...]:
    """The log, newest first."""
    with db.read() as conn:
        entries = audit.of_verbs(conn, EXPORTS, limit=limit)
    return tuple(_left(entry) for entry in entries)


def _left(entry: audit.Entry) -> Left:
    told = json.loads(entry.detail)
    return Left(
        entry.seq, entry.at, entry.actor, entry.origin, entry.verb, int(entry.subject.partition(":")[2]),
        told["profile"], str(told.get("template") or told.get("layer") or ""), str(told.get("form") or ""),
        str(told.get("snapshot") or ""), told["review_number"], told["sha256"],
    )  # fmt: skip
