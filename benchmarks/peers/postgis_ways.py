"""PostGIS on a server of the benchmark's own: on loopback, with its data in a folder that is removed at the end."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import psycopg
import shapely

from benchmarks.peers import sql
from benchmarks.questions import TOLERANCE_M, Answer, Data, Ways, by_row, pairs

_SETTINGS = {
    "listen_addresses": "127.0.0.1", "shared_buffers": "2GB", "work_mem": "256MB", "maintenance_work_mem": "512MB",
    "max_parallel_workers_per_gather": "2", "min_parallel_table_scan_size": "0", "parallel_setup_cost": "0",
    "parallel_tuple_cost": "0", "jit": "off", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off",
}  # fmt: skip


def versions() -> str:
    postgis = _SERVER.one("SELECT extversion FROM pg_extension WHERE extname = 'postgis'")
    server = _SERVER.one("SHOW server_version").split(" ")[0]
    return f"PostGIS {postgis}, PostgreSQL {server}"


class _Server:
    """Started at the first question, ended with the process."""

    def __init__(self) -> None:
        self._connection: psycopg.Connection[Any] | None = None

    def one(self, words: str) -> str:
        row = self.db.execute(words).fetchone()
        return str(row[0])

    @property
    def db(self) -> psycopg.Connection[Any]:
        if self._connection is None:
            self._connection = self._start()
        return self._connection

    def _start(self) -> psycopg.Connection[Any]:
        programs = max(Path("/usr/lib/postgresql").glob("*/bin"))
        folder = Path(tempfile.mkdtemp(prefix="chantu-bench-postgis-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        # the server refuses to run as root: it then runs as the user that its package made
        user: dict[str, Any] = {}
        if os.geteuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
            user = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}
        data = folder / "data"

        def run(*command: str) -> None:
            subprocess.run([str(programs / command[0]), *command[1:]], check=True, cwd=folder,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)  # fmt: skip

        run(
            "initdb", "--pgdata", str(data), "--auth", "trust", "--username", "bench", "--encoding", "UTF8", "--no-sync"
        )
        options = " ".join(f"-c {name}={value}" for name, value in _SETTINGS.items())
        run("pg_ctl", "--pgdata", str(data), "--wait", "--log", str(folder / "log"), "start", "--options",
            f"-p {port} -c unix_socket_directories={folder} {options}")  # fmt: skip

        def end() -> None:
            run("pg_ctl", "--pgdata", str(data), "--mode", "immediate", "stop")
            shutil.rmtree(folder, ignore_errors=True)

        atexit.register(end)
        connection = psycopg.connect(host="127.0.0.1", port=port, user="bench", dbname="postgres", autocommit=True)
        connection.execute("CREATE EXTENSION postgis")
        return connection


_SERVER = _Server()


def ways(data: Data) -> Ways:
    db = _SERVER.db
    for name, path in (("p", data.parcels), ("r", data.roads), ("d", data.degrees)):
        kind = "geography" if name == "d" else "geometry"
        db.execute(f"CREATE UNLOGGED TABLE {name} (id integer, geom {kind})")
        shapes = gpd.read_parquet(path).geometry
        placed: Any = shapely.set_srid(np.asarray(shapes.array, dtype=object), 4326 if name == "d" else 0)
        hexes: Any = shapely.to_wkb(placed, hex=True, include_srid=True)
        with db.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            for row, text in enumerate(hexes):
                copy.write_row((row, text))
    db.execute("ALTER TABLE p ADD edge geometry")
    db.execute("UPDATE p SET edge = ST_Boundary(geom)")
    db.execute("CREATE INDEX ON p USING gist (geom)")
    for name in "prd":
        db.execute(f"VACUUM ANALYZE {name}")

    def in_pairs(words: str) -> Answer:
        left, right, length = zip(*db.execute(words).fetchall(), strict=True)
        return pairs(left, right, length)

    def in_rows(words: str) -> Answer:
        row, value = zip(*db.execute(words).fetchall(), strict=True)
        return by_row(row, value)

    near = f"ST_DWithin(a.geom, b.geom, {TOLERANCE_M})"
    front = sql.frontage(
        join="ST_Intersects(a.geom, w.reach)", cover="ST_Intersects(n.line, b.geom)",
        buffer=f"ST_Buffer(geom, {sql.REACH}, 'endcap=flat')", union="ST_Union(b.geom)",
    )  # fmt: skip
    return {
        "exact": lambda: in_pairs(sql.exact(join="a.geom && b.geom")),
        "tolerant": lambda: in_pairs(
            sql.tolerant(join=near, buffer=f"ST_Buffer(b.geom, {TOLERANCE_M}, 'quad_segs=2')")
        ),
        "frontage": lambda: in_rows(front),
        "area": lambda: in_rows("SELECT id, ST_Area(geom) FROM d"),
    }
