"""New rows of a layer: measured, placed in their town and park, entered with proof of what came in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from sqlalchemy import Connection

from geo.area import ellipsoid_m2, planar_m2
from geo.crs import storage_crs
from geo.overlay import overlaps
from geo.units import centi_m2, round_area_m2
from layers.schema import LAYERS
from planning.actors import Actor, Clock, utc_now
from planning.errors import Fault, Refused
from planning.moves import INHERITING, Move, State, packed
from planning.recording import write_moves
from planning.standing import Standing
from planning.writing import Act, known_clusters
from store import features, revisions, settings
from store.audit import canonical
from store.scenarios import BASE_ID

PARCELS: Final = "parcels"
# columns of a frame that are not attributes: the shape, the base cluster, and what the caller says for all rows
_NOT_ATTRIBUTES: Final = frozenset({"geometry", "cluster", "extra", "is_sample", "source"})
# rows are listed in a refusal up to here: enough to see the pattern
_MOST_FAULTS: Final = 100


def insert_features(
    conn: Connection,
    layer: str,
    frame: pd.DataFrame,
    *,
    source: str,
    is_sample: bool,
    actor: Actor,
    batch_id: int | None = None,
    clock: Clock = utc_now,
) -> NDArray[np.int64]:
    """Enter rows on the caller's transaction and return their ids, in the order given.

    ``frame`` has a ``geometry`` column in the storage CRS, ``code`` and any of the layer's keys (terms as keys,
    dates as ISO text); for parcels also ``cluster``, a cluster code that the base scenario shall hold. Columns
    that the layer does not know go to ``extra``; a column ``extra`` itself may hold a mapping. Areas are
    computed here and never taken from the frame: plane to 0.01 m², half up. Empty town and park of a parcel are
    filled with that which holds most of it.

    Raises
    ------
    Refused
        A code is missing, stands twice, or is in use; a cluster is unknown. Nothing was written by then.
    """
    act = Act.begin(conn, actor, clock)
    frame = frame.reset_index(drop=True)
    geoms = np.asarray(frame["geometry"], dtype=object)
    assigned = _base_clusters(conn, layer, frame)
    _refuse_codes(conn, layer, frame)
    rows = frame[[key for key in LAYERS[layer].keys if key in frame.columns]].copy()
    rows["extra"] = _extra(layer, frame)
    rows = rows.assign(**measures(geoms, int(settings.read(conn, "crs_epsg"))))
    if layer == PARCELS:
        for key, holder in (("town", "towns"), ("park", "parks")):
            rows[key] = _placed(conn, geoms, rows.get(key), holder)
    ids = features.insert_rows(
        conn, layer, rows, geoms, source=source, is_sample=is_sample, at=act.at, batch_id=batch_id
    )
    origin = {"source": source, "is_sample": is_sample, "batch": batch_id}
    seq = act.audit("insert", f"layer:{layer}", origin | _proof(conn, layer, ids, rows["area_m2"], geoms))
    revisions.raise_one(conn, layer)
    if layer == PARCELS:
        revisions.raise_one(conn, revisions.PARCEL_FIELDS)
    if assigned:
        _assign_base(act, {int(ids[row]): code for row, code in assigned.items()}, seq)
    return ids


def digest_of(wkb: Iterable[bytes]) -> str:
    """Return the SHA-256 of geometries in id order, each with its length before it."""
    mark = hashlib.sha256()
    for one in wkb:
        mark.update(len(one).to_bytes(8, "big"))
        mark.update(one)
    return mark.hexdigest()


def digest_of_rows(rows: Iterable[list[Any]]) -> str:
    """Return the SHA-256 of rows of cells in id order, each as canonical JSON on a line."""
    mark = hashlib.sha256()
    for row in rows:
        mark.update(canonical(row).encode())
        mark.update(b"\n")
    return mark.hexdigest()


def measures(geoms: NDArray[np.object_], epsg: int) -> dict[str, NDArray[np.float64]]:
    """Areas where there is area, length where there is line, NaN elsewhere."""
    dimensions = shapely.get_dimensions(geoms)
    planar = np.full(len(geoms), np.nan)
    ellipsoid = planar.copy()
    length = planar.copy()
    areal, linear = dimensions == 2, dimensions == 1  # noqa: PLR2004  # the dimension of an area is two
    if areal.any():
        planar[areal] = round_area_m2(planar_m2(geoms[areal]))
        ellipsoid[areal] = round_area_m2(ellipsoid_m2(geoms[areal], storage_crs(epsg)))
    length[linear] = shapely.length(geoms[linear])
    return {"area_m2": planar, "area_ellipsoid_m2": ellipsoid, "length_m": length}


def _placed(conn: Connection, geoms: NDArray[np.object_], given: pd.Series[Any] | None, holder: str) -> pd.Series[Any]:
    """Fill the empty names with the name of the holder's row that covers most of each parcel."""
    names = pd.Series([None] * len(geoms), dtype=object) if given is None else given.astype(object)
    empty = np.flatnonzero(names.isna() | (names.astype(str).str.strip() == ""))
    shapes = features.load_shapes(conn, holder)
    areal = np.flatnonzero(shapely.get_dimensions(shapes.geoms) == 2)  # noqa: PLR2004  # the dimension of an area is two
    if not len(empty) or not len(areal):
        return names
    called = features.load_attributes(conn, holder)["name"].to_numpy()[areal]
    shared = overlaps(geoms[empty], shapes.geoms[areal])
    most = shared.sort_values("area_m2", kind="stable").groupby("subject").tail(1)
    filled = names.copy()
    filled.iloc[empty[most["subject"].to_numpy()]] = called[most["other"].to_numpy()]
    return filled


