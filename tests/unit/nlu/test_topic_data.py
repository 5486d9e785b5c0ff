"""Examples, rules, responses and stories of the topics fit together: nothing twice, nothing dead, nothing untried."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from functools import lru_cache
from typing import Any

import pytest
import yaml

from bot.dialogue.clarify import titles
from bot.nlu.lines import topic_examples
from bot.settings import ROOT

STORIES = sorted((ROOT / "tests" / "stories").glob("*.yml"))
# Every intent that people type has this many examples or more.
LEAST_EXAMPLES = 30
# Reached by a button only, or chosen by the risk reader.
WITHOUT_EXAMPLES = {
    "account_delete_confirm", "account_unlink_confirm", "craving_trigger",
    "risk_answer", "risk_none",
}  # fmt: skip
FORMS = ("craving_form", "coping_form", "prospect_form")


@lru_cache(maxsize=1)
def domain() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8")))


@lru_cache(maxsize=1)
def responses() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for file in (ROOT / "data" / "responses").glob("*.yml"):
        found.update(yaml.safe_load(file.read_text(encoding="utf-8"))["responses"])
    return found


@lru_cache(maxsize=1)
def intents() -> frozenset[str]:
    return frozenset(next(iter(i)) if isinstance(i, dict) else i for i in domain()["intents"])


@lru_cache(maxsize=1)
def rules() -> list[dict[str, Any]]:
    files = (ROOT / "data" / "rules").glob("*.yml")
    return [rule for file in files for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]]


@lru_cache(maxsize=1)
def stories() -> list[dict[str, Any]]:
    return [story for file in STORIES for story in yaml.safe_load(file.read_text(encoding="utf-8"))["stories"]]


def sources() -> str:
    """Everything that can name a response: code, rules, and the texts of forms and of first replies."""
    folders = ("actions", "bot", "data/rules")
    files = [f for folder in folders for f in (ROOT / folder).rglob("*") if f.suffix in (".py", ".yml")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def folded(text: str) -> str:
    plain = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    return " ".join(re.findall(r"\w+", plain)) or text


def test_no_message_is_an_example_of_two_intents() -> None:
    intents_of: dict[str, set[str]] = {}
    for example in topic_examples():
        intents_of.setdefault(folded(example.text), set()).add(example.intent)
    assert {text: found for text, found in intents_of.items() if len(found) > 1} == {}


def test_every_intent_has_enough_examples() -> None:
    count = Counter(e.intent for e in topic_examples())
    typed = {i for i in intents() if not i.startswith("risk_")} - WITHOUT_EXAMPLES
    assert typed == set(count)
    assert {intent: n for intent, n in count.items() if n < LEAST_EXAMPLES} == {}


def test_buttons_and_titles_name_intents_that_exist() -> None:
    pressed = {
        re.split(r"[{\s]", str(button["payload"]).removeprefix("/"))[0]
        for variants in responses().values()
        for variant in variants
        for button in variant.get("buttons") or ()
    }
    assert pressed <= intents()
    assert set(titles()) <= intents()


def test_a_response_has_no_button_twice() -> None:
    for name, variants in responses().items():
        for variant in variants:
            payloads = [button["payload"] for button in variant.get("buttons") or ()]
            assert len(payloads) == len(set(payloads)), name


def test_every_response_is_said_somewhere() -> None:
    code = sources()
    named = set(re.findall(r"utter_\w+", code))
    # f"utter_handoff_passed_{when}"; and Rasa itself says utter_ask_<form>_<slot>.
    begun = (*set(re.findall(r"(utter_\w+_)(?=\{)", code)), "utter_ask_")
    assert {name for name in responses() if name not in named and not name.startswith(begun)} == set()


@pytest.mark.parametrize("intent", sorted(intents() - {"risk_none"}))
def test_every_intent_is_in_a_story(intent: str) -> None:
    told = {step.get("intent") for story in stories() for step in story["steps"]}
    assert intent in told


def test_every_action_and_answer_of_the_rules_is_in_a_story() -> None:
    def actions(steps: list[dict[str, Any]]) -> set[str]:
        return {str(step["action"]) for step in steps if "action" in step}

    in_rules = set().union(*(actions(rule["steps"]) for rule in rules()))
    in_stories = set().union(*(actions(story["steps"]) for story in stories()))
    assert in_rules - in_stories - {"action_clarify"} == set()


def _interruptions(story: dict[str, Any], form: str) -> list[bool]:
    """For each message of another topic while the form is open: does the form go on with a message after it?"""
    topic = form.removesuffix("_form")
    found: list[bool] = []
    is_open = False
    for step in story["steps"]:
        if "active_loop" in step:
            is_open = step["active_loop"] == form
        said = str(step.get("intent", ""))
        if is_open and said.startswith((f"{topic}_", "craving_", "coping_")) and found:
            found[-1] = True
        elif is_open and said and not said.startswith("risk_"):
            found.append(False)
    return found


@pytest.mark.parametrize("form", FORMS)
def test_every_flow_is_interrupted_in_a_story_and_goes_on(form: str) -> None:
    assert any(goes_on for story in stories() for goes_on in _interruptions(story, form))


@pytest.mark.parametrize(
    ("asks", "goes_on"),
    [
        ("utter_account_delete", "action_account_delete"),
        ("utter_account_unlink", "action_account_unlink"),
        ("action_session_absent", "action_session_absent"),
        ("action_risk_respond", "action_risk_return"),
    ],
)
def test_what_waits_for_an_answer_without_a_form_is_interrupted_too(asks: str, goes_on: str) -> None:
    """Between the question and what follows from its answer somebody asks something else."""

    def interrupted(steps: list[dict[str, Any]]) -> bool:
        names = [str(step.get("action", "")) for step in steps if "action" in step]
        return any(
            goes_on in names[place + 2 :] and names[place + 1] != goes_on
            for place, name in enumerate(names)
            if name == asks
        )

    assert any(interrupted(story["steps"]) for story in stories())


def english(variant: dict[str, Any]) -> bool:
    return not any(c.get("name") == "language" and c.get("value") == "es" for c in variant.get("condition") or ())


TEXTS = [
    (name, variant)
    for name, variants in sorted(responses().items())
    for variant in variants
    if variant.get("text")
]  # fmt: skip


@pytest.mark.parametrize(("name", "variant"), TEXTS, ids=[f"{name}-{i}" for i, (name, _) in enumerate(TEXTS)])
def test_a_message_is_short_and_reads_easily(
    name: str, variant: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    import textstat

    from bot.program import program

    # The pronouncing dictionary is a download; without it textstat counts syllables by hyphenation.
    monkeypatch.setattr("textstat.backend.counts._count_syllables.get_cmudict", lambda _lang: None)
    said = re.sub(r"\{\w+\}", "", program().fill(variant["text"]))
    assert len(variant["text"].split()) <= 60, name
    # The formula is for English; a few words alone have no grade.
    if english(variant) and len(said.split()) > 8:
        plain = re.sub(r"https?://\S+|\S+@\S+|[\d()./:+-]{3,}|\bno code\b", "", variant["text"])
        plain = re.sub(r"\$\w+|\{\w+\}", "it", plain)
        assert textstat.flesch_kincaid_grade(plain) <= 8, name


def _payloads() -> list[tuple[str, str]]:
    return sorted(
        {
            (name, button["payload"])
            for name, variations in responses().items()
            for variation in variations
            for button in variation.get("buttons", [])
        }
    )


def test_every_button_can_be_read_by_rasa() -> None:
    """A payload is sent as it stands: nothing fills it in, so doubled braces would stay doubled."""
    entities = {next(iter(e)) if isinstance(e, dict) else e for e in domain()["entities"]}
    for name, payload in _payloads():
        found = re.fullmatch(r"/(\w+)(\{.*\})?", payload)
        assert found, f"{name}: {payload}"
        assert found.group(1) in intents(), f"{name}: {payload}"
        values = json.loads(found.group(2) or "{}")
        assert set(values) <= entities, f"{name}: {payload}"


def test_every_topic_has_its_file_in_every_folder() -> None:
    topics = {file.stem for file in (ROOT / "data" / "rules").glob("*.yml")}
    assert {"account", "coping", "craving", "handoff", "program", "prospect", "risk", "session", "smalltalk"} == topics
    for folder in ("data/stories", "tests/stories"):
        assert topics - {file.stem for file in (ROOT / folder).glob("*.yml")} == set(), folder
    # Risk has a file for each category, and its words stand with the dialogue (bot/risk_dialogue).
    assert topics - {file.stem for file in (ROOT / "data" / "nlu").glob("*.yml")} == {"risk"}
    assert topics - {file.stem for file in (ROOT / "data" / "responses").glob("*.yml")} <= {"risk"}


def test_every_training_story_ends_somewhere_and_is_told_once() -> None:
    told = [
        s for f in (ROOT / "data" / "stories").glob("*.yml") for s in yaml.safe_load(f.read_text("utf-8"))["stories"]
    ]
    paths = [tuple(str(step) for step in story["steps"]) for story in told]
    assert len(set(paths)) == len(paths) >= 40
    assert [s["story"] for s in told if "action" not in s["steps"][-1]] == []
