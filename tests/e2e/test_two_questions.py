"""Two questions in one message, through the trained model, our channel and the real actions."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from rasa.core.agent import Agent

from bot.clock import clock
from bot.dialogue import two_questions
from bot.rasa_channel import TurnFailed
from tests.e2e.talk import Talk, load
from tests.unit.schedule.conftest import LINKED, MONDAY, UNLINKED, Demo, demo  # noqa: F401 - a fixture

# Both are answered, in this order.
ANSWERED = [
    ("what time is group tomorrow and how much does it cost?", ["session_on_day", "prospect_cost"]),
    ("do you take medicaid? also can my mom visit", ["prospect_insurance", "program_family"]),
    ("is it religious and do i have to talk in group", ["program_religion", "program_group_must_i_talk"]),
    ("i was wondering what it costs and whether you take blue cross", ["prospect_cost", "prospect_insurance"]),
    ("cuánto dura el programa y cuánto cuesta", ["program_how_long", "prospect_cost"]),
    ("aceptan medicaid? y puede venir mi mamá?", ["prospect_insurance", "program_family"]),
    ("¿qué pasa si recaigo?¿hacen pruebas de orina?", ["program_if_i_relapse", "program_drug_testing"]),
]
# The first is done, the other is offered.
OFFERED = [
    ("i can't make it tonight, also what should i bring tomorrow", "session_absent", "/session_what_to_bring"),
    ("im craving really bad. what time is group tomorrow", "craving_now", "/session_on_day"),
    ("can i talk to a real person? also how much does it cost", "handoff_request", "/prospect_cost"),
    ("no puedo ir hoy. ¿cuánto cuesta el programa?", "session_absent", "/prospect_cost"),
]
# One thing is meant, however many sentences it takes.
ONE = [
    "my boss changed my hours, can i switch to mornings?",
    "what is cbt and how does it help",
    "i've been clean for six months, do i still have to come three days a week?",
    "is it online or do i have to come in person",
    "do you have groups at night? because i work days, can i come after 5?",
    "llevo un mes limpio, ¿todavía tengo que ir tres días?",
    "how do i know if i'm an alcoholic? like what are the signs",
]


@pytest.fixture(scope="module")
def agent() -> Agent:
    return load()


@pytest.fixture
def monday(demo: Demo) -> Iterator[Demo]:  # noqa: F811
    demo.session.commit()
    clock.set(MONDAY)
    yield demo
    clock.release()


@pytest.fixture
def talk(agent: Agent, monday: Demo) -> Iterator[Callable[[str], Talk]]:
    made: list[Talk] = []

    def begin(who: str = UNLINKED) -> Talk:
        made.append(Talk(agent, monday, who))
        return made[-1]

    yield begin
    for each in made:
        each.actions.broken = ""
        agent.processor.tracker_store.forget(each.who)


@pytest.mark.parametrize(("text", "intents"), ANSWERED)
async def test_both_are_answered(talk: Callable[..., Talk], text: str, intents: list[str]) -> None:
    talking = talk()
    answer = await talking.say(text)
    assert await talking.intents() == intents
    assert len(answer["replies"]) >= 2
    assert all(reply["text"] for reply in answer["replies"])


@pytest.mark.parametrize(("text", "first", "payload"), OFFERED)
async def test_what_cannot_wait_is_done_and_the_question_offered(
    talk: Callable[..., Talk], text: str, first: str, payload: str
) -> None:
    talking = talk(LINKED)
    answer = await talking.say(text)
    assert await talking.intents() == [first]
    (button,) = answer["replies"][-1]["buttons"]
    assert button["payload"].startswith(payload)
    after = await talking.say(button["payload"])
    assert after["replies"][0]["text"]


async def test_an_offered_question_keeps_the_day_that_it_named(talk: Callable[..., Talk]) -> None:
    answer = await talk(LINKED).say("im craving really bad. what time is group on thursday")
    (button,) = answer["replies"][-1]["buttons"]
    assert button["title"] == "Sessions on a day"
    assert json.loads(button["payload"].removeprefix("/session_on_day"))["session_day"] == "2026-11-26"


@pytest.mark.parametrize("text", ONE)
async def test_one_question_with_its_context_is_read_as_ever(talk: Callable[..., Talk], text: str) -> None:
    talking = talk()
    await talking.say(text)
    (read,) = await talking.intents()
    assert read == (await talking.agent.parse_message(text))["intent"]["name"]


async def test_risk_in_either_half_keeps_the_message_whole(talk: Callable[..., Talk]) -> None:
    for text in (
        "i relapsed last week and i'm ashamed, when is group?",
        "what time is group tomorrow? i want to kill myself",
        "cuánto cuesta? y cómo me mato",
    ):
        talking = talk()
        await talking.say(text)
        assert all(intent.startswith("risk_") for intent in await talking.intents())
        talking.agent.processor.tracker_store.forget(UNLINKED)


async def test_inside_a_form_a_message_is_not_cut(talk: Callable[..., Talk]) -> None:
    talking = talk()
    await talking.say("im craving so bad right now")
    before = await talking.intents()
    await talking.say("what is iop and how much does it cost")
    assert len(await talking.intents()) == len(before) + 1


async def test_a_repeated_message_is_answered_once(talk: Callable[..., Talk]) -> None:
    talking = talk()
    text = "what time is group tomorrow and how much does it cost?"
    first = await talking.say(text)
    second = await talking.say(text, again=True)
    assert second["replies"] == first["replies"] and second["snapshot"] == first["snapshot"]
    assert len(await talking.intents()) == 2


async def test_where_the_second_answer_fails_nothing_of_the_turn_remains(talk: Callable[..., Talk]) -> None:
    talking = talk()
    talking.actions.broken = "action_prospect_insurance"
    text = "what is iop? do you take medicaid?"
    with pytest.raises(TurnFailed):
        await talking.say(text)
    assert await talking.intents() == []
    talking.actions.broken = ""
    answer = await talking.say(text, again=True)
    assert await talking.intents() == ["program_what_is_iop", "prospect_insurance"]
    assert len(answer["replies"]) >= 2


async def test_a_message_that_is_not_cut_is_read_once(
    talk: Callable[..., Talk], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    talking = talk()
    parse = talking.agent.processor.parse_message

    async def counted(message: object, *args: object, **kwargs: object) -> object:
        read.append(message.text)  # type: ignore[attr-defined]
        return await parse(message, *args, **kwargs)

    monkeypatch.setattr(talking.agent.processor, "parse_message", counted)
    await talking.say("what time is group tomorrow")
    assert read == ["what time is group tomorrow"]
    del read[:]
    await talking.say("my boss changed my hours, can i switch to mornings?")
    assert len(read) == 3
    monkeypatch.setattr(two_questions, "split", lambda _text: [])
    del read[:]
    await talking.say("what is iop? do you take medicaid?")
    assert len(read) == 1
