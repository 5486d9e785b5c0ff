"""Plays a written conversation on the running stack, through Telegram, and keeps what everybody saw."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import create_engine, text

from tests.e2e.conftest import STAFF_GROUP
from tests.e2e.stack import Stack
from tests.telegram_api import Person, TelegramApi
from tests.telegram_api.world import Json

# The staff's group takes 20 messages a minute, and several conversations alert it.
SETTLED_SECONDS = 100
# A bubble that comes after "done": the alert's own consequence, such as "staff have been alerted now".
STILL_SECONDS = 0.8


@dataclass
class Line:
    """What was seen. ``who`` is "person", "assistant", "staff alert" or "staff"."""

    who: str
    text: str
    buttons: list[str] = field(default_factory=list)


@dataclass
class Script:
    """A conversation to play: ``turns`` are one-key tables {say|press|staff|staff_says: text}."""

    title: str
    about: str
    turns: list[dict[str, str]]
    participant: str | None = None
    language: str = "en"


class Player:
    """Plays scripts one after the other; each gets a person of its own."""

    def __init__(self, stack: Stack, telegram: TelegramApi, counselor: int) -> None:
        self._stack, self._telegram, self._counselor = stack, telegram, counselor
        self._next_user = 900_001

    async def play(self, script: Script, lines: list[Line]) -> None:
        """Play one script from its first line to its last and append every line that was seen, in order."""
        person = Person(self._telegram, self._next_user, language_code=script.language, first_name="Demo")
        staff = Person(self._telegram, self._counselor, STAFF_GROUP)
        self._next_user += 1
        if script.participant is not None:
            person.say(f"/start {self._stack.link_code(participant=script.participant)}")
            await self._settled(person.chat_id)
        seen = len(self._telegram.seen())
        for turn in script.turns:
            ((kind, words),) = turn.items()
            if kind == "say":
                lines.append(Line("person", words))
                person.say(words)
            elif kind == "press":
                lines.append(Line("person", f"[{words}]"))
                person.press(words)
            elif kind == "staff":
                lines.append(Line("staff", f"[{words}]"))
                staff.press(words)
            elif kind == "staff_says":
                lines.append(Line("staff", words))
                newest = max(number for chat, number in self._telegram.world.messages if chat == STAFF_GROUP)
                staff.say(words, reply_to=newest)
            else:
                raise ValueError(f"{script.title}: a turn is say, press, staff or staff_says, and not {kind!r}")
            await self._settled(person.chat_id)
            news = self._telegram.seen()[seen:]
            seen += len(news)
            lines += [line for each in news if (line := self._line(each.what, each.chat_id, each.data, person))]

    def _line(self, what: str, chat_id: int | None, data: Json, person: Person) -> Line | None:
        if what == "message" and chat_id == person.chat_id:
            rows = data.get("reply_markup", {}).get("inline_keyboard", [])
            return Line("assistant", data["text"], [button["text"] for row in rows for button in row])
        if chat_id == STAFF_GROUP and what in ("message", "edit"):
            return Line("staff alert" if what == "message" else "staff alert, changed", data["text"])
        return None

    async def _settled(self, chat_id: int) -> None:
        """Wait until everything accepted is answered and delivered; notices to the staff's group may come later."""
        # Telegram hands an update over within milliseconds; before that the queues look empty.
        await asyncio.sleep(0.3)
        for _ in range(int(SETTLED_SECONDS / STILL_SECONDS)):
            if not await asyncio.to_thread(self._waiting, chat_id):
                await asyncio.sleep(STILL_SECONDS)
                if not await asyncio.to_thread(self._waiting, chat_id):
                    return
            await asyncio.sleep(0.1)
        raise TimeoutError(f"The conversation did not come to rest in {SETTLED_SECONDS} s.")

    def _waiting(self, chat_id: int) -> int:
        engine = create_engine(f"sqlite:///{self._stack.folder / 'assistant.sqlite'}", future=True)
        with engine.connect() as connection:
            found: Any = connection.execute(
                text(
                    "SELECT (SELECT count(*) FROM inbox WHERE status IN ('waiting', 'working'))"
                    " + (SELECT count(*) FROM outbox"
                    " WHERE status = 'waiting' AND (recipient = :chat OR kind = 'alert'))"
                ),
                {"chat": str(chat_id)},
            ).scalar_one()
        engine.dispose()
        return int(found)
