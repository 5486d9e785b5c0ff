"""Reading names, numbers and addresses out of a message by rules. No Rasa, no model.

Days and times are left to the schedule service, which knows the program's time zone.
"""

# ruff: noqa: SIM905 - lists of words read better as text

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.nlu import entity_names

# US numbers as people write them; seven digits only where they are grouped.
_PHONE = re.compile(
    r"(?<![\w.])(?:\+?1[\s.-]?)?(?:\(\d{3}\)\s?|\d{3}[\s.-]?)\d{3}[\s.-]?\d{4}(?!\w)|(?<![\w.-])\d{3}[-.]\d{4}(?![\w-])"
)
# Deliberately loose: an address is used to write back, staff see it, and a wrong one is corrected by the person.
_EMAIL = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}", re.IGNORECASE)
_NUMBER_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "cero": 0, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8,
    "nueve": 9, "diez": 10,
}  # fmt: skip
_NUMBER = r"(?:10|[0-9]|" + "|".join(sorted(_NUMBER_WORDS, key=len, reverse=True)) + r")"
_HALF = r"(?:[.,]5|\s+and\s+a\s+half|\s+y\s+medio)?"
# What follows a number that counts something else.
_NO_COUNT = (
    r"(?!\w|\s*(?:/|:|\$|%|am\b|pm\b|a\.m|p\.m|o'?clock|days?|weeks?|months?|years?|hours?|hrs?|min|mg|dias?|semanas?|"
    r"meses|anos?|horas?|times?|veces|pills?|beers?|drinks?|kids?|people|more|of\s+(?!ten|10)|on\s+one|in\s+the|-))"
)
_BEFORE = (
    r"\b(?:an?|(?:i'?m|im|am)\s+at|its?|it's|is|was|like|about|around|maybe|say|solid|un|es|como|estoy\s+en)\s+"
    r"(?:an?\s+|un\s+)?(?:solid\s+|strong\s+)?"
)
_RATED = (
    r"\b(?:craving|urge|level|rating|rate\s+(?:it|this|my\s+\w+)|nivel|antojo|ganas)\W+"
    r"(?:is\s+|at\s+|of\s+|a\s+|an\s+|de\s+|en\s+)*"
)
_OPENING = (
    r"^\W*(?:honestly|rn|now|probably|prob|maybe|like|about|still|umm?|uh|ok|okay|ahora|tal\s+vez|como|creo\s+que)?"
    r"[\s,.]*"
)
_CLOSING = r"\s*(?:ish|\+)?(?:\s+(?:now|rn|maybe|i\s+guess|i\s+think|probably|ahora|creo))?\W*$"
_N = rf"(?P<n>{_NUMBER}){_HALF}"
_OF_TEN = r"\s*(?:/|\s+out\s+of\s+|\s+of\s+|\s+de\s+)\s*(?:10|ten|diez)(?![\w/])"
_RATINGS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<![\w./]){_N}{_OF_TEN}",  # 8/10, eight out of ten
        rf"(?<![\w.])(?:{_NUMBER})\s*(?:-|to|or|a|o)\s*(?P<n>{_NUMBER})\s*$",  # 7-8: the higher one counts
        _BEFORE + _N + _NO_COUNT,  # an 8, it's a 7, like a 6
        _OPENING + _N + _CLOSING,  # the whole message: "8", "7ish", "honestly 7"
        _RATED + _N + _NO_COUNT,  # craving 8, level 9, rate it 6
    )
)
# Names are not recognised anywhere in a text, only where somebody says that it is theirs.
_NAME_CUE = re.compile(
    r"\b(?:my\s+(?:first\s+)?name(?:'s|\s+is|s)?|(?:please\s+)?(?:you\s+can\s+)?(?:just\s+)?call\s+me|i\s+go\s+by|name'?s|"
    r"me\s+llamo|mi\s+nombre(?:\s+es)?|soy|puedes?\s+(?:decirme|llamarme)|dime|llamame|ll[aá]mame|this\s+is|name\s*:|nombre\s*:)"
    r"\s+(?P<name>[^\W\d_][^\W\d_'’-]{0,23}[^\W\d_]|[A-Z])\b",
    re.IGNORECASE,
)
_WEAK_CUE = re.compile(r"^(?:soy|this\s+is|dime)\b", re.IGNORECASE)
_NOT_A_NAME = frozenset(
    """
    a an the not so when if at later tomorrow today tonight please back now on and but crazy stupid names it me my your
    hard too bad really just what how why this that still really getting going in sick bullshit ridiculous great good
    urgent important because anything whatever mom dad nunca un una el la lo que como si algo mas muy alcoholico
    alcoholica adicto adicta nuevo nueva madre padre mama esposa esposo hijo hija de tu su por cuando donde cual
    everything something nothing where who killing wrong kind
    """.split()
)


