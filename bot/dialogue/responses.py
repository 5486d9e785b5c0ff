"""How Rasa fills in a response: slot values go into the text, and only there.

Rasa's own generator also fills in the payloads of buttons, takes the JSON in ``/intent{"entity": "value"}`` for a slot,
fails, and logs the conversation's slots with the failure: half a dozen times for a row of ratings.
"""

from __future__ import annotations

from typing import Any

from rasa.core.nlg import interpolator
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.utils.endpoints import EndpointConfig


class Responses(TemplatedNaturalLanguageGenerator):
    """Named in ``endpoints.yml``."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:  # noqa: ARG002
        super().__init__(domain.responses if domain is not None else {})

    def _fill_response(
        self,
        response: dict[str, Any],
        filled_slots: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        values = {**(filled_slots or {}), **kwargs}
        text = response.get("text")
        if text and values:
            response["text"] = interpolator.interpolate_text(text, values)
        return response
