"""Every text of the risk dialogue is there, in both languages, short, and says nothing that it must not."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.program import program
from bot.risk.verdict import CATEGORIES
from bot.risk_dialogue.first_replies import about_staff, categories, first_reply, lead
from bot.risk_dialogue.steps import ANSWERS, LEVELS, all_categories, all_steps

ROOT = Path(__file__).resolve().parents[3]
RESPONSES: dict[str, list[dict[str, Any]]] = yaml.safe_load(
    (ROOT / "data" / "responses" / "risk.yml").read_text(encoding="utf-8")
)["responses"]
LINES = ("still_here", "unclear", "retracted", "come_back", "no_question", "refusal", "refusal_asking")


def _verdict(category: str, level: str = "H", action: str = "alert") -> dict[str, Any]:
    return {"level": level, "categories": [category], "action": action, "evidence": []}


def _whole_reply(verdict: dict[str, Any], language: str = "en", *, reachable: bool = True) -> list[str]:
    facts = program().facts
    return [*first_reply(verdict, language, facts), *about_staff(verdict, language, facts, reachable=reachable)]


def _all_texts() -> list[tuple[str, str]]:
    found = [
        (f"{category}:{level}:{action}:{language}", text)
        for category in categories()
        for level, action in (("E", "alert"), ("H", "alert"), ("M", "alert"), ("M", "check"))
        for language in ("en", "es")
        for text in _whole_reply(_verdict(category, level, action), language)
    ]
    return found + [
        (name, program().fill(variation["text"])) for name, all_of in RESPONSES.items() for variation in all_of
    ]


def test_every_category_has_first_replies_and_questions() -> None:
    assert set(categories()) == set(CATEGORIES)
    assert set(all_categories()) == set(CATEGORIES)
    for category in all_categories().values():
        assert set(category.entry) == set(LEVELS)


def test_every_way_leads_somewhere_and_every_text_is_used() -> None:
    steps = all_steps()
    named = {f"utter_risk_{line}" for line in LINES} | {f"utter_risk_{name}" for name in steps}
    reached = {step for category in all_categories().values() for step in category.entry.values()}
    for step in steps.values():
        assert set(step.ways) == set(ANSWERS)
        assert step.good in ANSWERS
        for way in step.ways.values():
            assert way.raises in (None, *LEVELS[1:])
            assert way.say or way.ask, f"{step.name} ends in silence"
            named |= {f"utter_risk_{name}" for name in (way.say, way.ask) if name}
            reached |= {way.ask} if way.ask else set()
    assert named == set(RESPONSES)
    assert reached >= set(steps), f"never asked: {set(steps) - reached}"


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_responses_have_both_languages_and_the_same_buttons(name: str) -> None:
    english = [v for v in RESPONSES[name] if "condition" not in v]
    spanish = [v for v in RESPONSES[name] if "condition" in v]
    assert english
    assert spanish
    payloads = {tuple(b["payload"] for b in v.get("buttons", [])) for v in RESPONSES[name]}
    assert len(payloads) == 1
    step = name.removeprefix("utter_risk_")
    if step in all_steps():
        assert [p.split('"')[3] for p in next(iter(payloads))] == list(ANSWERS)
        assert all(f'"{step}"' in p for p in next(iter(payloads)))


@pytest.mark.parametrize(("name", "text"), _all_texts())
def test_texts_are_short_and_plain(name: str, text: str) -> None:
    assert len(text.split()) <= 60, name
    assert "$" not in text, f"{name} has a fact that program.yml does not know"
    assert not re.search(r"[*_<>{}]|\]\(", text), f"{name} has markup"


# What a reply to a disclosure must never do (rubric of the risk taxonomy).
FORBIDDEN = (
    r"you(?:'re| are) not (?:suicidal|going to|thinking)", r"\bpromise\b", r"\bcontract\b", r"\bsecret\b",
    r"don't you\b", r"\bhelp is on (?:the|its) way\b", r"\bselfish\b", r"\baddict\b", r"\bcommit suicide\b",
    r"\bdirty\b",
    r"\bcalm down\.", r"ayuda (?:ya )?va en camino", r"\bprometo\b", r"\bcometer suicidio\b", r"\bno estás pensando\b",
)  # fmt: skip


@pytest.mark.parametrize(("name", "text"), _all_texts())
def test_texts_say_nothing_that_they_must_not(name: str, text: str) -> None:
    for pattern in FORBIDDEN:
        assert not re.search(pattern, text, re.IGNORECASE), (name, pattern)


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_an_emergency_says_what_to_do_first(category: str, language: str) -> None:
    first = first_reply(_verdict(category, "E"), language, program().facts)[0]
    urgent = "drive" if language == "en" else "manejes"
    assert program().crisis_lines.emergency in first or (category == "impaired_driving" and urgent in first)


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize("level", ["E", "H", "M"])
def test_every_alert_names_a_line_that_always_answers(category: str, level: str) -> None:
    lines = program().crisis_lines
    said = " ".join(_whole_reply(_verdict(category, level)))
    assert any(n in said for n in (lines.emergency, lines.crisis, lines.domestic_violence, lines.child_abuse))


def test_staff_are_named_only_for_alerts() -> None:
    assert "alerting the program's staff" in " ".join(_whole_reply(_verdict("suicide", "E")))
    assert "staff" not in " ".join(_whole_reply(_verdict("suicide", "M", "check")))


@pytest.mark.parametrize("language", ["en", "es"])
def test_nobody_is_said_to_be_alerted_where_no_alert_can_reach_anybody(language: str) -> None:
    said = " ".join(_whole_reply(_verdict("suicide", "E"), language, reachable=False))
    assert "alerting" not in said
    assert "avisando" not in said
    assert "console" in said or "consola" in said


def test_facts_stay_placeholders_when_none_are_given() -> None:
    assert "$crisis_line" in " ".join(first_reply(_verdict("suicide", "E"), "en", {}))


@pytest.mark.parametrize(
    ("found", "leading"),
    [
        (["suicide"], "suicide"),
        (["suicide", "third_party"], "third_party"),
        (["overdose", "third_party"], "overdose"),
        (["abuse", "third_party"], "abuse"),
        (["third_party"], "third_party"),
        ([], "suicide"),
        (["something_new"], "suicide"),
    ],
)
def test_which_category_a_reply_is_about(found: list[str], leading: str) -> None:
    assert lead({"level": "H", "categories": found, "action": "alert"}) == leading


def test_an_unknown_level_still_gets_a_reply() -> None:
    assert first_reply({"level": "L", "categories": ["relapse"], "action": "alert"}, "en", {})


def test_first_replies_need_neither_rasa_nor_tensorflow() -> None:
    import subprocess
    import sys

    code = (
        "import sys; from bot.risk_dialogue.first_replies import first_reply; "
        "first_reply({'level': 'E', 'categories': ['suicide'], 'action': 'alert'}, 'en', {}); "
        "print([m for m in ('rasa', 'tensorflow', 'rasa_sdk', 'spacy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
