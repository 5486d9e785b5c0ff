"""The labelled lines of the meaning reader: complete, varied, and none twice."""

from __future__ import annotations

import re
from collections import Counter

from bot.nlu.lines import risk_examples, topic_examples
from bot.risk.verdict import CATEGORIES
from eval.sets import OWN, messages


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text.lower()).strip()


def test_every_block_has_a_level_and_every_category_has_its_levels() -> None:
    rows = risk_examples()
    assert {r.level for r in rows} == set("EHMLN")
    by = Counter((r.intent.removeprefix("risk_"), r.level) for r in rows)
    for category in CATEGORIES:
        assert by[category, "H"] + by[category, "E"] >= 20, category
        assert by[category, "N"] == 0, f"{category}: harmless lines belong to none.yml"
    assert all(r.level in "NL" for r in rows if r.intent == "risk_none")


def test_no_line_stands_twice() -> None:
    twice = [text for text, n in Counter(_plain(r.text) for r in risk_examples()).items() if n > 1 and text]
    assert twice == []


def test_enough_lines_in_both_languages() -> None:
    rows = risk_examples()
    spanish = sum("spanish" in r.voice for r in rows)
    assert len(rows) >= 2500
    assert spanish / len(rows) >= 0.12


def test_held_out_messages_are_not_trained_on() -> None:
    trained = {_plain(e.text) for e in (*risk_examples(), *topic_examples())}
    held_out = [m["text"] for file in sorted(OWN.glob("*.jsonl")) for m in messages(file)]
    assert len(held_out) > 1000
    assert [text for text in held_out if _plain(text) in trained] == []
