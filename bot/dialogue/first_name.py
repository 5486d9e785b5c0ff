"""Reads the first name that a person wants to be called by out of what they wrote."""

from __future__ import annotations

import re

LONGEST = 30  # longer than this is a sentence, not a name

_INTRODUCTION = re.compile(
    r"(?:\bmy name'?s?(?:\s+is)?|\bmy nickname is|\bcall me|\bi go by|\bpeople call me|\bname'?s|\bchange my name to"
    r"|\bi am|\bi'?m|\bit'?s|\bthis is|\buse"
    r"|\bme llamo|\bmi nombre es|\bllámame|\bllamame|\bpuedes decirme|\bdime|\bsoy)\s+([^\W\d_][\w'\-]*)",
    re.IGNORECASE,
)
# Words that follow "I'm" or "soy" without being a name.
_OTHER_WORDS = """
a an the in at on so not just here new your my back fine good ok okay sad mad tired bored sorry sure done out from
is was it this that going trying doing feeling wrong right un una el la de nuevo nueva yo him her me
"""
_NOT_A_NAME = frozenset(_OTHER_WORDS.split())


def read_first_name(text: str, found: str | None = None) -> str | None:
    """Give the name in ``text``; ``found`` is what the entity reader saw, believed if it looks like a name."""
    candidate = (found or "").strip()
    if not candidate:
        matches = [m for m in _INTRODUCTION.findall(text) if m.lower() not in _NOT_A_NAME]
        # "don't call me Robert, call me Rob": the last one is meant.
        candidate = matches[-1] if matches else ""
    candidate = candidate.split()[0].strip(".,!?\"'") if candidate else ""
    if not candidate or len(candidate) > LONGEST or not candidate[0].isalpha() or candidate.lower() in _NOT_A_NAME:
        return None
    # A name takes the place of {first_name} in a response, so nothing in it may act as a placeholder of its own.
    if re.search(r"[{}$/<>]", candidate):
        return None
    return candidate if any(letter.isupper() for letter in candidate) else candidate.capitalize()
