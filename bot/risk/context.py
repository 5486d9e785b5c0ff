"""Context: what the words around a hit make of it.

Each rule is a function from a hit and its message to a change or nothing, and has a name that the verdict shows.
Rules that lower nothing (a story, a retraction) are named too, so that a reader sees that they were noticed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import yaml

from bot.risk.lexicon import FOLDER
from bot.risk.normalise import Normalised
from bot.risk.patterns import Hit
from bot.risk.spelling import word_set
from bot.risk.verdict import DEFAULT_ACTION, Action, Level

NEGATIONS = word_set("not never no without nor neither deny denies denied denying nunca ni jamas tampoco sin")
_CLAUSE_ENDS = word_set("but however though although yet except because so still and pero aunque sino porque unless y")
# After these the negation is about the verb, not about the risk: "can't stop thinking of …", "don't know if I …".
_NOT_NEGATING_NEXT = word_set(
    "stop help shake quit escape only just sure know care even lie lying kidding joking tell told telling say saying "
    "said admit let letting one way more reason point sleep slept eat eaten wait joke cap clue idea question "
    "doubt matter hope friends money job place energy strength future purpose dejo dejar puedo aguanto soporto se "
    "anymore mas wonder surprise good okay ok fine well great better happy doing long mind getting feeling"
)
_NOT_NEGATING_BEFORE = word_set("why if")
_OPINION = word_set("think believe mean say feel creo")
SELF = word_set("i me myself yo")
OTHER_PRONOUNS = word_set("he she they him himself herself themselves ella")
_DETECT_WHO = word_set("suicide self_harm overdose withdrawal relapse psychosis medical impaired_driving")
_FACTUAL = word_set("relapse withdrawal overdose medical impaired_driving")
_QUESTION_STARTS = word_set(
    "what how is are does can could why when which who where should que cual como cuanto cuando donde puede"
)


@dataclass
class Reading:
    """A hit while rules are applied to it."""

    hit: Hit
    level: Level
    action: Action
    who: str = "self"
    rules: list[str] = field(default_factory=list)

    def to(self, level: Level, rule: str) -> None:
        """Set the level, and the action that goes with it, and note the rule."""
        if level != self.level:
            self.level, self.action = level, DEFAULT_ACTION[level]
        self.rules.append(rule)


@dataclass(frozen=True)
class Scene:
    """The message, the bounds of the sentence around a hit, and the signals of both."""

    message: Normalised
    first: int
    last: int
    signals: frozenset[str]
    in_sentence: frozenset[str]

    @property
    def words(self) -> tuple[str, ...]:
        """All words of the message."""
        return self.message.words


def sentence(words: tuple[str, ...], start: int, end: int) -> tuple[int, int]:
    """Bounds of the sentence that holds words `start` to `end`."""
    first, last = start, end
    while first > 0 and words[first - 1] not in ".?":
        first -= 1
    while last < len(words) and words[last] not in ".?":
        last += 1
    return first, last


@lru_cache(maxsize=1)
def relations() -> frozenset[str]:
    """Nouns for people near to the writer (`{relation}` in the word lists)."""
    lists = yaml.safe_load((FOLDER / "_words.yml").read_text(encoding="utf-8"))
    return frozenset(w for w in str(lists["relation"]).replace("|", " ").split())


def who(reading: Reading, scene: Scene) -> None:
    """Find whose risk it is: the nearest subject at or before the hit; nobody named means the writer."""
    hit = reading.hit
    if hit.entry.who in ("self", "other"):
        reading.who = hit.entry.who
    elif hit.entry.category in _DETECT_WHO:
        reading.who = _subject(hit, scene)
    if reading.who != "other":
        return
    lowered = {"suicide", "self_harm", "psychosis"}
    if hit.entry.category in lowered and reading.level is Level.H and hit.entry.who != "other":
        reading.to(Level.M, "somebody_else")
    elif hit.entry.category == "relapse" and hit.entry.who != "other":
        reading.to(Level.M if reading.level >= Level.H else Level.L, "somebody_else")
        if reading.level is Level.M:
            reading.action = Action.check
    else:
        reading.rules.append("somebody_else")


def _subject(hit: Hit, scene: Scene) -> str:
    words = scene.words
    inside = words[hit.start : hit.end]
    if any(w in SELF for w in inside):
        return "self"
    begins = inside[1] if len(inside) > 1 and inside[0] in ("my", "mi", "the", "a") else inside[0]
    if begins in OTHER_PRONOUNS or begins in relations():
        return "other"
    if hit.entry.category == "overdose" and any(w in ("him", "her", "them", "he", "she") for w in inside):
        return "other"
    for i in range(hit.start - 1, max(scene.first, hit.start - 12) - 1, -1):
        if words[i] in SELF:
            return "self"
        if words[i] in OTHER_PRONOUNS:
            return "other"
        if words[i] in relations():
            return "other"
    if (
        inside
        and inside[0] in ("wants", "says", "keeps", "tried", "took", "is")
        and any(w in relations() or w in OTHER_PRONOUNS for w in words[: hit.start])
    ):
        return "other"
    return "self"


def negation(reading: Reading, scene: Scene) -> None:
    """Lower what the writer denies, within the clause; not "can't stop …", not a negation inside the pattern."""
    hit, words = reading.hit, scene.words
    inside = [i for i in range(hit.start, hit.end) if words[i] in NEGATIONS and words[i] not in hit.entry.own_words]
    found = [i for i in inside if _negates(words, i)]
    found += _negations_before(hit, scene)
    if not found or (len(found) == 2 and abs(found[0] - found[1]) <= 2):  # "I can't not use" asserts
        return
    if hit.entry.negated is not None:
        reading.to(min(hit.entry.negated, reading.level), "negated")
    else:
        mild = Level.L if hit.entry.category in ("suicide", "self_harm", "psychosis", "violence") else Level.N
        reading.to(min(mild, reading.level), "negated")


def _negates(words: tuple[str, ...], i: int) -> bool:
    after = words[i + 1] if i + 1 < len(words) else ""
    later = words[i + 2] if i + 2 < len(words) else ""
    before = words[i - 1] if i else ""
    if words[i] == "no" and after in ("i", "he", "she", "yo", "we"):
        return False  # "no, I want to": an answer
    if (after, later) == ("going", "to") and i + 3 < len(words) and words[i + 3] == "lie":
        return False
    return after not in _NOT_NEGATING_NEXT and before not in _NOT_NEGATING_BEFORE


def _negations_before(hit: Hit, scene: Scene) -> list[int]:
    words = scene.words
    found: list[int] = []
    for i in range(hit.start - 1, max(scene.first, hit.start - 7) - 1, -1):
        if words[i] in _CLAUSE_ENDS or i in scene.message.soft:
            break
        if words[i] in NEGATIONS and _negates(words, i):
            between = words[i + 1 : hit.start + 1]
            if any(w in ("i", "yo") for w in between) and not any(w in _OPINION for w in between):
                break  # a new subject: "I'm not okay I want to die"
            found.append(i)
    return found


def past(reading: Reading, scene: Scene) -> None:
    """Lower what is long past, unless the same sentence says that it is back."""
    if "long_ago" not in scene.in_sentence or "is_back" in scene.in_sentence:
        return
    if reading.level <= Level.L:
        return
    if reading.hit.entry.past is not None:
        reading.to(min(reading.hit.entry.past, reading.level), "past")
    elif "distress_now" in scene.signals:
        reading.to(min(Level.M, reading.level), "past_with_distress")
        reading.action = Action.check
    else:
        reading.to(Level.L, "past")


def topic(reading: Reading, scene: Scene) -> None:
    """Lower questions about the topic, media and classes when nobody near is the subject."""
    hit, words = reading.hit, scene.words
    if hit.entry.who == "self" and any(w in SELF for w in words[hit.start : hit.end]):
        personal = True
    else:
        personal = any(w in SELF or w in relations() for w in words[scene.first : hit.end])
    if (
        "media" in scene.in_sentence
        and not any(w in SELF for w in words[max(scene.first, hit.start - 2) : hit.end])
        and "writing" not in scene.signals
    ):
        reading.to(Level.N, "media")
        return
    conditional = any(w in ("if", "whether", "si") for w in words[max(scene.first, hit.start - 6) : hit.start])
    if conditional and hit.entry.category in _FACTUAL and reading.level < Level.E:
        reading.to(min(reading.level, Level.L), "hypothetical")
        return
    if personal:
        return
    asks = words[scene.first] in _QUESTION_STARTS if scene.first < len(words) else False
    asks = asks or (scene.last < len(words) and words[scene.last] == "?")
    if (asks or "education" in scene.in_sentence) and hit.entry.category in _FACTUAL and reading.level < Level.E:
        reading.to(Level.N, "question_about_topic")


def soon(reading: Reading, scene: Scene) -> None:
    """Raise thoughts of suicide or a threat to E when the message says tonight, goodbye or means at hand."""
    urgent = not scene.signals.isdisjoint(("soon", "means_at_hand"))
    threatens = reading.hit.entry.category in ("suicide", "violence") and reading.who == "self"
    if urgent and threatens and reading.level is Level.H:
        reading.to(Level.E, "soon")


def tolerance(reading: Reading, scene: Scene) -> None:
    """Raise a return to use to H where it is an opioid or a benzodiazepine: tolerance is gone."""
    told = reading.hit.entry.tolerance and reading.level is Level.M and reading.who == "self"
    if told and "opioid_or_benzo" in scene.signals:
        reading.to(Level.H, "tolerance")


def noticed(reading: Reading, scene: Scene) -> None:
    """Name framings and retractions, which lower nothing."""
    for name in ("retraction", "framing"):
        if name in scene.signals and reading.level > Level.N:
            reading.rules.append(f"{name}_lowers_nothing")


RULES: tuple[Callable[[Reading, Scene], None], ...] = (who, negation, past, topic, soon, tolerance, noticed)
