"""Staff reply to an alert, a notice or a passed-on message: what they write reaches the person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from telegram import Message, Update
from telegram.constants import ChatType

from bot.channels.telegram.effects import Effects
from bot.channels.telegram.identity import Identity
from bot.db.models import OutboxMessage
from bot.escalation.handoff import HandoverError, staff_reply
from bot.outbox.store import Outgoing, queue_to_staff
from bot.people.staff import staff_of_telegram

NOT_LINKED = "Only linked staff can write to people from here. Ask an administrator for your staff link."
SENT = "On its way to them."
# Kinds of messages that we send to staff.
TO_STAFF = ("alert", "staff")


def matches(update: Update, identity: Identity) -> bool:
    """Tell whether it is a reply to a message of the bot's, in the staff's group or a private chat."""
    message = update.message
    if message is None or message.reply_to_message is None or message.from_user is None:
        return False
    author = message.reply_to_message.from_user
    if author is None or author.id != identity.bot_id:
        return False
    return identity.is_staff_chat(message.chat.id) or message.chat.type == ChatType.PRIVATE


def process(session: Session, update: Update, identity: Identity, now: datetime) -> Effects | None:
    """Pass it on and say so in a reply, or say why not; None for a person's own reply to the assistant."""
    message = update.message
    assert message is not None  # noqa: S101 - it matched
    assert message.from_user is not None  # noqa: S101
    assert message.reply_to_message is not None  # noqa: S101
    in_staff_chat = identity.is_staff_chat(message.chat.id)
    about = _sent_to_staff(session, message, identity)
    staff = staff_of_telegram(session, message.from_user.id)
    if not in_staff_chat and (staff is None or about is None):
        return None
    key = f"staff-reply:{message.chat.id}:{message.message_id}"
    if session.scalar(select(OutboxMessage.id).where(OutboxMessage.dedupe_key == key)):
        return Effects()  # a redelivered update; the person has it already
    extra: dict[str, object] = {"reply_to": message.message_id}
    if staff is None:
        said = NOT_LINKED
    else:
        try:
            extra["about"] = staff_reply(
                session, staff, message.text or message.caption or "", now,
                chat_id=int(about.recipient) if about is not None else message.chat.id,
                provider_message_id=str(message.reply_to_message.message_id),
            )  # fmt: skip
            said = SENT
        except HandoverError as error:
            said = str(error)
    queue_to_staff(session, message.chat.id, Outgoing(said, extra=extra), kind="staff", now=now, dedupe_key=key)
    return Effects(queued=True)


def _sent_to_staff(session: Session, message: Message, identity: Identity) -> OutboxMessage | None:
    """Find what we sent to staff and was replied to."""
    assert message.reply_to_message is not None  # noqa: S101 - it matched
    chats = {str(message.chat.id)}
    if identity.is_staff_chat(message.chat.id):
        chats.add(str(identity.staff_chat_id))  # what is addressed to the group's old id arrives at the new one
    query = select(OutboxMessage).where(
        OutboxMessage.channel == "telegram",
        OutboxMessage.recipient.in_(chats),
        OutboxMessage.provider_message_id == str(message.reply_to_message.message_id),
        OutboxMessage.kind.in_(TO_STAFF),
        OutboxMessage.conversation_id.is_(None),
    )
    return session.execute(query.limit(1)).scalar_one_or_none()
