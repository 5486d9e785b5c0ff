"""Logs as JSON lines, without message text, names or tokens: only what the code names on purpose."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import Any

import structlog

from bot.settings import settings

# These write addresses (Telegram's hold the bot's token), bodies or SQL values at lower levels.
QUIET = ("httpx", "httpcore", "telegram", "sqlalchemy", "uvicorn.access", "asyncio", "aiosqlite", "multipart")


def configure_logging() -> None:
    """Send our events and other libraries' warnings to standard output as JSON lines."""
    level = logging.getLevelName(settings().log_level.upper())
    level = level if isinstance(level, int) else logging.INFO
    shared: list[Any] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*shared, _kind_of_error_only],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    warnings.simplefilter("ignore")
    # When a line cannot be written (disk full, pipe closed), logging would print the error that was being handled,
    # with its values, to standard error.
    logging.raiseExceptions = False


def _kind_of_error_only(_logger: Any, _name: str, event: Any) -> Any:
    # A traceback of another library may show values; its kind and the logger's name are enough to find it.
    record = event.get("_record")
    if isinstance(record, logging.LogRecord) and record.exc_info:
        kind = record.exc_info[0]
        record.exc_info = record.exc_text = None
        event.pop("exc_info", None)
        event["error"] = kind.__name__ if kind is not None else ""
    return event
