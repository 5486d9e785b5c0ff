"""The token, names and what people write are in no log, however things go wrong."""

from __future__ import annotations

import io
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog

from bot.channels.telegram import TelegramChannel, arrivals
from bot.channels.telegram import channel as channel_module
from bot.log import QUIET, configure_logging
from bot.outbox.sender import DeliveryError
from bot.settings import settings
from tests.integration.telegram.conftest import eventually, stored
from tests.integration.telegram.test_polling import _not
from tests.integration.telegram.test_sending import message
from tests.telegram_api import TOKEN, Person, TelegramApi

PLANTED = "PLANTED-words-of-Anna"


@pytest.fixture
def logs(environment: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Logging as in production, with everything that it lets through at the lowest level; gives what is written."""
    root = logging.getLogger()
    before = root.handlers[:], root.level, logging.raiseExceptions
    levels = {name: logging.getLogger(name).level for name in QUIET}
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    settings.cache_clear()
    structlog.reset_defaults()
    configure_logging()
    written = io.StringIO()
    for handler in root.handlers:
        assert isinstance(handler, logging.StreamHandler)
        handler.setStream(written)
    yield written
    root.handlers, root.level, logging.raiseExceptions = before
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    structlog.reset_defaults()


async def test_no_token_and_no_words_in_logs(
    logs: io.StringIO,
    api: TelegramApi,
    make_channel: Callable[[], TelegramChannel],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(channel_module, "REFUSED_WAIT", 0.05)
    anna = Person(api, 1001, first_name="PLANTED-name")
    api.fail("error", 1, method="getMe", code=401)
    api.fail("error", 1, method="getMe", code=404)
    channel = make_channel()
    await channel.start()
    await eventually(channel.ready)
    for kind in ("drop", "half", "lost"):
        api.fail(kind, 1, method="getUpdates")
    api.fail("error", 1, method="getUpdates", code=500)
    api.fail("error", 1, method="getUpdates", code=409)
    real = arrivals._store

    def poison(session: Any, raw: Any, *rest: Any) -> Any:
        if "poison" in raw.get("message", {}).get("text", ""):
            raise ValueError(raw["message"]["text"])
        return real(session, raw, *rest)

    monkeypatch.setattr(arrivals, "_store", poison)
    anna.say(f"poison {PLANTED}")
    anna.say(f"I want to kill myself {PLANTED}")
    api.push("message", {"message_id": "?", "chat": {"id": 1001, "type": "private"}, "text": PLANTED})
    update = anna.say(PLANTED)["update_id"]
    assert await api.confirmed(update, 20)
    assert len(stored()) == 2
    for kind in ("drop", "half", "error"):
        api.fail(kind, 1, method="sendMessage")  # type: ignore[arg-type]
        with pytest.raises(DeliveryError):
            await channel.sender.send(message(PLANTED))
    anna.block()
    with pytest.raises(DeliveryError):
        await channel.sender.send(message(PLANTED))
    api.down()
    await eventually(lambda: _not(channel.ready()))
    written = logs.getvalue()
    assert "could not be fetched" in written  # it did log
    assert "an update was skipped" in written
    for secret in (TOKEN, TOKEN.split(":")[1], "PLANTED"):
        assert secret not in written


def test_a_library_that_logs_addresses_is_quiet_even_if_nothing_else_is(
    logs: io.StringIO, make_channel: Callable[[], TelegramChannel]
) -> None:
    make_channel()
    for name in ("httpx", "httpcore.connection", "telegram.Bot"):
        logging.getLogger(name).info("POST https://api.telegram.org/bot%s/getMe", TOKEN)
    assert TOKEN not in logs.getvalue()
