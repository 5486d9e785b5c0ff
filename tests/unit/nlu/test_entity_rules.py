"""What the rules read out of a message, and what they leave."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.nlu.entity_rules import read


def values(text: str, entity: str) -> list[str]:
    return [f.value for f in read(text) if f.entity == entity]


@pytest.mark.parametrize(
    ("text", "rating"),
    [
        ("8", "8"),
        ("eight", "8"),
        ("it's an 8", "8"),
        ("like a 7 right now", "7"),
        ("8/10", "8"),
        ("nine out of ten", "9"),
        ("10/10", "10"),
        ("my craving is 9", "9"),
        ("7 or 8", "8"),
        ("6-7", "7"),
        ("honestly 3 now", "3"),
        ("i'm at 5", "5"),
        ("es un 7", "7"),
        ("ocho", "8"),
        ("como un nueve de diez", "9"),
    ],
)
def test_reads_a_rating(text: str, rating: str) -> None:
    assert values(text, "rating") == [rating]


@pytest.mark.parametrize(
    "text",
    [
        "group at 6 pm",
        "group at 6",
        "i had 6 beers",
        "it was about 3 weeks ago",
        "i have 2 kids",
        "call me at 555-123-4567",
        "11",
        "one more thing",
        "5-4-3-2-1",
        "around 9 years",
        "take 2 pills",
        "una semana",
    ],
)
def test_does_not_take_other_numbers_for_ratings(text: str) -> None:
    assert values(text, "rating") == []


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("call me at (555) 123-4567 after 3", "phone", "5551234567"),
        ("+1 555 123 4567", "phone", "+15551234567"),
        ("my number is 555.123.4567", "phone", "5551234567"),
        ("write to jo.e+x@mail.example.org please", "email", "jo.e+x@mail.example.org"),
        ("my name is maria", "first_name", "Maria"),
        ("you can call me T", "first_name", "T"),
        ("me llamo José", "first_name", "José"),
        ("soy Ana y necesito ayuda", "first_name", "Ana"),
        ("i'm on suboxone", "substance", "buprenorphine"),
        ("stopped fentanyl", "substance", "opioids"),
        ("dejé la cocaína", "substance", "cocaine"),
        ("when is family group", "session_kind", "family_night"),
        ("i have a UA tomorrow", "session_kind", "drug_test"),
        ("move my one on one", "session_kind", "individual"),
        ("relapse prevention group", "session_kind", "relapse_prevention"),
        ("is there group tonight", "session_kind", "group"),
        ("a qué hora es el grupo", "session_kind", "group"),
        ("can i do the evening track", "track", "evening"),
        ("teach me box breathing", "skill", "box_breathing"),
        ("5-4-3-2-1", "skill", "grounding"),
        ("do you take blue cross", "insurance", "Blue Cross Blue Shield"),
        ("tengo medicaid", "insurance", "Medicaid"),
        ("no tengo seguro", "insurance", "none"),
    ],
)
def test_reads_names_and_addresses(text: str, entity: str, value: str) -> None:
    assert values(text, entity) == [value]


@pytest.mark.parametrize(
    "text",
    ["call me crazy", "call me later", "this is hard", "soy alcohólico", "call me at 5", "this kills me", "dime más"],
)
def test_does_not_take_other_words_for_a_name(text: str) -> None:
    assert values(text, "first_name") == []


def test_the_longer_match_wins_and_each_value_is_given_once() -> None:
    assert values("family group, family night, group", "session_kind") == ["family_night", "group"]


@given(st.text(max_size=200))
def test_offsets_lie_in_the_message_whatever_it_is(text: str) -> None:
    for found in read(text):
        assert 0 <= found.start < found.end <= len(text)
