"""Write the index of docs/decisions from the headings of its files."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).resolve().parent.parent / "docs" / "decisions"


def index() -> None:
    """Keep the page's introduction and replace its table."""
    page = FOLDER / "README.md"
    introduction = page.read_text("utf-8").partition("| | |")[0]
    rows = []
    for path in sorted(FOLDER.glob("[0-9]*.md")):
        number, _, title = path.read_text("utf-8").partition("\n")[0].removeprefix("# ").partition(" ")
        rows.append(f"| [{number}]({path.name}) | {title} |\n")
    page.write_text(f"{introduction}| | |\n|---|---|\n{''.join(rows)}", "utf-8")


if __name__ == "__main__":
    index()
