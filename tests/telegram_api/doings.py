"""What people do on Telegram, as updates for the bot."""

from __future__ import annotations

import re
import time
from typing import Any

from tests.telegram_api.errors import bad_request
from tests.telegram_api.world import Json, World

# Fields of a message for each kind of thing that is not text, as Telegram sends them.
_FILE = {"file_id": "f", "file_unique_id": "u", "file_size": 1000}
MEDIA: dict[str, Any] = {
    "photo": [{**_FILE, "width": 90, "height": 90}],
    "voice": {**_FILE, "duration": 3, "mime_type": "audio/ogg"},
    "video": {**_FILE, "width": 90, "height": 90, "duration": 3},
    "video_note": {**_FILE, "length": 240, "duration": 3},
    "animation": {**_FILE, "width": 90, "height": 90, "duration": 3},
    "audio": {**_FILE, "duration": 3},
    "document": {**_FILE, "file_name": "letter.pdf"},
    "sticker": {
        **_FILE, "type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False, "emoji": "🙂",
    },
    "location": {"latitude": 40.7, "longitude": -74.0},
    "contact": {"phone_number": "+15550100", "first_name": "Demo"},
    "poll": {
        "id": "1", "question": "?", "options": [{"text": "a", "voter_count": 0, "persistent_id": "p"}],
        "total_voter_count": 0, "is_closed": False, "is_anonymous": True, "type": "regular",
        "allows_multiple_answers": False, "allows_revoting": False, "members_only": False,
    },
    "dice": {"emoji": "🎲", "value": 3},
}  # fmt: skip


def write(world: World, user_id: int, chat_id: int | None = None, **what: Any) -> Json:
    """Have a person send a message.

    Args:
        world: where.
        user_id: who.
        chat_id: in which chat; their private one if None.
        what: ``text``, or ``media`` (a key of :data:`MEDIA`) with ``caption``; ``reply_to`` (message id),
            ``language_code``, ``first_name``, ``fields`` (put into the message as they are).

    Returns:
        {"update_id", "message_id"}.
    """
    user = world.person(user_id, **what)
    chat_id = user_id if chat_id is None else chat_id
    chat = world.chats[chat_id] if chat_id == user_id else world.group(chat_id)
    if chat_id == user_id:
        world.started.add(user_id)
        if world.refusing.pop(chat_id, None):
            _membership(world, user, chat, "kicked", "member")
    message: Json = {"message_id": next(world.message_ids), "from": user, "chat": chat, "date": int(time.time())}
    if what.get("media"):
        message[what["media"]] = MEDIA[what["media"]]
        if what["media"] == "animation":
            message["document"] = MEDIA["document"]
        if what.get("caption"):
            message["caption"] = what["caption"]
    else:
        message["text"] = what.get("text", "")
        command = re.match(r"/[A-Za-z0-9_]{1,32}(@\w+)?", message["text"])
        if command:
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": command.end()}]
    if what.get("reply_to"):
        message["reply_to_message"] = world.messages.get((chat_id, int(what["reply_to"])))
    message.update(what.get("fields") or {})
    world.messages[chat_id, message["message_id"]] = message
    return {"update_id": world.push("message", message), "message_id": message["message_id"]}


def edit(world: World, user_id: int, message_id: int, text: str, chat_id: int | None = None) -> Json:
    """Have a person change a message of theirs."""
    message = world.messages.get((chat_id or user_id, message_id))
    if message is None or message["from"]["id"] != user_id:
        raise bad_request("message to edit not found")
    message = {**message, "text" if "text" in message else "caption": text, "edit_date": int(time.time())}
    world.messages[chat_id or user_id, message_id] = message
    return {"update_id": world.push("edited_message", message), "message_id": message_id}


def press(world: World, user_id: int, title: str, chat_id: int | None = None, message_id: int | None = None) -> Json:
    """Have a person press a button by its title, on a message or on the newest one that has it.

    Raises:
        ApiError: 400, no such button is shown.
    """
    chat_id = user_id if chat_id is None else chat_id
    for (chat, number), message in reversed(list(world.messages.items())):
        if chat != chat_id or message_id not in (None, number):
            continue
        for row in message.get("reply_markup", {}).get("inline_keyboard", []):
            for button in row:
                if button["text"] == title:
                    return press_data(world, user_id, button["callback_data"], message)
    raise bad_request(f"no button '{title}' is shown in chat {chat_id}")


def press_data(world: World, user_id: int, data: str, message: Json | None, chat_id: int | None = None) -> Json:
    """Have a person send callback data, also forged; ``message`` may be missing as with very old ones."""
    user = world.person(user_id)
    chat_id = message["chat"]["id"] if message else (chat_id or user_id)
    query_id = str(next(world.callback_ids))
    world.callbacks[query_id] = {"id": query_id, "chat_id": chat_id, "at": time.time(), "answered": False}
    query: Json = {"id": query_id, "from": user, "chat_instance": str(chat_id), "data": data}
    if message:
        query["message"] = message
    return {"update_id": world.push("callback_query", query), "callback_id": query_id}


def block(world: World, user_id: int) -> Json:
    """Have a person block the bot."""
    user = world.person(user_id)
    world.refusing[user_id] = "bot was blocked by the user"
    return {"update_id": _membership(world, user, world.chats[user_id], "member", "kicked")}


def unblock(world: World, user_id: int) -> Json:
    """Have a person take that back."""
    user = world.person(user_id)
    world.refusing.pop(user_id, None)
    return {"update_id": _membership(world, user, world.chats[user_id], "kicked", "member")}


def _membership(world: World, user: Json, chat: Json, before: str, after: str) -> int:
    def member(status: str) -> Json:
        return {"user": world.bot, "status": status} | ({"until_date": 0} if status == "kicked" else {})

    body = {
        "chat": chat, "from": user, "date": int(time.time()),
        "old_chat_member": member(before), "new_chat_member": member(after),
    }  # fmt: skip
    return world.push("my_chat_member", body)
