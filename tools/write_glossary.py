"""Write the lists of docs/glossary.md from the vocabularies and the schema; the table of words is kept as it is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

REPOSITORY: Final = Path(__file__).resolve().parent.parent
PAGE: Final = REPOSITORY / "docs" / "glossary.md"
HEAD: Final = "## Fixed lists 固定词表\n"

sys.path.insert(0, str(REPOSITORY))


def lists() -> str:
    """Give every term with its code, and every field with its key and unit."""
    from layers import vocabulary  # noqa: PLC0415  # the repository is on the path from here on
    from layers.schema import LAYERS  # noqa: PLC0415

    named = {name: value for name, value in vars(vocabulary).items() if isinstance(value, vocabulary.Vocabulary)}
    lines = [HEAD]
    for name, terms in named.items():
        lines.append(f"- {name.lower()}: " + " · ".join(f"{term.zh or '—'} `{key}`" for key, term in terms.items()))
    lines.append("\n## Layers and fields 图层与字段\n")
    for layer in LAYERS.values():
        fields = (f"{one.zh} `{one.key}`{f' ({one.unit})' if one.unit else ''}" for one in layer.fields)
        lines.append(f"- **{layer.zh}** `{layer.name}`: " + " · ".join(fields))
    return "\n".join(lines) + "\n"


def write() -> None:
    PAGE.write_text(PAGE.read_text("utf-8").partition(HEAD)[0] + lists(), "utf-8")


if __name__ == "__main__":
    write()
