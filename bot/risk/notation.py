"""The pattern notation of the lexicon, and its translation to spaCy token patterns.

    want to die           these words, in this order
    (kill|end|off)        one of these; an alternative may have several words
    [really]              may be missing; [(a|b)] too
    ...3                  up to three words of any kind, within the sentence
    {pill}                a word list of `_words.yml`
    #                     a number, in digits or words
    suicid*               any word that starts so
    ^  $                  start and end of a sentence

Words are read in their canonical spelling (`spelling.py`), so "don't" and "do not" are the same.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Any

from bot.risk.spelling import canonical, fold, pair_starts, table

NUMBER = (
    r"^(\d+([.,]\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fifteen|twenty|thirty|"
    r"forty|fifty|sixty|ninety|hundred|couple|few|several|dozen|un|una|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|"
    r"diez|doce|quince|veinte|treinta|unos|unas|varios|varias)$"
)
_TOKEN = re.compile(r"\s*(\.\.\.\d+|\{[a-z_]+\}|[()\[\]|^$#]|[^\s()\[\]|{}^$#]+)")
MOST_VARIANTS = 40000
"""A line that multiplies out to more is refused: it would cost memory, and no clinician could review it."""


class NotationError(ValueError):
    """A pattern or word list cannot be read; the message says where and why."""


@dataclass(frozen=True)
class Element:
    """One token position: a set of words, or a special kind (`gap`, `number`, `edge`, `prefix`)."""

    words: frozenset[str] = frozenset()
    kind: str = "words"
    optional: bool = False

    def to_spacy(self) -> dict[str, Any]:
        """The spaCy Matcher token pattern of this position."""
        token: dict[str, Any]
        if self.kind == "gap":
            token = {"IS_PUNCT": False}
        elif self.kind == "edge":
            token = {"IS_PUNCT": True}
        elif self.kind == "number":
            token = {"LOWER": {"REGEX": NUMBER}}
        elif self.kind == "prefix":
            token = {"LOWER": {"REGEX": "^(" + "|".join(sorted(self.words)) + ")"}}
        elif len(self.words) == 1:
            token = {"LOWER": next(iter(self.words))}
        else:
            token = {"LOWER": {"IN": sorted(self.words)}}
        return {**token, "OP": "?"} if self.optional else token


Sequence = tuple[Element, ...]


def parse(line: str, lists: dict[str, str]) -> list[Sequence]:
    """Translate one pattern line into the sequences that it stands for.

    Args:
        line: the pattern.
        lists: word lists by name, each in this notation.

    Returns:
        One or more sequences of token positions; any of them makes the pattern match.

    Raises:
        NotationError: the line is malformed, names an unknown list, or multiplies out too far.
    """
    tokens = _tokens(line)
    branches, at = _alternatives(tokens, 0, lists, line, closing="")
    if at != len(tokens):
        raise NotationError(f"{line!r}: unexpected {tokens[at]!r}")
    trimmed = dict.fromkeys(_trim(s) for s in branches)
    return [s for s in trimmed if any(not e.optional and e.kind != "edge" for e in s)]


def _trim(sequence: Sequence) -> Sequence:
    """Drop gaps at either end: they say nothing, and would make the span found too long."""
    first, last = 0, len(sequence)
    while first < last and sequence[first].kind == "gap":
        first += 1
    while last > first and sequence[last - 1].kind == "gap":
        last -= 1
    return sequence[first:last]


def _tokens(line: str) -> list[str]:
    tokens, at = [], 0
    line = line.strip()
    while at < len(line):
        match = _TOKEN.match(line, at)
        if not match:
            raise NotationError(f"{line!r}: cannot read {line[at:]!r}")
        tokens.append(match.group(1))
        at = match.end()
    return tokens


def _alternatives(
    tokens: list[str], at: int, lists: dict[str, str], line: str, closing: str
) -> tuple[list[Sequence], int]:
    """Read `a b|c` up to `closing`; single words of one group become one position."""
    branches: list[Sequence] = []
    while True:
        found, at = _sequence(tokens, at, lists, line)
        branches.extend(found)
        if at < len(tokens) and tokens[at] == "|":
            at += 1
            continue
        break
    if closing:
        if at >= len(tokens) or tokens[at] != closing:
            raise NotationError(f"{line!r}: {closing!r} is missing")
        at += 1
    return _merge_single_words(branches), at


def _merge_single_words(branches: list[Sequence]) -> list[Sequence]:
    single: set[str] = set()
    prefixes: set[str] = set()
    rest: list[Sequence] = []
    for branch in branches:
        if len(branch) == 1 and branch[0].kind == "words" and not branch[0].optional:
            single |= branch[0].words
        elif len(branch) == 1 and branch[0].kind == "prefix" and not branch[0].optional:
            prefixes |= branch[0].words
        else:
            rest.append(branch)
    merged = [(Element(frozenset(single)),)] if single else []
    if prefixes:
        merged.append((Element(frozenset(prefixes), "prefix"),))
    return _factor(list(dict.fromkeys([*merged, *rest])))


def _factor(branches: list[Sequence]) -> list[Sequence]:
    """Join branches of one length that differ in one word: "last night|last week" is one sequence, not two."""
    for backwards in (False, True):
        groups: dict[Any, set[str]] = {}
        others: list[Sequence] = []
        for branch in branches:
            place = -1 if backwards else 0
            varied = branch[place] if len(branch) > 1 else None
            if varied is None or varied.kind != "words" or varied.optional:
                others.append(branch)
                continue
            fixed = branch[:-1] if backwards else branch[1:]
            groups.setdefault(fixed, set()).update(varied.words)
        merged = []
        for fixed, words in groups.items():
            element = (Element(frozenset(words)),)
            merged.append(fixed + element if backwards else element + fixed)
        branches = [*others, *merged]
    return branches


def _optional(branches: list[Sequence]) -> list[Sequence]:
    """The branches of a bracket: each of them, or nothing."""
    for i, branch in enumerate(branches):
        if len(branch) == 1 and not branch[0].optional:
            only = Element(branch[0].words, branch[0].kind, optional=True)
            return [*branches[:i], (only,), *branches[i + 1 :]]
    return [*branches, ()]


def _sequence(tokens: list[str], at: int, lists: dict[str, str], line: str) -> tuple[list[Sequence], int]:  # noqa: C901 - one branch for each mark of the notation
    parts: list[list[Sequence]] = []
    words: list[str] = []

    def end_of_words() -> None:
        if words:
            parts.append([_words(words)])
            words.clear()

    while at < len(tokens) and tokens[at] not in ")]|":
        mark = tokens[at]
        at += 1
        if mark == "(":
            end_of_words()
            branch, at = _alternatives(tokens, at, lists, line, ")")
            parts.append(branch)
        elif mark == "[":
            end_of_words()
            branch, at = _alternatives(tokens, at, lists, line, "]")
            parts.append(_optional(branch))
        elif mark.startswith("{"):
            end_of_words()
            name = mark[1:-1]
            if name not in lists:
                raise NotationError(f"{line!r}: there is no word list {mark}")
            parts.append(parse_list(lists[name], lists))
        elif mark.startswith("...") and mark[3:].isdigit():
            end_of_words()
            parts.append([tuple([Element(kind="gap", optional=True)] * int(mark[3:]))])
        elif mark in "^$":
            end_of_words()
            parts.append([(Element(kind="edge"),)])
        elif mark == "#":
            end_of_words()
            parts.append([(Element(kind="number"),)])
        elif mark.endswith("*") and len(mark) > 1:
            end_of_words()
            parts.append([(Element(frozenset({fold(mark[:-1])}), "prefix"),)])
        else:
            words.append(fold(mark))
    end_of_words()
    size = 1
    for part in parts:
        size *= len(part)
    if size > MOST_VARIANTS:
        raise NotationError(f"{line!r}: stands for {size} sequences, more than {MOST_VARIANTS}")
    return [tuple(itertools.chain(*choice)) for choice in itertools.product(*parts)], at


def parse_list(text: str, lists: dict[str, str]) -> list[Sequence]:
    """Translate a word list, whose alternatives are separated by `|`."""
    tokens = _tokens(text)
    return _alternatives(tokens, 0, lists, text, closing="")[0]


def _words(raw: list[str]) -> Sequence:
    """Literal words in canonical spelling, two-word variants included."""
    spelled = [w for word in raw for w in canonical(word)]
    out: list[str] = []
    i = 0
    while i < len(spelled):
        pair = (
            table().get((spelled[i], spelled[i + 1])) if spelled[i] in pair_starts() and i + 1 < len(spelled) else None
        )
        if pair is not None:
            out.extend(pair)
            i += 2
        else:
            out.append(spelled[i])
            i += 1
    return tuple(Element(frozenset({w})) for w in out)
