"""What stands on a slide, in words and figures, before anything is drawn: the title first, then what bears it out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from briefing.looks import Theme
from briefing.snapshot import Snapshot
from layers.figures import Figure
from layers.style import Line

Mark = Literal["area", "line", "hatch"]
Align = Literal["left", "right"]


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure that is read within a second; ``alert`` sets it in red."""

    label: str
    figure: Figure
    alert: bool = False


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of the chart that is the legend, too: swatch, name, bar, value, count."""

    label: str
    color: str
    part: float  # of the longest bar, 0 … 1
    value: str
    count: str
    glyph: str = ""
    outlined: bool = False


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars under one head; what stands at the right says the unit."""

    head: str
    unit: str
    rows: tuple[Bar, ...]
    total: tuple[str, str, str] = ("", "", "")  # label, value, count
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """A sign of the map and what it means."""

    label: str
    mark: Mark
    fill: str = ""
    line: Line | None = None
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Signs:
    """Signs under one head, in two columns."""

    head: str
    items: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its head, its part of the width, and where its cells stand."""

    head: str
    part: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under one head; ``total`` is a last row in bold."""

    head: str
    unit: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    total: tuple[str, ...] = ()
    rest: int = 0  # rows that there are besides
    measure: str = "宗"

    @property
    def note(self) -> str:
        """What says that the list goes on."""
        return f"另有 {self.rest:,} {self.measure}未列出" if self.rest else ""

    def shorter(self) -> Table:
        """The table without its last row."""
        return replace(self, rows=self.rows[:-1], rest=self.rest + 1)


@dataclass(frozen=True, slots=True)
class Callout:
    """What is to be done: one red box, or a calm one when nothing is wrong."""

    lead: str
    body: str
    alert: bool = True


@dataclass(frozen=True, slots=True)
class Picture:
    """What the map shows: its colours, the part of the ground, and what is brought out."""

    theme: Theme = "cluster"
    bounds: tuple[float, float, float, float] | None = None  # west, south, east, north; None for all parks
    enlarged: tuple[str, ...] = ()  # names of parks to show enlarged, the most important first
    conflicts: bool = True
    projects: bool = False  # roads under way and planned come first, facilities are shown
    codes: bool = False  # parcels are labelled
    locator: bool = False
    marked: tuple[int, ...] = ()  # rows of parcels to bring out
    figures: tuple[tuple[str, str], ...] = ()  # park, what stands below its name
    alerts: tuple[tuple[str, str], ...] = ()  # park, what is wrong there, in red
    unnamed: tuple[str, ...] = ()  # parks whose name the title says already
    frames: tuple[tuple[str, tuple[float, float, float, float], bool], ...] = ()  # pages: number, ground, drawn?


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide; the words are final, the picture is still to be drawn."""

    title: str
    subtitle: str
    kpis: tuple[Kpi, ...]
    pieces: tuple[Bars | Signs | Table, ...]
    callout: Callout
    picture: Picture
    second: Picture | None = None  # beside the first, of another scenario
    captions: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Subject:
    """What a template is about besides the snapshot: one park, or the scenario to compare with."""

    park: str = ""
    other: Snapshot | None = None


@dataclass(frozen=True, slots=True)
class Imprint:
    """What an office prints at the foot: who made it, where the data is from, who may read it."""

    office: str = ""
    source: str = "土地储备台账、产业园区与管控要素"
    secrecy: str = "内部资料 注意保管"
    extra: tuple[str, ...] = field(default=())
    review_number: str = ""  # 审图号
    watermark: str = ""  # who and when, across the page
    georeferenced: bool = True  # a sheet says where it lies
