"""Undo what people and evaders do to words, and remember where each piece stood in the original.

The result is plain lower-case words separated by single spaces, with "." or "?" as a word where a sentence ends.
Doses, phone numbers, times and dates keep their digits: leetspeak is read only where a word of the lexicon comes out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.risk import disguise
from bot.risk.characters import replace_characters
from bot.risk.spelling import canonical, pair_starts, table

# A word with inner marks (c*t, k.i.l.l, don't), or a run of sentence marks.
_PIECE = re.compile(
    r"\d[\d.,:/\-]*\d(?=(?:mg|mcg|ml|g|am|pm|h|hrs)?(?![^\W_]))"  # numbers, times, dates, telephone numbers
    r"|w/o?(?![^\W_])|&"
    r"|[^\W_]+(?:['*@$!|+#.\-_/]{1,4}[^\W_]+)*[*]{0,6}"
    r"|[$@!*|][^\W_][\w*@$!|+]*"
    r"|[.!?\n,;:()\"—–\-]+"
)
_UNIT = re.compile(
    r"(\d+(?:[.,]\d+)?)(mg|mgs|mcg|ml|g|gs|gram|grams|oz|cc|iu|pm|am|yo|y/o|yr|yrs|mo|mos|hr|hrs|h|d|days?|wk|wks|x|lb|lbs|k|min|mins|%|st|nd|rd|th|s)"
)
_ALL_DIGITS = re.compile(r"[\d.,:/\-+()]+")
MAX_LENGTH = 12_000
"""Characters read; the channel accepts fewer. Beyond that the cost of one message would be without bound."""


@dataclass(frozen=True)
class Normalised:
    """The words read, and where each came from.

    `words[i]` stands for `original[starts[i]:ends[i]]`; `soft` holds the indices of words after which a comma, a
    line break or a dash stood.
    """

    original: str
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    soft: frozenset[int]

    @property
    def text(self) -> str:
        """The words joined by single spaces."""
        return " ".join(self.words)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Offsets in the original of words `first` up to and not including `last`."""
        covered = range(first, last)
        if not covered:
            return (0, 0)
        return (min(self.starts[i] for i in covered), max(self.ends[i] for i in covered))


@dataclass
class _Piece:
    text: str
    start: int
    end: int


def normalise(text: str) -> Normalised:
    """Read one message.

    Args:
        text: what the person wrote; any characters, any length (what lies beyond `MAX_LENGTH` is not read).

    Returns:
        The canonical words with their offsets. Never raises on any text.
    """
    original = text[:MAX_LENGTH]
    plain, offsets = replace_characters(original)
    pieces = [_Piece(m.group(), m.start(), m.end()) for m in _PIECE.finditer(plain)]
    pieces = disguise.join_single_letters(pieces, _Piece)
    words: list[str] = []
    spans: list[tuple[int, int]] = []
    soft: set[int] = set()
    for piece in pieces:
        if not piece.text[0].isalnum() and not any(c.isalnum() for c in piece.text):
            mark = _mark(piece.text)
            if mark == "," and words:
                soft.add(len(words) - 1)
            elif mark and words and words[-1] not in ".?":
                words.append(mark)
                spans.append((piece.start, piece.end))
            continue
        for word in _read(piece.text):
            words.append(word)
            spans.append((piece.start, piece.end))
    words, spans, soft = _join_pairs(words, spans, soft)
    words, spans, soft = disguise.drop_stops_between_single_words(words, spans, soft)
    last = len(offsets) - 1
    return Normalised(
        original,
        tuple(words),
        tuple(offsets[min(s, last)] for s, _ in spans),
        tuple(offsets[min(e - 1, last)] + 1 for _, e in spans),
        frozenset(soft),
    )


def _mark(text: str) -> str:
    """The kind of break a run of punctuation makes: sentence end, clause end, or none."""
    if "?" in text:
        return "?"
    if "!" in text or "." in text.replace("...", "").replace("..", ""):
        return "."
    return ","


@lru_cache(maxsize=50_000)
def _read(piece: str) -> tuple[str, ...]:
    """Canonical words of one piece without spaces."""
    if _ALL_DIGITS.fullmatch(piece):
        return (piece,)
    if len(piece) > 60:  # a link or noise; segmenting it costs and finds nothing
        return (piece[:60],)
    unit = _UNIT.fullmatch(piece)
    if unit:
        return (unit.group(1), unit.group(2))
    if (piece,) in table():
        return table()[(piece,)]
    if "'" in piece and piece.replace("'", "").isalpha():
        return canonical(piece)
    undone = disguise.undo(piece)
    return tuple(w for word in undone for w in canonical(word))


def _join_pairs(
    words: list[str], spans: list[tuple[int, int]], soft: set[int]
) -> tuple[list[str], list[tuple[int, int]], set[int]]:
    """Read variants of two words: "over dose", "my self"."""
    starts = pair_starts()
    if not any(w in starts for w in words):
        return words, spans, soft
    out: list[str] = []
    out_spans: list[tuple[int, int]] = []
    out_soft: set[int] = set()
    i = 0
    while i < len(words):
        replacement = table().get((words[i], words[i + 1])) if words[i] in starts and i + 1 < len(words) else None
        used = 1
        if replacement is not None:
            used = 2
            span = (spans[i][0], spans[i + 1][1])
            out.extend(replacement)
            out_spans.extend([span] * len(replacement))
        else:
            out.append(words[i])
            out_spans.append(spans[i])
        if i + used - 1 in soft and out:
            out_soft.add(len(out) - 1)
        i += used
    return out, out_spans, out_soft
