"""The reader's eyes: a program of its own, in the nightly environment, that reads pictures and says what it reads.

One request a line on standard input, ``{"picture": path, "crops": [[x, y, width, height, turn], …]}``; one answer
a line on standard output, ``{"lines": [{"text": …, "box": [left, top, right, bottom]}, …]}``. Without crops the whole
page is read; with crops each is read as one line, turned by so many degrees first. Its models lie within the wheel, and
it is started without a way to any network.
"""

from __future__ import annotations

import json
import sys
from typing import Any, Final

import numpy as np
from PIL import Image

# a picture is looked at whole, however wide
_WIDEST_PX: Final = 6000
_CROP_HIGH_PX: Final = 64


def main() -> int:
    """Answer until the input ends."""
    from rapidocr import RapidOCR  # type: ignore[import-not-found,unused-ignore]  # noqa: PLC0415 - there only

    eyes = RapidOCR(params={"Global.max_side_len": _WIDEST_PX, "Global.use_cls": False, "Global.log_level": "error"})
    for request in sys.stdin:
        asked = json.loads(request)
        with Image.open(asked["picture"]) as held:
            picture = held.convert("RGB")
        lines = [_leant(eyes, picture, crop) for crop in asked["crops"]] if asked["crops"] else _whole(eyes, picture)
        sys.stdout.write(json.dumps({"lines": lines}) + "\n")
        sys.stdout.flush()
    return 0


def _whole(eyes: Any, picture: Image.Image) -> list[dict[str, Any]]:
    """Read a page: lines where they stand."""
    found = eyes(np.asarray(picture)[:, :, ::-1], use_det=True, use_cls=False, use_rec=True)
    if found.boxes is None:
        return []
    return [
        {"text": text, "box": [*np.min(corners, axis=0).tolist(), *np.max(corners, axis=0).tolist()]}
        for corners, text in zip(found.boxes, found.txts, strict=True)
    ]


def _leant(eyes: Any, picture: Image.Image, crop: list[float]) -> dict[str, Any]:
    """Read one line close by: cut out about its middle, turned level, enlarged."""
    x, y, width, height, turn = crop
    reach = float(np.hypot(width, height)) / 2
    part = picture.crop((round(x - reach), round(y - reach), round(x + reach), round(y + reach)))
    part = part.rotate(turn, resample=Image.Resampling.BICUBIC, fillcolor="white")
    cx, cy = part.width / 2, part.height / 2
    part = part.crop((round(cx - width / 2), round(cy - height / 2), round(cx + width / 2), round(cy + height / 2)))
    scale = max(_CROP_HIGH_PX / max(part.height, 1), 1.0)
    part = part.resize(
        (max(round(part.width * scale), 8), max(round(part.height * scale), 8)), Image.Resampling.LANCZOS
    )
    found = eyes(np.asarray(part)[:, :, ::-1], use_det=False, use_cls=False, use_rec=True)
    return {"text": "".join(found.txts or ()), "box": [x, y, x, y]}


if __name__ == "__main__":
    sys.exit(main())
