"""Which language a message is in: said when clear, left open when not."""

from __future__ import annotations

import subprocess
import sys

import pytest

from bot.nlu.language import detect


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("what time is group tonight", "en"),
        ("i dont feel good", "en"),
        ("thanks", "en"),
        ("help me", "en"),
        ("a qué hora es el grupo", "es"),
        ("a que hora es el grupo hoy", "es"),
        ("me siento mal", "es"),
        ("recai", "es"),
        ("¿cuánto cuesta?", "es"),
        ("Hola!", "es"),
        ("ya no quiero vivir", "es"),
        ("necesito ayuda con mi hijo", "es"),
        # nothing to go by, or both
        ("no", None),
        ("ok", None),
        ("8", None),
        ("José", None),
        ("ibuprofen", None),
        ("is real", None),
        ("", None),
        ("👍", None),
    ],
)
def test_says_the_language_only_when_it_is_clear(text: str, language: str | None) -> None:
    assert detect(text) == language


def test_does_not_load_tensorflow() -> None:
    code = (
        "import sys; from bot.nlu.language import detect; detect('hola'); "
        "print('tensorflow' in sys.modules, 'rasa' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
