"""A conversation as it is shown: what came in and what went out, in order. The chat page and the console use it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import ButtonToken, InboxMessage, OutboxMessage

# More than a person scrolls back through; the rest stays stored.
MOST_SHOWN = 200


@dataclass
class Entry:
    """One message in a thread. ``who``: person, assistant or staff."""

    key: str  # "i12" for inbox row 12, "o34" for outbox row 34
    who: str
    kind: str
    text: str
    at: datetime
    buttons: list[list[dict[str, Any]]] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
    verdict: dict[str, Any] | None = None
    status: str = ""

    @property
    def number(self) -> int:
        """Give the row's number."""
        return int(self.key[1:])

    def for_browser(self) -> dict[str, Any]:
        """Give what the chat page shows, as JSON values; verdicts are staff's and are left out."""
        return {
            "key": self.key, "who": self.who, "kind": self.kind, "text": self.text,
            "at": self.at.isoformat(timespec="seconds"), "buttons": self.buttons, "extra": self.extra,
        }  # fmt: skip


def thread(session: Session, conversation_id: str, now: datetime, *, limit: int = MOST_SHOWN) -> list[Entry]:
    """Give the latest messages of a conversation, oldest first.

    Args:
        session: for reading.
        conversation_id: whose.
        now: aware UTC; buttons that have expired by then are shown as such.
        limit: at most so many of what came in, and of what went out.
    """
    arrived = select(InboxMessage).where(InboxMessage.conversation_id == conversation_id)
    coming = list(session.execute(arrived.order_by(InboxMessage.id.desc()).limit(limit)).scalars())
    going = outgoing(session, conversation_id, limit=limit)
    usable, titles = _tokens(session, coming, going, now)
    entries = [_came(row, titles) for row in coming] + [went(row, usable) for row in going]
    shown = [entry for entry in entries if entry.text.strip() or entry.kind == "media"]
    # A reply that was queued with the message's own transaction has its very time: the message goes first.
    shown.sort(key=lambda entry: (entry.at, entry.key[0], entry.number))
    return _with_edits(shown)[-limit:]


def outgoing(session: Session, conversation_id: str, *, after: int = 0, limit: int = MOST_SHOWN) -> list[OutboxMessage]:
    """Give what was queued to a person after the outbox row ``after``, newest first."""
    query = (
        select(OutboxMessage)
        .where(OutboxMessage.conversation_id == conversation_id)
        .where(OutboxMessage.id > after, OutboxMessage.status.in_(("waiting", "sent")))
        .order_by(OutboxMessage.id.desc())
        .limit(limit)
    )
    return list(session.execute(query).scalars())


def went(row: OutboxMessage, usable: set[str] | None = None) -> Entry:
    """Show one outgoing row. ``usable``: the tokens that still work; None where all of them do."""
    buttons = [
        [{**button, "usable": usable is None or button["token"] in usable} for button in line]
        for line in row.buttons or []
    ]
    key = f"o{row.edits_id}" if row.kind == "edit" and row.edits_id else f"o{row.id}"
    who = "staff" if row.kind == "staff" else "assistant"
    return Entry(key, who, row.kind, row.text, row.created_at, buttons, dict(row.extra or {}), status=row.status)


def _came(row: InboxMessage, titles: dict[str, str]) -> Entry:
    text = row.text
    if row.kind == "button":
        # The worker notes a pressed button as "[Title]".
        text = titles.get(str(row.payload.get("token", "")), row.text.strip("[]"))
    return Entry(f"i{row.id}", "person", row.kind, text, row.received_at, verdict=row.verdict, status=row.status,
                 extra={"media": row.payload.get("type")} if row.kind == "media" else {})  # fmt: skip


def _tokens(
    session: Session, coming: list[InboxMessage], going: list[OutboxMessage], now: datetime
) -> tuple[set[str], dict[str, str]]:
    shown = {button["token"] for row in going for line in row.buttons or [] for button in line}
    pressed = {str(row.payload.get("token", ""))[:24] for row in coming if row.kind == "button"}
    if not shown | pressed:
        return set(), {}
    query = select(ButtonToken).where(ButtonToken.token.in_(shown | pressed))
    tokens = list(session.execute(query).scalars())
    usable = {t.token for t in tokens if t.used_at is None and t.expires_at > now}
    return usable, {t.token: t.title for t in tokens}


def _with_edits(entries: list[Entry]) -> list[Entry]:
    """Put the newest wording of a message where the message was."""
    first: dict[str, Entry] = {}
    for entry in entries:
        known = first.get(entry.key)
        if known is None:
            first[entry.key] = entry
        else:
            known.text, known.buttons, known.extra = entry.text, entry.buttons, entry.extra
    return list(first.values())
