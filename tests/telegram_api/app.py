"""The HTTP side: Telegram's own addresses and the control API."""

from __future__ import annotations

import asyncio
import inspect
import re
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.telegram_api import doings
from tests.telegram_api.connections import abort, send_half
from tests.telegram_api.errors import ApiError, bad_request, too_many
from tests.telegram_api.faults import Fault
from tests.telegram_api.methods import METHODS
from tests.telegram_api.world import Json, World

_BY_NAME = {name.lower(): name for name in METHODS}


def make_app(world: World) -> Starlette:
    """Make the application for one bot."""

    async def bot_api(request: Request) -> Response:
        token, name = request.path_params["token"], request.path_params["method"]
        if not re.fullmatch(r"\d+:[\w-]+", token):
            return JSONResponse(ApiError(404, "Not Found").body(), 404)
        if token != world.token:
            return JSONResponse(ApiError(401, "Unauthorized").body(), 401)
        method = _BY_NAME.get(name.lower())
        if method is None:
            return JSONResponse(ApiError(404, "Not Found: method not found").body(), 404)
        return await _call(world, request, method, await _params(request))

    async def control(request: Request) -> Response:
        body = await request.json() if request.method == "POST" else dict(request.query_params)
        try:
            result = await _control(world, request.path_params["what"], body)
        except ApiError as error:
            return JSONResponse(error.body(), error.code)
        return JSONResponse(result)

    routes = [
        Route("/bot{token}/{method}", bot_api, methods=["GET", "POST"]),
        Route("/control/{what}", control, methods=["GET", "POST"]),
    ]
    return Starlette(routes=routes)


async def _params(request: Request) -> Json:
    params: Json = dict(request.query_params)
    kind = request.headers.get("content-type", "")
    if "json" in kind:
        params.update(await request.json())
    elif "form" in kind:
        params.update({key: value for key, value in (await request.form()).items() if isinstance(value, str)})
    return params


async def _call(world: World, request: Request, method: str, params: Json) -> Response:
    world.calls[method] += 1
    chat = str(params.get("chat_id", ""))
    fault = world.faults.take(method, int(chat) if re.fullmatch(r"-?\d+", chat) else None)
    if fault is not None:
        if fault.kind == "drop":
            return abort(request)
        if fault.kind == "error":
            error = too_many(int(fault.seconds)) if fault.code == 429 else ApiError(fault.code, "fault on demand")
            return JSONResponse(error.body(), fault.code)
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
    try:
        result = METHODS[method](world, params)
        if inspect.isawaitable(result):
            result = await result
        answer = JSONResponse({"ok": True, "result": result})
    except ApiError as error:
        answer = JSONResponse(error.body(), error.code)
    if fault is not None:
        if fault.kind == "late":
            await asyncio.sleep(fault.seconds)
        if fault.kind == "lost":
            return abort(request)
        if fault.kind == "half":
            return send_half(request, bytes(answer.body))
    return answer


async def _control(world: World, what: str, body: Json) -> Any:
    """Do what a test asks over HTTP; the names are those of the Python side (see server.py)."""
    if what == "wait":
        timeout = float(body.pop("timeout", 10))
        after, chat = int(body.get("after", 0)), body.get("chat_id")
        found = await world.wait(after, int(chat) if chat not in (None, "") else None, body.get("what") or None, timeout)
        return [seen.to_dict() for seen in found]
    if what == "fail":
        world.faults.add(Fault(**body))
    elif what == "flood":
        if "hold" in body:
            world.flood.hold(int(body["hold"]), float(body["seconds"]))
        else:
            for name, value in body.items():
                setattr(world.flood, name, value)
    elif what == "work":
        world.faults.clear()
    elif what == "group":
        return world.group(int(body["chat_id"]), str(body.get("title", "Staff")))
    elif what == "move":
        world.moved[int(body["chat_id"])] = int(body["to"])
        world.group(int(body["to"]))
    elif what == "push":
        return {"update_id": world.push(str(body["kind"]), body["body"])}
    elif what == "updates":
        updates = [vars(update) for update in [*world.handed.values(), *(u for u in world.waiting if u.handed_at is None)]]
        return {"waiting": [update.update_id for update in world.waiting], "updates": updates}
    elif what == "state":
        webhook = {key: value for key, value in world.webhook.items() if key != "secret"}
        return {"calls": dict(world.calls), "profile": world.profile, "webhook": webhook, "seen": len(world.seen),
                "faults_happened": world.faults.happened}  # fmt: skip
    elif what in ("write", "edit", "press", "block", "unblock"):
        return getattr(doings, what)(world, **body)
    elif what == "press_data":
        message = world.messages.get((int(body.get("chat_id") or body["user_id"]), int(body.get("message_id", 0))))
        return doings.press_data(world, int(body["user_id"]), str(body["data"]), message, body.get("chat_id"))
    else:
        raise bad_request(f"the control API has no '{what}'")
    return {}
