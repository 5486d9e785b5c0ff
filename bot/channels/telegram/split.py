"""Long texts in parts that Telegram takes: split at its limit and nowhere else."""

from __future__ import annotations

import re
import unicodedata

# core.telegram.org/bots/api#sendmessage, counted after entities are parsed, in UTF-16 units.
LONGEST = 4096

# Where a text is cut, best first: between paragraphs, lines, sentences, words.
_CUTS = (
    re.compile(r"\n[ \t]*\n\s*"),
    re.compile(r"\n\s*"),
    re.compile(r"(?<=[.!?…。！？])[\"'”’)\]]*\s+|(?<=[。！？])"),
    re.compile(r"\s+"),
)
_ZERO_WIDTH_JOINER = "\u200d"


def units(text: str) -> int:
    """Count UTF-16 units, as Telegram does: characters beyond the basic plane, such as most emoji, count twice."""
    return len(text) + sum(character > "\uffff" for character in text)


def split(text: str, limit: int = LONGEST) -> list[str]:
    """Cut ``text`` (plain) into parts of at most ``limit`` units, at the best place in each part's second half.

    Only white space at the cuts is lost. Emoji and letters with accents stay whole where they are shorter than a part.
    """
    parts = []
    rest = text.strip()
    while units(rest) > limit:
        cut = _cut(rest, limit)
        parts.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return [*parts, rest] if rest else parts


def _cut(text: str, limit: int) -> int:
    end = _fitting(text, limit)
    earliest = _fitting(text, limit // 2)
    for pattern in _CUTS:
        # A match may reach beyond the end: white space there is dropped anyway.
        places = [
            m.start() if m.group().isspace() else m.end() for m in pattern.finditer(text, earliest) if m.start() <= end
        ]
        within = [place for place in places if max(earliest, 1) <= place <= end]
        if within:
            return within[-1]
    whole = end
    while whole > max(earliest, 1) and _joined(text, whole):
        whole -= 1
    return whole if whole > max(earliest, 1) else end


def _fitting(text: str, limit: int) -> int:
    """Give how many characters fit into ``limit`` units (at least one, so that something always goes)."""
    used = 0
    for index, character in enumerate(text):
        used += 2 if character > "\uffff" else 1
        if used > limit:
            return max(index, 1)
    return len(text)


def _joined(text: str, index: int) -> bool:
    """Tell whether the character at ``index`` belongs to the one before it."""
    if index >= len(text):
        return False
    character = text[index]
    return (
        bool(unicodedata.combining(character))
        or unicodedata.category(character) in ("Mn", "Me")
        or character == _ZERO_WIDTH_JOINER
        or text[index - 1] == _ZERO_WIDTH_JOINER
        or "\U0001f3fb" <= character <= "\U0001f3ff"  # skin tones
    )
