"""A sheet of paper: shapes and text at places in points from its top left corner, saved as PNG or as vector PDF.

matplotlib's Figure is used without pyplot. What is drawn later lies above. Settings of matplotlib are the process's, so
that one sheet at a time is painted; whoever calls from several threads keeps them apart (``briefing.rendering`` does).
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_pdf import PdfPages
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.patheffects import Stroke
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Bbox, TransformedBbox
from numpy.typing import ArrayLike, NDArray
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from layers.draw.paper.placing import Box
from layers.draw.paper.type import MIDDLE_EM, Faces, Weight

Align = Literal["left", "center", "right"]
POINTS_PER_INCH: Final = 72.0
# 3 is half the time of 6 and a twentieth larger
_PNG_LEVEL: Final = 3
# text stays text: TrueType outlines go into the PDF as they are
_SETTINGS: Final[Any] = {
    "pdf.fonttype": 42,
    "pdf.compression": 6,
    "path.simplify": False,
    "agg.path.chunksize": 0,
    "text.hinting": "none",
    "text.antialiased": True,
    "axes.unicode_minus": False,
}


# what a Chinese character takes above the baseline, and the whole of its height, in ems
_ABOVE_EM: Final = 0.88


@dataclass(frozen=True, slots=True)
class Written:
    """One line of text as it was set: what it says, and the box in points that it takes."""

    text: str
    size: float
    box: Box


class Book:
    """Sheets as the pages of one vector PDF: type is embedded once, whatever the number of pages; no hour is told."""

    def __init__(self, told: Mapping[str, str | None]) -> None:
        self._out = io.BytesIO()
        with rc_context(_SETTINGS):
            self._pages = PdfPages(self._out, metadata={"CreationDate": None, "Producer": None, **told})

    def add(self, sheet: Sheet) -> None:
        """Paint the next page; the sheet is not needed after."""
        sheet.onto(self._pages)

    def pdf(self) -> bytes:
        """The file; nothing is added after."""
        with rc_context(_SETTINGS):
            self._pages.close()
        return self._out.getvalue()


class Sheet:
    """A blank sheet of so many points; y runs down."""

    def __init__(self, width_pt: float, height_pt: float, faces: Faces, *, ground: str = "#FFFFFF") -> None:
        self.width_pt, self.height_pt, self.faces = width_pt, height_pt, faces
        self.written: list[Written] = []
        self._figure = Figure(
            figsize=(width_pt / POINTS_PER_INCH, height_pt / POINTS_PER_INCH), dpi=POINTS_PER_INCH, facecolor=ground
        )
        flip = Affine2D().scale(1.0, -1.0).translate(0.0, height_pt).scale(1.0 / POINTS_PER_INCH)
        self._place = flip + self._figure.dpi_scale_trans
        self._depth = 0
        self._clip: TransformedBbox | None = None

    @property
    def texts(self) -> list[str]:
        """Every line that was set."""
        return [one.text for one in self.written]

    @contextmanager
    def within(self, x: float, y: float, width: float, height: float) -> Iterator[None]:
        """Cut all that is drawn inside the block to a rectangle."""
        before = self._clip
        self._clip = TransformedBbox(Bbox([(x, y), (x + width, y + height)]), self._place)
        try:
            yield
        finally:
            self._clip = before

    def path(
        self,
        path: Path,
        *,
        fill: str | None = None,
        line: str | None = None,
        width: float = 0.0,
        dash: Sequence[float] = (),
        opacity: float = 1.0,
        round_caps: bool = False,
    ) -> None:
        """Fill or stroke a path whose places are points of the sheet; width and dashes are points, too."""
        if not np.shape(path.vertices)[0]:
            return
        patch = PathPatch(
            path,
            facecolor=fill if fill is not None else "none",
            edgecolor=line if line is not None else "none",
            linewidth=width if line is not None else 0.0,
            alpha=opacity if opacity < 1.0 else None,
            capstyle="round" if round_caps else "butt",
            joinstyle="round" if round_caps else "miter",
            transform=self._place,
        )
        if dash and line is not None:
            # matplotlib multiplies dashes by the width of the line
            patch.set_linestyle((0.0, [length / width for length in dash]))
        self._add(patch)

    def rect(
        self, x: float, y: float, width: float, height: float, *, fill: str | None = None, line: str | None = None,
        line_width: float = 0.5, opacity: float = 1.0, dash: Sequence[float] = (),
    ) -> None:  # fmt: skip
        """Draw a rectangle."""
        corners = [(x, y), (x + width, y), (x + width, y + height), (x, y + height), (x, y)]
        codes = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
        self.path(Path(corners, codes), fill=fill, line=line, width=line_width, opacity=opacity, dash=dash)

    def polygon(
        self, points: ArrayLike, *, fill: str | None = None, line: str | None = None, width: float = 0.5
    ) -> None:
        """Draw a polygon through points (n, 2), the first again at its end."""
        places = np.asarray(points, dtype=np.float64)
        codes = np.full(len(places), Path.LINETO, dtype=Path.code_type)
        codes[0], codes[-1] = Path.MOVETO, Path.CLOSEPOLY
        self.path(Path(places, codes), fill=fill, line=line, width=width)

    def line(
        self, points: ArrayLike, color: str, *, width: float = 0.5, dash: Sequence[float] = (), round_caps: bool = False
    ) -> None:
        """Draw a line through points (n, 2)."""
        places = np.asarray(points, dtype=np.float64)
        codes = np.full(len(places), Path.LINETO, dtype=Path.code_type)
        codes[0] = Path.MOVETO
        self.path(Path(places, codes), line=color, width=width, dash=dash, round_caps=round_caps)

    def text(
        self, x: float, y: float, text: str, size: float, *, weight: Weight = "regular", color: str = "#1B2430",
        align: Align = "left", angle: float = 0.0, halo: float = 0.0, halo_color: str = "#FFFFFF",
    ) -> None:  # fmt: skip
        """Set one line; (x, y) is on the baseline, ``angle`` runs counterclockwise in degrees about it.

        A halo is an artist of its own below the text: a PDF keeps the text as text.
        """
        if not text:
            return
        self.written.append(Written(text, size, self._box(x, y, text, size, weight, align, angle)))
        for ink, broad in ((halo_color, 2.0 * halo), (color, 0.0)) if halo > 0.0 else ((color, 0.0),):
            line = Text(
                x, y, text, color=ink, fontproperties=self.faces.properties(weight, size), horizontalalignment=align,
                verticalalignment="baseline", rotation=angle, rotation_mode="anchor", parse_math=False,
                transform=self._place,
            )  # fmt: skip
            if broad:
                line.set_path_effects([Stroke(linewidth=broad, foreground=ink, joinstyle="round")])
            self._add(line)

    def _box(self, x: float, y: float, text: str, size: float, weight: Weight, align: Align, angle: float) -> Box:
        """The box of a line; its middle turns about the anchor with the line."""
        width = self.faces.width(text, size, weight)
        across = {"left": width / 2, "center": 0.0, "right": -width / 2}[align]
        down, turn = (0.5 - _ABOVE_EM) * size, np.radians(-angle)
        cx = x + across * np.cos(turn) - down * np.sin(turn)
        cy = y + across * np.sin(turn) + down * np.cos(turn)
        return Box(float(cx), float(cy), width, size, angle)

    def text_middle(
        self, x: float, middle: float, text: str, size: float, *, weight: Weight = "regular", color: str = "#1B2430",
        align: Align = "left", halo: float = 0.0,
    ) -> None:  # fmt: skip
        """Set one line whose height is centred on ``middle``."""
        self.text(x, middle + MIDDLE_EM * size, text, size, weight=weight, color=color, align=align, halo=halo)

    def picture(self, width_px: int) -> NDArray[np.uint8]:
        """Paint the sheet, ``width_px`` wide: rows, columns, red green blue."""
        with rc_context(_SETTINGS):
            self._figure.dpi = width_px / self.width_pt * POINTS_PER_INCH
            canvas: Any = FigureCanvasAgg(self._figure)
            canvas.draw()
            return np.asarray(canvas.buffer_rgba())[:, :, :3].copy()

    def png(self, width_px: int, told: Mapping[str, str]) -> bytes:
        """The sheet as PNG, with what it tells about itself in text chunks; the same sheet gives the same bytes."""
        pixels = self.picture(width_px)
        info = PngInfo()
        for key, text in told.items():
            info.add_itxt(key, text, zip=False)
        out = io.BytesIO()
        dots = width_px / self.width_pt * POINTS_PER_INCH
        Image.fromarray(pixels).save(out, "PNG", compress_level=_PNG_LEVEL, pnginfo=info, dpi=(dots, dots))
        return out.getvalue()

    def pdf(self, told: Mapping[str, str | None]) -> bytes:
        """The sheet as vector PDF; ``told`` is its document information (no date unless one is told)."""
        out = io.BytesIO()
        with rc_context(_SETTINGS):
            self._figure.dpi = POINTS_PER_INCH
            self._figure.savefig(out, format="pdf", metadata={"CreationDate": None, "Producer": None, **told})
        return out.getvalue()

    def onto(self, pages: PdfPages) -> None:
        """Paint the sheet as the next page of a file."""
        with rc_context(_SETTINGS):
            self._figure.dpi = POINTS_PER_INCH
            pages.savefig(self._figure)

    def _add(self, artist: Artist) -> None:
        self._depth += 1
        artist.set_zorder(self._depth)
        self._figure.add_artist(artist, clip=False)
        if self._clip is None:
            artist.set_clip_on(False)
        else:
            artist.set_clip_box(self._clip)
