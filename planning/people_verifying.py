"""The check of people behind ``verify``: roles and passphrases are those that the audit chain leads to."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from planning.errors import Fault
from planning.people import fingerprint
from store import audit, people


def people_faults(conn: Connection) -> Iterator[Fault]:
    """People whose roles or passphrase are not those that the audit chain, played from its start, leads to."""
    played: dict[str, tuple[list[str], str | None] | None] = {}
    for entry in audit.entries(conn):
        kind, _, name = entry.subject.partition(":")
        if kind == "person":
            played[name] = _after(played.get(name), entry.verb, json.loads(entry.detail))
    held = {one.name: one for one in people.list_all(conn)}
    for name in sorted(held.keys() | played.keys()):
        one, expected = held.get(name), played.get(name)
        here = None
        if one is not None and one.removed_at is None:
            here = (list(one.roles), None if one.secret is None else fingerprint(one.secret))
        if here != expected:
            yield Fault("person_not_in_audit", {}, f"person {name}")


def _after(
    state: tuple[list[str], str | None] | None, verb: str, detail: dict[str, Any]
) -> tuple[list[str], str | None] | None:
    match verb:
        case "add_person":
            return detail["roles"], None
        case "set_roles":
            return detail["roles"], state[1] if state else None
        case "set_passphrase" | "give_code" | "rescue_passphrase":
            return (state[0] if state else []), detail["secret_sha256"]
        case "remove_person":
            return None
        case _:
            return state
