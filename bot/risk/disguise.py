"""Read disguised words: leetspeak, masked letters, spaced-out letters, stretched and joined words, near misspellings.

A disguise is undone only when a word of the lexicon comes out, so ordinary words, names, doses and numbers stay.
"""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.risk.lexicon import lexicon
from bot.risk.spelling import fold, table

_LEET: dict[str, str] = {
    "0": "o", "1": "il", "2": "z", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "il", "|": "li", "+": "t", "#": "h",
}  # fmt: skip
_RUN = re.compile(r"(.)\1+")
_LONGEST_GUESS = 40


@lru_cache(maxsize=1)
def _lists() -> dict[str, tuple[str, ...]]:
    raw: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("lexicon").joinpath("_disguised.yml").read_text(encoding="utf-8")
    )
    return {name: tuple(fold(w) for w in str(words).split()) for name, words in raw.items()}


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return lexicon().vocabulary | {k[0] for k in table() if len(k) == 1} | frozenset(_lists()["core"])


@lru_cache(maxsize=1)
def _joinable() -> tuple[frozenset[str], frozenset[str]]:
    core = frozenset(_lists()["core"])
    return core | frozenset(_lists()["small"]), core


@lru_cache(maxsize=1)
def _near() -> dict[str, str]:
    """Core words of six letters or more by what is left when one letter is dropped."""
    near: dict[str, str] = {}
    for word in _lists()["core"]:
        if len(word) >= 6:
            for i in range(len(word)):
                near.setdefault(word[:i] + word[i + 1 :], word)
    return near


@lru_cache(maxsize=1)
def _left_alone() -> frozenset[str]:
    return frozenset(_lists()["ordinary"])


def undo(piece: str) -> tuple[str, ...]:  # noqa: C901 - one step for each disguise, in order
    """Give the words that one lower-case piece without spaces stands for, itself when it hides nothing."""
    if piece in _known():
        return (piece,)
    if piece.isalpha():
        return _letters(piece) or (piece,)
    bare = piece.rstrip("*!+|#") or piece
    if bare in _known():
        return (bare,)
    if "*" in bare or "#" in bare or "_" in bare:
        masked = _unmask(bare)
        if masked:
            return (masked,)
    leet = _leet(bare)
    if leet:
        return leet
    parts = [p for p in re.split(r"[^\w']|_", bare) if p]
    if len(parts) > 1:
        joined = "".join(parts)
        if any(len(p) == 1 for p in parts):
            whole = _leet(joined) or (_letters(joined) if joined.isalpha() else None)
            if joined in _known():
                return (joined,)
            if whole:
                return whole
        return tuple(w for p in parts for w in undo(p))
    return (parts[0],) if parts else ()


def _letters(word: str) -> tuple[str, ...] | None:
    """Stretched, clipped ("drinkin"), misspelt or joined words of letters only."""
    if len(word) > _LONGEST_GUESS or word in _left_alone():
        return None
    known = _known()
    if _RUN.search(word):
        found = _unstretch(word)
        if found:
            return found
    if len(word) > 4 and word.endswith("in") and word + "g" in known:
        return (word + "g",)
    if len(word) >= 6:
        near = _misspelt(word)
        if near:
            return (near,)
    return segment(word)


def _unstretch(word: str) -> tuple[str, ...] | None:
    known = _known()
    runs = list(_RUN.finditer(word))
    stretched = any(len(m.group()) >= 3 for m in runs)
    for keep in itertools.product((2, 1), repeat=min(len(runs), 4)):
        lengths = iter([*keep, *([1] * len(runs))])
        shorter = _RUN.sub(lambda m: m.group(1) * next(lengths), word)  # noqa: B023 - used at once
        # A doubled letter is more often another word (too, choose) than a stretch, unless a word of risk comes out.
        if shorter in known and (stretched or shorter in _lists()["core"]):
            return (shorter,)
    single = _RUN.sub(r"\1", word)
    joined = segment(single) if stretched else None
    if joined:
        return joined
    return (single,) if stretched else None


