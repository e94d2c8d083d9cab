"""People from a terminal: list, add, roles, passphrase, remove. A passphrase is asked for, never an argument."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

import typer

from cli import terminal
from cli.files import split
from cli.gathering import app

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
def add(name: _NAME, roles: _ROLES) -> int:
    """登记人员 · enter a person."""
    from planning import people

    made = people.add(terminal.open_database(), actor=terminal.actor(), name=name, roles=split(roles))
    terminal.tell("person", {"name": made.name, "roles": sorted(made.roles)})
    return terminal.DONE


@group.command("roles")
def roles_(name: _NAME, roles: _ROLES) -> int:
    """改角色 · give a person other roles."""
    from planning import people

    made = people.set_roles(terminal.open_database(), actor=terminal.actor(), name=name, roles=split(roles))
    terminal.tell("person", {"name": made.name, "roles": sorted(made.roles)})
    return terminal.DONE


@group.command()
def passphrase(name: _NAME) -> int:
    """设签字口令（提示输入，或从标准输入读一行）· set a passphrase, asked for or read from stdin."""
    from planning import people

    people.set_passphrase(
        terminal.open_database(), actor=terminal.actor(), name=name, passphrase=asked_passphrase(twice=True)
    )
    terminal.tell("passphrase_set", {"name": name})
    return terminal.DONE


@group.command()
def remove(name: _NAME) -> int:
    """人员离开 · say that a person left."""
    from planning import people

    people.remove(terminal.open_database(), actor=terminal.actor(), name=name)
    terminal.tell("person_removed", {"name": name})
    return terminal.DONE


def asked_passphrase(*, twice: bool = False) -> str:
    """Ask for a passphrase at a terminal without showing it; read one line when stdin is a pipe or a file."""
    from planning.errors import Fault, Refused

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    words = {"zh": ("口令：", "再输一遍："), "en": ("Passphrase: ", "Again: ")}[terminal.common.lang]
    first = getpass.getpass(words[0])
    if twice and getpass.getpass(words[1]) != first:
        raise Refused(Fault("passphrases_differ"))
    return first


def _signs(can_sign: bool) -> str:  # noqa: FBT001 - one word for yes, one for no
    pair = ("可签字", "can sign") if can_sign else ("未设口令", "no passphrase")
    return pair[1 if terminal.common.lang == "en" else 0]
