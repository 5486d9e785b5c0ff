"""How long reading one message takes, in a process of its own: ``python -m bench.readers`` prints JSON."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable

from bench.figures import quantile
from bench.texts import ordinary, risky

COUNT = 400


def median_seconds(read: Callable[[str], object], texts: list[str]) -> float:
    """Give the median time of one call; the first twenty are not counted."""
    times = []
    for text in texts:
        began = time.perf_counter()
        read(text)
        times.append(time.perf_counter() - began)
    return quantile(times[20:], 0.5)


def main() -> None:
    """Measure the pattern screen alone, and both readers with the embedding."""
    rng = random.Random(7)
    texts = [risky(rng) if index % 10 == 0 else ordinary(rng) for index in range(COUNT)]
    from bot.risk import screen

    screen("warm up")
    patterns = median_seconds(screen, texts)

    from bot.nlu.archive import meaning_reader, newest_model
    from bot.nlu.encoder import encode
    from bot.nlu.meaning import pieces
    from bot.risk import join

    reader = meaning_reader(newest_model())

    def whole(text: str) -> object:
        group = pieces(text)
        return join(screen(text), reader.read(group, encode(group)))

    json.dump({"screen": patterns, "verdict": median_seconds(whole, texts)}, sys.stdout)


if __name__ == "__main__":
    main()
