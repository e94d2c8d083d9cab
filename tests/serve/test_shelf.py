"""Streamlit's own files: as they lie in its package, packed for who takes them packed, kept for good."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from serve import streamlit_files
from tests.serve.asking import Asker

STATIC = Path(str(files("streamlit").joinpath("static")))
FIRST = re.findall(r'href="\./(static/js/[^"]+)"', streamlit_files.page())


@pytest.mark.parametrize("address", FIRST[:3])
def test_a_file_is_what_the_package_holds_whichever_way_it_travels(client: Asker, address: str) -> None:
    packed = client.get(f"/{address}")
    plain = client.ask("GET", f"/{address}", headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-type"].startswith("text/javascript")
    assert packed.content == plain.raw == (STATIC / address).read_bytes()
    assert "content-encoding" not in plain.headers
    assert "immutable" in packed.headers["cache-control"]
    assert packed.headers["vary"].lower() == "accept-encoding"


def test_the_policy_is_on_these_answers_too(client: Asker) -> None:
    assert "content-security-policy" in client.get(f"/{FIRST[0]}").headers


@pytest.mark.parametrize(
    "address",
    ["/static/../index.html", "/static/js/../../index.html", "/static/js/none.js", "/static/js", "/static//etc/passwd"],
)
def test_no_other_address_reaches_a_file(client: Asker, address: str) -> None:
    assert client.get(address).status == 404


def test_modules_come_with_all_that_they_import(client: Asker) -> None:
    modules = streamlit_files.modules_of(("BidiComponent",))
    known = {*modules, *(f"/{one}" for one in re.findall(r"(static/js/[\w.-]+\.js)", streamlit_files.page()))}
    for module in modules:
        for name in re.findall(r'from["\'`]\./([\w.-]+\.js)', client.get(module).text):
            assert f"/static/js/{name}" in known
