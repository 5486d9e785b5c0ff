"""What counts as an answer in the request for a call, and what is left to other topics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.people.intake_form import Reading, Said, next_step, read_answer, read_opening

STEPS = ("first_name", "contact", "best_time", "insurance", "note", "confirm", "change")
ANSWERS = [
    ("first_name", "Marisol", {"first_name": "Marisol"}),
    ("first_name", "my name is jean-paul", {"first_name": "jean-paul"}),
    ("first_name", "me llamo José Luis", {"first_name": "José Luis"}),
    ("first_name", "its dee!", {"first_name": "dee"}),
    ("first_name", "Ana, 555 010 0142", {"first_name": "Ana", "contact": "(555) 010-0142"}),
    ("contact", "5550100142 my cell", {"contact": "(555) 010-0142"}),
    ("contact", "demo@example.com", {"contact": "demo@example.com"}),
    ("best_time", "mornings before 10", {"best_time": "mornings before 10"}),
    ("best_time", "en la tarde", {"best_time": "en la tarde"}),
    ("best_time", "when i get off work", {"best_time": "when i get off work"}),
    ("insurance", "Harvard Pilgrim", {"insurance": "Harvard Pilgrim"}),
    ("insurance", "no gracias", {"insurance": ""}),
    (
        "note",
        "please dont leave a message, my husband listens",
        {"note": "please dont leave a message, my husband listens"},
    ),
    ("note", "nope", {"note": ""}),
    ("confirm", "yes please", {"confirm": "send"}),
    ("confirm", "sí", {"confirm": "send"}),
    ("confirm", "no", {"change": "ask"}),
    ("confirm", "wrong number", {"contact": None, "change": None, "confirm": None}),
    ("confirm", "change it to 555 010 0199", {"contact": "(555) 010-0199", "change": None}),
    ("confirm", "555 010 0199", {"contact": "(555) 010-0199"}),
    ("best_time", "wait, wrong email", {"contact": None, "change": None, "confirm": None}),
    ("best_time", "fix my name", {"first_name": None, "change": None, "confirm": None}),
    ("note", "change my name", {"first_name": None, "change": None, "confirm": None}),
    ("note", "change of plans, i move on friday", {"note": "change of plans, i move on friday"}),
    ("change", "the time", {"best_time": None, "change": None, "confirm": None}),
    ("change", "mi correo", {"contact": None, "change": None, "confirm": None}),
    *[(step, "cancel", {"confirm": "cancel"}) for step in STEPS],
    *[(step, "Never mind.", {"confirm": "cancel"}) for step in STEPS],
    *[(step, "olvídalo", {"confirm": "cancel"}) for step in STEPS],
]


@pytest.mark.parametrize(("step", "text", "values"), ANSWERS)
def test_answers(step: str, text: str, values: dict[str, str | None]) -> None:
    assert read_answer(step, Said(text, "nlu_fallback", 0.2)) == Reading(values)


@pytest.mark.parametrize(
    ("step", "text", "sentence"),
    [
        ("first_name", "i would rather not say that here", "bad_name"),
        ("first_name", "12", "bad_name"),
        ("contact", "010-0142", "bad_contact"),
        ("contact", "demo@example", "bad_contact"),
        ("contact", "my phone", "bad_contact"),
        ("best_time", "x" * 130, "bad_time"),
        ("insurance", "x" * 130, "bad_insurance"),
        ("note", "x" * 501, "bad_note"),
    ],
)
def test_what_cannot_be_used_is_said(step: str, text: str, sentence: str) -> None:
    reading = read_answer(step, Said(text, "nlu_fallback", 0.2))
    assert reading == Reading({step: None}, say=sentence)


@pytest.mark.parametrize("step", STEPS)
def test_risk_is_never_an_answer(step: str) -> None:
    assert read_answer(step, Said("Maria 555 010 0142", "risk_suicide", 1.0)) is None


@pytest.mark.parametrize("step", ["first_name", "contact", "best_time", "insurance", "note", "confirm", "change"])
def test_a_question_is_left_to_its_topic(step: str) -> None:
    assert read_answer(step, Said("how much does it cost?", "prospect_cost", 0.95)) is None


@pytest.mark.parametrize("step", ["first_name", "contact", "best_time", "insurance"])
def test_one_word_with_a_sure_intent_is_left_to_its_topic(step: str) -> None:
    assert read_answer(step, Said("cost", "prospect_cost", 0.95)) is None


def test_a_name_that_resembles_another_intent_is_a_name() -> None:
    assert read_answer("first_name", Said("Grace", "program_religion", 0.4)) == Reading({"first_name": "Grace"})
    assert read_answer("first_name", Said("I'm Grace", "program_religion", 0.9)) == Reading({"first_name": "Grace"})


def test_asking_for_a_person_is_not_a_note() -> None:
    assert read_answer("note", Said("i want to talk to a person", "handoff_request", 0.9)) is None


def test_a_plan_by_name_is_an_answer_and_a_question_about_it_is_not() -> None:
    assert read_answer("insurance", Said("aetna", "prospect_insurance", 0.9)) == Reading({"insurance": "aetna"})
    assert read_answer("insurance", Said("do you take aetna?", "prospect_insurance", 0.9)) is None


@pytest.mark.parametrize(
    ("step", "button", "values"),
    [
        ("best_time", "morning", {"best_time": "morning"}),
        ("insurance", "No insurance", {"insurance": "No insurance"}),
        ("insurance", "skip", {"insurance": ""}),
        ("note", "skip", {"note": ""}),
        ("confirm", "send", {"confirm": "send"}),
        ("confirm", "change", {"change": "ask"}),
        ("change", "note", {"note": None, "change": None, "confirm": None}),
        ("contact", "cancel", {"confirm": "cancel"}),
        ("first_name", "send", None),
        ("note", "morning", None),
        ("change", "send", None),
        ("best_time", "skip", None),
    ],
)
def test_buttons_work_at_their_own_step_only(step: str, button: str, values: dict[str, str | None] | None) -> None:
    reading = read_answer(step, Said("/prospect_inform{...}", "prospect_inform", 1.0, button=button))
    assert reading == (None if values is None else Reading(values))


def test_another_topics_button_is_not_an_answer() -> None:
    assert all(read_answer(step, Said("/program_cbt", "program_cbt", 1.0)) is None for step in STEPS)


def test_the_steps_in_order() -> None:
    values: dict[str, str | None] = {}
    order = []
    while (step := next_step(values)) is not None:
        order.append(step)
        values[step] = "send" if step == "confirm" else ""
    assert order == ["first_name", "contact", "best_time", "insurance", "note", "confirm"]


def test_a_change_comes_before_the_summary_and_cancelling_ends_it() -> None:
    full = dict.fromkeys(("first_name", "contact", "best_time", "insurance", "note"), "x")
    assert next_step({**full, "change": "ask"}) == "change"
    assert next_step({**full, "contact": None}) == "contact"
    assert next_step({"confirm": "cancel"}) is None


def test_opening_takes_over_what_is_known() -> None:
    assert read_opening(Said("have intake call 555 010 0142"), "Dee").values == {
        "first_name": "Dee", "contact": "(555) 010-0142",
    }  # fmt: skip
    assert read_opening(Said("/prospect_callback"), None).values == {}


@given(step=st.sampled_from(STEPS), text=st.text(max_size=700), confidence=st.floats(0, 1))
def test_no_text_breaks_a_step_and_a_value_is_kept_within_its_column(step: str, text: str, confidence: float) -> None:
    reading = read_answer(step, Said(text, "program_cbt", confidence))
    assert reading is None or all(value is None or len(value) <= 500 for value in reading.values.values())