def _leet(piece: str) -> tuple[str, ...] | None:
    if not any(c.isalpha() for c in piece) or not any(c in _LEET for c in piece) or len(piece) < 3:
        return None
    places = [c for c in piece if c in _LEET]
    if len(places) > 7 or len(piece) > _LONGEST_GUESS or any(not c.isalpha() and c not in _LEET for c in piece):
        return None
    for choice in itertools.product(*(_LEET[c] for c in places)):
        letters = iter(choice)
        word = "".join(next(letters) if c in _LEET else c for c in piece)
        if word in _known():
            return (word,)
        guess = _letters(word)
        if guess and (len(guess) > 1 or guess[0] in _known()):
            return guess
    return None


def _unmask(piece: str) -> str | None:
    """Read "c*t", "su**ide": each mark stands for one letter of a word in the `masked` list."""
    if not piece[0].isalpha() or sum(c.isalpha() for c in piece) < 2 - (len(piece) > 3):
        return None
    shape = re.compile("".join("." if c in "*#_" else re.escape(c) for c in piece))
    return next((w for w in _lists()["masked"] if shape.fullmatch(w)), None)


def _misspelt(word: str) -> str | None:
    """A core word that is one slip away: a letter more, less, other, or two letters swapped."""
    near = _near()
    if word in near:
        return near[word]
    for i in range(len(word)):
        shorter = word[:i] + word[i + 1 :]
        if shorter in _lists()["core"] and len(shorter) >= 6:
            return shorter
        other = near.get(shorter)
        if other and word[0] == other[0] and len(other) == len(word):
            wrong = [k for k in range(len(word)) if word[k] != other[k]]
            if len(wrong) == 1 or (len(wrong) == 2 and wrong[1] == wrong[0] + 1):
                return other
    return None


@lru_cache(maxsize=20_000)
def segment(word: str) -> tuple[str, ...] | None:
    """Split joined words ("iwanttodie") when every piece is listed and one of them is a word of risk."""
    if not 4 <= len(word) <= _LONGEST_GUESS or word in _left_alone():
        return None
    words, core = _joinable()
    best: list[tuple[str, ...] | None] = [()] + [None] * len(word)
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 14), end):
            before = best[start]
            if before is not None and word[start:end] in words:
                current = best[end]
                if current is None or len(before) + 1 < len(current):
                    best[end] = (*before, word[start:end])
    found = best[-1]
    return found if found and any(w in core for w in found) else None


def join_single_letters(pieces: list[Any], make: Any) -> list[Any]:
    """Join runs of single letters ("s u i c i d e", "k. i. l. l.") that make words of risk; leave others.

    Args:
        pieces: objects with `text`, `start` and `end`.
        make: builds such an object from text, start and end.
    """
    if sum(len(p.text) == 1 and p.text.isalnum() for p in pieces) < 3:
        return pieces
    out: list[Any] = []
    i = 0
    while i < len(pieces):
        run, j = [], i
        while j < len(pieces) and len(pieces[j].text) == 1:
            if pieces[j].text.isalnum() or pieces[j].text in "$@!*|":
                run.append(j)
            elif not run or pieces[j].text not in ".,-\n":
                break
            j += 1
        joined = _longest_join([pieces[k] for k in run], make)
        if joined is None:
            out.append(pieces[i])
            i += 1
        else:
            piece, used = joined
            out.append(piece)
            i = run[used - 1] + 1
    return out


def _longest_join(run: list[Any], make: Any) -> tuple[Any, int] | None:
    for used in range(min(len(run), _LONGEST_GUESS), 2, -1):
        text = "".join(p.text for p in run[:used])
        if sum(c.isalpha() for c in text) < 3:
            continue
        words = (text,) if text in _known() else (segment(text) if text.isalpha() else _leet(text))
        if words:
            return make("".join(words), run[0].start, run[used - 1].end), used
    return None


def drop_stops_between_single_words(
    words: list[str], spans: list[tuple[int, int]], soft: set[int]
) -> tuple[list[str], list[tuple[int, int]], set[int]]:
    """Remove the full stops of "i. want. to. die." (three or more one-word sentences in a row)."""
    stops = [i for i, w in enumerate(words) if w in ".?"]
    drop: set[int] = set()
    for a, b in itertools.pairwise(stops):
        if b - a == 2:
            drop |= {a, b}
    if len(drop) < 3:
        return words, spans, soft
    kept = [i for i in range(len(words)) if i not in drop]
    place = {old: new for new, old in enumerate(kept)}
    return [words[i] for i in kept], [spans[i] for i in kept], {place[i] for i in soft if i in place}
