"""Keeping Rasa's training cache honest.

Rasa trains a component again when its configuration, its data or the source of its class changed. Our classes are thin
and the work is done in modules beside them: without this, a change there would leave the old result in the new model.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def source_of(*modules: str, files: Iterable[Path] = ()) -> str:
    """Give a fingerprint of modules of this package, for `fingerprint_addon`.

    Args:
        modules: their names, such as "risk_model".
        files: what else it is made of and Rasa does not know.
    """
    digest = hashlib.sha256()
    for module in modules:
        digest.update((Path(__file__).parent / f"{module}.py").read_bytes())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
