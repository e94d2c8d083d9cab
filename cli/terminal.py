"""What all commands share: the options that go before any of them, what is said and where, and how a program ends."""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from cli.sentences import plain, sentence

if TYPE_CHECKING:
    from planning.actors import Actor
    from planning.atlas import Atlas
    from planning.errors import Fault
    from store.database import Database

DONE: Final = 0
FAILED: Final = 1
REFUSED: Final = 2
CONFLICT: Final = 3
_LOG: Final = Path("var/log/cli.log")
PROFILES: Final = "internal 内部 | consult 会商 | public 公开（须有审图号 · needs a review number）"
# how many things that are wrong one line names
_MOST_SAID: Final = 3
# how Python keeps bytes that are not UTF-8
_NOT_TEXT: Final = re.compile("[\udc80-\udcff]")


@dataclass(slots=True)
class Common:
    """The options that hold for every command."""

    database: str = ""
    lang: str = "zh"
    as_json: bool = False


common: Final = Common()


def language(environment: Mapping[str, str]) -> str:
    """``en`` when the environment asks for English by CHANTU_LANG, else Chinese: the product's own language."""
    return "en" if environment.get("CHANTU_LANG", "").lower().startswith("en") else "zh"


def url() -> str:
    """Address of the database: the option, the environment, or the default file under ``var/``."""
    from store.database import default_url

    return common.database or default_url()


def open_database() -> Database:
    """Open the database that is asked for."""
    from store.database import Database

    return Database.open(url())


def open_atlas() -> Atlas:
    """Open the database and the reading room over it."""
    from planning.atlas import Atlas

    return Atlas(open_database())


def actor() -> Actor:
    """Who acts: the person whose session this is, as the machine knows them."""
    from planning.actors import Actor

    name = os.environ.get("CHANTU_ACTOR") or os.environ.get("SUDO_USER") or os.environ.get("USER") or "cli"
    return Actor(plain(as_text(name))[:60], "cli")


def as_text(given: str) -> str:
    """Words of the line as text: bytes that are not UTF-8, as older systems name files, are read as GB 18030."""
    return os.fsencode(given).decode("gb18030", "replace") if _NOT_TEXT.search(given) else given


def tell(code: str, values: Mapping[str, Any]) -> None:
    """Say that it is done: one line for people, or the values as JSON when that was asked for."""
    if common.as_json:
        tell_json({"done": code, **values})
    else:
        sys.stdout.write(sentence(code, values, lang=common.lang) + "\n")


def tell_json(value: object) -> None:
    """Write a value to stdout as JSON."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2, default=str) + "\n")


def warnings_of(*faults: Fault | None) -> list[dict[str, Any]]:
    """Warnings as values for JSON, each told on a line of its own to a person."""
    there = [one for one in faults if one is not None]
    if not common.as_json:
        for one in there:
            sys.stdout.write(sentence(one.code, one.values, lang=common.lang) + "\n")
    return [{"code": one.code, **one.values} for one in there]


def complain(faults: Sequence[tuple[str, Mapping[str, Any], str]]) -> None:
    """Say on one line of stderr what is wrong, where, what to do; of many things the first few and a count."""
    said = [sentence(code, values, lang=common.lang, where=where) for code, values, where in faults[:_MOST_SAID]]
    more = len(faults) - len(said)
    if more:
        said.append(f"… +{more}")
    sys.stderr.write("; ".join(said) + "\n")


def complain_of_clashes(clashes: Sequence[Any]) -> None:
    """Say that somebody else was there first, with the values of both sides."""
    words = {
        "zh": "{code} 已被改动：原 {old}，我 {mine}，现 {theirs}（{by}）",
        "en": "{code} was changed: was {old}, mine {mine}, now {theirs} (by {by})",
    }
    line = words["en" if common.lang == "en" else "zh"]
    said = [
        line.format(code=plain(each.code), old=each.old, mine=each.mine, theirs=each.theirs, by=plain(str(each.by)))
        for each in clashes[:_MOST_SAID]
    ]
    if len(clashes) > len(said):
        said.append(f"… +{len(clashes) - len(said)}")
    sys.stderr.write(("; ".join(said) if said else sentence("busy", {}, lang=common.lang)) + "\n")


def complain_of_the_unforeseen(error: BaseException) -> None:
    """Put an error that nobody foresaw into the log, under a number that the person can quote."""
    number = secrets.token_hex(4)
    log = logging.getLogger("chantu.cli")
    try:
        _LOG.parent.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = logging.FileHandler(_LOG, encoding="utf-8")
    except OSError:
        # a folder that cannot be written must not turn the report of an error into another one
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.error("%s", number, exc_info=error)
    handler.close()
    log.removeHandler(handler)
    complain([("internal", {"id": number, "log": _LOG}, "")])
