"""The first page is Streamlit's, with our script before its own, and every page of the shell has it."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from serve.catalogue import catalogue
from serve.front import FONT, PAGES
from tests.serve.asking import Asker

SHELL = Path(__file__).parents[2] / "ui" / "shell.py"


def test_every_page_of_the_shell_is_listed():
    listed = re.findall(r'url_path="(\w+)"(, default=True)?', SHELL.read_text("utf-8"))
    # the default page has no address of its own
    assert {"/" if default else f"/{name}" for name, default in listed} == set(PAGES)


@pytest.mark.parametrize("path", PAGES)
def test_streamlits_page_comes_with_our_script_first(client: Asker, path: str) -> None:
    answer = client.get(path)
    as_installed = files("streamlit").joinpath("static", "index.html").read_text("utf-8")
    ours = f'<script src="{catalogue().url("front/place.js")}"></script>'
    assert (answer.status, answer.headers["cache-control"]) == (200, "no-cache")
    assert answer.text.index(ours) < answer.text.index('<script type="module"')
    # all scripts of the installed page are still there
    scripts = re.findall(r"<script.*?</script>", as_installed, re.DOTALL)
    assert scripts
    assert all(script in answer.text for script in scripts)
    assert "SourceSans" not in answer.text


def test_the_maps_modules_are_asked_for_early_where_the_map_is(client: Asker) -> None:
    hints = re.findall(r'<link rel="\w*preload"[^>]* href="(/(?:assets|fm|static)/[^"]+)"', client.get("/").text)
    for part in ("/desk/main.js", "/leaflet/leaflet.js", "/leaflet/leaflet.css", "/desk/desk.css"):
        assert any(address.endswith(part) for address in hints)
    assert any("/BidiComponent." in address for address in hints)
    assert all(client.get(address).status == 200 for address in hints)
    assert "/desk/" not in client.get("/ledger").text


def test_each_hint_is_given_once_and_not_what_streamlits_page_asks_for_itself(client: Asker) -> None:
    addresses = re.findall(r'<link rel="modulepreload"[^>]* href="\.?([^"]+)"', client.get("/").text)
    assert len(addresses) == len(set(addresses))


def test_the_font_that_is_asked_for_early_is_there() -> None:
    assert (Path(__file__).parents[2] / "ui" / "static" / FONT.removeprefix("/app/static/")).is_file()
