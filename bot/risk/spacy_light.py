"""spaCy without TensorFlow.

`import spacy` imports thinc, and thinc imports TensorFlow and PyTorch where they are installed: hundreds of
megabytes and seconds that a process which only matches tokens does not need. While spaCy is being imported here,
those packages look absent; afterwards they can be imported as usual. In a process that has TensorFlow loaded
already (the Rasa server) nothing is hidden.
"""

from __future__ import annotations

import contextlib
import importlib
import sys
import threading
from collections.abc import Iterator
from types import ModuleType

_HEAVY = ("tensorflow", "torch", "cupy", "mxnet")
_lock = threading.Lock()


@contextlib.contextmanager
def _absent(names: tuple[str, ...]) -> Iterator[None]:
    """Let `import` of these names fail with ImportError inside the block (a None in `sys.modules` does that)."""
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        for name in hidden:
            if sys.modules.get(name) is None:
                sys.modules.pop(name, None)


def load_spacy() -> ModuleType:
    """Import spaCy, keeping TensorFlow out of a process that has not loaded it.

    Returns:
        The `spacy` module.
    """
    with _lock:
        if "spacy" in sys.modules or "tensorflow" in sys.modules:
            return importlib.import_module("spacy")
        with _absent(_HEAVY):
            return importlib.import_module("spacy")
