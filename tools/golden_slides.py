"""Make the golden pictures of slides again, to be looked at before they are committed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def test_write(pair: tuple[object, object]) -> None:
    """Write every template, small; run by pytest for the fixture of the snapshot."""
    from PIL import Image  # noqa: PLC0415 - when the path is set

    from briefing import rendering  # noqa: PLC0415
    from briefing.snapshot import Snapshot  # noqa: PLC0415
    from briefing.templates.catalogue import TEMPLATES  # noqa: PLC0415

    before, after = pair
    if not (isinstance(before, Snapshot) and isinstance(after, Snapshot)):
        raise TypeError(pair)
    folder = ROOT / "tests" / "briefing" / "golden"
    folder.mkdir(exist_ok=True)
    for key, template in TEMPLATES.items():
        sheet, _, _ = rendering.sheet_of(after, rendering.Order(key), before if template.takes_other else None)
        Image.fromarray(sheet.picture(640)).save(folder / f"{key}.png", optimize=True)


if __name__ == "__main__":
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.briefing.conftest", __file__]
    sys.exit(subprocess.run(command, cwd=ROOT, env=os.environ, check=False).returncode)
