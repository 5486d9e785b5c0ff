"""Rasa's memory of conversations: bounded, cached, and written by the bot in the transaction that answers a message.

Rasa's own SQL store reads every event of a session for each message and commits on its own, so a crash between its
commit and ours would answer a message twice or not at all, and the price of a message grows with the conversation. Here
Rasa keeps conversations in memory and hands the bot a snapshot with each answer; the bot stores it together with the
replies (``bot/dialogue/turn.py``). After a restart, or for a conversation not seen lately, the snapshot is read back.
"""

from __future__ import annotations

import asyncio
import json
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.db.engine import reading
from bot.db.models import Dialogue

# A conversation is cut to KEEP events once it has MOST: some three turns, and nothing of ours looks back further than
# the turn before. Rasa replays all of them at every step, so they are much of a message's price (bench/README.md).
MOST_EVENTS = 48
KEEP_EVENTS = 28
# Conversations kept in memory, the most recently used; some 100 KB each at the most.
CACHED = 500


@dataclass
class Remembered:
    """A conversation in memory, with the last answer so that a repeated message is answered the same."""

    tracker: DialogueStateTracker
    written: list[str] = field(default_factory=list)  # JSON of each event, parallel to tracker.events
    last_message_id: int | None = None
    last_answer: dict[str, Any] | None = None


class ConversationStore(TrackerStore):
    """Named in ``endpoints.yml``; see the module's text."""

    def __init__(self, domain: Domain | None, event_broker: EventBroker | None = None, **_kwargs: Any) -> None:
        super().__init__(domain, event_broker)
        self._cache: OrderedDict[str, Remembered] = OrderedDict()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Give the conversation, from memory or as the bot stored it; None for a new one."""
        remembered = await self.remember(sender_id)
        return remembered.tracker if remembered is not None else None

    async def remember(self, sender_id: str) -> Remembered | None:
        """As :meth:`retrieve`, with what was answered last."""
        if sender_id in self._cache:
            self._cache.move_to_end(sender_id)
            return self._cache[sender_id]
        stored = await asyncio.to_thread(_read, sender_id)
        if stored is None:
            return None
        parsed = json.loads(stored.events)
        tracker = DialogueStateTracker.from_dict(sender_id, parsed, self.domain.slots)
        answer = json.loads(stored.last_answer) if stored.last_answer else None
        remembered = Remembered(tracker, [], stored.last_message_id, answer)
        self._keep(sender_id, remembered)
        return remembered

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the conversation in memory; the bot makes it last."""
        remembered = self._cache.get(tracker.sender_id)
        if remembered is None or remembered.tracker is not tracker:
            remembered = Remembered(tracker)
        if len(tracker.events) > MOST_EVENTS:
            remembered.tracker = shortened(tracker, self.domain)
            remembered.written = []
        self._keep(tracker.sender_id, remembered)

    async def keys(self) -> Iterable[str]:
        """Give the conversations that are in memory."""
        return list(self._cache)

    def forget(self, sender_id: str) -> None:
        """Drop a conversation from memory, because a turn failed half-way or the person deleted their data."""
        self._cache.pop(sender_id, None)

    def snapshot(self, sender_id: str, message_id: int, answer: dict[str, Any]) -> str:
        """Remember what ``message_id`` was answered with, and give the conversation as JSON for the bot to store."""
        remembered = self._cache[sender_id]
        remembered.last_message_id, remembered.last_answer = message_id, answer
        events = remembered.tracker.events
        for index in range(len(remembered.written), len(events)):
            remembered.written.append(json.dumps(_slim(events[index]), separators=(",", ":")))
        return f"[{','.join(remembered.written)}]"

    def _keep(self, sender_id: str, remembered: Remembered) -> None:
        self._cache[sender_id] = remembered
        self._cache.move_to_end(sender_id)
        while len(self._cache) > CACHED:
            self._cache.popitem(last=False)


def shortened(tracker: DialogueStateTracker, domain: Domain) -> DialogueStateTracker:
    """Give a conversation with only its last turns, and the slots and the form as they were when those began.

    A form, too: one that is left without a word stays open, under everything that is asked beside it.
    """
    events = list(tracker.events)
    cut = next((i for i in range(len(events) - KEEP_EVENTS, len(events)) if isinstance(events[i], UserUttered)), None)
    if cut is None:
        return tracker
    before = DialogueStateTracker.from_events(tracker.sender_id, events[:cut], domain.slots, domain=domain)
    slots: list[Event] = [
        SlotSet(name, slot.value) for name, slot in before.slots.items() if slot.value != slot.initial_value
    ]
    form: list[Event] = [ActiveLoop(before.active_loop_name)] if before.active_loop is not None else []
    # They carry the time of the first kept turn: "now" would make the session look younger than it is.
    for event in (*slots, *form):
        event.timestamp = events[cut].timestamp
    kept = [*slots, *form, *events[cut:]]
    return DialogueStateTracker.from_events(tracker.sender_id, kept, domain.slots, domain=domain)


def _slim(event: Event) -> dict[str, Any]:
    # The full ranking of every past message is never read again and is most of an event's size.
    plain: dict[str, Any] = event.as_dict()
    parse_data = plain.get("parse_data")
    if parse_data:
        plain["parse_data"] = {**parse_data, "intent_ranking": parse_data.get("intent_ranking", [])[:3]}
    return plain


def _read(sender_id: str) -> Dialogue | None:
    with reading() as session:
        return session.get(Dialogue, sender_id)