@dataclass(frozen=True)
class Found:
    """One entity: its name, the value to use, and where it stands in the message."""

    entity: str
    value: str
    start: int
    end: int


def _without_accents(text: str) -> str:
    """Fold accents one character for one, so that offsets stay those of the message."""
    folded = []
    for char in text:
        base = unicodedata.normalize("NFD", char)[0] if not char.isascii() else char
        folded.append(base if len(base) == 1 else char)
    return "".join(folded).replace("’", "'")


@lru_cache(maxsize=1)
def _name_patterns() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    tables = (
        ("substance", entity_names.SUBSTANCES),
        ("session_kind", entity_names.SESSION_KINDS),
        ("track", entity_names.TRACKS),
        ("skill", entity_names.SKILLS),
        ("insurance", entity_names.INSURANCES),
    )
    return tuple(
        (entity, value, re.compile(rf"(?<![\w-])(?:{'|'.join(forms)})(?![\w-])", re.IGNORECASE))
        for entity, table in tables
        for value, forms in table.items()
    )


def _number(text: str) -> int:
    return int(text) if text.isdigit() else _NUMBER_WORDS[text.lower()]


def _ratings(text: str, taken: list[tuple[int, int]]) -> Iterator[Found]:
    for pattern in _RATINGS:
        for match in pattern.finditer(text):
            start, end = match.span("n")
            if any(start < e and end > s for s, e in taken):
                continue
            yield Found("rating", str(_number(match["n"])), start, end)
            return


def _names(original: str, text: str) -> Iterator[Found]:
    for match in _NAME_CUE.finditer(text):
        start, end = match.span("name")
        name = original[start:end]
        # "soy", "this is" are followed by anything; there only a capital makes a name.
        if name.lower() in _NOT_A_NAME or (_WEAK_CUE.match(match[0]) and not name[0].isupper()):
            continue
        yield Found("first_name", name if name[0].isupper() and not name.isupper() else name.capitalize(), start, end)
        return


def read(original: str) -> list[Found]:
    """Find the entities of one message.

    Args:
        original: the message as written, English or Spanish.

    Returns:
        At most one each of rating, phone, email and first_name; of the other kinds each different value once. In a
        kind the longer of two overlapping matches wins ("family group" is not a "group"). In order of position.
    """
    text = _without_accents(original)
    found: list[Found] = []
    taken: list[tuple[int, int]] = []
    for entity, pattern in (("email", _EMAIL), ("phone", _PHONE)):
        match = pattern.search(text)
        if match:
            taken.append(match.span())
            value = match[0] if entity == "email" else re.sub(r"[^\d+]", "", match[0])
            found.append(Found(entity, value, *match.span()))
    by_kind: dict[str, list[Found]] = {}
    for entity, value, pattern in _name_patterns():
        for match in pattern.finditer(text):
            if not any(match.start() < e and match.end() > s for s, e in taken):
                by_kind.setdefault(entity, []).append(Found(entity, value, *match.span()))
    for matches in by_kind.values():
        found.extend(_longest(matches))
    taken.extend((f.start, f.end) for f in found if f.entity in ("skill", "session_kind"))
    found.extend(_ratings(text, taken))
    found.extend(_names(original, text))
    return sorted(found, key=lambda f: (f.start, f.end))


def _longest(matches: list[Found]) -> Iterator[Found]:
    kept: list[Found] = []
    for match in sorted(matches, key=lambda f: (f.start - f.end, f.start)):
        if all(match.end <= k.start or match.start >= k.end for k in kept):
            kept.append(match)
    seen: set[str] = set()
    for match in sorted(kept, key=lambda f: f.start):
        if match.value not in seen:
            seen.add(match.value)
            yield match
