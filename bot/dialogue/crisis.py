"""What is answered in the transaction that stores a message: crisis resources wait for nothing, least of all Rasa."""

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

    A person who writes again while the same alert is open gets no second copy of the same block from here; the
    dialogue carries on.
    """
    if message.kind == "command" and message.payload.get("name") == "crisis":
        text = program().fill(say("crisis", conversation.language))
        queue_to_person(session, conversation, Outgoing(text), kind="crisis", now=now, inbox_id=message.id)
    if verdict is None or verdict.action != "alert":
        return
    outcome = report(session, message.id, verdict.to_dict(), reader="patterns", now=now)
    if not (outcome.opened or outcome.raised or outcome.reopened) and conversation.state != "staff":
        return
    language = detect(message.text) or conversation.language
    found, facts, reachable = verdict.to_dict(), program().facts, anybody_reachable(session, now)
    words = [*first_reply(found, language, facts), *about_staff(found, language, facts, reachable=reachable)]
    for index, text in enumerate(words):
        queue_to_person(
            session, conversation, Outgoing(text), kind="crisis", now=now, inbox_id=message.id,
            dedupe_key=f"first:{message.id}:{index}",
        )  # fmt: skip
    message.payload = {**message.payload, "first_reply_sent": True}
