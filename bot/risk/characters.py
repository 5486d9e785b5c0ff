"""Characters as people read them: full-width and styled letters, look-alikes, zero-width marks, accents, emoji."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from bot.risk.spelling import word_set

# Cyrillic, Greek, Armenian, Latin-extended and Cherokee letters that look like Latin ones (from the Unicode
# confusables list, cut to those that keyboards and "font" generators give).
_LOOKS_LIKE = {
    **{pair[0]: pair[1:] for pair in sorted(word_set(
        "аa еe оo рp сc уy хx іi ѕs јj ԁd һh ոn ցg ԛq ԝw ьb вb кk мm нh тt зz пn ѡw гr иu ѐe ёe ўy ҝk љb ꙅs "
        "эe яr ӏl бb дd лn шw щw αa βb εe ηn ιi κk μm νv οo πn ρp σo τt υu χx ωw γy δd ζz θo λn φo ξe ıi łl "
        "øo đd ħh ŧt ɑa ɡg ɩi ʟl ɴn ʀr ʏy ɪi ꜱs ᴀa ᴄc ᴅd ᴇe ᴊj ᴋk ᴍm ᴏo ᴘp ᴛt ᴜu ᴠv ᴡw ᴢz ʙb ɢg ʜh ꜰf ɐa ǝe "
        "ɯm ɹr ʇt ʌv ʍw ʎy ᗩa ᗷb ᑕc ᗪd ᕮe ᖴf ᕼh ᒍj ᒪl ᗰm ᑎn ᑭp ᖇr ᑌu ᐯv"
    ))},
    "ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ƙ": "k", "ɓ": "b", "ƈ": "c", "ɗ": "d", "ҡ": "k", "ς": "s",
    "’": "'", "‘": "'", "`": "'", "´": "'", "ʼ": "'", "“": '"', "”": '"', "«": '"', "»": '"',
    "¡": " ", "¿": " ", "…": "...", "•": " ", "·": ".", "∙": ".", "€": "e", "£": "l", "¢": "c", "×": "x", "§": "s",
    "\x00": "",
}  # fmt: skip

# What an emoji says when it stands for a thing. Faces are left out: they tell a tone, not a fact.
_EMOJI = {
    "🔫": "gun", "💊": "pills", "🔪": "knife", "🗡": "knife", "🩸": "blood", "💉": "needle", "⚰": "coffin",
    "🪦": "coffin", "☠": "dead", "🍺": "beer", "🍻": "beers", "🍷": "wine", "🥃": "whiskey", "🍸": "drinks",
    "🍹": "drinks", "🥂": "drinks", "🍾": "drinks", "🚗": "car", "🚙": "car", "🚌": "bus", "🌉": "bridge",
    "🪢": "noose", "🪒": "razor", "🍃": "weed", "🍁": "weed", "💨": "smoke", "😂": "lol", "🤣": "lol", "😵": "dizzy",
    "🤮": "vomiting", "🤢": "nauseous", "🥶": "freezing", "👋": "goodbye", "💣": "bomb", "🪓": "axe",
    "🚑": "ambulance", "🆘": "help", "🍼": "baby", "👶": "baby",
}  # fmt: skip


@lru_cache(maxsize=20_000)
def _plain(char: str) -> str:  # noqa: C901 - one case for each kind of character
    """What one non-ASCII (or control) character stands for; empty when it only hides."""
    if char in _EMOJI:
        return f" {_EMOJI[char]} "
    if char in _LOOKS_LIKE:
        return _LOOKS_LIKE[char]
    code = ord(char)
    if 0x1F130 <= code <= 0x1F149 or 0x1F150 <= code <= 0x1F169 or 0x1F170 <= code <= 0x1F189:
        return chr(ord("a") + (code - 0x1F130) % 0x20)  # squared and circled capital letters
    if 0x1F1E6 <= code <= 0x1F1FF:
        return chr(ord("a") + code - 0x1F1E6)  # regional indicators
    category = unicodedata.category(char)
    if (
        category in ("Cf", "Mn", "Me", "Cs", "Cn", "Co")
        or 0xFE00 <= code <= 0xFE0F
        or char in "\u115f\u1160\u3164\uffa0\u2800"
    ):
        return ""
    if category in ("Zs", "Zl", "Zp"):
        return " "
    if category == "Cc":
        return "\n" if char in "\n\r\x0b\x0c" else " " if char == "\t" else ""
    out: list[str] = []
    for c in unicodedata.normalize("NFKD", char).lower():
        if unicodedata.combining(c) or unicodedata.category(c) in ("Mn", "Me"):
            continue
        if c.isascii():
            out.append(c)
        else:
            low = _LOOKS_LIKE.get(c)
            out.append(low if low is not None else c)
    return "".join(out) or " "


def replace_characters(text: str) -> tuple[str, list[int]]:
    """Give the text in plain lower-case characters, and for each of them its offset in `text`."""
    if text.isascii() and "\x00" not in text and text.isprintable():
        return text.lower(), list(range(len(text)))
    out: list[str] = []
    offsets: list[int] = []
    for i, char in enumerate(text):
        if char.isascii() and char.isprintable():
            out.append(char.lower())
            offsets.append(i)
        else:
            plain = _plain(char)
            if plain:
                out.append(plain)
                offsets.extend([i] * len(plain))
    return "".join(out), offsets
