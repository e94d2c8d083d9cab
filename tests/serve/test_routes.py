"""What each route answers, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from pyproj import Geod, Transformer

from geo.tiling import unit_square
from layers.draw.desk import compiled
from layers.draw.rows import decode_rows, encode_rows
from planning.atlas import Atlas
from serve.catalogue import catalogue
from tests.serve.asking import Asker
from tests.serve.conftest import HOSTILE

TO_LONLAT = Transformer.from_crs(4549, 4490, always_xy=True)


def middle_tile(atlas: Atlas, z: int) -> str:
    b = atlas.parcels().tiles.bounds_lonlat
    assert b is not None
    at = unit_square(np.array([(b.west + b.east) / 2]), np.array([(b.south + b.north) / 2]))[0] * 2**z
    return f"{z}/{int(at[0])}/{int(at[1])}"


def ring(west: float, south: float, east: float, north: float) -> list[list[float]]:
    corners = [(west, south), (east, south), (east, north), (west, north)]
    return [list(TO_LONLAT.transform(500_000 + x, 3_240_000 + y)) for x, y in corners]


def rows_of(answer: dict[str, Any], atlas: Atlas) -> list[int]:
    rows: list[int] = decode_rows(answer["rows"], count=len(atlas.parcels().ids)).tolist()
    return rows


def test_health_says_what_it_serves(client: Asker) -> None:
    answer = client.get("/health").json()
    assert (answer["status"], answer["parcels"]) == ("ok", 120)


def test_a_tile_holds_several_layers_under_their_names(client: Asker, atlas: Atlas) -> None:
    names = ("parks", "roads", "landscape")
    revisions = "+".join(str(atlas.layer(name).revision) for name in names)
    answer = client.get(f"/tiles/{'+'.join(names)}/{revisions}/{middle_tile(atlas, 14)}.pbf")
    assert answer.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-encoding"] == "gzip"
    assert set(mapbox_vector_tile.decode(answer.content)) == set(names)


def test_a_tile_is_the_same_packed_or_plain_and_from_memory(client: Asker, atlas: Atlas) -> None:
    address = f"/tiles/parcels/{atlas.parcels().revision}/{middle_tile(atlas, 15)}.pbf"
    first, again = client.get(address), client.get(address)
    plain = client.get(address, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert first.content == again.content == plain.raw
    assert len(mapbox_vector_tile.decode(plain.content)["parcels"]["features"]) > 50


def test_conflicts_are_cut_to_what_lies_on_the_constraint(client: Asker, atlas: Atlas) -> None:
    revision = f"{atlas.parcels().revision}-{atlas.layer('constraints').revision}"
    answer = client.get(f"/tiles/conflicts/{revision}/{middle_tile(atlas, 14)}.pbf")
    shown = {feature["id"] for feature in mapbox_vector_tile.decode(answer.content)["conflicts"]["features"]}
    assert shown
    assert shown < set(range(120))


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/tiles/parcels/{r}/14/0/0.pbf", 204),
        ("/tiles/parcels/999/14/0/0.pbf", 410),
        ("/tiles/secrets/{r}/14/0/0.pbf", 404),
        ("/tiles/parcels+parcels/{r}+{r}/14/0/0.pbf", 404),
        ("/tiles/parcels/{r}/3/8/0.pbf", 404),
        ("/tiles/parcels/{r}/40/0/0.pbf", 404),
        ("/tiles/parcels/{r}/x/0/0.pbf", 404),
        ("/labels/parcels/{r}.json", 404),
        ("/labels/secrets/{r}.json", 404),
        ("/labels/parks/999.json", 410),
        ("/state/2/999-{r}-{f}.bin", 410),
        ("/state/77/1-{r}-{f}.bin", 404),
        ("/state/2/1-999-{f}.bin", 410),
        ("/areas/999.bin", 410),
        ("/names?rows=AA==&revision=999", 410),
        ("/names?rows=%%%&revision={r}", 400),
        ("/assets/0123456789abcdef/desk/main.js", 410),
        ("/fm/0123.js", 410),
    ],
)
def test_what_is_not_there_is_said_to_be_not_there(client: Asker, atlas: Atlas, address: str, status: int) -> None:
    parcels = atlas.parcels()
    assert client.get(address.format(r=parcels.revision, f=parcels.fields_revision)).status == status


def test_the_colours_are_those_of_the_snapshot(client: Asker, atlas: Atlas) -> None:
    state, parcels = atlas.scenario(2), atlas.parcels()
    answer = client.get(f"/state/2/{state.revision}-{parcels.revision}-{parcels.fields_revision}.bin")
    cluster, stage, flags, area = np.frombuffer(answer.content, np.uint8).reshape(4, -1)
    assert (cluster == state.cluster).all()
    assert (stage == parcels.stage).all()
    assert not flags.any()
    assert len(set(area.tolist())) >= 3
    areas = np.frombuffer(client.get(f"/areas/{parcels.revision}.bin").content, "<u4")
    assert (areas == parcels.centi_m2).all()


def test_names_are_given_as_they_are(client: Asker, atlas: Atlas) -> None:
    revision = atlas.parcels().revision
    rows = encode_rows(np.arange(6))
    told = client.get("/names", rows=rows, revision=revision).json()["names"]
    assert [name for _, _, name in told] == ["苏溪甲", *HOSTILE]
    assert [code for _, code, _ in told] == [f"DK-{at:05}" for at in range(6)]
    many = encode_rows(np.arange(120))
    assert len(client.get("/names", rows=many, revision=revision).json()["names"]) == 120


def test_labels_are_plain_values(client: Asker, atlas: Atlas) -> None:
    answer = client.get(f"/labels/roads/{atlas.layer('roads').revision}.json")
    assert answer.headers["content-type"] == "application/json"
    sheet = answer.json()
    assert (sheet["classes"], sheet["grades"]) == ([0, 2], [2, 4])
    assert [label[3] for label in sheet["labels"]] == ["苏溪甲", HOSTILE[0]]


@pytest.mark.parametrize("predicate", ["within", "majority", "touches"])
def test_a_drawn_ring_takes_parcels_by_its_predicate(client: Asker, atlas: Atlas, predicate: str) -> None:
    parcels = atlas.parcels()
    box = shapely.box(500_000 + 30, 3_240_000 + 30, 500_000 + 370, 3_240_000 + 330)
    share = shapely.area(shapely.intersection(parcels.geoms, box)) / shapely.area(parcels.geoms)
    expected = {"within": share > 1 - 1e-9, "majority": share > 0.5, "touches": share > 0}[predicate]
    body = {"shape": ring(30, 30, 370, 330), "predicate": predicate, "revision": parcels.revision}
    answer = client.post("/select", body).json()
    assert rows_of(answer, atlas) == np.flatnonzero(expected).tolist()
    assert answer["count"] == expected.sum() > 0
    assert float(answer["mu"]) == pytest.approx(parcels.centi_m2[expected].sum() / 100 * 0.0015, abs=1e-4)


def test_neighbours_leave_the_asked_ones_out(client: Asker, atlas: Atlas) -> None:
    body = {"rows": encode_rows(np.array([13])), "revision": atlas.parcels().revision}
    rows = set(rows_of(client.post("/neighbours", body).json(), atlas))
    assert {1, 12, 14, 25} <= rows <= {0, 1, 2, 12, 14, 24, 25, 26}


def test_an_extent_is_in_degrees(client: Asker, atlas: Atlas) -> None:
    body = {"rows": encode_rows(np.array([0])), "revision": atlas.parcels().revision}
    west, south, east, north = client.post("/extent", body).json()["bounds"]
    lon, lat = TO_LONLAT.transform(500_040, 3_240_040)
    assert west < lon < east
    assert south < lat < north


def test_search_finds_by_code_and_by_hostile_name(client: Asker) -> None:
    found = client.get("/search", q="DK-00017").json()["found"]
    assert (found[0]["layer"], found[0]["row"], found[0]["code"]) == ("parcels", 17, "DK-00017")
    assert len(found[0]["bounds"]) == 4
    hostile = client.get("/search", q=HOSTILE[0])
    assert hostile.headers["content-type"] == "application/json"
    assert hostile.json()["found"][0]["name"] == HOSTILE[0]
    assert client.get("/search", q="").json() == {"found": []}


def test_lengths_and_areas_are_measured_on_both_surfaces(client: Asker) -> None:
    points = ring(0, 0, 1000, 500)
    area = client.post("/measure", {"kind": "area", "points": points}).json()
    assert area["plane"] == pytest.approx(500_000, abs=0.01)
    geod = Geod(ellps="GRS80")
    true_area, _ = geod.polygon_area_perimeter(*np.array(points).T)
    assert area["ellipsoid"] == pytest.approx(abs(true_area), rel=1e-6)
    length = client.post("/measure", {"kind": "length", "points": points[:3]}).json()
    assert length["plane"] == pytest.approx(1500, abs=1e-3)
    assert length["ellipsoid"] == pytest.approx(geod.line_length(*np.array(points[:3]).T), abs=1e-3)


SQUARE = [[120.0, 29.0], [120.1, 29.0], [120.1, 29.1]]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "nonsense",
        "{" * 100_000,
        '{"kind": "area", "points": [[NaN, 29], [120.1, 29], [120.1, 29.1]]}',
        '{"kind": "area", "points": [[1e999, 29], [120.1, 29], [120.1, 29.1]]}',
        '{"kind": "area", "points": [[120, 29], [120.1, 29]]}',
        '{"kind": "area", "points": [[120, 29, 5], [120.1, 29], [120.1, 29.1]]}',
        '{"kind": "area", "points": [["120", 29], [120.1, 29], [120.1, 29.1]]}',
        '{"kind": "area", "points": [[true, 29], [120.1, 29], [120.1, 29.1]]}',
        '{"kind": "area", "points": [[120, 91], [120.1, 29], [120.1, 29.1]]}',
        '{"kind": "area", "points": {"0": 1}}',
        json.dumps({"kind": "volume", "points": SQUARE}),
        json.dumps({"points": SQUARE}),
        json.dumps({"kind": "area", "points": [[120.0, 29.0]] * 5_001}),
        json.dumps({"kind": "area", "points": [[10**400, 29], *SQUARE]}),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_with_a_code(client: Asker, body: str) -> None:
    answer = client.post("/measure", body)
    assert answer.status == 400
    assert set(answer.json()) == {"refused"}


def test_a_body_of_another_kind_or_too_long_is_refused(client: Asker) -> None:
    assert client.post("/measure", "{}", content_type="text/plain").status == 415
    long = b'{"a": "' + b"x" * 1_100_000 + b'"}'
    assert client.post("/measure", long).status == 413


def test_rows_that_are_not_there_are_refused(client: Asker, atlas: Atlas) -> None:
    body = {"rows": encode_rows(np.array([120])), "revision": atlas.parcels().revision}
    assert client.post("/neighbours", body).json() == {"refused": "rows"}
    stale = {"rows": encode_rows(np.array([1])), "revision": -1}
    assert client.post("/neighbours", stale).status == 410


def test_assets_are_what_the_page_needs_and_nothing_else(client: Asker) -> None:
    held = catalogue()
    wanted = {"desk/main.js": "text/javascript", "leaflet/leaflet.js": "text/javascript", "desk/desk.css": "text/css"}
    for path, media_type in wanted.items():
        answer = client.get(held.url(path))
        assert answer.headers["content-type"].startswith(media_type)
        assert "immutable" in answer.headers["cache-control"]
    assert client.get(f"/assets/{held.sha}/../app.py").status == 404
    assert client.get(f"/assets/{held.sha}/desk/missing.js").status == 404
    script = client.get(f"/fm/{compiled().sha}.js")
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.text == compiled().script
