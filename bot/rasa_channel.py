"""Our input channel in the Rasa server. The stock REST channel swallows every error and splits replies; this does not.

``POST /webhooks/assistant/turn`` with the secret and JSON ``{conversation_id, message_id, text | intent, metadata}``
answers ``{replies: [{text, buttons, custom}], snapshot, slots, intent, failed}``; 4xx for what is malformed, 5xx when
anything in the turn failed. A repeated ``message_id`` gets the first answer again.

``POST /webhooks/assistant/read`` with the secret and ``{text}`` answers ``{risk}``, what the risk readers make of a
text that nobody is to answer; no conversation is looked at or changed.
"""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.tracker_store import FailSafeTrackerStore
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot.dialogue.action_endpoint import ActionEndpoint, turn_failures
from bot.dialogue.rasa_costs import cut_costs, spare_the_collector
from bot.dialogue.tracker_store import ConversationStore
from bot.dialogue.two_questions import buttons, plan
from bot.installation import installation_secret
from bot.program import program
from bot.texts import say

# Slots whose value the bot keeps outside Rasa.
SHARED_SLOTS = ("language",)

logger = logging.getLogger(__name__)


class _NoTraceback(logging.Filter):
    """Rasa logs a failed action with its traceback, and in it the conversation; the kind of error is enough."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        record.exc_text = None
        return True


class Replies(OutputChannel):
    """Collects replies whole: text is not split, and what belongs together stays together."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        """Give the channel's name in Rasa's records."""
        return "assistant"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:  # noqa: ARG002
        """Take one response as Rasa made it: text, buttons and custom payload in one message."""
        text = program().fill((message.get("text") or "").strip())
        buttons = [{"title": b["title"], "payload": b["payload"]} for b in message.get("buttons") or []]
        custom = message.get("custom") or {}
        if text or custom:
            self.messages.append({"text": text, "buttons": buttons, "custom": custom})

    async def send_text_message(self, recipient_id: str, text: str, **_kwargs: Any) -> None:
        """Take a plain text."""
        await self.send_response(recipient_id, {"text": text})


class BadTurn(Exception):
    """The request is malformed; the message says how."""


class AssistantChannel(InputChannel):
    """Named in ``credentials.yml``."""

    @classmethod
    def name(cls) -> str:
        """Give the prefix of the channel's addresses."""
        return "assistant"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:  # noqa: ARG002
        """Give the routes; messages go to the agent itself, so that failures are seen."""
        for name in ("rasa.core.processor", "rasa.core.actions.action", "rasa.core.tracker_store"):
            logging.getLogger(name).addFilter(_NoTraceback())
        cut_costs()
        secret = installation_secret("rasa-channel")
        blueprint = Blueprint("assistant_channel", __name__)

        @blueprint.route("/ready", methods=["GET"])
        async def ready(request: Request) -> HTTPResponse:
            agent: Agent | None = getattr(request.app.ctx, "agent", None)
            if agent is None or not agent.is_ready():
                return response.json({"ready": False}, status=503)
            return response.json({"ready": True, "model": agent.processor.model_filename})

        @blueprint.route("/turn", methods=["POST"])
        async def turn(request: Request) -> HTTPResponse:
            return await _answered(request, secret, lambda agent, asked: take_turn(agent, **_read_turn(asked)))

        @blueprint.route("/read", methods=["POST"])
        async def read(request: Request) -> HTTPResponse:
            return await _answered(request, secret, lambda agent, asked: read_risk(agent, asked.get("text")))

        return blueprint


async def _answered(
    request: Request, secret: str, work: Callable[[Agent, dict[str, Any]], Awaitable[dict[str, Any]]]
) -> HTTPResponse:
    given = request.headers.get("authorization", "").encode()
    if not hmac.compare_digest(given, f"Bearer {secret}".encode()):
        return response.json({"error": "The shared secret is wrong."}, status=401)
    agent: Agent | None = getattr(request.app.ctx, "agent", None)
    if agent is None or not agent.is_ready():
        return response.json({"error": "The model is not loaded yet."}, status=503)
    try:
        return response.json(await work(agent, _object(request.body)))
    except BadTurn as error:
        return response.json({"error": str(error)}, status=400)
    except TurnFailed as error:
        return response.json({"error": "The turn failed.", "failures": error.failures}, status=502)
    except Exception as error:  # noqa: BLE001 - whatever it is, the bot must know, and the log not show text
        logger.error("A turn failed: %s", type(error).__name__)  # noqa: TRY400 - the traceback holds text
        return response.json({"error": "The turn failed.", "failures": [type(error).__name__]}, status=500)


class TurnFailed(Exception):
    """An action failed, so the answer would lack something."""

    def __init__(self, failures: list[str]) -> None:
        super().__init__("; ".join(failures))
        self.failures = failures


def _object(body: bytes) -> dict[str, Any]:
    try:
        asked = json.loads(body)
    except ValueError:
        raise BadTurn("The body is not JSON.") from None
    if not isinstance(asked, dict):
        raise BadTurn("The body is not an object.")
    return asked


def _as_written(text: str) -> str:
    # A text that starts with "/" would be read as an intent with slots; that is for our buttons only.
    return text.lstrip().lstrip("/").lstrip() or "?"


