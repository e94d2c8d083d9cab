"""Scenarios from a terminal: new, duplicate, rename."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import terminal
from cli.gathering import app

group = typer.Typer(
    help="方案：新建、复制、改名 · scenarios: new, duplicate, rename", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(group, name="scenario")


@group.command()
def new(
    name: Annotated[str, typer.Argument(metavar="NAME")],
    base: Annotated[str, typer.Option("--base", help="以哪个方案为底 · base scenario")] = "1",
) -> int:
    """新建空方案 · begin an empty draft over a base."""
    from planning import scenarios as verbs

    db = terminal.open_database()
    made = verbs.new(db, actor=terminal.actor(), name=name, base=verbs.find(db, base).id)
    terminal.tell("scenario", {"id": made.id, "name": made.name})
    return terminal.DONE


@group.command()
def duplicate(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO")], name: Annotated[str, typer.Argument(metavar="NAME")]
) -> int:
    """复制方案 · begin a draft with the assignments of another."""
    from planning import scenarios as verbs

    db = terminal.open_database()
    made = verbs.duplicate(db, actor=terminal.actor(), scenario_id=verbs.find(db, scenario).id, name=name)
    terminal.tell("scenario", {"id": made.id, "name": made.name})
    return terminal.DONE


@group.command()
def rename(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO")], name: Annotated[str, typer.Argument(metavar="NAME")]
) -> int:
    """方案改名 · give a scenario another name."""
    from planning import scenarios as verbs

    db = terminal.open_database()
    renamed = verbs.rename(db, actor=terminal.actor(), scenario_id=verbs.find(db, scenario).id, name=name)
    terminal.tell("scenario", {"id": renamed.id, "name": renamed.name})
    return terminal.DONE
