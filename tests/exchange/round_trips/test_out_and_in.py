"""What the product writes it reads back: shapes to the precision of the form, values but for what the form lacks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings

from exchange import reading
from exchange.columns import map_columns
from exchange.writing.forms import FORMS
from layers.schema import LAYERS
from tests.exchange.round_trips import land

ONE_LINE: Final = re.compile(r"\s+")
TXT_MARKS: Final = str.maketrans({",": "，", "@": "＠", "[": "【", "]": "】"})


def same(value: Any) -> Any:
    return value


def one_line(value: Any) -> Any:
    return ONE_LINE.sub(" ", value) if isinstance(value, str) else value


def txt_safe(value: Any) -> Any:
    return one_line(value).translate(TXT_MARKS) if isinstance(value, str) else value


@dataclass(frozen=True)
class Form:
    """What a form keeps: corners to how many metres, which columns, and how values are changed."""

    precision_m: float
    keys: frozenset[str] = frozenset(column.key for column in land.COLUMNS)
    text: Callable[[Any], Any] = same
    # columns that source files had come back under another name
    renamed: dict[str, str] = field(default_factory=dict)
    # what the format itself says of a row, as columns
    made: frozenset[str] = frozenset()
    ordered: bool = True
    epsg: int = 4549


TXT_SAYS: Final = frozenset({"地块面积", "地块用途", "记录图形属性", "界址点数"})
DXF_SAYS: Final = frozenset({"layer", "handle", "type", "color", "text"})
SHORT: Final = {"颜色": "YS", "层数": "CS", "地价": "DJ", "已供": "YG"}
# the table in docs/formats/README.md says the same; 0 is to the last bit
KEPT: Final = {
    # twelve decimals of a degree are 0.1 µm; the rest is the projection there and back
    "geojson": Form(1e-6, epsg=4326),
    "geojson-cgcs2000": Form(0.0),
    "gpkg": Form(0.0),
    "shp": Form(0.0, renamed=SHORT),
    # a grid of 0.1 mm
    "gdb": Form(0.000_1),
    # 1 mm in either direction
    "txt": Form(0.000_75, frozenset({"code", "name", "land_use"}), txt_safe, made=TXT_SAYS, epsg=4528),
    "dxf": Form(0.0, frozenset({"code", "name", "cluster"}), one_line, made=DXF_SAYS),
    "dxf-r2010": Form(0.0, frozenset({"code", "name", "cluster"}), one_line, made=DXF_SAYS),
    # ten decimals of a degree
    "kml": Form(0.000_02, made=frozenset({"description", "placemark_name"}), epsg=4326),
    "geoparquet": Form(0.0),
    "fgb": Form(0.0, ordered=False),
}
TABLES: Final = {"xlsx", "csv"}
# a truth value of a column of a source file, as forms without one give it back
TRUE: Final = (True, 1, "1")


def test_every_form_that_holds_shapes_is_tried():
    assert {*KEPT, *TABLES} == set(FORMS)


@pytest.mark.parametrize("name", KEPT)
@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(drawn=land.lands())
def test_out_and_in_again(process, name, drawn):
    form = KEPT[name]
    with TemporaryDirectory() as folder:
        out = Path(folder) / f"p{FORMS[name].suffix}"
        FORMS[name].write(drawn.outgoing(), out, epsg=form.epsg, lang="zh")
        crs = "EPSG:4549" if name.startswith("dxf") else None
        with reading.secured(out, out.name) as original:
            found = reading.read(original, shapes=("polygon",), storage_epsg=4549, process=process, crs=crs)
    assert found.items == ()
    mapped = map_columns(found.table, LAYERS["parcels"], None)
    codes = mapped.frame["code"].tolist()
    sent = [form.text(code) for code in drawn.values["code"]]
    assert sorted(codes) == sorted(sent)
    # rows are known by their codes where the form has an order of its own
    order = [codes.index(code) for code in sent]
    assert order == sorted(order) or not form.ordered
    assert land.farthest_m(drawn.geoms, found.geoms[order]) <= form.precision_m
    for column in land.COLUMNS:
        if column.key in form.keys:
            called = form.renamed.get(column.key, column.key)
            back = mapped.frame.get(called, mapped.extra.get(called))
            # a column without a value need not come back
            values = [None] * len(order) if back is None else back.iloc[order].tolist()
            # a form of one line may keep several blanks or make them one
            came = [form.text(each) for each in _plain(values, column.kind)]
            assert came == [form.text(each) for each in drawn.values[column.key]], column.key
    assert set(mapped.extra.columns) <= {*(form.renamed.get(key, key) for key in form.keys), *form.made}
    assert "sample_mark_in_file" not in [note.code for note in found.notes]


def _plain(values: list[Any], kind: str) -> list[Any]:
    """Values with nothing as None; truth values and whole numbers as what they are."""
    held = [None if value is None or value != value else value for value in values]  # noqa: PLR0124 - only NaN is not itself
    if kind == "boolean":
        return [None if value is None else value in TRUE for value in held]
    return [float(value) if kind == "number" and value is not None else value for value in held]
