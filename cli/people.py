"""People from a terminal: list, add, roles, code, passphrase, remove. A passphrase is asked for, never an argument."""

from __future__ import annotations

from typing import Annotated

import typer

from cli import terminal
from cli.files import split
from cli.gathering import app
from cli.signing import By, Words

group = typer.Typer(
    help="人员：角色与签字口令 · people: roles and passphrases", no_args_is_help=True, rich_markup_mode=None
)
app.add_typer(group, name="people")

_NAME = Annotated[str, typer.Argument(metavar="NAME")]
_ROLES = Annotated[list[str], typer.Option("--roles", metavar="A,B", help="planner 规划 | reviewer 审核 | admin 管理")]


@group.command("list")
def list_() -> int:
    """列出人员 · list the people."""
    from planning import people

    found = people.people(terminal.open_database())
    listed = [{"name": one.name, "roles": sorted(one.roles), "can_sign": one.can_sign} for one in found]
    if terminal.common.as_json:
        terminal.tell_json(listed)
    else:
        for one in found:
            terminal.tell("person_line", {"name": one.name, "roles": sorted(one.roles), "signs": _signs(one.can_sign)})
    return terminal.DONE


@group.command()
def add(name: _NAME, roles: _ROLES, by: By = "") -> int:
    """登记人员；第一人设口令、可授权，其后由 --by 签字，给出口令码 · enter a person; the first may give rights."""
    from planning import people

    db, words = terminal.open_database(), Words()
    first = not people.guarded(db)
    made = people.add(
        db, actor=terminal.actor(), name=name, roles=split(roles), by=None if first else words.optional(db, by),
        passphrase=words.next(name, twice=True) if first else None,
    )  # fmt: skip
    values = {"name": made.name, "roles": sorted(made.roles)}
    terminal.tell("person_code" if made.code else "person", values | ({"code": made.code} if made.code else {}))
    return terminal.DONE


@group.command("roles")
def roles_(name: _NAME, roles: _ROLES, by: By = "") -> int:
    """改角色 · give a person other roles."""
    from planning import people

    db = terminal.open_database()
    signature = Words().optional(db, by)
    made = people.set_roles(db, actor=terminal.actor(), name=name, roles=split(roles), by=signature)
    terminal.tell("person", {"name": made.name, "roles": sorted(made.roles)})
    return terminal.DONE


@group.command()
def code(name: _NAME, by: By = "") -> int:
    """口令忘了：给一个口令码，原口令作废 · give a person a code to set a passphrase by."""
    from planning import people

    db = terminal.open_database()
    given = people.give_code(db, actor=terminal.actor(), name=name, by=Words().optional(db, by))
    terminal.tell("code_given", {"name": name, "code": given})
    return terminal.DONE


@group.command()
def passphrase(name: _NAME) -> int:
    """本人设口令：先输现口令或口令码，再输新口令 · set one's own passphrase, by the old one or the code."""
    from planning import people

    db, words = terminal.open_database(), Words()
    known = people.guarded(db) or any(one.can_sign for one in people.people(db) if one.name == name)
    held = words.next(name, held=True) if known else ""
    fresh = words.next(name, twice=True)
    people.set_passphrase(db, actor=terminal.actor(), name=name, passphrase=fresh, held=held)
    terminal.tell("passphrase_set", {"name": name})
    return terminal.DONE


@group.command()
def rescue(name: _NAME) -> int:
    """唯一的管理人员忘了口令：在存数据库的机器上重设，留记录 · the only admin forgot theirs: set another, on record."""
    from planning import people

    db = terminal.open_database()
    people.rescue(db, actor=terminal.actor(), name=name, passphrase=Words().next(name, twice=True))
    terminal.tell("passphrase_rescued", {"name": name})
    return terminal.DONE


@group.command()
def remove(name: _NAME, by: By = "") -> int:
    """人员离开 · say that a person left."""
    from planning import people

    db = terminal.open_database()
    people.remove(db, actor=terminal.actor(), name=name, by=Words().optional(db, by))
    terminal.tell("person_removed", {"name": name})
    return terminal.DONE


def _signs(can_sign: bool) -> str:  # noqa: FBT001 - one word for yes, one for no
    pair = ("可签字", "can sign") if can_sign else ("未设口令", "no passphrase")
    return pair[1 if terminal.common.lang == "en" else 0]
