"""A person on Telegram, for tests: they write, press, block, and wait for answers."""

from __future__ import annotations

import re
from typing import Any

from tests.telegram_api import doings
from tests.telegram_api.server import TelegramApi
from tests.telegram_api.world import Json


class NoReply(AssertionError):
    """The bot did not answer in time."""


class Person:
    """Somebody with a private chat with the bot; ``chat_id`` other than ``user_id`` for somebody in a group."""

    def __init__(
        self,
        api: TelegramApi,
        user_id: int,
        chat_id: int | None = None,
        language_code: str = "en",
        first_name: str = "",
    ) -> None:
        self.api = api
        self.user_id = user_id
        self.chat_id = user_id if chat_id is None else chat_id
        self._about = {"language_code": language_code, "first_name": first_name or f"Person{user_id}"}
        self._read = len(api.seen())

    def in_chat(self, chat_id: int) -> Person:
        """Give the same person in a group; they have read as much there as here."""
        there = Person(self.api, self.user_id, chat_id, **self._about)
        there._read = self._read
        return there

    def open_chat(self) -> None:
        """Open the private chat without writing, so that the bot may write."""

        def open_it() -> None:
            self.api.world.person(self.user_id, **self._about)
            self.api.world.started.add(self.user_id)

        self.api.do(open_it)

    def say(self, text: str, reply_to: int | None = None, **fields: Any) -> Json:
        """Write a message; gives {"update_id", "message_id"}. ``fields`` are put into Telegram's message."""
        return self._write(text=text, reply_to=reply_to, fields=fields)

    def send(self, media: str, caption: str = "", **fields: Any) -> Json:
        """Send a photo, voice, video, sticker, location, contact, ... (see ``doings.MEDIA``)."""
        return self._write(media=media, caption=caption, fields=fields)

    def edit(self, message_id: int, text: str) -> Json:
        """Change a message (or caption) of one's own."""
        return self.api.do(lambda: doings.edit(self.api.world, self.user_id, message_id, text, self.chat_id))

    def press(self, title: str, message_id: int | None = None) -> str:
        """Press a button that is shown, the newest with that title; gives the callback's id."""
        pressed = self.api.do(lambda: doings.press(self.api.world, self.user_id, title, self.chat_id, message_id))
        return str(pressed["callback_id"])

    def press_data(self, data: str, message: Json | None = None) -> str:
        """Send callback data as a forged client would; gives the callback's id."""
        pressed = self.api.do(lambda: doings.press_data(self.api.world, self.user_id, data, message, self.chat_id))
        return str(pressed["callback_id"])

    def block(self) -> None:
        """Block the bot."""
        self.api.do(lambda: doings.block(self.api.world, self.user_id))

    def unblock(self) -> None:
        """Take that back."""
        self.api.do(lambda: doings.unblock(self.api.world, self.user_id))

    def buttons(self) -> list[str]:
        """Give the titles of all buttons that the chat shows now, oldest message first."""
        messages = self.api.do(lambda: [dict(m) for (c, _), m in self.api.world.messages.items() if c == self.chat_id])
        rows = [row for m in messages for row in m.get("reply_markup", {}).get("inline_keyboard", [])]
        return [button["text"] for row in rows for button in row]

    async def reply(self, containing: str | re.Pattern[str] = "", timeout: float = 10) -> Json:
        """Wait for the next message of the bot in this chat, or the next one that contains something or matches.

        Raises:
            NoReply: there is none in time.
        """
        return await self._next("message", containing, timeout)

    async def edited(self, containing: str | re.Pattern[str] = "", timeout: float = 10) -> Json:
        """Wait for the next change of a message of the bot in this chat."""
        return await self._next("edit", containing, timeout)

    async def answered(self, callback_id: str, timeout: float = 10) -> Json:
        """Wait until a pressed button is answered; gives {"id", "text", "alert"}."""
        after = 0
        while True:
            found = await self.api.wait(after, self.chat_id, "answer", timeout)
            for seen in found:
                if seen.data["id"] == callback_id:
                    return seen.data
            if not found:
                raise NoReply(f"The button press {callback_id} was not answered in {timeout} s.")
            after = found[-1].number

    async def silence(self, seconds: float = 0.3) -> None:
        """Check that the bot says nothing here for some seconds (an absence has no event to wait for)."""
        found = await self.api.wait(self._read, self.chat_id, "message", seconds)
        assert not found, f"The bot said {found[0].data['text']!r}"

    async def _next(self, what: str, containing: str | re.Pattern[str], timeout: float) -> Json:
        after, others = self._read, []
        wanted = re.compile(re.escape(containing)) if isinstance(containing, str) else containing
        while True:
            found = await self.api.wait(after, self.chat_id, what, timeout)
            for seen in found:
                if wanted.search(seen.data["text"]):
                    self._read = seen.number
                    return seen.data
                others.append(seen.data["text"])
            if not found:
                raise NoReply(f"No {what} with {wanted.pattern!r} in {timeout} s; there were {others!r}.")
            after = found[-1].number

    def _write(self, **what: Any) -> Json:
        return self.api.do(lambda: doings.write(self.api.world, self.user_id, self.chat_id, **self._about, **what))