def _refuse_codes(conn: Connection, layer: str, frame: pd.DataFrame) -> None:
    codes = frame["code"] if "code" in frame.columns else pd.Series([None] * len(frame), dtype=object)
    missing = codes.isna() | (codes.astype(str).str.strip() == "")
    twice = codes.duplicated(keep="first") & ~missing
    used = features.live_ids_of_codes(conn, layer, [str(code) for code in codes[~missing]])
    faults = [Fault("code_missing", {"layer": layer}, f"row {row + 1}") for row in np.flatnonzero(missing)]
    faults += [Fault("code_twice", {"code": codes[row]}, f"row {row + 1}") for row in np.flatnonzero(twice)]
    faults += [Fault("code_in_use", {"code": code, "layer": layer}) for code in used]
    if faults:
        raise Refused(*faults[:_MOST_FAULTS])


def _extra(layer: str, frame: pd.DataFrame) -> list[str | None]:
    """One JSON text a row of what the layer has no column for, None where there is nothing."""
    others = [key for key in frame.columns if key not in LAYERS[layer].keys and key not in _NOT_ATTRIBUTES]
    texts: list[str | None] = [None] * len(frame)
    given = frame["extra"].tolist() if "extra" in frame.columns else texts
    columns = [frame[key].astype(object).where(frame[key].notna(), None).tolist() for key in others]
    for row, held in enumerate(given):
        found = dict(json.loads(held) if isinstance(held, str) else held) if isinstance(held, str | dict) else {}
        found |= {key: column[row] for key, column in zip(others, columns, strict=True) if column[row] is not None}
        if found:
            texts[row] = json.dumps(found, ensure_ascii=False, default=str, allow_nan=False)
    return texts


def _base_clusters(conn: Connection, layer: str, frame: pd.DataFrame) -> dict[int, str]:
    """Cluster code by row position, for the parcels that bring one; all are known."""
    if layer != PARCELS or "cluster" not in frame.columns:
        return {}
    found = {row: str(code) for row, code in enumerate(frame["cluster"]) if isinstance(code, str) and code.strip()}
    known_clusters(conn, tuple(dict.fromkeys(found.values())))
    return found


def _assign_base(act: Act, codes: dict[int, str], seq: int) -> None:
    """Give new parcels their cluster in the base scenario, by an entry of its own that can be replayed."""
    standing = Standing.read(act.conn, BASE_ID, list(codes))
    moves = [Move(key, INHERITING, State(code, inherits=False)) for key, code in codes.items()]
    seq = act.audit("assign_base", f"scenario:{BASE_ID}", packed(moves) | {"insert": seq})
    write_moves(act, standing, moves, seq)


def _proof(
    conn: Connection, layer: str, ids: NDArray[np.int64], areas: pd.Series[float], geoms: NDArray[np.object_]
) -> dict[str, object]:
    """What the audit chain keeps of rows that came in: how many, which, how large, the hash of shapes and of cells."""
    first, last = (int(ids[0]), int(ids[-1])) if len(ids) else (0, 0)
    return {
        "count": len(ids),
        "first_id": first,
        "last_id": last,
        "centi_m2": int(centi_m2(areas.dropna().to_numpy(dtype=np.float64)).sum()),
        "geometry_sha256": digest_of(shapely.to_wkb(geoms, output_dimension=2)),
        # read back, so that what is hashed is what the database holds
        "attributes_sha256": digest_of_rows(features.attributes_between(conn, layer, first, last)),
    }
