"""After all that, the logs hold no words, names or tokens."""

from __future__ import annotations

from tests.faults.conftest import Scene
from tests.faults.load import PLANTED


def test_no_words_names_or_tokens_in_any_log(scene: Scene) -> None:
    logs = scene.stack.logs()
    assert "A part stopped" in "".join(scene.stack.said)
    for secret in (PLANTED, scene.api.token, scene.api.token.split(":")[1]):
        assert secret not in logs
