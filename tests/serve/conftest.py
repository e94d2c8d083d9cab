"""One small town behind the routes, asked the way a browser on this machine asks."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette

from planning.atlas import Atlas
from serve import middleware, routes
from tests.fabric import made_town
from tests.serve.asking import Asker

HOSTILE = (
    "<img src=x onerror=alert(1)>", "{{7*7}}", "${1}", "</script><script>alert(1)</script>", "![x](http://evil.test/x.png)",
)  # fmt: skip


@pytest.fixture(scope="session")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Atlas:
    return Atlas(made_town(tmp_path_factory.mktemp("town") / "town.sqlite", names=("苏溪甲", *HOSTILE)))


@pytest.fixture(scope="session")
def client(atlas: Atlas) -> Asker:
    return Asker(Starlette(routes=routes(atlas), middleware=middleware()))
