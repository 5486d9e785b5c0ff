"""Staff press a button on an alert or a notice, in their group or in a private chat."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session
from telegram import Update
from telegram.constants import ChatType

from bot.channels.telegram.effects import Effects, PressAnswer
from bot.channels.telegram.identity import Identity
from bot.db.models import ButtonToken
from bot.escalation.staff_buttons import NotStaff, press

ONLY_STAFF = "Only staff can do this."


def matches(update: Update, identity: Identity) -> bool:  # noqa: ARG001
    """Tell whether a button was pressed that may be the staff's; :func:`process` looks whose it is."""
    return update.callback_query is not None


def process(session: Session, update: Update, identity: Identity, now: datetime) -> Effects | None:
    """Do what the button says and answer with the sentence; None where it is no button of the staff's.

    Who pressed is looked up at every press. In the staff's group every button is the staff's, also a forged one.
    """
    query = update.callback_query
    assert query is not None  # noqa: S101 - it matched
    chat = query.message.chat if query.message is not None else None
    in_staff_chat = chat is not None and identity.is_staff_chat(chat.id)
    if chat is not None and not in_staff_chat and chat.type != ChatType.PRIVATE:
        return Effects(answers=[PressAnswer(query.id)])
    token = query.data or ""
    known = session.get(ButtonToken, token[:24]) if token else None
    if not in_staff_chat and (known is None or known.conversation_id is not None):
        return None
    try:
        said = press(session, token, query.from_user.id, now)
    except NotStaff:
        return Effects(answers=[PressAnswer(query.id, ONLY_STAFF, alert=True)])
    return Effects(answers=[PressAnswer(query.id, said)], queued=True)
