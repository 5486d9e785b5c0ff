"""One spelling for each word: contractions, text slang, misspellings and voice-to-text slips.

The table is `lexicon/_spelling.yml`, "canonical: variants". The same table reads messages and lexicon patterns, so
a clinician may write "don't want to" or "do not want to" and both match both.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

import yaml


def word_set(text: str) -> frozenset[str]:
    """The words of a text, which is how long lists stay readable in code."""
    return frozenset(text.split())


_FILE = Path(__file__).with_name("lexicon") / "_spelling.yml"
_ENDINGS = (
    ("n't", "not"),
    ("'re", "are"),
    ("'ve", "have"),
    ("'ll", "will"),
    ("'d", "would"),
    ("'m", "am"),
)
_IS_AFTER = word_set(
    "he she it that this there what who how where when everything everyone nobody here everybody someone"
)


def fold(text: str) -> str:
    """Lower-case and drop accents: "Recaí" becomes "recai". Takes and gives text of ordinary letters."""
    decomposed = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


@lru_cache(maxsize=1)
def table() -> dict[tuple[str, ...], tuple[str, ...]]:
    """Variants to canonical words, keyed by the variant's words (one or two of them)."""
    result: dict[tuple[str, ...], tuple[str, ...]] = {}
    raw = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    for canonical, variants in raw.items():
        for variant in str(variants).split(","):
            words = tuple(fold(variant).split())
            result[words] = tuple(fold(str(canonical)).split())
    return result


@lru_cache(maxsize=1)
def pair_starts() -> frozenset[str]:
    """First words of the two-word variants, to skip the look-up for all others."""
    return frozenset(words[0] for words in table() if len(words) == 2)


@lru_cache(maxsize=20_000)
def canonical(word: str) -> tuple[str, ...]:
    """Give the canonical words for one folded word, mostly the word itself."""
    found = table().get((word,))
    if found is not None:
        return found
    if "'" in word:
        bare = word.replace("'", "")
        found = table().get((bare,))
        if found is not None:
            return found
        for ending, full in _ENDINGS:
            if word.endswith(ending) and len(word) > len(ending):
                return (*canonical(word[: -len(ending)]), full)
        if word.endswith("'s"):
            stem = word[:-2]
            return (stem, "is") if stem in _IS_AFTER else (stem,) if stem else ()
        bare = re.sub(r"'+", "", word)
        return (bare,) if bare else ()
    return (word,)
