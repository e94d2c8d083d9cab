"""How much processor time a briefing takes, warm, on the sample and on a city thirty times as large.

``python -m benchmarks.briefing [--out DIR]`` writes ``briefing.md``: medians of five (an atlas: of three), and the
memory of the process. Where a Python with QGIS is found (``CHANTU_QGIS_PYTHON``, or the system's), its print layout
draws the same layers, for the time that a map with a legend alone takes there.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from briefing import faces, rendering
from briefing.atlas import choosing
from briefing.rendering import Order
from briefing.snapshot import Shapes, Snapshot, packed, unpacked
from briefing.templates.catalogue import TEMPLATES
from planning import briefings, seeding
from planning.actors import Actor
from planning.atlas import Atlas

RUNS: Final = 5
COPIES: Final = 30
PARCEL_PAGES: Final = 12
_TONES: Final = ("#e2ecd9", "#eceae4", "#cfe4f1", "#f3e9a9", "#a6aeb8", "#0b4f8a")
_BENEATH: Final = ("landscape", "towns", "constraints", "roads", "facilities", "power", "parks", "parcels")
_LABELLED: Final = ("parks", "roads", "towns")


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results"))
    out = parser.parse_args().out
    with tempfile.TemporaryDirectory() as folder:
        db = seeding.create(f"sqlite:///{folder}/s.sqlite", sample=True, actor=Actor("bench", "bench"))
        atlas = Atlas(db)
        small, base = briefings.freeze(atlas, 2), briefings.freeze(atlas, 1)
        lines = ["# Briefings: processor time, warm", "", "| act | parcels | CPU s, median |", "|---|---|---|"]
        lines.append(_line("freeze a snapshot", small, lambda: briefings.freeze(atlas, 2)))
        db.close()
    lines.append(_line("keep it and read it again", small, lambda: unpacked(packed(small))))
    for key, template in TEMPLATES.items():
        other = small if template.takes_other else None
        lines.append(_line(f"{template.zh} PNG 3840×2160", small, _png(small, key, other)))
    lines.append(_line("总览 PDF", small, lambda: rendering.pdf(small, Order())))
    large = grown(small)
    lines.append(_line("总览 PNG 3840×2160", large, _png(large, "overview", None)))
    for one in (small, large):
        lines.append(_line("deck PPTX", one, partial(rendering.deck, one, Order(), base)))
        lines.append(_line("report PDF", one, partial(rendering.report, one, Order(), base)))
        lines.append(_line("A3 sheet PDF", one, partial(rendering.a3, one, Order(size=rendering.A3))))
        lines += _atlas(one)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    lines += ["", f"Peak memory of the process, all of the above: {peak:.0f} MB.", ""]
    lines += [*_beside_qgis((small, large)), ""]
    out.mkdir(parents=True, exist_ok=True)
    (out / "briefing.md").write_text("\n".join(lines), "utf-8")
    print("\n".join(lines))


def grown(one: Snapshot) -> Snapshot:
    """Cut each parcel into thirty strips: the same city with so many more parcels."""
    shares = np.arange(COPIES)
    west, south, east, north = shapely.bounds(one.parcels.geoms).T
    step = (east - west) / COPIES
    strips = shapely.box(
        west[:, None] + shares * step[:, None], south[:, None], west[:, None] + (shares + 1) * step[:, None],
        north[:, None],
    )  # fmt: skip
    pieces = shapely.intersection(one.parcels.geoms[:, None], strips).ravel()
    some = np.flatnonzero(shapely.area(pieces) > 1.0)
    row = some // COPIES
    columns = {name: tuple(values[at] for at in row) for name, values in one.parcels.columns.items()}
    return replace(
        one, stage=one.stage[row], cluster=one.cluster[row],
        land_use=None if one.land_use is None else one.land_use[row],
        parcels=Shapes(pieces[some], columns),
        centi_m2=np.round(shapely.area(pieces[some]) * 100).astype(np.int64),
        conflicts=replace(one.conflicts, row=np.searchsorted(row, one.conflicts.row)),
    )  # fmt: skip


def _atlas(one: Snapshot) -> list[str]:
    """Pages of parks and of parcels, for each page: a whole atlas by the number of its pages."""
    codes = sorted(set(one.parcels.columns["code"]))[::20][:PARCEL_PAGES]
    out = []
    for what, chosen in (("park", choosing.parks(one)), ("parcel", choosing.found(one, codes)[0])):
        act = f"atlas PDF, {len(chosen)} pages, of each {what}"
        out.append(_line(act, one, partial(rendering.atlas, one, Order(), chosen), runs=3, by=len(chosen)))
    return out


def _beside_qgis(cities: tuple[Snapshot, ...]) -> list[str]:
    """A table of QGIS's print layout beside ours, or why there is none."""
    python = os.environ.get("CHANTU_QGIS_PYTHON", "/usr/bin/python3")
    lines: list[str] = []
    for one in cities:
        with tempfile.TemporaryDirectory() as folder:
            _packed(one, Path(folder))
            done = subprocess.run(
                [python, Path(__file__).with_name("qgis_layout.py"), f"{folder}/city.gpkg", f"{folder}/style.json",
                 folder],
                capture_output=True, text=True, check=False,
            )  # fmt: skip
        if done.returncode != 0:
            return [f"QGIS was not measured: {(done.stderr.strip().splitlines() or ['?'])[-1]}"]
        told = json.loads(done.stdout)
        if not lines:
            lines = [
                f"Beside the print layout of QGIS {told['version']}, warm, on the same layers: its page is a map with",
                "labels, a legend, a scale bar and a title; ours has the figures, the bars and the conflicts too.",
                "", "| page | parcels | ours CPU s | QGIS CPU s | ratio |", "|---|---|---|---|---|",
            ]  # fmt: skip
        for name, ours, theirs in (
            ("PNG 3840×2160", _png(one, "overview", None), told["picture"]),
            ("A3 PDF", partial(rendering.a3, one, Order(size=rendering.A3)), told["page"]),
        ):
            taken = _taken(ours)
            lines.append(f"| {name} | {len(one.centi_m2):,} | {taken:.2f} | {theirs:.2f} | {theirs / taken:.1f} × |")
    return lines


