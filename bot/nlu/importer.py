"""What Rasa reads for training: everything in `data/` but the lines of the risk reader.

Rasa parses, checks, copies and fingerprints each training message several times on its way to the components. The risk
reader's lines, half of all, are of use to that reader alone; it reads them itself (`bot/nlu/lines.py`).
"""

from __future__ import annotations

from pathlib import Path

from rasa.shared.importers.rasa import RasaFileImporter

from bot.nlu.lines import RISK_LINES


class TopicImporter(RasaFileImporter):
    """Rasa's own importer without `data/nlu/risk`."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        """Find the files as Rasa does and leave the risk reader's out."""
        super().__init__(config_file, domain_path, training_data_paths)
        self._nlu_files: list[str] = [
            file for file in self._nlu_files if RISK_LINES not in Path(file).resolve().parents
        ]
