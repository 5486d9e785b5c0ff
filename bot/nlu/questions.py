"""Cutting a message at the questions in it. Letters only: what each part means is for the classifier to say."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from itertools import pairwise

from bot.nlu.sentences import STOP

# More questions than this in one message stay together in the last part.
MOST = 3
# In a longer message questions are rarely apart from each other, and the classifier has the whole.
_LONGEST = 70  # words

_WHO = (
    r"(?:i|you|u|ya|yall|y'all|we|they|it|he|she|there|this|that|these|those|the|my|your|ur|our|his|her|their|a|an|any|"
    r"anyone|anybody|someone|somebody|people|family|insurance|medicaid|medicare|groups?|iop|kids|parking)\b"
)
# How a question begins. A helping verb alone may go on a statement ("and do better"), so it needs somebody after it;
# "when I ..." and "what my ..." tell something and do not ask.
_OPENER = (
    r"(?:(?:what|wut|wat|when|where|who|why|how|which)(?:'?s|'?re)?\b(?!\s+(?:i|i'm|im|i've|ive|he|she|we)\b)"
    rf"|(?:do|does|did|is|are|am|can|could|will|would|should|may|have|has)\s+{_WHO}"
    r"|(?:que|cual(?:es)?|quien(?:es)?|cuando|cuant[oa]s?|donde|como)\b(?!\s+(?:yo|me|mi|el|ella|no)\b)"
    r"|(?:a|de|en|con|por|para)\s+(?:que|cual|cuant[oa]s?|quien|donde)\b"
    rf"|(?:whether|if\s+(?:you|u|ya|there|my|your)\b|si\s+(?:hay|puedo|puede[ns]?|acepta[ns]?|toma[ns]?|tiene[ns]?|es))\b"
    r"|(?:hay|puedo|puede[sn]?|podria[ns]?|tiene[ns]?|acepta[ns]?|cobra[ns]?|hace[ns]|atiende[ns]?|ofrecen|dan|abren|"
    r"debo|se\s+puede|tengo\s+que|necesito\s+(?:una?|llevar)|es\s+(?:gratis|caro|necesario|obligatorio))\b)"
)
# Not "or": two ways to say one thing are one question.
_JOINT_WORDS = r"(?:and|n|&|also|plus|oh|btw|y|e|tambien|ademas)"
# "and how", ", also can", ", is there": where a question begins after another thing that was said.
_JOINT = re.compile(rf"(?:[\s,;]+{_JOINT_WORDS}(?=[\s,]))+[\s,]+(?={_OPENER})|,\s*(?={_OPENER})")
_ASKS = re.compile(rf"\?|^\W*(?:(?:{_JOINT_WORDS}|hi|hey|hello|hola|ok|okay|so|pero|but)[\s,]+)*{_OPENER}")
_TURN = re.compile(r"(?<=[?!])(?=[¿¡])")
_JOINED = re.compile(rf"[\s,;]*(?:{_JOINT_WORDS}\b[\s,]*)+(?=\w)")
_WORD = re.compile(r"\w")
_BETWEEN = " \t\n\r,;"
# A question told inside a statement: "I was wondering what it costs".
_TOLD = re.compile(
    r"\b(?:wonder\w*|tell me|(?:want|need|like) to know|asking|curious|question is|quisiera saber|quiero saber|dime|"
    r"me (?:puede[ns]?|podria[ns]?) decir|queria (?:saber|preguntar))\b"
)


@dataclass(frozen=True)
class Part:
    """A piece of a message as written, and whether it asks something."""

    text: str
    asks: bool

    @property
    def question(self) -> str:
        """Give the part as it would be asked alone: without the words and signs that join it to the one before."""
        joined = _JOINED.match(_folded(self.text))
        alone = self.text[joined.end() :] if joined else self.text
        return alone.strip(_BETWEEN) or self.text.strip()


def split(text: str) -> list[Part]:
    """Cut a message at sentence ends and where a further question is joined on ("and how", "also can I", "y cuánto").

    Sentences that ask nothing and stand together stay together.

    Args:
        text: the message.

    Returns:
        The parts in order; joined they are the message, letter for letter. At most `MOST` of them ask something. One
        part where there is nothing to cut.
    """
    if len(text.split()) > _LONGEST:
        return [Part(text, asks=_asks(text))]
    parts: list[Part] = []
    for piece in _cut(text):
        asks = _asks(piece)
        together = parts and (not (asks or parts[-1].asks) or sum(p.asks for p in parts) == MOST)
        # A cut leaves no piece without a word, so that each part is something to classify.
        if together or (parts and not (_WORD.search(piece) and _WORD.search(parts[-1].text))):
            parts[-1] = Part(parts[-1].text + piece, parts[-1].asks or asks)
        else:
            parts.append(Part(piece, asks))
    return parts


def _cut(text: str) -> list[str]:
    folded = _folded(text)
    # A joint is cut before its first word, so that "and" goes with the question it begins.
    stops = {m.end() for m in (*STOP.finditer(text), *_TURN.finditer(text))}
    order = sorted({0, len(text), *stops, *(m.start() for m in _JOINT.finditer(folded))})
    return [text[start:end] for start, end in pairwise(order)] or [text]


def _asks(text: str) -> bool:
    folded = _folded(text)
    return bool(_ASKS.search(folded) or _TOLD.search(folded))


def _folded(text: str) -> str:
    """Lower case without accents, each letter in its place."""
    return "".join(_letter(char) for char in text)


def _letter(char: str) -> str:
    if char == "’":
        return "'"
    lower = unicodedata.normalize("NFKD", char)[0].lower()
    return lower if len(lower) == 1 else char
