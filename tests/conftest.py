"""What every test may use: where the project lies, where real data lies, and how hypothesis runs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest
from hypothesis import HealthCheck, settings

REPOSITORY: Final = Path(__file__).resolve().parent.parent
SAMPLE: Final = REPOSITORY / "data" / "sample"
# public data sets that are too large to commit; a test that reads them has a made fabric to fall back on
REAL: Final = REPOSITORY.parent / "shared" / "data" / "real"

# two cores shared by browsers and kernels: a deadline an example would measure the machine, not the code
settings.register_profile(
    "chantu", deadline=None, print_blob=True, suppress_health_check=[HealthCheck.too_slow], derandomize=True
)
settings.load_profile("chantu")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that start servers, browsers and processes: what comes last is short, and no core waits."""
    items.sort(key=lambda item: item.path.parent.name not in {"journeys", "fuzz", "store"})
