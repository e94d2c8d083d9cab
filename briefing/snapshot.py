"""The frozen snapshot that a briefing is made of: a scenario as it stood, and an id that is the hash of its content.

Everything on a slide is read from here and from nowhere else. ``packed`` writes it to bytes that can be kept;
``unpacked`` reads them again, and the same bytes make the same slide.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.clusters import Cluster
from layers.land_theme import LandClass

Geoms = NDArray[np.object_]
NONE: Final = 255
_MAGIC: Final = b"CHANTU-BRIEFING-1\n"
# a file that claims to be larger than this is not one of ours
_MOST_BYTES: Final = 1_000_000_000
_ID_LETTERS: Final = 10


class SnapshotRefused(ValueError):
    """The bytes are no kept snapshot, or were changed since."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """A layer as it is drawn: geometries in the storage CRS, and columns of text (empty where missing)."""

    geoms: Geoms
    columns: Mapping[str, tuple[str, ...]]

    def __len__(self) -> int:
        return len(self.geoms)

    def column(self, name: str) -> NDArray[np.object_]:
        """A column as an array."""
        return np.array(self.columns[name], dtype=object)

    def where(self, name: str, *values: str) -> Geoms:
        """Geometries of the rows that have one of the values."""
        found: Geoms = self.geoms[np.isin(self.column(name).astype(str), values)] if len(self) else self.geoms
        return found


@dataclass(frozen=True, slots=True)
class Conflicts:
    """Parcels on what bars building: each one's row, its piece in all (hundredths of a m²), by kind, and the piece.

    ``noted`` are rows of parcels within protection belts, which are told but bar nothing.
    """

    row: NDArray[np.int64]
    centi_m2: NDArray[np.int64]
    kinds: tuple[tuple[tuple[str, int], ...], ...]  # (kind, hundredths of a m²), the largest first
    geoms: Geoms
    noted: NDArray[np.int64]


@dataclass(frozen=True)
class Snapshot:
    """One scenario as it stood; ``stage`` and ``cluster`` are a byte a parcel (255 = none), areas whole centi-m²."""

    epsg: int
    scenario_id: int
    scenario: str
    is_base: bool
    state: str
    revision: int
    data_at: str  # ISO 8601, UTC: the last act in the database
    has_sample: bool
    stages: tuple[str, ...]
    clusters: tuple[Cluster, ...]
    stage: NDArray[np.uint8]
    cluster: NDArray[np.uint8]
    centi_m2: NDArray[np.int64]
    parcels: Shapes  # columns code, name, park, town, ready_date
    conflicts: Conflicts
    layers: Mapping[str, Shapes]
    quotas: tuple[tuple[str, int], ...] = ()  # by cluster, hundredths of a 亩; those without a limit are left out
    bases: tuple[tuple[str, str], ...] = ()  # what a kind of constraint rests on, in the words of the rule book
    # classes of land use that occur, and a byte a parcel: its place among them, as layers.land_theme has it; None in
    # snapshots of the days before land use was kept
    land_classes: tuple[LandClass, ...] = ()
    land_use: NDArray[np.uint8] | None = None

    @cached_property
    def id(self) -> str:
        """What the snapshot is known by: the start of the hash of all that is in it."""
        return hashlib.sha256(_content(self)).hexdigest()[:_ID_LETTERS].upper()


def packed(snapshot: Snapshot) -> bytes:
    """Write a snapshot to bytes that can be kept for years."""
    content = _content(snapshot)
    digest = hashlib.sha256(content).digest()
    return _MAGIC + digest + struct.pack(">Q", len(content)) + zlib.compress(content, 6)


def unpacked(held: bytes) -> Snapshot:
    """Read a kept snapshot.

    Raises
    ------
    SnapshotRefused
        The bytes are not what ``packed`` wrote.
    """
    head = len(_MAGIC) + 40
    if not held.startswith(_MAGIC) or len(held) < head:
        raise SnapshotRefused
    (size,) = struct.unpack(">Q", held[head - 8 : head])
    if size > _MOST_BYTES:
        raise SnapshotRefused
    try:
        content = zlib.decompressobj().decompress(held[head:], size + 1)
        if len(content) != size or hashlib.sha256(content).digest() != held[len(_MAGIC) : head - 8]:
            raise SnapshotRefused
        return _read(content)
    except (zlib.error, KeyError, TypeError, ValueError, struct.error, shapely.errors.ShapelyError) as fault:
        raise SnapshotRefused from fault


# content: length of the JSON, the JSON, then each array and each layer's shapes as little-endian bytes and WKB


def _content(snapshot: Snapshot) -> bytes:
    told: dict[str, Any] = {
        name: getattr(snapshot, name)
        for name in (
            "epsg", "scenario_id", "scenario", "is_base", "state", "revision", "data_at", "has_sample", "stages",
        )
    }  # fmt: skip
    told["clusters"] = [asdict(one) for one in snapshot.clusters]
    told["parcels"] = dict(snapshot.parcels.columns)
    told["kinds"] = snapshot.conflicts.kinds
    # what a snapshot of earlier days does not hold is not told, so that its id stays what it was printed as
    told |= {name: kept for name in ("quotas", "bases") if (kept := getattr(snapshot, name))}
    if snapshot.land_use is not None:
        told["land_classes"] = [asdict(one) for one in snapshot.land_classes]
        told["land_use"] = snapshot.land_use.astype("u1").tobytes().hex()
    told["layers"] = {name: dict(shapes.columns) for name, shapes in sorted(snapshot.layers.items())}
    blobs = [
        snapshot.stage.astype("u1").tobytes(), snapshot.cluster.astype("u1").tobytes(),
        snapshot.centi_m2.astype("<i8").tobytes(), _wkb(snapshot.parcels.geoms),
        snapshot.conflicts.row.astype("<i8").tobytes(), snapshot.conflicts.centi_m2.astype("<i8").tobytes(),
        _wkb(snapshot.conflicts.geoms), snapshot.conflicts.noted.astype("<i8").tobytes(),
        *(_wkb(shapes.geoms) for _, shapes in sorted(snapshot.layers.items())),
    ]  # fmt: skip
    words = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
    return b"".join(struct.pack(">Q", len(part)) + part for part in (words, *blobs))


def _read(content: bytes) -> Snapshot:
    parts, at = [], 0
    while at < len(content):
        (size,) = struct.unpack(">Q", content[at : at + 8])
        parts.append(content[at + 8 : at + 8 + size])
        at += 8 + size
    told = json.loads(parts[0])
    names = sorted(told["layers"])
    stage, cluster, areas, geoms, rows, pieces, piece_geoms, noted, *layer_geoms = parts[1:]
    return Snapshot(
        **{name: told[name] for name in ("epsg", "scenario_id", "scenario", "is_base", "state", "revision")},
        data_at=told["data_at"],
        has_sample=told["has_sample"],
        stages=tuple(told["stages"]),
        clusters=tuple(Cluster(**one) for one in told["clusters"]),
        stage=np.frombuffer(stage, "u1"),
        cluster=np.frombuffer(cluster, "u1"),
        centi_m2=np.frombuffer(areas, "<i8").astype(np.int64),
        parcels=Shapes(_geoms(geoms), _columns(told["parcels"])),
        conflicts=Conflicts(
            np.frombuffer(rows, "<i8").astype(np.int64), np.frombuffer(pieces, "<i8").astype(np.int64),
            tuple(tuple((kind, area) for kind, area in one) for one in told["kinds"]), _geoms(piece_geoms),
            np.frombuffer(noted, "<i8").astype(np.int64),
        ),
        layers=MappingProxyType({
            name: Shapes(_geoms(blob), _columns(told["layers"][name]))
            for name, blob in zip(names, layer_geoms, strict=True)
        }),
        quotas=tuple((code, int(quota)) for code, quota in told.get("quotas", ())),
        bases=tuple((kind, str(basis)) for kind, basis in told.get("bases", ())),
        land_classes=tuple(LandClass(**one) for one in told.get("land_classes", ())),
        land_use=np.frombuffer(bytes.fromhex(told["land_use"]), "u1") if "land_use" in told else None,
    )  # fmt: skip


def _columns(told: Mapping[str, list[str]]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({name: tuple(values) for name, values in told.items()})


def _wkb(geoms: Geoms) -> bytes:
    written: Any = shapely.to_wkb(geoms, byte_order=1) if len(geoms) else []
    return struct.pack(">Q", len(geoms)) + b"".join(struct.pack(">Q", len(one)) + one for one in written)


def _geoms(blob: bytes) -> Geoms:
    (count,) = struct.unpack(">Q", blob[:8])
    out, at = [], 8
    for _ in range(count):
        (size,) = struct.unpack(">Q", blob[at : at + 8])
        out.append(blob[at + 8 : at + 8 + size])
        at += 8 + size
    return np.asarray(shapely.from_wkb(np.array(out, dtype=object)), dtype=object) if out else np.zeros(0, dtype=object)
