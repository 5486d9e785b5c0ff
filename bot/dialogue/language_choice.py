"""Which language a person asks for ("spanish please", "mejor en inglés"), as opposed to the one they write in."""

from __future__ import annotations

import re

_NAMED = {
    "es": re.compile(r"\b(?:spanish|espa[nñ]ol|castellano)\b", re.IGNORECASE),
    "en": re.compile(r"\b(?:english|ingl[eé]s)\b", re.IGNORECASE),
}
_NOT_SPOKEN = re.compile(
    r"\b(?:no\s+(?:hablo|entiendo|s[eé])|(?:don'?t|do\s+not|can'?t|cannot)\s+(?:speak|read|understand)(?:\s+\w+)?|"
    r"not\s+good(?:\s+at)?|my\s+english)\b",
    re.IGNORECASE,
)


def wanted_language(text: str, written_in: str | None = None) -> str | None:
    """Give "en" or "es" where the message asks for one; None where it names neither or both.

    Args:
        text: what the person wrote, or the payload of a button.
        written_in: the language entity of the message; counts only for a button, where it is the choice itself.
    """
    if text.startswith("/"):
        return written_in if written_in in ("en", "es") else None
    named = [language for language, pattern in _NAMED.items() if pattern.search(text)]
    if len(named) != 1:
        return None
    if _NOT_SPOKEN.search(text):
        return "es" if named[0] == "en" else "en"
    return named[0]