def _packed(one: Snapshot, folder: Path) -> None:
    """Write the layers of a snapshot that have rows, and how each looks: parcels by cluster, the others in one tone."""
    colours = {each.code: each.color for each in one.clusters}
    layers: dict[str, dict[str, object]] = {}
    extent: NDArray[np.float64] = shapely.bounds(shapely.box(*shapely.total_bounds(one.parcels.geoms)))
    drawn = {**one.layers, "parcels": one.parcels}
    for name, shapes in ((name, drawn[name]) for name in _BENEATH if name in drawn):
        if not len(shapes.geoms):
            continue
        frame = gpd.GeoDataFrame(
            {key: list(values) for key, values in shapes.columns.items()}, geometry=shapes.geoms, crs=one.epsg
        )
        layers[name] = {"colour": _TONES[len(layers) % len(_TONES)], "label": "name" if name in _LABELLED else ""}
        if name == "parcels":
            codes = np.array([*colours, ""])[np.minimum(one.cluster, len(colours))]
            frame["cluster"] = codes
            layers[name] = {"by": "cluster", "colours": {**colours, "": "#fdfdfb"}}
        frame.to_file(folder / "city.gpkg", layer=name, engine="pyogrio")
    style = {
        "epsg": one.epsg,
        "extent": extent.tolist(),
        "layers": layers,
        "font": str(faces.FOLDER / "ChantuSansSC-Regular.ttf"),
    }
    (folder / "style.json").write_text(json.dumps(style), "utf-8")


def _png(one: Snapshot, key: str, other: Snapshot | None) -> Callable[[], object]:
    return lambda: rendering.png(one, Order(key), other)


def _line(act: str, one: Snapshot, work: Callable[[], object], *, runs: int = RUNS, by: int = 1) -> str:
    return f"| {act} | {len(one.centi_m2):,} | {_taken(work, runs=runs) / by:.2f} |"


def _taken(work: Callable[[], object], *, runs: int = RUNS) -> float:
    work()
    taken = []
    for _ in range(runs):
        start = time.process_time()
        work()
        taken.append(time.process_time() - start)
    return statistics.median(taken)


if __name__ == "__main__":
    main()
