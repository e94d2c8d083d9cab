"""How a theme looks: the byte of each parcel, and what each value is called, its colour and its glyph.

Map, bars, legends, charts and shapes of a deck all ask here, so that a colour means one thing wherever it stands.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from briefing.snapshot import NONE, Snapshot
from layers import style, vocabulary
from layers.land_theme import UNKNOWN
from layers.style import Line

Theme = Literal["cluster", "stage", "land-use", "quiet"]
UNASSIGNED: Final = "未定集群"
NO_STAGE: Final = "阶段未填"
NO_CODE: Final = "用地未填"
NO_CLASS: Final = "代码不在图例"
_UNKNOWN_FILL: Final = "#D9DCE0"
# WCAG 2.1, 1.4.11: what is needed to understand a graphic
LEAST_CONTRAST: Final = 3.0


@dataclass(frozen=True, slots=True)
class Look:
    """What one value of a theme is called, its colour, and the sign on it."""

    name: str
    color: str
    glyph: str = ""


def looks(snapshot: Snapshot, theme: Theme) -> tuple[NDArray[np.uint8], Mapping[int, Look]]:
    """The byte of each parcel, and the look of each value, that of nothing last."""
    if theme == "stage":
        known = [Look(vocabulary.STAGES[key].zh, style.STAGE_FILLS[key]) for key in snapshot.stages]
        return snapshot.stage, {**dict(enumerate(known)), NONE: Look(NO_STAGE, style.UNASSIGNED.fill)}
    if theme == "land-use":
        uses = [Look(one.name_zh, one.color, one.glyph) for one in snapshot.land_classes]
        rest = {UNKNOWN: Look(NO_CLASS, _UNKNOWN_FILL, "?"), NONE: Look(NO_CODE, style.UNASSIGNED.fill)}
        held = snapshot.land_use
        return held if held is not None else np.full(len(snapshot.stage), NONE, np.uint8), {
            **dict(enumerate(uses)),
            **rest,
        }
    clusters = [Look(one.name_zh, one.color, one.glyph) for one in snapshot.clusters]
    return snapshot.cluster, {**dict(enumerate(clusters)), NONE: Look(UNASSIGNED, style.UNASSIGNED.fill)}


def line_on(line: Line, fill: str) -> Line:
    """The line, dark or white where its own colour would not stand out from what it is drawn on."""
    clear = style.contrast(line.color, fill) >= LEAST_CONTRAST
    return line if clear else replace(line, color=style.ink_on(fill))


def faded(color: str) -> str:
    """A colour as supplied land shows it: so much of it over white."""
    part = style.SUPPLIED_OPACITY
    mixed = (round(255 - (255 - int(color[at : at + 2], 16)) * part) for at in (1, 3, 5))
    return "#" + "".join(f"{one:02X}" for one in mixed)
