"""Posting updates to the bot's webhook, again and again until it answers 200."""

from __future__ import annotations

import asyncio

import httpx

from tests.telegram_api.world import World

# Telegram waits longer between tries; tests have less time.
FIRST_WAIT, LONGEST_WAIT = 0.05, 1.0


async def post_updates(world: World) -> None:
    """Post what waits, oldest first, for as long as a webhook is set; runs until it is cancelled."""
    wait = FIRST_WAIT
    async with httpx.AsyncClient(timeout=10) as client:
        while True:
            await world.arrived.wait()
            if not world.webhook["url"]:
                await asyncio.sleep(FIRST_WAIT)
                continue
            update = world.waiting[0]
            body = world.hand_over(1)[0]
            headers = (
                {"X-Telegram-Bot-Api-Secret-Token": world.webhook["secret"]} if world.webhook.get("secret") else {}
            )
            try:
                answer = await client.post(world.webhook["url"], json=body, headers=headers)
                problem = "" if answer.is_success else f"Wrong response from the webhook: {answer.status_code}"
            except httpx.HTTPError as error:
                problem = f"Connection failed: {type(error).__name__}"
            if problem:
                world.webhook["last_error"] = problem
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)
            else:
                wait = FIRST_WAIT
                world.confirm(update.update_id + 1)
