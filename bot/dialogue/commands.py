"""Commands: answered here and never by Rasa, so that they work while it does not."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from bot.db.models import Conversation, InboxMessage
from bot.escalation.requests import HandoverOutcome, request_person
from bot.outbox.store import Button, Outgoing
from bot.people.participants import LinkRefused, link
from bot.program import program
from bot.texts import say

# The rows of first buttons, by language: what most people come for.
MENU = {
    "en": (
        (Button("I'm craving", "/craving_now"), Button("Coping skills", "/coping_menu")),
        (Button("My next session", "/session_next"), Button("About the program", "/program_what_is_iop")),
        (Button("Talk to a person", "/handoff_request"),),
    ),
    "es": (
        (Button("Tengo ganas de usar", "/craving_now"), Button("Técnicas", "/coping_menu")),
        (Button("Mi próxima sesión", "/session_next"), Button("El programa", "/program_what_is_iop")),
        (Button("Hablar con alguien", "/handoff_request"),),
    ),
}


def answer_command(
    session: Session, conversation: Conversation, message: InboxMessage, now: datetime
) -> list[Outgoing]:
    """Carry out a command and give what to say. ``/crisis`` was answered when the message was stored."""
    name = str(message.payload.get("name", ""))
    language = conversation.language
    if name == "start":
        return _start(session, conversation, str(message.payload.get("argument") or ""), now)
    if name == "crisis":
        return []
    if name == "staff":
        outcome = request_person(session, conversation.id, message.id, now)
        return [_plain(handoff_words(outcome), language)]
    if name == "stop":
        conversation.stopped_at = now
        return [_plain("stop", language)]
    if name == "help":
        return [_plain("help", language, MENU[language])]
    if name == "privacy":
        text = say("privacy", language, days=str(program().retention.messages_days))
        return [Outgoing(program().fill(text))]
    return [_plain("unknown_command", language)]


def handoff_words(outcome: HandoverOutcome) -> str:
    """Give the key of what to say after asking for a person: true to whether somebody is there."""
    if not outcome.opened:
        return "staff_asked_already"
    return "staff_asked_now" if outcome.staffed_now else "staff_asked_later"


def _start(session: Session, conversation: Conversation, code: str, now: datetime) -> list[Outgoing]:
    language = conversation.language
    conversation.stopped_at = None
    first_time = conversation.greeted_at is None
    conversation.greeted_at = conversation.greeted_at or now
    greeting = _plain("start" if first_time else "start_again", language, MENU[language])
    if not code:
        return [greeting]
    try:
        linked = link(session, conversation, code, now)
    except LinkRefused:
        return [_plain("link_bad", language), greeting]
    if linked.staff:
        return [_plain("linked_staff", language, name=linked.first_name)]
    return [_plain("linked", language, name=linked.first_name), greeting]


def _plain(key: str, language: str, buttons: tuple[tuple[Button, ...], ...] = (), **values: str) -> Outgoing:
    return Outgoing(program().fill(say(key, language, **values)), buttons)
