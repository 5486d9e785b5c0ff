"""Find the lexicon's patterns in a normalised message, with spaCy's Matcher.

One Matcher with every pattern would try each of them at each word. Instead every sequence is filed under its rarest
word set (its anchor), each anchor has a Matcher of its own, and a message runs only those whose anchor it contains.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import Any

from bot.risk.lexicon import Entry, Lexicon
from bot.risk.normalise import Normalised
from bot.risk.notation import Element, Sequence
from bot.risk.spacy_light import load_spacy
from bot.risk.spelling import word_set

# Words that say little alone; a sequence is filed under something else where it has anything else.
_COMMON = word_set(
    "i my me a an the to of in on at it is am are was be do not no you he she they and or so that this have has had "
    "will would can could going want need just all out up down off for with from about right now get got el la los las "
    "un una de en y que no me mi se ya lo a con por para esta estoy"
)


@dataclass(frozen=True)
class Hit:
    """One entry found: words `start` up to and not including `end` of the normalised message."""

    entry: Entry
    start: int
    end: int


def _required(sequence: Sequence, anchor: Element) -> tuple[frozenset[str], ...]:
    """The word sets, besides the anchor, of which a message must have a word for the sequence to match."""
    return tuple({e.words for e in sequence if e.kind == "words" and not e.optional and e.words != anchor.words})


def _all_present(required: tuple[frozenset[str], ...], present: set[str]) -> bool:
    for words in required:  # noqa: SIM110 - a plain loop, because this runs some hundred times for each message
        if words.isdisjoint(present):
            return False
    return True


def _longest(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest spans that do not overlap, the earlier one of equals."""
    taken: list[tuple[int, int]] = []
    for start, end in sorted(set(spans), key=lambda s: (s[0] - s[1], s[0])):
        if all(end <= a or start >= b for a, b in taken):
            taken.append((start, end))
    return taken


class PatternIndex:
    """All entries of a lexicon, ready to be looked up. Read-only after it was made, so threads may share it."""

    def __init__(self, lexicon: Lexicon) -> None:
        spacy = load_spacy()
        from spacy.matcher import Matcher
        from spacy.tokenizer import Tokenizer

        self._vocab = spacy.blank("en").vocab
        # Words come normalised and separated by spaces, so the blank tokenizer has no rule or exception to apply.
        self._tokenizer = Tokenizer(self._vocab)
        used = Counter(
            w for e in lexicon.entries for s in e.sequences for el in s if el.kind == "words" for w in el.words
        )
        filed: dict[Element, dict[int, list[Sequence]]] = defaultdict(lambda: defaultdict(list))
        for number, entry in enumerate(lexicon.entries):
            for sequence in entry.sequences:
                filed[self._anchor(sequence, used, entry)][number].append(sequence)
        self._entries = lexicon.entries
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_prefix: list[tuple[tuple[str, ...], int]] = []
        self._places: list[dict[int, list[Sequence]]] = []
        self._required: list[list[tuple[frozenset[str], ...]]] = []
        self._matchers: dict[int, Any] = {}
        self._new_matcher = lambda: Matcher(self._vocab, validate=False)
        for place, (anchor, by_entry) in enumerate(filed.items()):
            self._places.append(by_entry)
            self._required.append(list({_required(s, anchor) for sequences in by_entry.values() for s in sequences}))
            if anchor.kind == "prefix":
                self._by_prefix.append((tuple(sorted(anchor.words)), place))
            else:
                for word in anchor.words:
                    self._by_word[word].append(place)
        self._all_prefixes = tuple(sorted({p for prefixes, _ in self._by_prefix for p in prefixes}))
        self._numbers = {self._vocab.strings.add(str(n)): n for n in range(len(self._entries))}

    def _matcher(self, place: int) -> Any:
        """The Matcher of one anchor, made when a message first needs it (two threads may both make it; no harm)."""
        matcher = self._matchers.get(place)
        if matcher is None:
            matcher = self._new_matcher()
            for number, sequences in self._places[place].items():
                matcher.add(str(number), [[el.to_spacy() for el in s] for s in sequences])
            self._matchers[place] = matcher
        return matcher

    @staticmethod
    def _anchor(sequence: Sequence, used: Counter[str], entry: Entry) -> Element:
        def cost(element: Element) -> float:
            if element.kind == "prefix":
                return 5.0
            return sum(used[w] + (10_000 if w in _COMMON else 0) for w in element.words)

        possible = [e for e in sequence if not e.optional and e.kind in ("words", "prefix")]
        if not possible:
            raise ValueError(f"{entry.id}: a pattern needs at least one word that is not optional")
        return min(possible, key=lambda e: (cost(e), sorted(e.words)))

    def _candidates(self, present: set[str]) -> set[int]:
        """Anchors in the message of which at least one sequence has all its words there."""
        places: set[int] = set()
        for word in present:
            places.update(self._by_word.get(word, ()))
        begun = [w for w in present if w.startswith(self._all_prefixes)]
        for prefixes, place in self._by_prefix if begun else ():
            if any(w.startswith(prefixes) for w in begun):
                places.add(place)
        return {p for p in places if any(_all_present(r, present) for r in self._required[p])}

    def find(self, message: Normalised) -> list[Hit]:
        """All hits of one message, the longest of those that overlap within one entry."""
        places = self._candidates(set(message.words))
        if not places:
            return []
        words = (".", *message.words, ".")  # edges, so that ^ and $ have something to match
        doc = self._tokenizer(" ".join(words))
        if len(doc) != len(words):  # a word that the tokenizer cut; give it the words as they are
            from spacy.tokens import Doc

            doc = Doc(self._vocab, words=list(words))
        spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for place in places:
            for match, start, end in self._matcher(place)(doc):
                spans[self._numbers[match]].append((start, end))
        last = len(words) - 1
        return [
            Hit(self._entries[number], max(start, 1) - 1, min(end, last) - 1)
            for number, found in spans.items()
            for start, end in _longest(found)
        ]
