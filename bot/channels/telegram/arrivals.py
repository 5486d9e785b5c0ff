"""Stores a batch of updates in one transaction, one bad update apart from the good ones."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session
from telegram import Update

from bot.channels.telegram.effects import Effects
from bot.channels.telegram.identity import Identity
from bot.channels.telegram.kinds import KINDS
from bot.channels.telegram.unreadable import tell_both_sides
from bot.metrics import ERRORS

log = structlog.get_logger()

# The fields that a message cannot do without, and that have had the same form since the Bot API began.
WRITTEN = ("message_id", "date", "edit_date", "text", "caption")
CHAT = ("id", "type")
AUTHOR = ("id", "is_bot", "first_name", "language_code")


def store_updates(session: Session, updates: list[dict[str, Any]], identity: Identity, now: datetime) -> Effects:
    """Store what ``updates`` (Telegram's JSON) say.

    An update that cannot be stored because of what it says is recorded by its kind and skipped, so that it never holds
    up the others; the person is told, and so are the staff.

    Returns:
        What is to be done after the commit.

    Raises:
        DBAPIError, PoolTimeout, OSError, MemoryError: the machinery does not work; nothing of the batch counts as
            stored, and it comes again.
    """
    effects = Effects()
    for raw in updates:
        try:
            effects.add(_store_one(session, raw, identity, now))
        except Exception as error:  # noqa: PERF203 - one update apart from the others
            if _is_machinery(error):
                raise
            ERRORS.labels("telegram_update").inc()
            log.warning(
                "an update was skipped", error=type(error).__name__, kind=kind_of(raw), update_id=raw.get("update_id")
            )
            effects.add(tell_both_sides(session, raw, now))
    return effects


def _store_one(session: Session, raw: dict[str, Any], identity: Identity, now: datetime) -> Effects:
    try:
        with session.begin_nested():
            return _store(session, raw, identity, now)
    except IntegrityError:
        # The same update at the same moment, as webhooks can bring: the other one has stored it by now.
        with session.begin_nested():
            return _store(session, raw, identity, now)


def _store(session: Session, raw: dict[str, Any], identity: Identity, now: datetime) -> Effects:
    update = _parse(raw)
    for kind in KINDS:
        if kind.matches(update, identity):
            effects = kind.process(session, update, identity, now)
            if effects is not None:
                return effects
    return Effects()


def _parse(raw: dict[str, Any]) -> Update:
    try:
        return Update.de_json(raw, None)
    except (TypeError, KeyError, ValueError, AttributeError):
        # Something in it, perhaps in a message that it replies to, has a form that the library does not know. What the
        # person wrote is what matters; if that cannot be read either, this raises.
        return Update.de_json(_bare(raw), None)


def _bare(raw: dict[str, Any]) -> dict[str, Any]:
    """Give the update with only who wrote what where."""
    bare: dict[str, Any] = {"update_id": raw["update_id"]}
    for kind in ("message", "edited_message"):
        if kind in raw:
            message = {key: value for key, value in raw[kind].items() if key in WRITTEN}
            for part, keys in (("chat", CHAT), ("from", AUTHOR)):
                message[part] = {key: value for key, value in raw[kind][part].items() if key in keys}
            bare[kind] = message
    return bare


def _is_machinery(error: Exception) -> bool:
    if isinstance(error, (DataError, IntegrityError)):
        return False
    return isinstance(error, (DBAPIError, PoolTimeout, OSError, MemoryError))


def kind_of(raw: dict[str, Any]) -> str:
    """Give the update's kind, such as ``message``; never anything that a person wrote."""
    kinds = sorted(key for key in raw if key != "update_id")
    return kinds[0][:32] if kinds else "empty"
