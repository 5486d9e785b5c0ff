"""Counts what came in and what went out, and says what is wrong with it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.engine import make_engine
from bot.db.models import OPEN_STATES, Escalation, EscalationEvent, EscalationMessage, InboxMessage, OutboxMessage
from bot.program import program
from bot.texts import say
from tests.faults.load import Written
from tests.telegram_api import TelegramApi

T = TypeVar("T")
# A message that Telegram carried out this shortly before the bot was killed may not have been recorded.
IN_FLIGHT_SECONDS = 3.0
# What bot/channels/telegram/without_database.py says; nobody in these tests asks for it with /crisis.
DIRECT_HELP = {program().fill(say("crisis", language)) for language in ("en", "es")}


@dataclass
class Account:
    """What a run came to."""

    written: int = 0
    stored: int = 0
    answered: int = 0
    given_up: int = 0
    risky: int = 0
    escalations: int = 0
    alerts_delivered: int = 0
    late_steps: int = 0
    deliveries: int = 0
    duplicates: int = 0
    unexplained: int = 0
    helped_directly: int = 0  # crisis numbers sent while the database could not be written
    wrong: list[str] = field(default_factory=list)

    def line(self) -> str:
        """Say it in one line."""
        return (
            f"{self.written} in, {self.stored} stored, {self.answered} answered, {self.given_up} given up; "
            f"{self.risky} risky, {self.escalations} escalations, {self.alerts_delivered} of them with a delivered "
            f"alert, {self.late_steps} late steps; {self.deliveries} deliveries, {self.duplicates} seen twice "
            f"({self.unexplained} without a kill or a lost answer)"
        )


def reading(database: Path, function: Callable[[Session], T]) -> T:
    """Read from the stack's database."""
    made = make_engine(f"sqlite:///{database}")
    try:
        with Session(made.execution_options(sqlite_begin="DEFERRED"), future=True) as session, session.begin():
            return function(session)
    finally:
        made.dispose()


def open_work(session: Session) -> tuple[int, int]:
    """Give how many messages wait for an answer, and how many for delivery."""
    inbox = select(func.count(InboxMessage.id)).where(InboxMessage.status.in_(("waiting", "working")))
    outbox = select(func.count(OutboxMessage.id)).where(
        OutboxMessage.status == "waiting", OutboxMessage.channel == "telegram"
    )
    return session.execute(inbox).scalar_one(), session.execute(outbox).scalar_one()


def what_waits(session: Session) -> str:
    """Say what is left: messages by state, and deliveries by kind, receiver's kind and tries."""
    inbox = session.execute(
        select(InboxMessage.status, func.count()).where(InboxMessage.status != "done").group_by(InboxMessage.status)
    ).all()
    rows = session.execute(select(OutboxMessage).where(OutboxMessage.status == "waiting")).scalars().all()
    outbox = Counter((row.kind, "group" if row.recipient.startswith("-") else "person", row.attempts) for row in rows)
    return f"messages {dict(inbox)}, deliveries (kind, to, tries) {dict(outbox)}"


def account(
    database: Path, api: TelegramApi, written: list[Written], kills_of_bot: list[float], lost_answers: int
) -> Account:
    """Compare what people wrote with what is stored and what they saw.

    Args:
        database: the stack's SQLite file.
        api: the Telegram that they wrote to.
        written: everything that they wrote.
        kills_of_bot: when the bot was killed (``time.time()``): each may have cut off deliveries that Telegram had
            carried out but not been thanked for.
        lost_answers: how often Telegram carried something out and the answer was lost or came too late.
    """
    seen = api.do(lambda: [s for s in api.world.seen if s.what == "message"])
    return reading(database, lambda session: _account(session, written, seen, kills_of_bot, lost_answers))


def _account(
    session: Session, written: list[Written], seen: list[Any], kills: list[float], lost_answers: int
) -> Account:
    got = Account(written=len(written), risky=sum(w.risky for w in written))
    people = {str(w.user_id) for w in written}
    rows = session.execute(select(InboxMessage).where(InboxMessage.channel == "telegram")).scalars().all()
    by_message = defaultdict(list)
    for row in rows:
        by_message[row.external_id].append(row)
    out = session.execute(select(OutboxMessage).order_by(OutboxMessage.id)).scalars().all()
    answers = defaultdict(list)
    for row in out:
        if row.inbox_id is not None and row.kind in ("reply", "crisis"):
            answers[row.inbox_id].append(row)
    for one in written:
        stored = by_message[f"{one.user_id}:{one.message_id}"]
        got.stored += len(stored)
        if len(stored) != 1:
            got.wrong.append(f"message {one.update_id} is stored {len(stored)} times")
            continue
        _check_answer(got, stored[0], answers[stored[0].id])
    _check_risk(session, got, written, by_message, out)
    theirs = [row for row in out if row.recipient in people]
    _check_deliveries(got, theirs, seen, people, kills, lost_answers)
    _check_order(got, theirs)
    return got


