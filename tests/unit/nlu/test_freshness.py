"""A change in a module that does the work must train its component again."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.nlu import freshness


def test_the_fingerprint_follows_the_source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "model.py").write_text("A = 1\n")
    monkeypatch.setattr(freshness, "__file__", str(tmp_path / "freshness.py"))
    before = freshness.source_of("model")
    assert freshness.source_of("model") == before
    (tmp_path / "model.py").write_text("A = 2\n")
    assert freshness.source_of("model") != before


def test_the_fingerprint_follows_files_that_rasa_does_not_know(tmp_path: Path) -> None:
    lines = tmp_path / "lines.yml"
    lines.write_text("a\n")
    before = freshness.source_of("lines", files=[lines])
    assert before != freshness.source_of("lines")
    lines.write_text("b\n")
    assert freshness.source_of("lines", files=[lines]) != before


def test_the_components_name_their_modules() -> None:
    from bot.nlu.embedding import SentenceEmbeddingFeaturizer
    from bot.nlu.intents import IntentClassifier
    from bot.nlu.risk import RiskReader

    addons = {c.fingerprint_addon({}) for c in (SentenceEmbeddingFeaturizer, IntentClassifier, RiskReader)}
    assert None not in addons
    assert len(addons) == 3
