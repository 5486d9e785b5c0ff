"""The Bot API's methods that the assistant uses, with Telegram's checks and words."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Awaitable, Callable
from typing import Any

from tests.telegram_api.errors import ApiError, bad_request
from tests.telegram_api.html import parse, utf16_length
from tests.telegram_api.world import Json, World

# A callback query can be answered for about this long.
CALLBACK_SECONDS = 15.0
ACTIONS = {
    "typing",
    "upload_photo",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
}
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as a current "
    "content and reply markup of the message"
)


def get_me(world: World, params: Json) -> Json:
    """Say who the bot is."""
    return world.bot


def send_message(world: World, params: Json) -> Json:
    """Check and deliver a message."""
    chat_id = _chat_id(params)
    text, entities = _text(params)
    markup = _markup(params)
    chat = world.reachable(chat_id)
    world.flood.check(chat_id)
    message: Json = {
        "message_id": next(world.message_ids),
        "from": world.bot,
        "chat": chat,
        "date": int(time.time()),
        "text": text,
    }
    if entities:
        message["entities"] = entities
    if markup:
        message["reply_markup"] = markup
    replied = _json(params, "reply_parameters")
    if replied:
        original = world.messages.get((chat_id, int(replied.get("message_id", 0))))
        if original is not None:
            message["reply_to_message"] = {key: value for key, value in original.items() if key != "reply_to_message"}
        elif not replied.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
    world.messages[chat_id, message["message_id"]] = message
    world.note("message", chat_id, message)
    return message


def edit_message_text(world: World, params: Json) -> Json:
    """Change a message of the bot's own."""
    text, entities = _text(params)
    return _edit(world, params, {"text": text, "entities": entities, "reply_markup": _markup(params)})


def edit_message_reply_markup(world: World, params: Json) -> Json:
    """Change only the buttons."""
    return _edit(world, params, {"reply_markup": _markup(params)})


def _edit(world: World, params: Json, changes: Json) -> Json:
    chat_id = _chat_id(params)
    world.reachable(chat_id)
    message = world.messages.get((chat_id, _number(params, "message_id")))
    if message is None:
        raise bad_request("message to edit not found")
    if message["from"]["id"] != world.bot["id"]:
        raise bad_request("message can't be edited")
    if all((message.get(key) or None) == (value or None) for key, value in changes.items()):
        raise bad_request(NOT_MODIFIED)
    world.flood.check(chat_id)
    for key, value in changes.items():
        if value:
            message[key] = value
        else:
            message.pop(key, None)
    message["edit_date"] = int(time.time())
    world.note("edit", chat_id, dict(message))
    return message


def answer_callback_query(world: World, params: Json) -> bool:
    """Stop the spinner on a pressed button."""
    query = world.callbacks.get(str(params.get("callback_query_id", "")))
    if query is None or time.time() - query["at"] > CALLBACK_SECONDS:
        raise bad_request("query is too old and response timeout expired or query ID is invalid")
    if len(str(params.get("text", ""))) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    query["answered"] = True
    alert = str(params.get("show_alert", "")).lower() == "true"
    world.note("answer", query["chat_id"], {"id": query["id"], "text": params.get("text", ""), "alert": alert})
    return True


