"""What Telegram knows: people, chats, messages, updates that wait for the bot."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

from tests.telegram_api.errors import bad_request, forbidden
from tests.telegram_api.faults import Faults
from tests.telegram_api.flood import FloodLimits

Json = dict[str, Any]

# What getUpdates gives where allowed_updates was never set (core.telegram.org/bots/api#getupdates).
NOT_BY_DEFAULT = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass
class Waiting:
    """An update that the bot has not confirmed. Times are ``time.time()``."""

    update_id: int
    body: Json
    pushed_at: float
    handed_at: float | None = None


@dataclass
class Seen:
    """Something that the bot did and that was carried out: message, edit, action, callback answer."""

    number: int
    at: float
    what: str  # message | edit | action | answer
    chat_id: int | None
    data: Json

    def to_dict(self) -> Json:
        """Give it as JSON for the control API."""
        return {"number": self.number, "at": self.at, "what": self.what, "chat_id": self.chat_id, "data": self.data}


@dataclass
class World:
    """One bot's Telegram. Touched only on the server's event loop."""

    token: str
    username: str = "iop_test_bot"
    flood: FloodLimits = field(default_factory=FloodLimits)
    faults: Faults = field(default_factory=Faults)

    def __post_init__(self) -> None:
        """Start empty."""
        self.bot: Json = {
            "id": int(self.token.split(":")[0]), "is_bot": True, "first_name": "IOP test", "username": self.username,
            "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False,
        }  # fmt: skip
        self.chats: dict[int, Json] = {}
        self.started: set[int] = set()  # private chats that the person opened
        self.refusing: dict[int, str] = {}  # chat id -> Telegram's words
        self.moved: dict[int, int] = {}  # group that became a supergroup
        self.messages: dict[tuple[int, int], Json] = {}
        self.callbacks: dict[str, Json] = {}
        self.waiting: deque[Waiting] = deque()
        self.handed: dict[int, Waiting] = {}  # every update ever handed over, for the bench
        self.seen: list[Seen] = []
        self.calls: dict[str, int] = defaultdict(int)
        self.allowed: list[str] | None = None
        self.profile: dict[str, Any] = {"commands": {}, "description": {}, "short_description": {}}
        self.webhook: Json = {"url": ""}
        self.update_ids = itertools.count(700_000_001)
        self.message_ids = itertools.count(1)
        self.callback_ids = itertools.count(4_000_000_000)
        self.arrived = asyncio.Event()  # set while updates wait
        self.poll_ended: asyncio.Event | None = None  # of the poll that is under way
        self._confirming: list[asyncio.Future[None]] = []
        self._watchers: dict[int | None, list[asyncio.Future[None]]] = defaultdict(list)

    # people

    def person(self, user_id: int, **about: Any) -> Json:
        """Make a person known, with their private chat; gives the Telegram user."""
        chat = self.chats.setdefault(user_id, {"id": user_id, "type": "private", "first_name": f"Person{user_id}"})
        chat.update({key: value for key, value in about.items() if key in ("first_name", "username")})
        user = {key: value for key, value in chat.items() if key != "type"} | {"is_bot": False}
        return user | ({"language_code": about["language_code"]} if about.get("language_code") else {})

    def group(self, chat_id: int, title: str = "Staff") -> Json:
        """Make a group known that the bot is in."""
        return self.chats.setdefault(
            chat_id,
            {"id": chat_id, "type": "supergroup" if str(chat_id).startswith("-100") else "group", "title": title},
        )

    def reachable(self, chat_id: int) -> Json:
        """Give a chat that the bot may write to. Raises ApiError as Telegram would."""
        if chat_id in self.moved:
            raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=self.moved[chat_id])
        chat = self.chats.get(chat_id)
        if chat is None:
            raise bad_request("chat not found")
        if chat_id in self.refusing:
            raise forbidden(self.refusing[chat_id])
        if chat["type"] == "private" and chat_id not in self.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat

    # updates

    def push(self, kind: str, body: Json) -> int:
        """Have something happen to the bot; gives the update's id. Kinds that the bot did not ask for are dropped."""
        update_id = next(self.update_ids)
        wanted = kind in self.allowed if self.allowed else kind not in NOT_BY_DEFAULT
        if wanted:
            self.waiting.append(Waiting(update_id, {"update_id": update_id, kind: body}, time.time()))
            self.arrived.set()
        return update_id

    def confirm(self, offset: int) -> None:
        """Forget updates below ``offset``; an offset far beyond the newest is out of date and confirms nothing."""
        if self.waiting and offset > self.waiting[-1].update_id + 11:
            return
        while self.waiting and self.waiting[0].update_id < offset:
            self.waiting.popleft()
        if not self.waiting:
            self.arrived.clear()
        while self._confirming:
            future = self._confirming.pop()
            if not future.done():
                future.set_result(None)

    async def confirmed(self, update_id: int, timeout: float) -> bool:
        """Wait until the bot has confirmed an update; gives False after ``timeout`` seconds."""
        until = time.monotonic() + timeout
        while any(update.update_id == update_id for update in self.waiting):
            future = asyncio.get_running_loop().create_future()
            self._confirming.append(future)
            try:
                await asyncio.wait_for(future, until - time.monotonic())
            except asyncio.TimeoutError:
                return False
        return True

    def hand_over(self, limit: int) -> list[Json]:
        """Give the oldest updates; they stay until they are confirmed."""
        given = list(itertools.islice(self.waiting, limit))
        now = time.time()
        for update in given:
            update.handed_at = update.handed_at or now
            self.handed[update.update_id] = update
        return [update.body for update in given]

    # what the bot did

    def note(self, what: str, chat_id: int | None, data: Json) -> None:
        """Keep what the bot did and wake whoever waits for it."""
        self.seen.append(Seen(len(self.seen) + 1, time.time(), what, chat_id, data))
        for key in (chat_id, None):
            for future in self._watchers.pop(key, []):
                if not future.done():
                    future.set_result(None)

    def since(self, after: int, chat_id: int | None = None, what: str | None = None) -> list[Seen]:
        """Give what the bot did after number ``after``, in order."""
        return [
            seen
            for seen in self.seen[after:]
            if (chat_id is None or seen.chat_id == chat_id) and (what is None or seen.what == what)
        ]

    async def wait(self, after: int, chat_id: int | None, what: str | None, timeout: float) -> list[Seen]:
        """Wait until the bot did something of the kind after ``after``; gives nothing after ``timeout`` seconds."""
        until = time.monotonic() + timeout
        while not (found := self.since(after, chat_id, what)):
            future = asyncio.get_running_loop().create_future()
            self._watchers[chat_id].append(future)
            try:
                await asyncio.wait_for(future, until - time.monotonic())
            except asyncio.TimeoutError:
                return self.since(after, chat_id, what)
        return found