def _read_turn(asked: dict[str, Any]) -> dict[str, Any]:
    conversation_id, message_id = asked.get("conversation_id"), asked.get("message_id")
    if not isinstance(conversation_id, str) or not conversation_id:
        raise BadTurn("conversation_id must be a text.")
    if not isinstance(message_id, int) or isinstance(message_id, bool):
        raise BadTurn("message_id must be a number.")
    text, intent = asked.get("text"), asked.get("intent")
    if isinstance(intent, str) and intent.startswith("/"):
        words = intent
    elif isinstance(text, str) and text.strip():
        words = _as_written(text)
    else:
        raise BadTurn("text, or intent with a leading slash, must be given.")
    metadata = asked.get("metadata")
    return {
        "conversation_id": conversation_id,
        "message_id": message_id,
        "words": words,
        "metadata": metadata if isinstance(metadata, dict) else {},
    }


async def take_turn(
    agent: Agent, conversation_id: str, message_id: int, words: str, metadata: dict[str, Any]
) -> dict[str, Any]:
    """Let Rasa answer one message, as a unit: either all of it happened and is remembered, or nothing is.

    Raises:
        TurnFailed: an action failed.
    """
    store = prepare(agent)
    async with agent.lock_store.lock(conversation_id):
        remembered = await store.remember(conversation_id)
        if remembered is not None and remembered.last_message_id == message_id and remembered.last_answer is not None:
            answer = remembered.last_answer
            return {**answer, "snapshot": store.snapshot(conversation_id, message_id, answer)}
        replies = Replies()
        failures: list[str] = []
        token = turn_failures.set(failures)
        started = time.perf_counter()
        try:
            await _set_language(store, agent, conversation_id, metadata)
            metadata = {**metadata, "message_id": message_id, "conversation_id": conversation_id}
            await _answer(agent, remembered.tracker if remembered else None, words, replies, metadata)
            if failures:
                raise TurnFailed(failures)
        except BaseException:
            store.forget(conversation_id)
            raise
        finally:
            turn_failures.reset(token)
        tracker = await agent.processor.get_tracker(conversation_id)
        latest = tracker.latest_message.parse_data if tracker.latest_message is not None else {}
        answer = {
            "replies": replies.messages,
            "slots": {name: tracker.get_slot(name) for name in SHARED_SLOTS},
            "intent": (latest.get("intent") or {}).get("name"),
            "risk": latest.get("risk"),
            "milliseconds": round((time.perf_counter() - started) * 1000, 1),
        }
        return {**answer, "snapshot": store.snapshot(conversation_id, message_id, answer)}


async def read_risk(agent: Agent, text: Any) -> dict[str, Any]:
    """Have the model read a text for risk, and nothing else.

    Returns:
        ``{"risk": bot.risk.Verdict.to_dict()}``.

    Raises:
        BadTurn: there is no text.
        KeyError: the model has no risk reader.
    """
    if not isinstance(text, str) or not text.strip():
        raise BadTurn("text must be given.")
    return {"risk": (await agent.processor.parse_message(UserMessage(_as_written(text))))["risk"]}


async def _answer(
    agent: Agent, tracker: DialogueStateTracker | None, words: str, replies: Replies, metadata: dict[str, Any]
) -> None:
    """Let Rasa answer the message, or one after the other what it asks."""
    conversation_id = metadata["conversation_id"]

    def said(text: str, parsed: dict[str, Any] | None = None) -> UserMessage:
        message_id = str(metadata["message_id"])
        return UserMessage(text, replies, conversation_id, parsed, "assistant", message_id, metadata)

    async def parse(text: str) -> dict[str, Any]:
        parsed: dict[str, Any] = await agent.processor.parse_message(said(text), tracker)
        return parsed

    planned = None if words.startswith("/") else await plan(words, parse, tracker)
    if planned is None:
        await agent.processor.handle_message(said(words))
        return
    for step in planned.steps:
        await agent.processor.handle_message(said(step.words, step.parsed))
    if planned.offered:
        language = "es" if (await agent.processor.get_tracker(conversation_id)).get_slot("language") == "es" else "en"
        await replies.send_response(
            conversation_id, {"text": say("also_asked", language), "buttons": buttons(planned.offered, language)}
        )


async def _set_language(store: ConversationStore, agent: Agent, conversation_id: str, metadata: dict[str, Any]) -> None:
    language = metadata.get("language")
    if language not in ("en", "es"):
        return
    # A new conversation has to be begun before anything is put into it: with an event in it Rasa would not begin it any
    # more, and no rule fits a conversation that has not begun.
    tracker = await agent.processor.fetch_tracker_and_update_session(conversation_id)
    if tracker.get_slot("language") != language:
        tracker.update(SlotSet("language", language), agent.processor.domain)
        await store.save(tracker)


def prepare(agent: Agent) -> ConversationStore:
    """Give the agent our tracker store without Rasa's fail-safe wrapper, and our action endpoint; once per model.

    The wrapper reads an empty conversation and saves to memory when the database fails, without telling anybody.
    """
    processor = agent.processor
    store = processor.tracker_store
    if isinstance(store, FailSafeTrackerStore):
        store = store._tracker_store  # noqa: SLF001 - Rasa offers no other way to it
        processor.tracker_store = store
    if not isinstance(processor.action_endpoint, ActionEndpoint):
        domain = processor.domain.as_dict()
        processor.action_endpoint = ActionEndpoint(
            processor.action_endpoint.url, {key: domain.get(key, {}) for key in ("forms", "slots")}
        )
        spare_the_collector()
    return store
