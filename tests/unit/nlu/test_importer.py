"""Rasa reads every training file but the risk reader's own."""

from __future__ import annotations

from pathlib import Path

from rasa.shared.importers.rasa import RasaFileImporter

from bot.nlu.importer import TopicImporter
from bot.nlu.lines import RISK_LINES
from bot.settings import ROOT

FROM = {
    "config_file": str(ROOT / "config.yml"),
    "domain_path": str(ROOT / "domain.yml"),
    "training_data_paths": [str(ROOT / "data")],
}


def test_only_the_lines_of_the_risk_reader_are_left_out() -> None:
    everything = {Path(file).resolve() for file in RasaFileImporter(**FROM)._nlu_files}
    read = {Path(file).resolve() for file in TopicImporter(**FROM)._nlu_files}
    assert everything - read == {path.resolve() for path in RISK_LINES.rglob("*.yml")}
    assert read < everything


def test_its_rules_and_stories_are_all_read() -> None:
    read, everything = TopicImporter(**FROM).get_stories(), RasaFileImporter(**FROM).get_stories()
    assert len(read.story_steps) == len(everything.story_steps) > 0
