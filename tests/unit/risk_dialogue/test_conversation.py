"""What is said next about a disclosure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from bot.risk.verdict import CATEGORIES, Verdict
from bot.risk_dialogue.conversation import answer, come_back, respond
from bot.risk_dialogue.state import RiskState, from_slots, to_slots
from bot.risk_dialogue.steps import all_steps, entry

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=timezone.utc)


def verdict(category: str, level: str, action: str = "alert") -> dict[str, Any]:
    return {"level": level, "categories": [category], "action": action, "evidence": []}


def disclosed(category: str = "suicide", level: str = "H", action: str = "alert") -> RiskState:
    return respond(RiskState(), verdict(category, level, action), "en", NOW).state


@pytest.mark.parametrize("category", CATEGORIES)
@pytest.mark.parametrize(("level", "action"), [("E", "alert"), ("H", "alert"), ("M", "alert"), ("M", "check")])
def test_a_disclosure_gets_its_first_reply_and_one_question(category: str, level: str, action: str) -> None:
    turn = respond(RiskState(), verdict(category, level, action), "en", NOW)
    key = "check" if action == "check" else level
    assert turn.texts
    assert turn.responses == (f"utter_risk_{entry(category, key)}",)
    assert turn.state.stage == entry(category, key)
    assert turn.state.level == key
    assert turn.report is not None


def test_what_the_bot_sent_already_is_not_sent_again() -> None:
    turn = respond(RiskState(), verdict("suicide", "E"), "en", NOW, first_reply_sent=True)
    assert turn.texts == ()
    assert turn.responses == ("utter_risk_suicide_done",)


def test_the_block_is_not_repeated_but_staff_are_told() -> None:
    turn = respond(disclosed(), verdict("suicide", "H"), "en", NOW)
    assert turn.texts == ()
    assert turn.responses == ("utter_risk_still_here", "utter_risk_suicide_plan")
    assert turn.report == verdict("suicide", "H")


def by_meaning(category: str, level: str) -> dict[str, Any]:
    evidence = {"reader": "meaning", "pattern": "message:0.91/0.84", "category": category, "level": level}
    return {**verdict(category, level), "evidence": [evidence]}


def test_an_answer_that_only_the_meaning_reader_takes_for_a_threat_stays_with_the_question() -> None:
    asked = replace(disclosed("suicide", "H"), stage="suicide_means", level="E")
    turn = respond(asked, by_meaning("violence", "E"), "en", NOW, reply="yes")  # "i know where my dads gun is"
    assert turn == replace(answer(asked, "yes", NOW), report=turn.report)
    assert turn.report is not None
    unclear = respond(asked, by_meaning("violence", "E"), "en", NOW)
    assert unclear.responses == ("utter_risk_still_here", "utter_risk_suicide_means")
    assert unclear.report is not None and unclear.report["categories"] == ["suicide", "violence"]


def test_another_subject_is_heard_under_an_open_question() -> None:
    asked = replace(disclosed("suicide", "H"), stage="suicide_means")
    told = verdict("violence", "E") | {"evidence": [{"reader": "patterns", "category": "violence", "level": "E"}]}
    assert respond(asked, told, "en", NOW, reply="yes").state.category == "violence"
    assert respond(asked, by_meaning("abuse", "E"), "en", NOW).state.category == "abuse"


def test_a_higher_level_gets_its_own_first_reply() -> None:
    turn = respond(disclosed(), verdict("suicide", "E"), "en", NOW)
    assert turn.texts
    assert turn.state.level == "E"


def test_another_category_gets_its_own_first_reply() -> None:
    turn = respond(disclosed(), verdict("abuse", "H"), "en", NOW)
    assert turn.texts
    assert turn.state.category == "abuse"


def test_a_milder_disclosure_does_not_take_over_an_emergency() -> None:
    turn = respond(disclosed("overdose", "E"), verdict("relapse", "M"), "en", NOW)
    assert turn.texts == ()
    assert turn.state.stage == "overdose_naloxone"
    assert turn.state.level == "E"
    assert turn.report == verdict("relapse", "M")


def test_a_disclosure_in_answer_to_the_direct_question_is_a_yes() -> None:
    asked = disclosed("suicide", "M", "check")
    turn = respond(asked, verdict("suicide", "H"), "en", NOW)
    assert turn.texts == ()
    assert turn.responses == ("utter_risk_suicide_heard", "utter_risk_suicide_plan")
    assert turn.report == verdict("suicide", "H")
    assert turn.state.level == "H"


def test_an_emergency_in_answer_to_the_direct_question_gets_the_emergency_reply() -> None:
    turn = respond(disclosed("suicide", "M", "check"), verdict("suicide", "E"), "en", NOW)
    assert "$emergency_number" in turn.texts[0]
    assert turn.state.level == "E"


def test_yes_raises_and_tells_staff() -> None:
    turn = answer(disclosed("suicide", "M", "check"), "yes", NOW)
    assert turn.report is not None
    assert Verdict.from_dict(turn.report).level == "H"
    assert turn.report["action"] == "alert"
    assert turn.report["evidence"][0]["pattern"] == "suicide_ask:yes"
    assert turn.state.stage == "suicide_plan"


def test_no_lowers_the_wording_and_tells_staff_nothing() -> None:
    turn = answer(disclosed("suicide", "M", "check"), "no", NOW)
    assert turn.report is None
    assert turn.responses == ("utter_risk_suicide_no",)
    assert turn.state.stage is None


@pytest.mark.parametrize("step", sorted(all_steps()))
@pytest.mark.parametrize("reply", ["yes", "no", "unsure", "retract", None])
@pytest.mark.parametrize("level", ["check", "M", "H", "E"])
def test_no_answer_ever_lowers_the_level(step: str, reply: str | None, level: str) -> None:
    state = RiskState("suicide", level, step, NOW)
    turn = answer(state, reply, NOW)
    order = ["check", "M", "H", "E"]
    assert order.index(str(turn.state.level)) >= order.index(level)
    if turn.report is not None:
        assert order.index(turn.report["level"]) >= order.index(level)


def test_a_plan_and_means_within_reach_are_an_emergency() -> None:
    state = answer(disclosed(), "yes", NOW).state
    assert (state.level, state.stage) == ("E", "suicide_means")
    turn = answer(state, "yes", NOW)
    assert turn.responses == ("utter_risk_suicide_distance", "utter_risk_suicide_alone")


def test_a_joke_is_asked_about_once_and_nothing_is_taken_back() -> None:
    first = answer(disclosed(), "retract", NOW)
    assert first.responses == ("utter_risk_retracted", "utter_risk_suicide_plan")
    assert first.state.level == "H"
    second = answer(first.state, "retract", NOW)
    assert second.responses[-1] == "utter_risk_suicide_alone"
    assert second.state.level == "H"


def test_an_unclear_answer_is_asked_again_once_then_doubt_takes_the_higher_way() -> None:
    first = answer(disclosed("suicide", "M", "check"), None, NOW)
    assert first.responses == ("utter_risk_unclear", "utter_risk_suicide_ask")
    second = answer(first.state, None, NOW)
    assert second.report is not None
    assert second.report["level"] == "M"
    assert second.state.stage == "suicide_alone"


def test_an_old_button_answers_its_own_question() -> None:
    state = answer(disclosed(), "no", NOW).state
    turn = answer(state, "yes", NOW, step="suicide_plan")
    assert turn.state.stage == "suicide_means"
    assert turn.report is not None


def test_where_it_is_not_safe_to_write_nothing_more_is_asked() -> None:
    turn = answer(disclosed("abuse", "H"), "no", NOW)
    assert turn.quiet
    assert turn.state.stage is None
    assert come_back(turn.state).responses == ()


def test_a_button_after_the_questions_are_over() -> None:
    assert answer(RiskState(), "yes", NOW).responses == ("utter_risk_no_question",)


def test_help_turned_down_is_heard_and_lowers_nothing() -> None:
    state = disclosed("withdrawal", "H")
    first = answer(state, "refusal", NOW)
    assert first.responses == ("utter_risk_refusal_asking", "utter_risk_withdrawal_severe")
    second = answer(first.state, "refusal", NOW)
    assert second.state.stage == "withdrawal_ride"
    assert second.report is not None
    assert answer(RiskState(category="withdrawal", level="H"), "refusal", NOW).responses == ("utter_risk_refusal",)


def test_risk_in_an_answer_is_an_answer_and_is_told_to_staff() -> None:
    state = disclosed("suicide", "H")
    verdict = {"level": "H", "categories": ["suicide"], "action": "alert", "evidence": []}
    turn = respond(state, verdict, "en", NOW, reply="yes")
    assert turn.state.stage == "suicide_means"
    assert turn.report is not None
    assert turn.texts == ()


def test_an_answer_that_names_somebody_else_is_an_answer() -> None:
    state = replace(disclosed("abuse", "H"), stage="abuse_danger")
    verdict = {"level": "H", "categories": ["third_party"], "action": "alert", "evidence": []}
    turn = respond(state, verdict, "en", NOW, reply="yes")
    assert turn.responses == ("utter_risk_abuse_now",)
    assert turn.texts == ()


def test_coming_back_asks_the_open_question() -> None:
    assert come_back(disclosed()).responses == ("utter_risk_come_back", "utter_risk_suicide_plan")


def test_the_report_names_what_the_answer_is_about() -> None:
    turn = answer(disclosed("relapse", "H"), "yes", NOW)
    assert turn.report is not None
    assert turn.report["categories"] == ["overdose", "relapse"]
    assert turn.report["level"] == "E"


def test_every_talk_comes_to_an_end() -> None:
    for step in all_steps():
        for replies in (("no",) * 12, ("unsure",) * 12, ("yes",) * 12):
            state = RiskState("suicide", "M", step, NOW)
            for reply in replies:
                if state.stage is None:
                    break
                # Two questions stand until they are answered well: a person who is not awake, a car that still moves.
                good = all_steps()[state.stage].good if state.stage in ("overdose_awake", "driving_parked") else reply
                state = answer(state, good, NOW).state
            assert state.stage is None, (step, replies[0])


def test_state_survives_the_slots() -> None:
    state = disclosed()
    assert from_slots(to_slots(state).get) == state
    assert from_slots({}.get) == RiskState()
    assert from_slots({"risk_since": "not a time"}.get).since is None


def test_state_ends_by_time() -> None:
    state = disclosed()
    assert not state.over(NOW + timedelta(hours=23), 24)
    assert state.over(NOW + timedelta(hours=25), 24)
