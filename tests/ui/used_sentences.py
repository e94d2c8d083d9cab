"""Every Chinese sentence that the pages and the command line can say, read from their source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import REPOSITORY

# modules that say sentences from tables; the tables' values are gathered as they stand
TABLES = {
    "ui/sentences.py": ("ACTS",),
    "ui/export_words.py": ("NOTES",),
    "ui/fault_words.py": ("FAULTS",),
    "ui/geojson_words.py": ("RULES",),
    "ui/group_words.py": ("REASONS", "WHY"),
    "ui/import_words.py": ("NOTES", "EVIDENCE"),
    "ui/records.py": ("AUDIT",),
    "ui/scenario_words.py": ("STATES", "STEPS", "KINDS", "FAULTS"),
    "ui/fault_kinds.py": ("KINDS", "MEANINGS", "WAYS"),
}


def sources() -> list[Path]:
    return sorted(path for folder in ("ui", "cli") for path in (REPOSITORY / folder).rglob("*.py"))


def calls_of_t(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "t" and node.args:
            yield node


def literal(call: ast.Call) -> str | None:
    first = call.args[0]
    return first.value if isinstance(first, ast.Constant) and isinstance(first.value, str) else None


def tabled(path: Path, names: tuple[str, ...]) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        target = node.target if isinstance(node, ast.AnnAssign) else None
        if isinstance(target, ast.Name) and target.id in names and isinstance(node, ast.AnnAssign) and node.value:
            for inner in ast.walk(node.value):
                if isinstance(inner, ast.Dict):
                    for value in inner.values:
                        assert isinstance(value, ast.Constant), f"{path}: {ast.unparse(value)}"
                        yield str(value.value)


def used_sentences() -> dict[str, str]:
    """Sentence → where it is said first."""
    found: dict[str, str] = {}
    for path in sources():
        place = path.relative_to(REPOSITORY).as_posix()
        for call in calls_of_t(path):
            if (sentence := literal(call)) is not None:
                found.setdefault(sentence, place)
        for sentence in tabled(path, TABLES.get(place, ())):
            found.setdefault(sentence, place)
    return found
