"""Names and languages that people ask for."""

from __future__ import annotations

import pytest

from bot.dialogue.first_name import read_first_name
from bot.dialogue.language_choice import wanted_language


@pytest.mark.parametrize(
    ("text", "found", "name"),
    [
        ("my name is dana", None, "Dana"),
        ("call me Tee", None, "Tee"),
        ("Don't call me Robert, call me Rob", None, "Rob"),
        ("im JoJo", None, "JoJo"),
        ("i'm fine", None, None),
        ("me llamo Lupita", None, "Lupita"),
        ("soy José", None, "José"),
        ("what is my name", None, None),
        ("it's Kim.", None, "Kim"),
        ("whatever", "marcus lee", "Marcus"),
        ("whatever", "{phone}", None),
        ("my name is " + "x" * 60, None, None),
        ("", None, None),
    ],
)
def test_first_names(text: str, found: str | None, name: str | None) -> None:
    assert read_first_name(text, found) == name


@pytest.mark.parametrize(
    ("text", "written_in", "wanted"),
    [
        ("spanish please", "en", "es"),
        ("en español por favor", "es", "es"),
        ("switch to english", "en", "en"),
        ("mejor en inglés", "es", "en"),
        ("no hablo inglés", "es", "es"),
        ("i dont speak english well", "en", "es"),
        ("my english is not good", "en", "es"),
        ("change language", "en", None),
        ("english or spanish?", "en", None),
        ("do you speak portuguese", "en", None),
        ('/smalltalk_language{"language": "es"}', "es", "es"),
        ("/smalltalk_language", None, None),
    ],
)
def test_languages(text: str, written_in: str | None, wanted: str | None) -> None:
    assert wanted_language(text, written_in) == wanted