def send_chat_action(world: World, params: Json) -> bool:
    """Show "typing" for five seconds."""
    chat_id = _chat_id(params)
    world.reachable(chat_id)
    if params.get("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    world.note("action", chat_id, {"action": params["action"]})
    return True


def set_my_commands(world: World, params: Json) -> bool:
    """Set the menu for a scope and a language."""
    commands = _json(params, "commands")
    if not isinstance(commands, list) or len(commands) > 100:
        raise bad_request("can't parse commands: expected an Array of BotCommand")
    for command in commands:
        if not re.fullmatch(r"[a-z0-9_]{1,32}", str(command.get("command", ""))):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(str(command.get("description", ""))) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    world.profile["commands"][_scope(world, params)] = commands
    return True


def get_my_commands(world: World, params: Json) -> list[Json]:
    """Give the menu of a scope and a language."""
    commands: list[Json] = world.profile["commands"].get(_scope(world, params), [])
    return commands


def delete_my_commands(world: World, params: Json) -> bool:
    """Take a menu away."""
    world.profile["commands"].pop(_scope(world, params), None)
    return True


def _scope(world: World, params: Json) -> str:
    scope = _json(params, "scope") or {"type": "default"}
    if "chat_id" in scope:
        world.reachable(int(scope["chat_id"]))
    return ":".join([scope["type"], str(scope.get("chat_id", "")), params.get("language_code", "")])


def _describe(kind: str, longest: int) -> Callable[[World, Json], bool]:
    def method(world: World, params: Json) -> bool:
        words = str(params.get(kind, ""))
        if len(words) > longest:
            raise bad_request("BOT_DESCRIPTION_INVALID")
        world.profile[kind][params.get("language_code", "")] = words
        return True

    return method


def _described(kind: str) -> Callable[[World, Json], Json]:
    return lambda world, params: {kind: world.profile[kind].get(params.get("language_code", ""), "")}


async def get_updates(world: World, params: Json) -> list[Json]:
    """Give updates from ``offset`` on, waiting up to ``timeout`` seconds; ends any other poll that is waiting."""
    if world.webhook["url"]:
        raise ApiError(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook "
            "first",
        )
    if params.get("allowed_updates") is not None:
        world.allowed = _json(params, "allowed_updates")
    offset = int(params.get("offset", 0) or 0)
    if offset > 0:
        world.confirm(offset)
    elif offset < 0:
        while len(world.waiting) > -offset:
            world.waiting.popleft()
    limit = min(max(int(params.get("limit", 100) or 100), 1), 100)
    if world.poll_ended is not None:
        world.poll_ended.set()
    ended = world.poll_ended = asyncio.Event()
    try:
        await _first_of(world.arrived, ended, timeout=float(params.get("timeout", 0) or 0))
        if ended.is_set():
            raise ApiError(
                409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        return world.hand_over(limit)
    finally:
        if world.poll_ended is ended:
            world.poll_ended = None


async def _first_of(*events: asyncio.Event, timeout: float) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waits, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()


def set_webhook(world: World, params: Json) -> bool:
    """Have updates posted to a URL. Unlike Telegram it takes plain http on this machine."""
    url = str(params.get("url", ""))
    if url and not url.startswith(("https://", "http://127.0.0.1")):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    secret = str(params.get("secret_token", ""))
    if secret and not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", secret):
        raise bad_request("secret token contains unallowed characters")
    if params.get("allowed_updates") is not None:
        world.allowed = _json(params, "allowed_updates")
    if str(params.get("drop_pending_updates", "")).lower() == "true":
        world.waiting.clear()
        world.arrived.clear()
    if url and world.poll_ended is not None:
        world.poll_ended.set()
    world.webhook.update(
        url=url, secret=secret, max_connections=int(params.get("max_connections", 40) or 40), last_error=""
    )
    return True


def delete_webhook(world: World, params: Json) -> bool:
    """Go back to polling."""
    return set_webhook(world, {**params, "url": ""})


def get_webhook_info(world: World, params: Json) -> Json:
    """Say how posting goes."""
    info: Json = {
        "url": world.webhook["url"], "has_custom_certificate": False, "pending_update_count": len(world.waiting),
        "max_connections": world.webhook.get("max_connections", 40),
    }  # fmt: skip
    return info | ({"last_error_message": world.webhook["last_error"]} if world.webhook.get("last_error") else {})


def _chat_id(params: Json) -> int:
    try:
        return int(params["chat_id"])
    except (KeyError, ValueError):
        raise bad_request("chat_id is empty" if not params.get("chat_id") else "chat not found") from None


def _number(params: Json, name: str) -> int:
    try:
        return int(params[name])
    except (KeyError, ValueError):
        raise bad_request("message identifier is not specified") from None


def _json(params: Json, name: str) -> Any:
    value = params.get(name)
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None


def _text(params: Json) -> tuple[str, list[Json]]:
    text = str(params.get("text", ""))
    entities: list[Json] = []
    mode = str(params.get("parse_mode", ""))
    if mode.lower() == "html":
        text, entities = parse(text)
    elif mode:
        raise bad_request("unsupported parse_mode")
    if not text.strip():
        raise bad_request("message text is empty")
    text = text.strip()
    if utf16_length(text) > 4096:
        raise bad_request("message is too long")
    return text, entities


def _markup(params: Json) -> Json | None:
    markup = _json(params, "reply_markup")
    if not markup or not markup.get("inline_keyboard"):
        return None
    for row in markup["inline_keyboard"]:
        for button in row:
            if not str(button.get("text", "")).strip():
                raise bad_request("inline keyboard button text must be non-empty")
            data = button.get("callback_data")
            if data is None and "url" not in button:
                raise bad_request("inline keyboard button must have exactly one of optional fields")
            if data is not None and not 1 <= len(data.encode()) <= 64:
                raise bad_request("BUTTON_DATA_INVALID")
    keyboard: Json = {"inline_keyboard": markup["inline_keyboard"]}
    return keyboard


Method = Callable[[World, Json], Any | Awaitable[Any]]
METHODS: dict[str, Method] = {
    "getMe": get_me,
    "sendMessage": send_message,
    "editMessageText": edit_message_text,
    "editMessageReplyMarkup": edit_message_reply_markup,
    "answerCallbackQuery": answer_callback_query,
    "sendChatAction": send_chat_action,
    "setMyCommands": set_my_commands,
    "getMyCommands": get_my_commands,
    "deleteMyCommands": delete_my_commands,
    "setMyDescription": _describe("description", 512),
    "setMyShortDescription": _describe("short_description", 120),
    "getMyDescription": _described("description"),
    "getMyShortDescription": _described("short_description"),
    "getUpdates": get_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
}
