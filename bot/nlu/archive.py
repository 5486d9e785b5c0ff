"""Reading parts of a trained model without Rasa: an archive is a tar file with `metadata.json` and `components/`."""

from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

from bot.nlu.intent_model import IntentModel
from bot.nlu.meaning import MeaningReader, Thresholds
from bot.nlu.risk_model import RiskModel
from bot.settings import ROOT, ConfigurationError

MODELS = ROOT / "models"
_READER = "bot.nlu.risk.RiskReader"
_CLASSIFIER = "bot.nlu.intents.IntentClassifier"


def newest_model(folder: Path = MODELS) -> Path:
    """Give the model trained last.

    Raises:
        ConfigurationError: there is none.
    """
    found = sorted(folder.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise ConfigurationError("There is no trained model in models/. Run `make train` first.")
    return found[-1]


def meaning_reader(archive: Path) -> MeaningReader:
    """Take the meaning reader out of a trained model.

    Raises:
        ConfigurationError: the archive was trained without the meaning reader, or is damaged.
    """
    try:
        with tarfile.open(archive) as tar:
            nodes = json.loads(_bytes(tar, "metadata.json"))["predict_schema"]["nodes"]
            reader, classifier = (
                next(node for node in nodes.values() if node["uses"] == used) for used in (_READER, _CLASSIFIER)
            )
            risk = _bytes(tar, f"components/{reader['resource']['name']}/risk.npz")
            intents = _bytes(tar, f"components/{classifier['resource']['name']}/intents.npz")
    except (StopIteration, KeyError, OSError, tarfile.TarError, ValueError) as error:
        raise ConfigurationError(
            f"{archive.name} has no meaning reader ({type(error).__name__}). Run `make train`."
        ) from None
    return MeaningReader(
        RiskModel.load(io.BytesIO(risk)),
        IntentModel.load(io.BytesIO(intents)),
        Thresholds.from_config(reader["config"]),
    )


def _bytes(tar: tarfile.TarFile, name: str) -> bytes:
    for spelling in (name, f"./{name}"):
        try:
            member = tar.extractfile(spelling)
        except KeyError:
            continue
        if member is not None:
            return member.read()
    raise KeyError(name)
