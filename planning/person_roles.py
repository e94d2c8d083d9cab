"""In what roles people may work here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from planning.errors import Fault, Refused

ROLES: Final = ("planner", "reviewer", "admin")


def known_roles(roles: Collection[str]) -> tuple[str, ...]:
    """Roles in their order, each once; Refused with ``role_unknown`` for each, ``role_missing`` for none."""
    faults = [Fault("role_unknown", {"role": role, "known": ROLES}) for role in roles if role not in ROLES]
    if not roles:
        faults.append(Fault("role_missing", {"known": ROLES}))
    if faults:
        raise Refused(*faults)
    return tuple(role for role in ROLES if role in set(roles))
