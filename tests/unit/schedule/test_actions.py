"""The actions of the topic: from a message with its metadata to what is uttered, through the real database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor, CollectingDispatcher

import actions.session
from bot.clock import clock
from tests.unit.schedule.conftest import LINKED, MONDAY, UNLINKED, Demo, responses


@pytest.fixture
def committed(demo: Demo) -> Iterator[Demo]:
    """The demo data as the action server sees it: committed, at MONDAY."""
    demo.session.commit()
    clock.set(MONDAY)
    yield demo
    clock.release()


def tracker(text: str, who: str, intent: str, message_id: int | None, before: str = "", **slots: Any) -> Tracker:
    events = [
        {"event": "user", "parse_data": {"intent": {"name": name}}} for name in (*([before] if before else []), intent)
    ]
    return Tracker(
        sender_id=who,
        slots={"language": "en", "session_question": None, **slots},
        latest_message={
            "text": text,
            "intent": {"name": intent},
            "entities": [],
            "metadata": {"conversation_id": who, "message_id": message_id, "channel": "telegram"},
        },
        events=events,
        paused=False,
        followup_action=None,
        active_loop={},
        latest_action_name=None,
    )


async def run(action: Any, asked: Tracker) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    dispatcher = CollectingDispatcher()
    events = await action.run(dispatcher, asked, {})
    (message,) = dispatcher.messages
    return message, events


def all_actions() -> list[Any]:
    executor = ActionExecutor()
    executor.register_package(actions.session)
    return [actions.session.__dict__[name]() for name in dir(actions.session) if name.startswith("ActionSession")]


def test_every_action_of_the_domain_is_registered() -> None:
    import yaml

    executor = ActionExecutor()
    executor.register_package(actions.session)
    with open("domain.yml", encoding="utf-8") as file:  # noqa: PTH123 - the tests run in the project
        named = {
            a
            for a in yaml.safe_load(file)["actions"]
            if a.startswith("action_session_") and a != "action_session_start"
        }
    assert named == {name for name in executor.actions if name.startswith("action_session_")}


@pytest.mark.parametrize("who", [LINKED, UNLINKED])
async def test_every_action_says_a_known_response(committed: Demo, who: str) -> None:
    for action in all_actions():
        intent = action.name().removeprefix("action_")
        message, _ = await run(action, tracker("what about it", who, intent, None))
        assert message["response"] in responses()


async def test_an_absence_is_stored_once_for_a_message(committed: Demo) -> None:
    from sqlalchemy import func, select

    from bot.db.engine import transaction
    from bot.db.models import Absence

    with transaction() as session:
        committed.session = session
        message_id = committed.message(LINKED, "cant make it")
    for _ in range(2):
        message, _ = await run(
            actions.session.ActionSessionAbsent(), tracker("cant make it tonight", LINKED, "session_absent", message_id)
        )
        assert message["response"] == "utter_session_absent_done"
    with transaction() as session:
        assert session.execute(select(func.count()).select_from(Absence)).scalar_one() == 2


async def test_a_day_after_our_question_is_the_answer_to_it(committed: Demo) -> None:
    on_day = actions.session.ActionSessionOnDay()
    message, events = await run(
        actions.session.ActionSessionAbsent(), tracker("how do i call out", LINKED, "session_absent", None)
    )
    assert message["response"] == "utter_session_absent_which"
    assert message["buttons"][0]["payload"].startswith("/session_absent{")
    (slot,) = [e for e in events if e["name"] == "session_question"]
    assert slot["value"] == "absent"
    asked = {"session_question": "absent"}
    answer, events = await run(on_day, tracker("tuesday", LINKED, "session_on_day", None, "session_absent", **asked))
    assert answer["response"] == "utter_session_absent_done"
    assert events[0]["value"] is None
    # After something else it is a question of its own again.
    answer, _ = await run(on_day, tracker("tuesday", LINKED, "session_on_day", None, "craving_now", **asked))
    assert answer["response"] == "utter_session_day_own"


async def _after(
    asked: Any, text: str, then: str, *, who: str = LINKED, language: str = "en", taken_as: str = "session_on_day"
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Ask ``text`` and then ``then``, as a conversation does; gives the second answer."""
    _, events = await run(asked, tracker(text, who, asked.intent, None, language=language))
    slots = {event["name"]: event["value"] for event in events}
    on_day = next(action for action in all_actions() if action.intent == taken_as)
    return await run(on_day, tracker(then, who, taken_as, None, asked.intent, language=language, **slots))


@pytest.mark.parametrize(
    ("asked", "text", "then", "response", "says"),
    [
        (
            "ActionSessionOnDay",
            "is there group on tuesday",
            "what about the monday after",
            "utter_session_day_own",
            "",
        ),
        ("ActionSessionWhoLeads", "who leads group tonight", "and tomorrow?", "utter_session_leader", "Tue"),
        ("ActionSessionLength", "when do we get out tonight", "and tomorrow?", "utter_session_ends_own", ""),
        ("ActionSessionWhere", "where is group tonight", "and tomorrow?", "utter_session_where_own", "Tue"),
        ("ActionSessionCancelledQ", "is group still on tonight", "and tomorrow?", "utter_session_on_as_planned", "Tue"),
    ],
)
async def test_another_day_is_asked_in_the_same_sense(
    committed: Demo, asked: str, text: str, then: str, response: str, says: str
) -> None:
    message, _ = await _after(getattr(actions.session, asked)(), text, then)
    assert message["response"] == response
    assert says in message["sessions"]


async def test_another_day_after_a_kind_of_session_is_about_that_kind(committed: Demo) -> None:
    first = actions.session.ActionSessionNext()
    message, events = await _after(first, "when is the next cbt group", "and the week after?")
    assert "CBT" in message["sessions"] and "Process" not in message["sessions"]
    asked = next(event["value"] for event in events if event["name"] == "session_asked")
    assert asked["kind"] == "cbt"


async def test_another_day_in_spanish(committed: Demo) -> None:
    message, _ = await _after(
        actions.session.ActionSessionWhoLeads(), "quién da el grupo de hoy", "¿y mañana?", language="es"
    )
    assert message["response"] == "utter_session_leader"


async def test_a_day_with_more_to_it_is_a_question_of_its_own(committed: Demo) -> None:
    leads = actions.session.ActionSessionWhoLeads()
    message, _ = await _after(leads, "who leads group tonight", "do i have group tomorrow")
    assert message["response"] == "utter_session_day_own"


async def test_after_another_topic_a_day_is_a_question_of_its_own(committed: Demo) -> None:
    on_day = actions.session.ActionSessionOnDay()
    slot = {"session_asked": {"intent": "session_who_leads", "kind": None, "day": "2026-11-26"}}
    message, _ = await run(on_day, tracker("and tomorrow?", LINKED, "session_on_day", None, "prospect_cost", **slot))
    assert message["response"] == "utter_session_day_own"


async def test_spanish(committed: Demo) -> None:
    message, _ = await run(
        actions.session.ActionSessionNext(), tracker("cuando", LINKED, "session_next", None, language="es")
    )
    assert "Esta noche" in message["sessions"]
