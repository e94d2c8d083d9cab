"""The measuring of a layer shared out over the processes of a Dask cluster, piece by piece, to the same answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.adjacency import adjacency
from geo.area import ellipsoid_m2, planar_m2
from geo.crs import storage_crs
from geo.flat import FlatPolygons
from geo.frontage import frontage
from geo.partition import Piece, bounds_of, pieces
from planning.errors import Fault, Refused

# about a hundred megabytes of coordinates with what is found: several fit in a small worker
PIECE_ROWS: Final = 200_000
_ANY_PORT: Final = "127.0.0.1:0"
STEPS: Final = ("area", "adjacency", "frontage")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What each piece is asked."""

    epsg: int
    tolerance_m: float
    road_distance_m: float
    near_m: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """Tables of own rows, named by their place in the whole layer, and seconds by step."""

    areas: pd.DataFrame
    pairs: pd.DataFrame
    facing: pd.DataFrame
    seconds: dict[str, float]


def measure_piece(
    parcels: FlatPolygons, piece: Piece, roads: NDArray[np.object_], road_rows: NDArray[np.int64], asked: Asked
) -> Found:
    """Measure one piece; runs on a worker. ``parcels`` are the rows of the piece, ``roads`` those near it."""
    clock = [time.perf_counter()]
    plane = planar_m2(parcels)
    ground = ellipsoid_m2(parcels, storage_crs(asked.epsg))
    areas = pd.DataFrame({"id": piece.rows, "area_m2": plane, "area_ellipsoid_m2": ground})[piece.own]
    clock.append(time.perf_counter())
    pairs = adjacency(parcels, tolerance_m=asked.tolerance_m, near_m=asked.near_m)
    # rows rise within a piece, so the first of a pair is the first in the whole layer too: its piece tells of it
    pairs = pairs[piece.own[pairs["left"].to_numpy()]]
    pairs = pairs.assign(left=piece.rows[pairs["left"].to_numpy()], right=piece.rows[pairs["right"].to_numpy()])
    clock.append(time.perf_counter())
    facing = frontage(parcels, roads, distance_m=asked.road_distance_m)
    facing = facing[piece.own[facing["parcel"].to_numpy()]]
    facing = facing.assign(parcel=piece.rows[facing["parcel"].to_numpy()], road=road_rows[facing["road"].to_numpy()])
    clock.append(time.perf_counter())
    return Found(areas, pairs, facing, dict(zip(STEPS, np.diff(clock).tolist(), strict=True)))


def measure(
    parcels: FlatPolygons,
    roads: NDArray[np.object_],
    asked: Asked,
    *,
    cluster: str | None = None,
    piece_rows: int = PIECE_ROWS,
) -> Found:
    """Measure a layer on a cluster: the one at an address, else processes of this machine, ended when it is done.

    Raises
    ------
    Refused
        Dask is not installed, or nobody answers at the address.
    """
    try:
        from dask.distributed import Client, LocalCluster  # noqa: PLC0415 - an extra that few need
    except ImportError as error:
        raise Refused(Fault("dask_missing")) from error
    reach_m = max(asked.tolerance_m, asked.near_m or 0.0, asked.road_distance_m + asked.tolerance_m)
    cut = pieces(bounds_of(parcels), most_rows=piece_rows, reach_m=reach_m)
    with ExitStack() as open_:
        try:
            # on this machine only, its pages for watchers on any free port
            local = None if cluster else open_.enter_context(
                LocalCluster(
                    threads_per_worker=1, host="127.0.0.1", dashboard_address=_ANY_PORT,
                    worker_dashboard_address=_ANY_PORT,
                )
            )  # fmt: skip
            client = open_.enter_context(Client(local or cluster, timeout=20))
        except (OSError, TimeoutError, ValueError) as error:
            raise Refused(Fault("cluster_unreachable", {"address": cluster or ""})) from error
        workers = max(len(client.scheduler_info()["workers"]), 1)
        found = list(_answers(client, workers, _questions(parcels, cut, roads, asked)))
    return Found(
        pd.concat([each.areas for each in found]).sort_values("id", ignore_index=True),
        pd.concat([each.pairs for each in found]).sort_values(["left", "right"], ignore_index=True),
        pd.concat([each.facing for each in found]).sort_values(["parcel", "road"], ignore_index=True),
        # what the workers took, side by side
        {step: sum(each.seconds[step] for each in found) / workers for step in STEPS},
    )


def _questions(
    parcels: FlatPolygons, cut: list[Piece], roads: NDArray[np.object_], asked: Asked
) -> Iterator[tuple[FlatPolygons, Piece, NDArray[np.object_], NDArray[np.int64], Asked]]:
    tree = shapely.STRtree(roads)
    for piece in cut:
        near = np.sort(tree.query(shapely.box(*piece.hull))).astype(np.int64)
        yield parcels.take(piece.rows), piece, roads[near], near, asked


def _answers(client: Any, workers: int, questions: Iterator[Any]) -> Iterator[Found]:
    """Have two pieces a worker on their way, no more: what waits is not copied yet."""
    from dask.distributed import as_completed  # noqa: PLC0415 - an extra that few need

    under_way = as_completed([])
    for question in questions:
        under_way.add(client.submit(measure_piece, *question, pure=False))
        if under_way.count() >= 2 * workers:
            yield next(under_way).result()
    for done in under_way:
        yield done.result()
