"""A Bot API server for tests and the bench that keeps Telegram's semantics; the bot under test runs unchanged.

In a test: ``with TelegramApi() as api: anna = Person(api, 1001); anna.say("hi"); await anna.reply()``.
As a process: ``python -m tests.telegram_api --port 9000`` and the control API under ``/control/`` (see app.py).
"""

from tests.telegram_api.person import NoReply, Person
from tests.telegram_api.server import TOKEN, TelegramApi

__all__ = ["TOKEN", "NoReply", "Person", "TelegramApi"]
