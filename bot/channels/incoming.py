"""What every channel turns an arrival into, before anything else happens to it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any, Literal

Channel = Literal["telegram", "web"]
Kind = Literal["text", "button", "command", "edit", "media"]

# Longer than anything Telegram lets a person send (4,096); what is beyond is cut, and the person is told.
LONGEST_TEXT = 10_000


@dataclass(frozen=True)
class IncomingMessage:
    """One thing that a person did.

    ``external_id`` is what the channel calls it: a redelivery has the same one. ``payload`` by kind: ``button``
    {"token"}, ``command`` {"name", "argument"}, ``edit`` {"message_id"}, ``media`` {"type"} (photo, voice, video,
    audio, document, sticker, location, contact, other; the text is the caption). ``language`` is what the person's
    app says, if it does.
    """

    channel: Channel
    external_id: str
    conversation_key: str
    kind: Kind
    text: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    language: str | None = None

    def __post_init__(self) -> None:
        """Clean the text: no NUL or control characters (a database refuses NUL), no lone surrogates, bounded."""
        object.__setattr__(self, "text", clean(self.text))


def clean(text: str) -> str:
    """Give ``text`` without control characters (newline and tab stay) and lone surrogates, at most 10,000 long."""
    text = text[: LONGEST_TEXT + 1].encode("utf-8", "replace").decode("utf-8")
    kept = "".join(c for c in text if c in "\n\t" or unicodedata.category(c) != "Cc")
    return re.sub(r"\n{3,}", "\n\n", kept)[:LONGEST_TEXT]
