"""Reading a rating or a trigger out of what somebody typed, in English or Spanish."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "hundred": 100,
    "cero": 0, "uno": 1, "dos": 2, "tres": 3, "cuatro": 4, "cinco": 5, "seis": 6, "siete": 7, "ocho": 8, "nueve": 9,
    "diez": 10, "once": 11, "doce": 12, "cien": 100,
}  # fmt: skip
# "one" and "uno" are ratings only where they stand alone: "just one more" is none.
_SHY = {"one", "uno", "once"}
_NUMBER = re.compile(r"(?<![\w.,])\d{1,4}(?:[.,]\d)?(?![\w])|[a-z]+")
# A number that counts something else: time, days, money, drinks.
_UNIT = re.compile(
    r"^\s*(?:%|am\b|pm\b|a\.m|p\.m|o\s?clock|:|years?|yrs?|months?|weeks?|days?|hours?|hrs?|min|seconds?|times?|dollars?|bucks|"
    r"beers?|drinks?|pills?|shots?|kids?|people|mg|dias?|semanas?|mes(?:es)?|anos?|horas?|minutos?|veces|cervezas?|tragos?|pastillas?|"
    r"pesos|hijos?)"
)
_NOW = re.compile(r"\b(?:now|rn|currently|right now|ahora|ahorita|to a|to an|down to|up to|al?|subio a|bajo a)\b")


@dataclass(frozen=True)
class Rating:
    """A number that somebody gave; ``value`` is None when it is not on the scale from 0 to 10."""

    value: int | None


def plain(text: str) -> str:
    """Give the text in small letters, without accents, apostrophes or outer punctuation, with single spaces."""
    folded = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    folded = "".join(c for c in folded if not unicodedata.combining(c)).replace("'", "")
    return " ".join(folded.split()).strip(' .,!?¡¿…:;-*"')


def read_rating(text: str) -> Rating | None:
    """Read a rating: ``8``, ``8/10``, ``an eight``, ``7 or 8`` (the higher counts), ``was a 4, now a 9`` (the latter).

    Half points are rounded up. Gives None where there is no number that could be a rating.
    """
    folded = plain(text)
    found = [(place, number) for place, number in _numbers(folded)]
    if not found:
        return None
    of_ten = re.search(r"(?<![\w.,])(\d{1,2})(?:[.,]\d)?\s*(?:/|out of|of|de|sobre)\s*(?:10|ten|diez)\b", folded)
    if of_ten:
        return Rating(_on_scale(float(of_ten[1])))
    moved = re.search(r"\b(?:from|de|del)\s+(?:an?\s+|un\s+)?\S+\s+(?:down\s+|up\s+)?(?:to|a|al)\b", folded)
    if moved and found[-1][0] >= moved.end():
        return Rating(_on_scale(found[-1][1]))
    last_now = max((m.end() for m in _NOW.finditer(folded)), default=0)
    later = [number for place, number in found if place >= last_now]
    if last_now and later:
        return Rating(_on_scale(later[0] if len(later) == 1 else max(later)))
    if re.search(r"\d\s*(?:-|to|or|o|a|y|and)\s*\d", folded) or len(found) == 1:
        return Rating(_on_scale(max(number for _, number in found)))
    return Rating(_on_scale(found[-1][1]))


def _numbers(folded: str) -> list[tuple[int, float]]:
    numbers: list[tuple[int, float]] = []
    for match in _NUMBER.finditer(folded):
        piece = match[0]
        if piece[0].isdigit():
            value = float(piece.replace(",", "."))
        elif piece in _WORDS and (piece not in _SHY or len(folded.split()) <= 2):
            value = float(_WORDS[piece])
        else:
            continue
        before, after = folded[: match.start()].rstrip(), folded[match.end() :]
        if before.endswith("$") or _UNIT.match(after):
            continue
        numbers.append((match.start(), value))
    return numbers


def _on_scale(number: float) -> int | None:
    rounded = int(number + 0.5)
    return rounded if 0 <= rounded <= 10 else None


@lru_cache(maxsize=1)
def words() -> dict[str, Any]:
    """Give the word lists of ``words.yml``, read once; single words of a list as a set."""
    raw = yaml.safe_load((Path(__file__).resolve().parent / "words.yml").read_text(encoding="utf-8"))
    triggers = {
        trigger: re.compile(rf"\b(?:{'|'.join(re.escape(word) for word in listed)})\b")
        for trigger, listed in raw["triggers"].items()
    }
    return {"triggers": triggers, **{name: frozenset(raw[name]) for name in ("go_on", "stop", "refuse")}}


def read_trigger(text: str) -> str | None:
    """Read what set a craving off from the words in a short answer, or None where no word says it."""
    folded = plain(text)
    return next((name for name, pattern in words()["triggers"].items() if pattern.search(folded)), None)


# A message that begins like this wants an answer, also without a question mark.
_ASKING = re.compile(
    r"^(?:(?:ok|okay|wait|and|but|so|hey|pero|oye|y)\s+)*(?:what|whats|when|whens|where|wheres|who|whos|why|how|hows|which|can|could|do|does|did|is|are|"
    r"am|will|would|should|que|cuando|donde|quien|por que|como|cual|cuanto|puedo|puedes|hay|a que hora)\b"
)


def is_question(text: str) -> bool:
    """Tell whether somebody asks something rather than answers."""
    return "?" in text or bool(_ASKING.match(plain(text)))
