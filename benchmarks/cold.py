"""What a first call costs: every kernel loaded from its cache, in a process that has just begun."""

from __future__ import annotations

import time

began = time.perf_counter()

from geo import adjacency, area, frontage  # noqa: E402 - the import is part of what is measured

adjacency.warm()
area.warm()
frontage.warm()
print(time.perf_counter() - began)
