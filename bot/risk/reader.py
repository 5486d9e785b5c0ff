"""The pattern reader: normalise, find, judge in context."""

from __future__ import annotations

import threading

from bot.risk.context import RULES, SELF, Reading, Scene, sentence
from bot.risk.lexicon import lexicon
from bot.risk.normalise import Normalised, normalise
from bot.risk.patterns import Hit, PatternIndex
from bot.risk.verdict import Action, Evidence, Level, Verdict, from_evidence

_lock = threading.Lock()
_index: PatternIndex | None = None


def _loaded() -> PatternIndex:
    global _index  # noqa: PLW0603 - one index for the process, made once
    if _index is None:
        with _lock:
            if _index is None:
                _index = PatternIndex(lexicon())
    return _index


def screen(text: str) -> Verdict:
    """Read one message for risk by the pattern lexicon.

    Args:
        text: what the person wrote, unchanged; any characters, any length.

    Returns:
        The verdict; its evidence gives pattern ids, context rules and offsets in `text`. The first call loads spaCy
        and the lexicon (some seconds); later ones take under a millisecond. Safe from any thread.
    """
    index = _loaded()
    message = normalise(text)
    hits = index.find(message)
    if not any(h.entry.kind == "risk" for h in hits):
        return from_evidence(())
    return from_evidence(tuple(_judge(message, hits)))


def _judge(message: Normalised, hits: list[Hit]) -> list[Evidence]:
    idioms = [h for h in hits if h.entry.kind == "idiom"]
    signals = [h for h in hits if h.entry.kind == "signal"]
    found = frozenset(h.entry.id for h in signals)
    evidence: list[Evidence] = []
    for hit in hits:
        if hit.entry.kind != "risk" or _covered(hit, idioms):
            continue
        if hit.entry.needs and not any(need <= found for need in hit.entry.needs):
            continue
        first, last = sentence(message.words, hit.start, hit.end)
        near = frozenset(h.entry.id for h in signals if h.start >= first and h.end <= last)
        if any(name in near and not _own_story(name, hit, message) for name in hit.entry.unless):
            continue
        evidence.extend(_in_context(hit, Scene(message, first, last, found, near)))
    return evidence


def _own_story(signal: str, hit: Hit, message: Normalised) -> bool:
    """A film or a song in the sentence does not cancel what the writer says of themselves."""
    if signal != "media":
        return False
    return any(w in SELF or w == "my" for w in message.words[max(0, hit.start - 3) : hit.end])


def _covered(hit: Hit, idioms: list[Hit]) -> bool:
    return any(
        i.start < hit.end
        and hit.start < i.end
        and (not i.entry.cancels or hit.entry.category in i.entry.cancels or hit.entry.id in i.entry.cancels)
        for i in idioms
    )


def _in_context(hit: Hit, scene: Scene) -> list[Evidence]:
    reading = Reading(hit, hit.entry.level, hit.entry.action)
    for rule in RULES:
        rule(reading, scene)
    start, end = scene.message.span(hit.start, hit.end)
    rules = tuple(reading.rules)
    found = [Evidence("patterns", hit.entry.id, hit.entry.category, reading.level, reading.action, rules, start, end)]
    if reading.who == "other" and reading.level > Level.L and hit.entry.category != "third_party":
        found.append(
            Evidence(
                "patterns", hit.entry.id, "third_party", min(reading.level, Level.M), Action.none, rules, start, end
            )
        )
    return found
