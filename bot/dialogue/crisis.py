"""What is answered without Rasa, in the transaction that stores a message or a reader's verdict of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.models import Conversation, InboxMessage
from bot.escalation.policy import anybody_reachable
from bot.escalation.service import report
from bot.nlu.language import detect
from bot.outbox.store import Outgoing, queue_to_person
from bot.program import program
from bot.risk import Verdict
from bot.risk_dialogue.first_replies import about_staff, first_reply
from bot.texts import say


def answer_at_once(
    session: Session, conversation: Conversation, message: InboxMessage, verdict: Verdict | None, now: datetime
) -> None:
    """Open an escalation and queue crisis resources where the pattern screen hit, and for ``/crisis``.

    Crisis resources wait for nothing, least of all Rasa.
    """
    if message.kind == "command" and message.payload.get("name") == "crisis":
        text = program().fill(say("crisis", conversation.language))
        queue_to_person(session, conversation, Outgoing(text), kind="crisis", now=now, inbox_id=message.id)
    if verdict is not None and verdict.action == "alert":
        alert_and_reply(session, conversation, message, verdict, now, reader="patterns")


def alert_and_reply(
    session: Session, conversation: Conversation, message: InboxMessage, verdict: Verdict, now: datetime, *, reader: str
) -> None:
    """Tell staff of a message with risk and queue the first reply; ``reader`` as for ``escalation.service.report``.

    A person who writes again while the same alert is open gets no second copy of the same block from here; the
    dialogue carries on. Where staff have the conversation there is none, so each message gets its reply.
    """
    outcome = report(session, message.id, verdict.to_dict(), reader=reader, now=now)
    unanswered = outcome.joined and conversation.state == "staff"
    if not (outcome.opened or outcome.raised or outcome.reopened or unanswered):
        return
    language = detect(message.text) or conversation.language
    found, facts, reachable = verdict.to_dict(), program().facts, anybody_reachable(session, now)
    words = [*first_reply(found, language, facts), *about_staff(found, language, facts, reachable=reachable)]
    for index, text in enumerate(words):
        queue_to_person(
            session, conversation, Outgoing(text), kind="crisis", now=now, inbox_id=message.id,
            dedupe_key=f"first:{message.id}:{verdict.level}:{index}",
        )  # fmt: skip
    message.payload = {**message.payload, "first_reply_sent": True}
