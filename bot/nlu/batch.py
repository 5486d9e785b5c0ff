"""Many messages at once: `python -m bot screen` and `python -m bot understand`.

Both read JSON lines `{"id", "text"}` and give plain dictionaries in the same order, some lines at a time.
`screen` needs the trained model for its meaning reader; it takes that part out of the archive and does not load Rasa.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

# Enough for one batch of the encoder, few enough that answers keep coming.
CHUNK = 32


class BadLine(Exception):
    """A line of the input is not `{"id": ..., "text": "..."}`."""

    def __init__(self, line_number: int, reason: str) -> None:
        """Say which line, counted from 1, and what is wrong with it."""
        super().__init__(f"Line {line_number}: {reason}")
        self.line_number = line_number
        self.reason = reason


@dataclass(frozen=True)
class Line:
    """One message of the input."""

    id: Any
    text: str


def read_lines(lines: Iterable[str]) -> Iterator[Line]:
    """Read JSON lines; blank ones are skipped.

    Raises:
        BadLine: a line is not JSON, not an object, or lacks `id` or a string `text`.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadLine(number, f"is not JSON ({error}).") from None
        if not isinstance(row, dict):
            raise BadLine(number, "is not a JSON object.")
        for key in ("id", "text"):
            if key not in row:
                raise BadLine(number, f"has no {key!r}.")
        if not isinstance(row["text"], str):
            raise BadLine(number, "has a 'text' that is not a string.")
        yield Line(row["id"], row["text"])


def _chunks(lines: Iterable[str]) -> Iterator[list[Line]]:
    """Give the lines in chunks; what came before a bad line is given first."""
    chunk: list[Line] = []
    try:
        for line in read_lines(lines):
            chunk.append(line)
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
    except BadLine:
        if chunk:
            yield chunk
        raise
    if chunk:
        yield chunk


def screen(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Give risk verdicts by both readers.

    Args:
        lines: JSON lines with `id` and `text`.

    Yields:
        `{"id", "level", "categories", "action"}` in the order of the input.

    Raises:
        BadLine: see `read_lines`.
        ConfigurationError: there is no trained model.
    """
    from bot.nlu.archive import meaning_reader, newest_model
    from bot.nlu.encoder import encode
    from bot.nlu.meaning import pieces
    from bot.risk import join
    from bot.risk import screen as by_patterns

    reader = meaning_reader(newest_model())
    for chunk in _chunks(lines):
        groups = [pieces(line.text) for line in chunk]
        vectors = encode([text for group in groups for text in group])
        start = 0
        for line, group in zip(chunk, groups, strict=True):
            by_meaning = reader.read(group, vectors[start : start + len(group)])
            start += len(group)
            found = join(by_patterns(line.text), by_meaning)
            yield {
                "id": line.id,
                "level": found.level.value,
                "categories": list(found.categories),
                "action": found.action.value,
            }


def topic(intent: str | None) -> str:
    """Give the topic that an intent belongs to: its first word; what was not understood is out of scope."""
    if intent is None or intent in ("out_of_scope", "nlu_fallback"):
        return "out_of_scope"
    return intent.split("_", 1)[0]


def understand(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Give what the trained pipeline makes of messages.

    Args:
        lines: JSON lines with `id` and `text`.

    Yields:
        `{"id", "intent", "confidence", "topic", "level", "action"}` in the order of the input.

    Raises:
        BadLine: see `read_lines`.
        ConfigurationError: there is no trained model.
    """
    parse = _pipeline()
    for chunk in _chunks(lines):
        # People cannot send "/intent": a text like that is read as the words that it is.
        for line, message in zip(chunk, parse([line.text.lstrip("/ ") for line in chunk]), strict=True):
            intent = message.get("intent") or {}
            risk = message.get("risk") or {}
            yield {
                "id": line.id,
                "intent": intent.get("name"),
                "confidence": round(float(intent.get("confidence") or 0.0), 4),
                "topic": topic(intent.get("name")),
                "level": risk.get("level", "N"),
                "action": risk.get("action", "none"),
            }


def _pipeline() -> Any:
    """Load the newest model and give a function from texts to what its pipeline sets on them."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    from bot.nlu.archive import newest_model

    archive = newest_model()
    import structlog

    # Rasa prints each message it parses to standard output until it is told not to.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    from rasa.core.agent import Agent
    from rasa.core.channels.channel import UserMessage
    from rasa.engine.constants import PLACEHOLDER_MESSAGE, PLACEHOLDER_TRACKER
    from rasa.shared.core.trackers import DialogueStateTracker

    processor = Agent.load(str(archive)).processor
    assert processor is not None  # noqa: S101 - loaded from a path that exists
    target = processor.model_metadata.nlu_target

    def parse(texts: list[str]) -> list[dict[str, Any]]:
        inputs = {
            PLACEHOLDER_MESSAGE: [UserMessage(text) for text in texts],
            PLACEHOLDER_TRACKER: DialogueStateTracker.from_events("batch", []),
        }
        messages = processor.graph_runner.run(inputs=inputs, targets=[target])[target]
        return [message.as_dict(only_output_properties=True) for message in messages]

    return parse
