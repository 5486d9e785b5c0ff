"""What the topic ``session`` does: each action reads the message, calls one use case of bot/schedule, and says it."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session

from actions.turn import conversation_id, message_id
from bot.clock import clock
from bot.db.engine import reading, transaction
from bot.schedule import absence_answers, answers, own_answers
from bot.schedule.question import Answer, Asked, Question, ask

UseCase = Callable[[Session, Question, datetime], Answer]
_REPORTS: dict[str, UseCase] = {"absent": absence_answers.absent_answer, "late": absence_answers.late_answer}
# Asked again with nothing but another day ("and Thursday?"), these are answered in the same sense. The other answers
# are about one kind of session, and go on as "what is on that day" for that kind.
_SAME_FOR_ANOTHER_DAY: dict[str, UseCase] = {
    "session_next": answers.next_answer, "session_on_day": answers.on_day_answer,
    "session_full_week": answers.week_answer, "session_cancelled_q": answers.cancelled_answer,
    "session_where": own_answers.where_answer, "session_who_leads": own_answers.leader_answer,
    "session_length": own_answers.end_answer,
}  # fmt: skip
_OF_A_KIND = {
    "session_family_night": "family_night", "session_individual_when": "individual",
    "session_drug_test_time": "drug_test",
}  # fmt: skip
_ANSWERED_ABOUT = (*_SAME_FOR_ANOTHER_DAY, *_OF_A_KIND)
# What a message that is only a day is taken for.
_NAMES_A_DAY = ("session_on_day", "session_next", "session_full_week")


class _SessionAction(Action, ABC):
    """Answers one intent. A subclass names the intent and its use case."""

    intent: ClassVar[str]
    writes: ClassVar[bool] = False

    @staticmethod
    @abstractmethod
    def use_case(session: Session, question: Question, now: datetime) -> Answer:
        """Answer the question; rasa_sdk registers only what is not abstract."""

    def name(self) -> str:
        """Give the name in domain.yml."""
        return f"action_{self.intent}"

    async def run(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],  # noqa: ARG002
    ) -> list[dict[str, Any]]:
        """Answer, and remember whether the answer was a question about the day."""
        pending = _pending_report(tracker)
        named_day = pending is not None and self.intent == "session_on_day"
        use_case = _REPORTS[str(pending)] if named_day else self.use_case
        before = _asked_before(tracker) if self.intent in _NAMES_A_DAY and pending is None else None
        answer, asked = await asyncio.to_thread(
            _answer, self.intent, use_case, tracker, self.writes or named_day, before
        )
        buttons = [{"title": title, "payload": payload} for title, payload in answer.buttons]
        dispatcher.utter_message(response=answer.response, buttons=buttons, **answer.facts)
        return [
            SlotSet("session_question", answer.asking),
            SlotSet("session_asked", asked.to_slot() if asked else None),
        ]


def _answer(
    intent: str, use_case: UseCase, tracker: Tracker, writes: bool, before: Asked | None
) -> tuple[Answer, Asked | None]:
    message = tracker.latest_message
    now = clock.now()
    with (transaction if writes else reading)() as session:
        question = ask(
            session,
            conversation_id=conversation_id(tracker),
            message_id=message_id(tracker),
            text=message.get("text") or "",
            language=tracker.get_slot("language") or "en",
            entities={e["entity"]: str(e["value"]) for e in message.get("entities") or []},
            now=now,
            future=not writes,  # "I missed Tuesday" is about a day that was
            before=before,
        )
        if question.goes_on and before is not None:
            intent = before.intent
            use_case = _SAME_FOR_ANOTHER_DAY[intent]
        answer = use_case(session, question, now)
    kind = question.kind or _OF_A_KIND.get(intent)
    sense = "session_on_day" if intent in _OF_A_KIND else intent
    day = question.when.first if question.when else answer.day
    return answer, Asked(sense, kind, day) if sense in _SAME_FOR_ANOTHER_DAY else None


def _asked_before(tracker: Tracker) -> Asked | None:
    """Give what the turn before was about where it was answered about sessions: the slot is older otherwise."""
    answered = _intent_before(tracker) in _ANSWERED_ABOUT
    return Asked.from_slot(tracker.get_slot("session_asked")) if answered else None


def _intent_before(tracker: Tracker) -> str:
    said = [e for e in tracker.events if e.get("event") == "user"]
    return str(said[-2].get("parse_data", {}).get("intent", {}).get("name", "")) if len(said) > 1 else ""


def _pending_report(tracker: Tracker) -> str | None:
    """Give absent or late where our last words asked for the day: "Thursday" then is the answer to that."""
    asked = tracker.get_slot("session_question")
    return (
        asked
        if asked in _REPORTS and _intent_before(tracker) in ("session_absent", "session_late", "session_on_day")
        else None
    )


class ActionSessionNext(_SessionAction):
    """When is my next session, or group of a kind? Has it started?"""

    intent = "session_next"
    use_case = staticmethod(answers.next_answer)


class ActionSessionOnDay(_SessionAction):
    """What is on that day? Which days are you closed?"""

    intent = "session_on_day"
    use_case = staticmethod(answers.on_day_answer)


class ActionSessionFullWeek(_SessionAction):
    """What is my schedule?"""

    intent = "session_full_week"
    use_case = staticmethod(answers.week_answer)


class ActionSessionWhichTrack(_SessionAction):
    """Am I in the evening track?"""

    intent = "session_which_track"
    use_case = staticmethod(own_answers.track_answer)


class ActionSessionWhere(_SessionAction):
    """Which room?"""

    intent = "session_where"
    use_case = staticmethod(own_answers.where_answer)


class ActionSessionFamilyNight(_SessionAction):
    """When can my family come?"""

    intent = "session_family_night"
    use_case = staticmethod(own_answers.family_answer)


class ActionSessionVideoLink(_SessionAction):
    """What is the link?"""

    intent = "session_video_link"
    use_case = staticmethod(own_answers.link_answer)


class ActionSessionWhoLeads(_SessionAction):
    """Who leads group tonight?"""

    intent = "session_who_leads"
    use_case = staticmethod(own_answers.leader_answer)


class ActionSessionAbsent(_SessionAction):
    """I can't make it."""

    intent = "session_absent"
    writes = True
    use_case = staticmethod(absence_answers.absent_answer)


class ActionSessionLate(_SessionAction):
    """I am running late."""

    intent = "session_late"
    writes = True
    use_case = staticmethod(absence_answers.late_answer)


class ActionSessionCanCome(_SessionAction):
    """I can come after all."""

    intent = "session_can_come"
    writes = True
    use_case = staticmethod(absence_answers.can_come_answer)


class ActionSessionReschedule(_SessionAction):
    """My job changed my hours."""

    intent = "session_reschedule"
    use_case = staticmethod(own_answers.reschedule_answer)


class ActionSessionIndividualWhen(_SessionAction):
    """When is my individual?"""

    intent = "session_individual_when"
    use_case = staticmethod(own_answers.individual_answer)


class ActionSessionLength(_SessionAction):
    """When do we get out?"""

    intent = "session_length"
    use_case = staticmethod(own_answers.end_answer)


class ActionSessionDrugTestTime(_SessionAction):
    """When is my test?"""

    intent = "session_drug_test_time"
    use_case = staticmethod(own_answers.drug_test_answer)


class ActionSessionCancelledQ(_SessionAction):
    """Is group still on?"""

    intent = "session_cancelled_q"
    use_case = staticmethod(answers.cancelled_answer)
