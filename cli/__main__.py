"""`python -m cli`: the commands gathered, run, and ended with 0 done, 2 refused, 3 conflict with a newer version."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from typing import Final

from typer._click.exceptions import NoArgsIsHelpError, UsageError
from typer.exceptions import Abort, Exit

from cli import (
    boundaries,
    briefing,
    checking,
    files,
    grouping,
    importing,
    ledgers,
    people,
    reviewing,
    safety,
    scenarios,
    suitability,
    terminal,
    validating,
    zoning,
)
from cli.gathering import app

# options of the whole program that may stand anywhere on the line, with whether they take a value
_COMMON: Final = {"--database": True, "-d": True, "--lang": True, "--json": False}
_MODULES: Final = (
    boundaries,
    briefing,
    checking,
    files,
    grouping,
    importing,
    ledgers,
    people,
    reviewing,
    safety,
    scenarios,
    suitability,
    validating,
    zoning,
)


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit status."""
    terminal.common.lang = terminal.language(os.environ)
    try:
        result = app(_common_first(arguments), standalone_mode=False, prog_name="python -m cli")
    except NoArgsIsHelpError:
        terminal.complain([("command_missing", {}, "")])
        return terminal.REFUSED
    except UsageError as error:
        terminal.complain([("usage", {"message": error.format_message()}, "")])
        return terminal.REFUSED
    except Exit as ended:
        return ended.exit_code
    except (Abort, KeyboardInterrupt):
        return 130
    except BrokenPipeError:
        # whoever read our output has had enough; stdout is closed so that Python does not complain on its way out
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return terminal.DONE
    except Exception as error:  # noqa: BLE001 - the edge of a process: logged, never shown
        return _ended_by(error)
    return result if isinstance(result, int) else terminal.DONE


def _ended_by(error: Exception) -> int:
    """Turn an error into a line on stderr and a status."""
    from geo.crs import CrsRefused
    from planning.errors import Conflict, Refused
    from store.errors import DatabaseBusy, StoreError

    match error:
        case Refused():
            terminal.complain([(fault.code, fault.values, fault.where) for fault in error.faults])
            return terminal.REFUSED
        case Conflict():
            terminal.complain_of_clashes(error.conflicts)
            return terminal.CONFLICT
        case DatabaseBusy():
            terminal.complain([("busy", {}, "")])
            return terminal.CONFLICT
        case StoreError():
            terminal.complain([(error.code, {"detail": error.detail}, error.place)])
            return terminal.REFUSED
        case CrsRefused():
            terminal.complain([(error.code, error.values, "")])
            return terminal.REFUSED
        case UnicodeEncodeError():
            terminal.complain([("not_text", {}, "")])
            return terminal.REFUSED
        case OSError(filename=str(place)):
            terminal.complain([("system_refuses", {"reason": error.strerror or type(error).__name__}, place)])
            return terminal.REFUSED
        case _:
            terminal.complain_of_the_unforeseen(error)
            return terminal.FAILED


def _common_first(arguments: Sequence[str]) -> list[str]:
    """Move the options of the whole program in front, wherever on the line they stand; ``--`` ends the search."""
    front: list[str] = []
    rest: list[str] = []
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        name = word.partition("=")[0]
        if word == "--":
            rest += [word, *waiting]
            break
        if name in _COMMON and name.startswith("--") and "=" in word:
            front.append(word)
        elif word in _COMMON:
            front.append(word)
            if _COMMON[word] and waiting:
                front.append(waiting.pop(0))
        else:
            rest.append(word)
    return [*front, *rest]


if __name__ == "__main__":
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    sys.exit(main(sys.argv[1:]))
