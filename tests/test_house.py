"""The house rules that no linter knows: what stands where, what each file must say, and what no file may say."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING, Final

import pytest

from layers import vocabulary
from layers.schema import LAYERS
from tests.conftest import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FOLDERS: Final = {
    ".ci", ".streamlit", "benchmarks", "briefing", "cli", "data", "docs", "exchange", "geo", "layers", "planning",
    "serve", "store", "tests", "tools", "ui",
}  # fmt: skip
FILES: Final = {
    ".gitignore", "CHANGELOG.md", "Makefile", "README.md", "app.py", "pyproject.toml", "requirements-dev.txt",
    "requirements.txt",
}  # fmt: skip
# made on the machine, named in .gitignore
MADE: Final = {
    ".git", ".hypothesis", ".import_linter_cache", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".venv",
    "__pycache__", "shots", "var",
}  # fmt: skip
TEXTS: Final = {".css", ".csv", ".js", ".json", ".md", ".po", ".py", ".sh", ".toml", ".txt", ""}
LONGEST_FILE_LINES: Final = 400
PARTS_OF_A_DECISION: Final = ("problem", "facts", "choice", "consequences")
# names of things, not addresses that a browser asks for
NAMESPACES: Final = ("http://www.w3.org/", "http://127.0.0.1", "http://localhost")


def walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name in MADE or path.is_symlink():
            continue
        if path.is_dir():
            yield from walk(path)
        else:
            yield path


ALL: Final = tuple(walk(REPOSITORY))
MODULES: Final = tuple(path for path in ALL if path.suffix == ".py")
DECISIONS: Final = tuple(path for path in ALL if path.parent.name == "decisions" and path.name != "README.md")


def place(path: Path) -> str:
    return path.relative_to(REPOSITORY).as_posix()


def below(*folders: str) -> list[Path]:
    return [path for path in ALL if place(path).split("/")[0] in folders]


def said(path: Path) -> str:
    return path.read_text("utf-8")


def test_the_top_of_the_tree_holds_what_the_design_names_and_nothing_else() -> None:
    top = [path for path in REPOSITORY.iterdir() if path.name not in MADE]
    assert {path.name for path in top if path.is_dir()} == FOLDERS
    assert {path.name for path in top if path.is_file()} == FILES


def test_every_module_says_its_idea_in_its_first_line() -> None:
    silent = [
        place(path)
        for path in MODULES
        if not re.fullmatch(r"\S.*[.!?)`。…]", (ast.get_docstring(ast.parse(said(path))) or "").partition("\n")[0])
    ]
    assert silent == []


def test_a_file_stays_one_idea_long() -> None:
    lengths = {place(path): said(path).count("\n") for path in ALL if path.suffix in {".py", ".js", ".css"}}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST_FILE_LINES} == {}


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_has_its_parts_and_its_number(path: Path) -> None:
    assert re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", path.name)
    heads = [head.lower() for head in re.findall(r"^## (\w+)", said(path), re.MULTILINE)]
    assert [part for part in PARTS_OF_A_DECISION if part not in heads] == []


def test_decision_numbers_are_given_once_and_indexed() -> None:
    numbers = [path.name[:4] for path in DECISIONS]
    assert sorted(set(numbers)) == sorted(numbers)
    index = said(REPOSITORY / "docs" / "decisions" / "README.md")
    assert [path.name for path in DECISIONS if f"({path.name})" not in index] == []


def test_the_glossary_holds_every_term_and_every_field() -> None:
    page = said(REPOSITORY / "docs" / "glossary.md")
    keys = {one.key for layer in LAYERS.values() for one in layer.fields} | {
        key for terms in vars(vocabulary).values() if isinstance(terms, vocabulary.Vocabulary) for key in terms
    }
    # a gap is closed by tools/write_glossary.py
    assert sorted(key for key in keys if f"`{key}`" not in page) == []


def test_nothing_a_browser_gets_names_another_host() -> None:
    address = re.compile(r"(?:https?:)?//[a-z0-9-]+(?:\.[a-z0-9-]+)+[^\s\"'`)]*", re.IGNORECASE)
    foreign = {
        place(path): found
        for path in [*below("layers", "serve", "ui", ".streamlit"), REPOSITORY / "app.py"]
        if path.suffix in {".py", ".js", ".css", ".html", ".toml"}
        and (found := [one for one in address.findall(said(path)) if not one.startswith(NAMESPACES)])
    }
    assert foreign == {}


def test_no_file_names_a_machine_or_a_registry() -> None:
    words = re.compile(r"pythonhosted|pypi\.org|registry\.npmjs|deb\.debian|(?<![\w.])/(?:work|root|home)/|/tmp/\w")
    found = {
        place(path): match.group()
        for path in ALL
        if path.suffix in TEXTS and place(path) != "tests/test_house.py" and (match := words.search(said(path)))
    }
    assert found == {}


def test_no_test_waits_blindly_or_is_passed_over() -> None:
    words = re.compile(
        r"\bsleep\(|mark\.(?:skip|skipif|xfail)|pytest\.(?:skip|xfail|importorskip)\(|wait_for_timeout\("
    )
    found = {
        place(path): match.group()
        for path in below("tests")
        if path.suffix == ".py" and place(path) != "tests/test_house.py" and (match := words.search(said(path)))
    }
    assert found == {}


def test_the_locked_lists_are_whole_and_agree() -> None:
    def pins(name: str) -> dict[str, str]:
        text = said(REPOSITORY / name)
        # an option on a line of its own would say where packages come from, which is each machine's own choice
        assert [line for line in text.splitlines() if line.startswith("-")] == []
        blocks = re.split(r"\n(?=\S)", text)
        entries = [block for block in blocks if not block.startswith("#")]
        assert all("--hash=sha256:" in block for block in entries)
        return dict(re.fullmatch(r"([\w.-]+)==([\w.]+)", block.split()[0]).groups() for block in entries)  # type: ignore[union-attr, misc]

    run, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert len(run) > 0
    assert {name: version for name, version in run.items() if dev.get(name) != version} == {}
