"""The trained model, our channel's turns and the real actions in this process, without the servers between them."""

from __future__ import annotations

import json
from typing import Any

from rasa.core.agent import Agent
from rasa.utils.endpoints import ClientResponseError, EndpointConfig
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection

from bot.db.engine import transaction
from bot.dialogue.action_endpoint import ActionEndpoint
from bot.dialogue.tracker_store import ConversationStore
from bot.rasa_channel import take_turn
from bot.run.model import model_path
from tests.unit.schedule.conftest import Demo


class _InProcess(ActionEndpoint):
    """Runs actions here; ``broken`` names one that fails, as if the action server had answered with 500."""

    def __init__(self) -> None:
        super().__init__("http://127.0.0.1:9/webhook", {})
        self.broken = ""
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def request(self, *_args: Any, **kwargs: Any) -> Any:
        body = kwargs["json"]
        if body["next_action"] == self.broken:
            self._note(body, "status 500")
            raise ClientResponseError(500, "broken", "")
        try:
            return await self._executor.run(body)
        except ActionExecutionRejection as rejected:
            raise ClientResponseError(400, "rejected", json.dumps({"action_name": rejected.action_name})) from None


class Talk:
    """One conversation with the demo program."""

    def __init__(self, agent: Agent, demo: Demo, who: str) -> None:
        self.agent, self._demo, self.who = agent, demo, who
        self.last_id = 0

    async def say(self, text: str, *, again: bool = False) -> dict[str, Any]:
        """Say something (``again``: the same message is handed over once more) and give our channel's answer."""
        if not again:
            with transaction() as session:
                self._demo.session = session
                self.last_id = self._demo.message(self.who, text)
        return await take_turn(self.agent, self.who, self.last_id, text, {"channel": "telegram"})

    async def intents(self) -> list[str]:
        """Give what each of the person's words was taken for, oldest first."""
        tracker = await self.agent.processor.get_tracker(self.who)
        return [e.intent_name for e in tracker.events if e.type_name == "user"]

    @property
    def actions(self) -> _InProcess:
        """Give the actions' endpoint."""
        endpoint = self.agent.processor.action_endpoint
        assert isinstance(endpoint, _InProcess)
        return endpoint


def load() -> Agent:
    """Load the model for today's files."""
    return Agent.load(
        str(model_path()),
        generator=EndpointConfig(type="bot.dialogue.responses.Responses"),
        tracker_store=ConversationStore(None),
        action_endpoint=_InProcess(),
    )
