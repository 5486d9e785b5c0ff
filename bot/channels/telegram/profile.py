"""What Telegram shows of the bot before and beside the chat: the menu of commands, and who it is."""

from __future__ import annotations

import asyncio

import structlog
from telegram import BotCommand, BotCommandScopeAllPrivateChats, BotCommandScopeDefault
from telegram.error import RetryAfter, TelegramError

from bot.channels.telegram.client import TelegramBot
from bot.channels.telegram.retry_seconds import seconds_of
from bot.program import program

log = structlog.get_logger()

# By language; None is what people with any other language see.
COMMANDS: dict[str | None, dict[str, str]] = {
    None: {
        "start": "Start, or turn my messages on again",
        "help": "What I can do",
        "crisis": "Numbers that answer day and night",
        "staff": "Ask for a person",
        "privacy": "What is stored about you",
        "stop": "No more messages from me",
    },
    "es": {
        "start": "Empezar, o activar mis mensajes otra vez",
        "help": "Qué puedo hacer",
        "crisis": "Números que contestan día y noche",
        "staff": "Pedir una persona",
        "privacy": "Qué se guarda sobre ti",
        "stop": "No recibir más mensajes míos",
    },
}
# Shown in the empty chat; at most 512 characters.
DESCRIPTIONS: dict[str | None, str] = {
    None: (
        "I'm $bot_name, an automated assistant, not a person.\n\n"
        "I help with cravings, coping skills, your sessions and questions about the program. "
        "Staff may see what you write here.\n\n"
        "In an emergency call $emergency_number. Any time: call or text $crisis_line."
    ),
    "es": (
        "Soy $bot_name, un asistente automático, no una persona.\n\nAyudo con las ganas de consumir, formas de "
        "sobrellevarlas, tus sesiones y preguntas sobre el programa. El personal puede ver lo que escribes aquí.\n\n"
        "En una emergencia llama al $emergency_number. A cualquier hora: llama o escribe al $crisis_line."
    ),
}
# Shown on the bot's page and in shared links; at most 120 characters. It says nothing that outs who has this chat.
SHORT: dict[str | None, str] = {
    None: "Automated support assistant. Emergency: $emergency_number. Crisis line: $crisis_line, day and night.",
    "es": "Asistente automático. Emergencia: $emergency_number. Línea de crisis: $crisis_line, día y noche.",
}
LONGEST_DESCRIPTION, LONGEST_SHORT = 512, 120
# Longer than this we do not wait for a limit: the profile of the last start is still there.
LONGEST_WAIT = 60.0


async def show_profile(bot: TelegramBot) -> None:
    """Set what differs, in English and Spanish, for private chats only: the staff's group has no menu.

    Telegram limits such changes strictly, so what is right already is left alone. A failure is logged: people can use
    the bot without.
    """
    for language in (None, "es"):
        for step in (_commands, _description, _short):
            try:
                await step(bot, language)
            except RetryAfter as error:  # noqa: PERF203 - one refused part does not keep the others
                log.warning("the bot's profile was not set", error="RetryAfter", seconds=seconds_of(error))
                if seconds_of(error) > LONGEST_WAIT:
                    return
                await asyncio.sleep(seconds_of(error))
            except TelegramError as error:
                log.warning("the bot's profile was not set", error=type(error).__name__, part=step.__name__.strip("_"))
    try:
        await bot.delete_my_commands(BotCommandScopeDefault())
    except TelegramError as error:
        log.warning("the bot's profile was not set", error=type(error).__name__, part="default commands")


async def _commands(bot: TelegramBot, language: str | None) -> None:
    wanted = [BotCommand(name, words) for name, words in COMMANDS[language].items()]
    scope = BotCommandScopeAllPrivateChats()
    if list(await bot.get_my_commands(scope, language)) != wanted:
        await bot.set_my_commands(wanted, scope, language)


async def _description(bot: TelegramBot, language: str | None) -> None:
    wanted = program().fill(DESCRIPTIONS[language])[:LONGEST_DESCRIPTION]
    if (await bot.get_my_description(language)).description != wanted:
        await bot.set_my_description(wanted, language)


async def _short(bot: TelegramBot, language: str | None) -> None:
    wanted = program().fill(SHORT[language])[:LONGEST_SHORT]
    if (await bot.get_my_short_description(language)).short_description != wanted:
        await bot.set_my_short_description(wanted, language)
