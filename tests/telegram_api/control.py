"""The control API over HTTP (``/control/<order>``, JSON in and out), for tests and the bench in other processes.

POST with a JSON object, or GET with query parameters:

- ``write`` {"user_id", "text" | "media" + "caption", "chat_id"?, "reply_to"?, "language_code"?}, ``edit``
  {"user_id", "message_id", "text"}, ``press`` {"user_id", "title", "message_id"?},
  ``press_data`` {"user_id", "data"}, ``block`` and
  ``unblock`` {"user_id"}: what people do; gives {"update_id", "message_id" | "callback_id"}
- ``wait`` {"chat_id"?, "after", "what"?, "timeout"}: waits for what the bot does after number ``after`` and gives it
  as [{"number", "at", "what": message | edit | action | answer, "chat_id", "data"}]; an empty list after ``timeout``
- ``updates``: {"waiting": [ids not confirmed], "updates": [{"update_id", "pushed_at", "handed_at"}]}
- ``push`` {"kind", "body"}: any update; ``group`` {"chat_id", "title"}; ``move`` {"chat_id", "to"}: to a supergroup
- ``fail`` (fields of ``faults.Fault``), ``work``: end of faults; ``flood`` {"hold": chat, "seconds"} or limits by name
- ``state``: calls by method, profile, webhook, how much was seen
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from tests.telegram_api import doings
from tests.telegram_api.faults import Fault
from tests.telegram_api.world import Json, World


async def _wait(world: World, body: Json) -> list[Json]:
    chat = body.get("chat_id")
    found = await world.wait(
        int(body.get("after", 0)), int(chat) if chat not in (None, "") else None, body.get("what") or None,
        float(body.get("timeout", 10)),
    )  # fmt: skip
    return [seen.to_dict() for seen in found]


def _flood(world: World, body: Json) -> None:
    if "hold" in body:
        world.flood.hold(int(body["hold"]), float(body["seconds"]))
        return
    for name, value in body.items():
        setattr(world.flood, name, value)


def _work(world: World, body: Json) -> None:
    world.faults.clear()


def _move(world: World, body: Json) -> None:
    world.moved[int(body["chat_id"])] = int(body["to"])
    world.group(int(body["to"]))


def _updates(world: World, body: Json) -> Json:
    known = [*world.handed.values(), *(update for update in world.waiting if update.handed_at is None)]
    shown = [{"update_id": u.update_id, "pushed_at": u.pushed_at, "handed_at": u.handed_at} for u in known]
    return {"waiting": [update.update_id for update in world.waiting], "updates": shown}


def _state(world: World, body: Json) -> Json:
    return {
        "calls": dict(world.calls),
        "profile": world.profile,
        "webhook": {key: value for key, value in world.webhook.items() if key != "secret"},
        "seen": len(world.seen),
        "faults_happened": world.faults.happened,
    }


def _press_data(world: World, body: Json) -> Json:
    user_id, chat_id = int(body["user_id"]), int(body.get("chat_id") or body["user_id"])
    message = world.messages.get((chat_id, int(body.get("message_id", 0))))
    return doings.press_data(world, user_id, str(body["data"]), message, chat_id)


CONTROLS: dict[str, Callable[[World, Json], Any | Awaitable[Any]]] = {
    "write": lambda world, body: doings.write(world, **body),
    "edit": lambda world, body: doings.edit(world, **body),
    "press": lambda world, body: doings.press(world, **body),
    "press_data": _press_data,
    "block": lambda world, body: doings.block(world, **body),
    "unblock": lambda world, body: doings.unblock(world, **body),
    "push": lambda world, body: {"update_id": world.push(str(body["kind"]), body["body"])},
    "group": lambda world, body: world.group(int(body["chat_id"]), str(body.get("title", "Staff"))),
    "move": _move,
    "wait": _wait,
    "updates": _updates,
    "state": _state,
    "fail": lambda world, body: world.faults.add(Fault(**body)),
    "work": _work,
    "flood": _flood,
}
