"""Every skill can be shown on a phone in both languages, and a wrong file is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
import textstat
import yaml

from bot.coping.catalogue import HERE, TRIGGERS, CatalogueError, catalogue, load_catalogue
from bot.coping.guide import last_step, page
from bot.program import program
from bot.settings import ROOT

SKILLS = sorted(catalogue().skills)
PAGES = [(skill, step) for skill in SKILLS for step in range(last_step(skill) + 1)]


def test_every_skill_of_the_content_is_there() -> None:
    assert set(SKILLS) == {
        "urge_surfing", "four_ds", "play_tape", "halt", "grounding", "box_breathing", "paced_breathing", "tipp",
        "muscle_relaxation", "call_someone", "leave_place", "refuse_drink", "card", "plan_weekend", "plan_payday",
        "plan_event", "sleep", "anger", "thought_record", "after_lapse",
    }  # fmt: skip


def test_every_skill_has_an_intent_that_starts_it() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    intents = {next(iter(intent)) if isinstance(intent, dict) else intent for intent in domain["intents"]}
    rules = (ROOT / "data" / "rules" / "coping.yml").read_text(encoding="utf-8")
    for skill in SKILLS:
        assert f"coping_{skill}" in intents
        assert f"intent: coping_{skill}\n" in rules


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("skill", "step"), PAGES)
def test_a_page_fits_on_a_phone(skill: str, step: int, language: str) -> None:
    shown = page(skill, step, language, rating=9)
    # The hint in brackets that a step asks for words comes on top of the 60 words of a message.
    assert len(re.sub(r"\(.*?\)$", "", shown.text).split()) <= 61
    assert 1 <= len(shown.buttons) <= 4
    assert all(len(button["title"]) <= 20 and button["payload"].startswith("/") for button in shown.buttons)
    assert "$" not in program().fill(shown.text)


@pytest.mark.parametrize("skill", SKILLS)
def test_a_skill_reads_easily(skill: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # The pronouncing dictionary is a download; without it textstat counts syllables by hyphenation.
    monkeypatch.setattr("textstat.backend.counts._count_syllables.get_cmudict", lambda _lang: None)
    words = " ".join(page(skill, step, "en").text for step in range(last_step(skill) + 1))
    assert textstat.flesch_kincaid_grade(re.sub(r"\d/\d\.", "", words)) <= 8


def test_what_a_skill_is_not_for_is_said_before_it_starts() -> None:
    assert "heart" in page("tipp", 0, "en").text
    assert "corazón" in page("tipp", 0, "es").text


def test_a_breath_carries_its_rhythm_in_the_language_of_the_person() -> None:
    assert page("box_breathing", 2, "en").custom == {
        "kind": "breathing",
        "phases": [["Breathe in", 4], ["Hold", 4], ["Breathe out", 4], ["Hold", 4]],
        "rounds": 4,
    }
    spanish = page("box_breathing", 2, "es").custom
    assert spanish is not None
    assert spanish["phases"][0] == ["Inhala", 4]
    assert page("box_breathing", 1, "en").custom is None


def test_a_person_is_offered_at_the_start_from_eight_on() -> None:
    def offers(rating: int | None) -> bool:
        return any(b["payload"] == "/handoff_request" for b in page("four_ds", 0, "en", rating=rating).buttons)

    assert [offers(None), offers(7), offers(8), offers(10)] == [False, False, True, True]


def test_a_recap_repeats_what_was_written() -> None:
    assert page("card", last_step("card"), "en", ("my son", "a walk")).text.endswith("- my son\n- a walk")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda f: f.skills["halt"].update(minutes=0), "skills.halt.minutes"),
        (lambda f: f.skills["halt"].update(colour="red"), "skills.halt.colour"),
        (lambda f: f.skills["halt"]["about"].pop("es"), "skills.halt.about.es"),
        (lambda f: f.skills["halt"]["about"].update(en="word " * 61), "61 words"),
        (lambda f: f.skills["halt"]["steps"][0].update(en="press {slot}"), "plain text"),
        (lambda f: f.skills["halt"].update(steps=f.skills["halt"]["steps"][:1]), "two steps"),
        (lambda f: f.choices["money"]["mild"].append("juggling"), "juggling"),
        (lambda f: f.choices.pop("money"), "exactly these triggers"),
        (lambda f: f.choices["money"].update(strong=["halt"]), "at least three"),
    ],
)
def test_a_wrong_file_is_refused_in_one_sentence(
    tmp_path: Path, change: Callable[[SimpleNamespace], object], says: str
) -> None:
    files = SimpleNamespace(
        skills=yaml.safe_load((HERE / "skills.yml").read_text(encoding="utf-8")),
        choices=yaml.safe_load((HERE / "choices.yml").read_text(encoding="utf-8")),
    )
    change(files)
    (tmp_path / "skills.yml").write_text(yaml.safe_dump(files.skills), encoding="utf-8")
    (tmp_path / "choices.yml").write_text(yaml.safe_dump(files.choices), encoding="utf-8")
    with pytest.raises(CatalogueError, match=re.escape(says)):
        load_catalogue(tmp_path / "skills.yml", tmp_path / "choices.yml")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="cannot be read"):
        load_catalogue(tmp_path / "none.yml", HERE / "choices.yml")


def test_every_trigger_leads_somewhere() -> None:
    assert set(catalogue().fits) == set(TRIGGERS)
