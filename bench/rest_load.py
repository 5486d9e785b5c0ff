"""The same load on the starter bot, through its stock REST channel."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass

import aiohttp

from bench.texts import for_starter


@dataclass(frozen=True)
class RestRun:
    """What came of it: seconds for each answer, and answers by the second in which they came."""

    seconds: list[float]
    finished: list[float]
    unanswered: int


def run(url: str, rate: float, seconds: float, chats: int, seed: int) -> RestRun:
    """Send ``rate`` messages a second from ``chats`` senders, whether or not earlier ones are answered.

    One sender waits for its answer before it writes again, as Rasa's own conversation lock would make it.
    """
    return asyncio.run(_run(url, rate, seconds, chats, random.Random(seed)))


async def _run(url: str, rate: float, seconds: float, chats: int, rng: random.Random) -> RestRun:
    taken: list[float] = []
    finished: list[float] = []
    failed = 0
    start = time.monotonic()
    senders = [asyncio.Lock() for _ in range(chats)]
    moments = sorted(rng.uniform(0, seconds) for _ in range(round(rate * seconds)))

    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0), timeout=aiohttp.ClientTimeout(total=300)
    ) as http:

        async def one(number: int, text: str, due: float) -> None:
            nonlocal failed
            async with senders[number]:
                body = {"sender": f"bench-{number}", "message": text}
                try:
                    async with http.post(f"{url}/webhooks/rest/webhook", json=body) as answer:
                        replies = await answer.json()
                except (aiohttp.ClientError, asyncio.TimeoutError):
                    failed += 1  # its server breaks connections off that waited too long
                    return
            taken.append(time.monotonic() - start - due)
            finished.append(time.monotonic() - start)
            failed += not replies

        calls = []
        for index, due in enumerate(moments):
            wait = start + due - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            calls.append(asyncio.create_task(one(index % chats, for_starter(rng), due)))
        await asyncio.gather(*calls)
    return RestRun(taken, finished, failed)
