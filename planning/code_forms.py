"""What form codes have, learned from most of them: letters, digits and signs, and how many of each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

# Chinese, Latin capital and small letters, digits: what a sign stands for in a form
_CLASSES: Final = ((re.compile(r"[0-9]"), "9"), (re.compile(r"[A-Z]"), "A"), (re.compile(r"[a-z]"), "a"),
                   (re.compile(r"[\u3400-\u9fff]"), "字"))  # fmt: skip
_RUNS: Final = re.compile(r"(9|A|a|字)\1+")


@dataclass(frozen=True, slots=True)
class CodeForm:
    """The form that most codes have: ``pattern`` as people read it, and the share that has it."""

    pattern: str
    share: float
    shape_of: Callable[[str], str]

    def fits(self, code: str) -> bool:
        """Whether a code has the form."""
        return self.shape_of(code) == self.pattern


def exact_form(code: str) -> str:
    """``YW-2026-001`` → ``AA-9999-999``."""
    for what, sign in _CLASSES:
        code = what.sub(sign, code)
    return code


def loose_form(code: str) -> str:
    """As ``exact_form``, a run of one kind as one sign with dots: ``AA-9999-999`` → ``A…-9…-9…``."""
    return _RUNS.sub(lambda run: f"{run[1]}…", exact_form(code))


def learned(codes: Sequence[str], *, least_share: float, least_codes: int) -> CodeForm | None:
    """The form of most codes, the exact one where it holds; None when they have none in common or are too few."""
    if len(codes) < least_codes:
        return None
    for shape_of in (exact_form, loose_form):
        (pattern, count), *_ = Counter(shape_of(code) for code in codes).most_common(1)
        if count / len(codes) >= least_share:
            return CodeForm(pattern, count / len(codes), shape_of)
    return None
