"""Numbers, triggers and replies as people type them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.coping.naming import Naming, first_naming, opener, read_naming
from bot.coping.reading import Rating, is_question, read_rating, read_trigger
from bot.coping.refusal import feedback
from bot.coping.replies import Reply, read_reply


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8", 8), ("8!!", 8), ("8/10", 8), ("8 out of 10", 8), ("eight", 8), ("a ten", 10), ("zero", 0), ("7ish", None),
        ("7 ish", 7), ("7 or 8", 8), ("7-8", 8), ("between 5 and 6", 6), ("6.5", 7), ("was a 4, now it's a 9", 9),
        ("it went from 9 to 6", 6), ("40 days sober but its an 8", 8), ("5 minutes ago it was 3", 3), ("un 7", 7),
        ("como un ocho", 8), ("bajó a 3", 3), ("era un 5 y ahora es un 8", 8), ("8 de 10", 8), ("it's 10/10", 10),
    ],
)  # fmt: skip
def test_a_rating_is_read(text: str, value: int | None) -> None:
    if value is None:
        assert read_rating(text) is None
    else:
        assert read_rating(text) == Rating(value)


@pytest.mark.parametrize("text", ["idk", "just one more", "at 9 pm", "40 days", "5 beers", "$20", "no", "", "a lot"])
def test_what_is_not_a_rating(text: str) -> None:
    assert read_rating(text) is None


@pytest.mark.parametrize("text", ["11", "like a 12", "100", "hundred"])
def test_off_the_scale_is_known_as_such(text: str) -> None:
    assert read_rating(text) == Rating(None)


@given(st.text(max_size=300))
def test_any_text_can_be_read(text: str) -> None:
    rating = read_rating(text)
    assert rating is None or rating.value is None or 0 <= rating.value <= 10
    read_trigger(text)
    is_question(text)


@pytest.mark.parametrize(
    ("text", "trigger"),
    [
        ("my ex", "people"), ("payday", "money"), ("the bar", "place"), ("so lonely", "feeling"),
        ("my back hurts", "body"), ("that song", "cue"), ("friday night", "time"), ("in front of me rn", "near"),
        ("mi jefe", "people"), ("el día de pago", "money"), ("estoy cansada", "body"), ("xyz", None),
        ("examination", None),
    ],
)  # fmt: skip
def test_a_trigger_is_read(text: str, trigger: str | None) -> None:
    assert read_trigger(text) == trigger


@pytest.mark.parametrize(
    ("text", "intent", "pressed", "asked", "expected"),
    [
        ("7", "craving_rate", None, "craving_rating", Naming(7)),
        ("/craving_rate", "craving_rate", 7, "craving_rating", Naming(7)),
        ("a 9, my ex called", "craving_rate", None, "craving_rating", Naming(9, "people")),
        ("my ex called", "craving_now", None, "craving_rating", Naming(None, "people")),
        ("15", "craving_rate", None, "craving_rating", Naming(problem="range")),
        ("really bad", "craving_now", None, "craving_rating", Naming(problem="unclear")),
        ("idk", "smalltalk_unsure", None, "craving_rating", Naming(problem="unclear")),
        ("/craving_trigger", "craving_trigger", "money", "craving_trigger", Naming(None, "money")),
        ("work", "program_work_school", None, "craving_trigger", Naming(None, "time")),
        ("idk", "smalltalk_unsure", None, "craving_trigger", Naming(None, "unknown")),
        ("bad day", "smalltalk_bad_day", None, "craving_trigger", Naming(None, "feeling")),
        ("where were we", "coping_resume", None, "craving_trigger", Naming()),
        # none of these is an answer
        ("when is group tonight", "session_next", None, "craving_rating", None),
        ("is group at 6?", "session_next", None, "craving_rating", None),
        ("/session_next", "session_next", None, "craving_rating", None),
        ("i want to die", "risk_suicide", None, "craving_rating", None),
        ("i took 10 pills", "risk_overdose", None, "craving_rating", None),
        ("can i talk to a person", "handoff_request", None, "craving_trigger", None),
        ("stop", "smalltalk_deny", None, "craving_rating", None),
        ("no", "smalltalk_deny", None, "craving_trigger", None),
        ("do you take medicaid", "prospect_insurance", None, "craving_trigger", None),
    ],
)
def test_answers_that_name_a_craving(
    text: str, intent: str, pressed: int | str | None, asked: str, expected: Naming | None
) -> None:
    assert read_naming(text, intent, pressed, asked) == expected


@pytest.mark.parametrize(
    ("text", "intent", "pressed", "expected"),
    [
        ("i want to drink", "craving_now", None, Naming()),
        ("i want to drink, 9/10", "craving_now", None, Naming(9)),
        ("sober 40 days and want it", "craving_now", None, Naming()),
        ("its a 9, my ex called", "craving_rate", None, Naming(9, "people")),
        ("/craving_rate", "craving_rate", 4, Naming(4)),
        ("theres a bottle here", "craving_near", None, Naming(None, "near")),
        ("had a using dream", "craving_dream", None, Naming(None, "cue")),
        ("my ex called and i want to drink", "craving_now", None, Naming(None, "people")),
        ("i still want it, that song again", "craving_still", None, Naming(None, "cue")),
        ("/craving_trigger", "craving_trigger", "money", Naming(None, "money")),
    ],
)
def test_what_the_first_message_says_already(text: str, intent: str, pressed: int | None, expected: Naming) -> None:
    assert first_naming(text, intent, pressed) == expected


@pytest.mark.parametrize(
    ("intent", "trigger", "response"),
    [
        ("craving_now", None, "utter_craving_now"),
        ("craving_now", "money", "utter_craving_trigger_money"),
        ("craving_now", "near", "utter_craving_near"),
        ("craving_near", "people", "utter_craving_near"),
        ("craving_still", "people", "utter_craving_still"),
        ("craving_trigger", "unknown", "utter_craving_trigger_unknown"),
        ("craving_rate", "people", None),
    ],
)
def test_a_craving_is_taken_up_as_it_was_told(intent: str, trigger: str | None, response: str | None) -> None:
    assert opener(intent, trigger) == response


@pytest.mark.parametrize(
    ("text", "intent", "step", "asks", "expected"),
    [
        ("/coping_next", "coping_next", 1, False, Reply("next")),
        ("ok", "smalltalk_affirm", 1, False, Reply("next")),
        ("Done!", "coping_next", 1, True, Reply("next")),
        ("listo", "smalltalk_affirm", 2, False, Reply("next")),
        ("stop", "smalltalk_deny", 2, True, Reply("stop")),
        ("no", "smalltalk_deny", 0, False, Reply("stop")),
        ("no", "smalltalk_deny", 2, False, Reply("slow")),
        ("no", "smalltalk_deny", 2, True, Reply("answer")),
        ("something else", "coping_other", 1, True, Reply("other")),
        ("where were we", "coping_resume", 1, False, Reply("repeat")),
        ("/coping_halt", "coping_halt", 1, True, Reply("switch", skill="halt")),
        ("grounding", "coping_grounding", 1, False, Reply("switch", skill="grounding")),
        ("can we do grounding", "coping_grounding", 1, True, Reply("switch", skill="grounding")),
        ("angry and tired", "coping_anger", 1, True, Reply("answer")),
        ("it's a 9 now", "craving_rate", 2, False, Reply("rating", rating=9)),
        ("7", "craving_rate", 2, True, Reply("answer")),
        ("it passed", "craving_passed", 2, False, Reply("passed")),
        ("i still want to drink", "craving_still", 2, False, Reply("harder")),
        ("my chest", "nlu_fallback", 1, True, Reply("answer")),
        ("weird", "nlu_fallback", 2, False, Reply("slow")),
        # left to their own rules
        ("i want to die", "risk_suicide", 2, True, None),
        ("ok", "risk_suicide", 2, False, None),
        ("talk to a person", "handoff_request", 2, True, None),
        ("when is group tonight", "session_next", 2, True, None),
        ("when is group tonight", "session_next", 2, False, None),
        ("i cant make it tonight", "session_absent", 2, True, None),
        ("what is naltrexone", "program_medication", 1, True, None),
        ("/session_next", "session_next", 2, True, None),
        ("i have a dog", "smalltalk_sharing", 2, False, None),
    ],
)
def test_replies_in_an_exercise(text: str, intent: str, step: int, *, asks: bool, expected: Reply | None) -> None:
    assert read_reply(text, intent, step=step, asks=asks, has_craving=True) == expected


@pytest.mark.parametrize(
    ("answer", "part"),
    [
        ("No thanks, I'm good", "clear, short no"),
        ("nah im good", "clear, short no"),
        ("maybe later", "leave a door open"),
        ("sorry no", "nothing to be sorry"),
        ("hmm well you know how it is", "plain no"),
        ("no because " + "i have to get up early " * 5, "Shorter is stronger"),
    ],
)
def test_a_refusal_is_looked_at_kindly(answer: str, part: str) -> None:
    assert part in feedback(answer, "en")
    assert feedback(answer, "es") != feedback(answer, "en")
