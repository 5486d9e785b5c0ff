"""Every example in the lexicon does what the file says, and the lexicon is complete and readable."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.risk import reader
from bot.risk.lexicon import Entry, LexiconError, lexicon, read
from bot.risk.normalise import normalise
from bot.risk.notation import NotationError, parse
from bot.risk.verdict import CATEGORIES, Level

ENTRIES = [e for e in lexicon().entries if "/unless" not in e.id]
RISK = [e for e in ENTRIES if e.kind == "risk"]


def _found(entry: Entry, text: str) -> bool:
    """Whether the entry speaks for this text: a risk entry in the verdict, others as a plain hit."""
    if entry.kind != "risk":
        return any(h.entry.id == entry.id for h in reader._loaded().find(normalise(text)))
    return any(e.pattern == entry.id and e.level > Level.N for e in reader.screen(text).evidence)


@pytest.mark.parametrize(
    ("entry", "text"), [pytest.param(e, t, id=f"{e.id}: {t[:40]}") for e in ENTRIES for t in e.hit]
)
def test_hit(entry: Entry, text: str) -> None:
    assert _found(entry, text), normalise(text).text


@pytest.mark.parametrize(
    ("entry", "text"), [pytest.param(e, t, id=f"{e.id}: {t[:40]}") for e in ENTRIES for t in e.miss]
)
def test_miss(entry: Entry, text: str) -> None:
    if entry.kind == "risk":
        said = [e for e in reader.screen(text).evidence if e.pattern == entry.id and e.level > Level.L]
        assert not said, normalise(text).text
    else:
        assert not _found(entry, text), normalise(text).text


def test_every_risk_pattern_has_both_examples() -> None:
    assert [e.id for e in RISK if not e.hit or not e.miss] == []


def test_every_category_is_covered() -> None:
    assert {e.category for e in RISK} == set(CATEGORIES)


def test_there_are_enough_lines_in_both_languages() -> None:
    lines = [line for e in RISK for line in e.lines]
    assert len(lines) >= 500


def test_an_unreadable_pattern_is_refused() -> None:
    with pytest.raises(NotationError):
        parse("kill (myself", {})
    with pytest.raises(NotationError):
        parse("{no_such_list}", {})


def test_a_bad_entry_is_named(tmp_path: Path) -> None:
    (tmp_path / "_words.yml").write_text("relation: brother", encoding="utf-8")
    (tmp_path / "suicide.yml").write_text("- {id: x, level: Q, pattern: die}", encoding="utf-8")
    with pytest.raises(LexiconError, match=r"suicide\.yml: suicide\.x"):
        read(tmp_path)
    (tmp_path / "suicide.yml").write_text("- {id: x, level: H, pattern: die, with: nothing}", encoding="utf-8")
    with pytest.raises(LexiconError, match="no such signal"):
        read(tmp_path)
