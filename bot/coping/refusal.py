"""A kind look at how somebody says no to a drink or a drug, for the role-play."""

from __future__ import annotations

import re

from bot.coping.reading import plain

_NO = re.compile(
    r"\b(?:no|nah|nope|nel|not|cant|wont|dont|im good|im ok|pass|quit|leaving|gotta go|heading (?:out|home)|"
    r"ya me voy|me voy|paso|ya no|estoy bien)\b"
)
_MAYBE = re.compile(
    r"\b(?:maybe|later|not today|not tonight|next time|just one|a little|tal vez|luego|hoy no|al rato|otro dia|"
    r"solo una|nomas una|un poquito)\b"
)
_SORRY = re.compile(r"\b(?:sorry|perdon|disculpa|lo siento)\b")
# Two short sentences; longer invites an argument.
SHORT = 20

_SAYS = {
    "short_no": {
        "en": "That's a clear, short no. Strong.",
        "es": "Es un no claro y corto. Fuerte.",
    },
    "maybe": {
        "en": "Good start. Words like later or not tonight leave a door open, and they will ask again. Try it without.",
        "es": "Buen comienzo. Palabras como luego u hoy no dejan la puerta abierta y van a insistir. Prueba sin ellas.",
    },
    "sorry": {
        "en": "It's a no, good. You have nothing to be sorry for, so you can leave that word out.",
        "es": "Es un no, bien. No tienes que pedir perdón, así que puedes quitar esa palabra.",
    },
    "long": {
        "en": "Your no is in there. Shorter is stronger: reasons invite arguments.",
        "es": "Ahí está tu no. Más corto es más fuerte: las razones invitan a discutir.",
    },
    "no_no": {
        "en": "Try to put a plain no at the start, like: No thanks, I'm good.",
        "es": "Prueba empezar con un no sencillo, como: No, gracias, estoy bien.",
    },
}


def feedback(answer: str, language: str) -> str:
    """Give one friendly sentence about a refusal: what is strong, or the one thing to change."""
    words = plain(answer)
    if _MAYBE.search(words):
        kind = "maybe"
    elif not _NO.search(words):
        kind = "no_no"
    elif _SORRY.search(words):
        kind = "sorry"
    elif len(words.split()) > SHORT:
        kind = "long"
    else:
        kind = "short_no"
    return _SAYS[kind]["es" if language == "es" else "en"]
