"""The questions in SQL, in words that DuckDB, SedonaDB and PostGIS share; each says how it joins by box or distance.

Frontage is the boundary within reach of a road less what lies along another parcel: hidden by none but neighbours.
"""

from __future__ import annotations

from benchmarks.questions import DISTANCE_M, TOLERANCE_M


def exact(*, join: str) -> str:
    return f"""
        SELECT l, r, len FROM (
            SELECT a.id AS l, b.id AS r, ST_Length(ST_Intersection(a.edge, b.edge)) AS len
            FROM p a JOIN p b ON {join} WHERE a.id < b.id) AS found
        WHERE len > 0"""  # noqa: S608 - our own words


def tolerant(*, join: str, buffer: str) -> str:
    return f"""
        SELECT l, r, len - {2 * TOLERANCE_M} AS len FROM (
            SELECT a.id AS l, b.id AS r, ST_Length(ST_Intersection(a.edge, {buffer})) AS len
            FROM p a JOIN p b ON {join} WHERE a.id < b.id) AS found
        WHERE len > {4 * TOLERANCE_M}"""  # noqa: S608 - our own words


def frontage(*, join: str, buffer: str, cover: str, union: str) -> str:
    """``join`` of parcel a with road w, ``buffer`` of a road, ``cover`` of near boundary n by b, ``union`` of all b."""
    return f"""
        WITH near AS (
            SELECT a.id AS id, w.id AS road, ST_Intersection(a.edge, w.reach) AS line
            FROM p a JOIN (SELECT id, {buffer} AS reach FROM r) w ON {join}),
        covered AS (
            SELECT n.id AS id, n.road AS road, {union} AS cover
            FROM near n JOIN p b ON {cover} WHERE n.id <> b.id GROUP BY n.id, n.road)
        SELECT n.id AS id, SUM(CASE WHEN c.cover IS NULL THEN ST_Length(n.line)
            ELSE ST_Length(ST_Difference(n.line, ST_Buffer(c.cover, {TOLERANCE_M}))) END) AS len
        FROM near n LEFT JOIN covered c ON n.id = c.id AND n.road = c.road GROUP BY n.id"""  # noqa: S608 - our own words


REACH = DISTANCE_M
