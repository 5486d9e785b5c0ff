"""The HTTP side: Telegram's own addresses and the control API."""

from __future__ import annotations

import asyncio
import inspect
import re

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.telegram_api.connections import abort, send_half
from tests.telegram_api.control import CONTROLS
from tests.telegram_api.errors import ApiError, too_many
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
        order = CONTROLS.get(request.path_params["what"])
        if order is None:
            return JSONResponse(ApiError(404, "Not Found: no such order; see control.py").body(), 404)
        try:
            result = order(world, body)
            if inspect.isawaitable(result):
                result = await result
        except ApiError as error:
            return JSONResponse(error.body(), error.code)
        return JSONResponse(result if result is not None else {})

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
    if fault is None:
        return await _answer(world, method, params)
    if fault.kind == "drop":
        return abort(request)
    if fault.kind == "error":
        error = too_many(int(fault.seconds)) if fault.code == 429 else ApiError(fault.code, "fault on demand")
        return JSONResponse(error.body(), fault.code)
    if fault.kind == "slow":
        await asyncio.sleep(fault.seconds)
    answer = await _answer(world, method, params)
    if fault.kind == "late":
        await asyncio.sleep(fault.seconds)
    if fault.kind == "half":
        return send_half(request, bytes(answer.body))
    return abort(request) if fault.kind == "lost" else answer


async def _answer(world: World, method: str, params: Json) -> Response:
    try:
        result = METHODS[method](world, params)
        if inspect.isawaitable(result):
            result = await result
        return JSONResponse({"ok": True, "result": result})
    except ApiError as error:
        return JSONResponse(error.body(), error.code)