def _check_answer(got: Account, row: InboxMessage, answers: list[OutboxMessage]) -> None:
    if row.status == "failed":
        got.given_up += 1
        got.wrong.append(f"inbox {row.id} was given up: {row.error}")
    elif row.status != "done":
        got.wrong.append(f"inbox {row.id} is {row.status} after {row.attempts} tries: {row.error}")
    elif not answers:
        got.wrong.append(f"inbox {row.id} has no answer")
    elif any(answer.status != "sent" for answer in answers):
        got.wrong.append(f"an answer to inbox {row.id} is {[answer.status for answer in answers]}")
    else:
        got.answered += 1
    # All replies of one turn are queued in one transaction, so at one moment.
    turns = {answer.created_at for answer in answers if answer.kind == "reply"}
    if len(turns) > 1:
        got.wrong.append(f"inbox {row.id} was answered {len(turns)} times")


def _check_risk(
    session: Session, got: Account, written: list[Written], by_message: dict[str, Any], out: list[OutboxMessage]
) -> None:
    in_escalations = Counter(session.execute(select(EscalationMessage.inbox_id)).scalars())
    belongs = dict(session.execute(select(EscalationMessage.inbox_id, EscalationMessage.escalation_id)).all())
    open_ones = select(Escalation.conversation_id).where(Escalation.status.in_(OPEN_STATES))
    conversations = Counter(session.execute(open_ones).scalars())
    delivered = {row.escalation_id for row in out if row.kind == "alert" and row.status == "sent"}
    found = set()
    for one in written:
        for row in by_message[f"{one.user_id}:{one.message_id}"] if one.risky else ():
            if in_escalations[row.id] != 1:
                got.wrong.append(f"risky inbox {row.id} is in {in_escalations[row.id]} escalations")
                continue
            found.add(belongs[row.id])
            if conversations[row.conversation_id] != 1:
                got.wrong.append(f"{conversations[row.conversation_id]} escalations are open for one person")
            if belongs[row.id] not in delivered:
                got.wrong.append(f"no alert of escalation {belongs[row.id]} was delivered")
    got.escalations, got.alerts_delivered = len(found), len(found & delivered)
    late = select(func.count(EscalationEvent.id)).where(EscalationEvent.kind == "late")
    got.late_steps = session.execute(late).scalar_one()


def _check_deliveries(
    got: Account, rows: list[OutboxMessage], seen: list[Any], people: set[str], kills: list[float], lost_answers: int
) -> None:
    sent = {(row.recipient, row.provider_message_id) for row in rows if row.status == "sent" and row.kind != "edit"}
    theirs = [each for each in seen if str(each.chat_id) in people]
    direct = [each for each in theirs if each.data["text"] in DIRECT_HELP]
    got.helped_directly = len(direct)
    got.deliveries = len(theirs) - len(direct)
    # Carried out by Telegram, but the record names another message: it was sent again.
    twice = [s for s in theirs if s not in direct and (str(s.chat_id), str(s.data["message_id"])) not in sent]
    by_kill = [each for each in twice if any(0 <= kill - each.at <= IN_FLIGHT_SECONDS for kill in kills)]
    got.duplicates = len(twice)
    got.unexplained = max(0, len(twice) - len(by_kill) - lost_answers)
    if got.unexplained:
        words = Counter(each.data["text"][:60] for each in twice if each not in by_kill)
        got.wrong.append(f"{got.unexplained} messages were sent twice without a kill or a lost answer: {words}")


def _check_order(got: Account, rows: list[OutboxMessage]) -> None:
    """Replies stand in a chat in the order of the messages that they answer."""
    order = defaultdict(list)
    for row in rows:
        if row.kind == "reply" and row.status == "sent" and row.inbox_id is not None:
            order[row.recipient].append((int(row.provider_message_id), row.inbox_id))
    for chat, answers in order.items():
        shown = [inbox for _, inbox in sorted(answers)]
        if shown != sorted(shown):
            got.wrong.append(f"the answers in chat {chat} are out of order")
