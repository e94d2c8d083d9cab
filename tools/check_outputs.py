"""Every form of the sample as the system's own GDAL reads it: ``.venv/bin/python tools/check_outputs.py [FOLDER]``.

Needs Debian's ``gdal-bin`` (GDAL 3.6 or later): a reader of another make and age than the one in the product. For each
form of each layer it compares rows, CRS, codes and names with what was exported, and it ends with 1 when one differs.
The files stay in FOLDER when one is named. Debian's GDAL 3.6 reads no Parquet, which is told.
GDAL has no driver for 界址点 TXT, whose @ lines are counted.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from layers.schema import LAYERS  # noqa: E402 - the folder above is known only now
from planning import exporting, seeding  # noqa: E402 - as above
from planning.actors import Actor  # noqa: E402 - as above
from planning.atlas import Atlas  # noqa: E402 - as above
from planning.errors import Refused  # noqa: E402 - as above

_EPSG: Final = re.compile(r'ID\["EPSG",(\d+)\]\]\s*$', re.MULTILINE)
_COUNT: Final = re.compile(r"^Feature Count: (\d+)", re.MULTILINE)
_ESCAPES: Final = re.compile(r"(?:\\U\+[0-9A-Fa-f]{4})+")
# a drawing has outlines, labels and a line about itself: its rows are no rows of ours
_NO_ROWS: Final = frozenset({"dxf", "dxf-r2010"})
# GDAL reads these as tables: no CRS
_NO_CRS: Final = frozenset({"dxf", "dxf-r2010", "xlsx", "csv"})
# Esri's WKT names no code, but the CRS by name
_NAMED: Final = {4549: "CGCS2000_3_Degree_GK_CM_120E"}


@dataclass(frozen=True)
class Checked:
    """What another reader made of one file."""

    rows: int
    crs: str
    missing: list[str]


def main(arguments: list[str]) -> int:
    """Export every layer in every form and say what GDAL reads."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(arguments[0]) if arguments else Path(scratch) / "files"
        folder.mkdir(parents=True, exist_ok=True)
        actor = Actor("check", "tools")
        db = seeding.create(f"sqlite:///{scratch}/sample.sqlite", sample=True, actor=actor)
        atlas = Atlas(db)
        faults = sum(_check(atlas, layer, form, folder) for layer in LAYERS for form in exporting.FORMS)
        db.close()
    return 1 if faults else 0


def _check(atlas: Atlas, layer: str, form: str, folder: Path) -> int:
    """Export, read and say; 1 when something differs."""
    out = folder / f"{layer}-{form}{exporting.FORMS[form].suffix}"
    try:
        done = exporting.export(atlas, layer=layer, scenario_id=1, form=form, out=out)
    except Refused as refused:
        print(f"{layer:12} {form:17} refused: {refused.faults[0].code}")
        return 0
    # GDAL takes the Chinese of an R2010 drawing for another code page (decision 0123): of a code there are its letters
    lost = r"[^\x00-\x7f]" if form == "dxf-r2010" else r"(?!)"
    keys = ("code",) if form in _NO_ROWS else ("code", "name")
    rows = exporting.rows_of(atlas, layer=layer, scenario_id=1)
    wanted = [re.sub(lost, "", str(row[key])) for row in rows for key in keys if row[key]]
    if form == "geoparquet" and "Parquet" not in _said("--formats"):
        print(f"{layer:12} {form:17} not read: this GDAL has no driver for it")
        return 0
    read = _boundary_text(out, wanted) if form == "txt" else _ogrinfo(out, wanted)
    faults = []
    if form not in _NO_ROWS and read.rows != done.rows:
        faults.append(f"{read.rows} rows")
    if form not in _NO_CRS and read.crs != done.crs:
        faults.append(f"CRS {read.crs or '-'}")
    if read.missing:
        faults.append(f"not found: {read.missing[:3]} and {max(len(read.missing) - 3, 0)} more")
    told = "; ".join(faults) or f"{len(wanted)} codes and names found"
    print(f"{layer:12} {form:17} {done.rows:5} rows {done.crs:10} {'FAULT ' if faults else ''}{told}")
    return int(bool(faults))


def _ogrinfo(out: Path, wanted: list[str]) -> Checked:
    """Read a file with ogrinfo; a zip through GDAL's own file system."""
    source = f"/vsizip/{out}" if out.suffix == ".zip" else str(out)
    if out.name.endswith(".gdb.zip"):
        source += f"/{out.name.partition('-')[0]}.gdb"
    layers = [line.split(": ", 1)[1].partition(" (")[0] for line in _said(source).splitlines()
              if re.match(r"(\d+|Layer): ", line)]  # fmt: skip
    # a style, what a workbook says about itself and the dictionary of a Shapefile are no rows
    layers = [name for name in layers if name not in {"layer_styles", "说明", "fields"}]
    whole = "".join(_said("-al", source, name) for name in layers)
    said = _ESCAPES.sub(lambda found: bytes.fromhex(found[0].replace("\\U+", "")).decode("utf-16-be"), whole)
    epsg = _EPSG.search(said)
    code = int(epsg[1]) if epsg else next((key for key, name in _NAMED.items() if name in said), 0)
    rows = sum(map(int, _COUNT.findall(said)))
    # what a drawing shows has blanks after carets, and a register an apostrophe before a formula
    return Checked(rows, f"EPSG:{code}" if code else "", [word for word in wanted if word not in said])


def _said(*arguments: str) -> str:
    # a sheet of text alone would have its heads taken for a row
    command = ["ogrinfo", "-ro", "--config", "OGR_XLSX_HEADERS", "FORCE", *arguments]
    ran = subprocess.run(command, capture_output=True, check=True)
    return ran.stdout.decode("utf-8", "replace")


def _boundary_text(out: Path, wanted: list[str]) -> Checked:
    said = out.read_bytes().decode("gb18030")
    zone = re.search(r"^坐标系代码=(EPSG:\d+)", said, re.MULTILINE)
    rows = sum(line.endswith("@") for line in said.splitlines())
    return Checked(rows, zone[1] if zone else "", [word for word in wanted if word not in said])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
