"""Telegram's HTML subset, read as strictly as Telegram reads it (core.telegram.org/bots/api#html-style)."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from tests.telegram_api.errors import bad_request

KINDS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler", "span": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "tg-emoji": "custom_emoji",
}  # fmt: skip
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9-]*)?([^<>]*)>")
# Telegram knows these four names and numbers; other names stay as they are.
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|#\d{1,7}|#x[0-9a-fA-F]{1,6});?")


def utf16_length(text: str) -> int:
    """Count as Telegram counts: in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse(source: str) -> tuple[str, list[dict[str, Any]]]:
    """Give the plain text and its entities.

    Raises:
        ApiError: 400, with Telegram's words.
    """
    text = ""
    entities: list[dict[str, Any]] = []
    open_tags: list[tuple[str, int, str]] = []
    position = 0
    while position < len(source):
        at = source.find("<", position)
        if at < 0:
            text += _decoded(source[position:])
            break
        text += _decoded(source[position:at])
        match = _TAG.match(source, at)
        where = len(source[:at].encode())
        if match is None:
            name = re.match(r"</?([^\s>]*)", source[at:])
            unclosed = name is not None and name.group(1) in KINDS
            problem = "Unclosed start tag" if unclosed else f'Unsupported start tag "{name.group(1) if name else ""}"'
            raise bad_request(f"can't parse entities: {problem} at byte offset {where}")
        closing, tag, rest = match.group(1), (match.group(2) or "").lower(), match.group(3)
        if closing:
            _close(tag, open_tags, entities, text, where)
        else:
            _check_start(tag, rest, where)
            open_tags.append((tag, utf16_length(text), rest))
        position = match.end()
    if open_tags:
        raise bad_request(f"can't parse entities: Can't find end tag corresponding to start tag \"{open_tags[-1][0]}\"")
    return text, entities


def _decoded(source: str) -> str:
    return _ENTITY.sub(lambda found: unescape(found.group(0)), source)


def _check_start(name: str, rest: str, where: int) -> None:
    if name not in KINDS:
        raise bad_request(f'can\'t parse entities: Unsupported start tag "{name}" at byte offset {where}')
    if name == "span" and 'class="tg-spoiler"' not in rest:
        raise bad_request(f'can\'t parse entities: Tag "span" must have class "tg-spoiler" at byte offset {where}')


def _close(
    name: str, open_tags: list[tuple[str, int, str]], entities: list[dict[str, Any]], text: str, where: int
) -> None:
    if not open_tags:
        raise bad_request(f"can't parse entities: Unexpected end tag at byte offset {where}")
    opened, start, rest = open_tags.pop()
    if name and name != opened:
        problem = f'expected "</{opened}>", found "</{name}>"'
        raise bad_request(f"can't parse entities: Unmatched end tag at byte offset {where}, {problem}")
    length = utf16_length(text) - start
    if length:
        entity: dict[str, Any] = {"type": KINDS[opened], "offset": start, "length": length}
        link = re.search(r'href="([^"]*)"', rest)
        if opened == "a" and link:
            entity["url"] = unescape(link.group(1))
        entities.append(entity)
