"""What people and evaders do to words, as functions from a message and a random source to a message."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from bot.risk.disguise import _joinable

_WORD = re.compile(r"[^\W\d_]+")
_LEET = str.maketrans("aeiost", "431057")
_CYRILLIC = str.maketrans("aeopcxyisj", "аеорсхуіѕј")
_GREEK = str.maketrans("aeiknoptuvx", "αεικηορτυνχ")
_FULL = {c: c + 0xFEE0 for c in range(0x21, 0x7F)}
_BOLD = {ord("a") + i: 0x1D41A + i for i in range(26)}


def _each_word(text: str, change: Callable[[str], str], shortest: int = 4) -> str:
    return _WORD.sub(lambda m: change(m.group()) if len(m.group()) >= shortest else m.group(), text)


def _core(text: str, change: Callable[[str], str]) -> str:
    core = _joinable()[1]
    return _WORD.sub(lambda m: change(m.group()) if m.group().lower() in core else m.group(), text)


def _stretch(word: str, r: random.Random) -> str:
    return word + word[-1] * r.randint(2, 5)


def _join(text: str) -> str:
    joinable, core = _joinable()
    words = text.split(" ")
    out = [words[0]]
    for word in words[1:]:
        pair = (re.split(r" ", out[-1])[-1].lower(), word.lower())
        if all(w in joinable for w in pair) and (pair[0] in core) != (pair[1] in core):
            out[-1] += word
        else:
            out.append(word)
    return " ".join(out)


def _typo(word: str, r: random.Random) -> str:
    if len(word) < 7:
        return word
    i = r.randint(2, len(word) - 3)
    return word[:i] + word[i + 1] + word[i] + word[i + 2 :]


DISGUISES: dict[str, Callable[[str, random.Random], str]] = {
    "capitals": lambda t, _: t.upper(),
    "leetspeak": lambda t, _: _each_word(t, lambda w: w[0] + w[1:].lower().translate(_LEET)),
    "zero_width": lambda t, r: "".join(c + r.choice(["", "\u200b", "\u200d", "\u2060", "\u00ad"]) for c in t),
    "cyrillic": lambda t, r: _each_word(t, lambda w: w.translate(_CYRILLIC) if r.random() < 0.8 else w, 2),
    "greek": lambda t, _: _each_word(t, lambda w: w.lower().translate(_GREEK)),
    "full_width": lambda t, _: t.translate(_FULL),
    "styled": lambda t, _: t.lower().translate(_BOLD),
    "accents": lambda t, r: "".join(c + (r.choice(["", "\u0301", "\u0336"]) if c.isalpha() else "") for c in t),
    "stretched": lambda t, r: _core(t, lambda w: _stretch(w, r)),
    "spaced_out": lambda t, _: _core(t, " ".join),
    "dotted": lambda t, _: _core(t, ".".join),
    "hyphened": lambda t, _: _core(t, "-".join),
    "joined": lambda t, _: _join(t),
    "newlines": lambda t, _: t.replace(" ", "\n"),
    "double_spaces": lambda t, _: t.replace(" ", "   "),
    "typo": lambda t, r: _core(t, lambda w: _typo(w, r)),
    "emoji_between": lambda t, _: t.replace(" ", " 😭 "),
}
