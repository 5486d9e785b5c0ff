"""Run the test Bot API server as a process of its own: ``python -m tests.telegram_api --port 9000``."""

from __future__ import annotations

import argparse
import signal
import sys
import threading

from tests.telegram_api.server import TOKEN, TelegramApi


def main() -> None:
    """Serve until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="python -m tests.telegram_api", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="default: a free one, printed on the first line")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument(
        "--flood", action="store_true", help="Telegram's limits: 30/s, bursts of 3 in 3 s a chat, 20/min a group"
    )
    options = parser.parse_args()
    over = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: over.set())
    with TelegramApi(options.port, options.token) as api:
        if options.flood:
            flood = api.world.flood
            flood.overall_per_second, flood.chat_burst, flood.group_per_minute = 30, 3, 20
        sys.stdout.write(f"{api.url}\n")
        sys.stdout.flush()
        over.wait()


if __name__ == "__main__":
    main()
