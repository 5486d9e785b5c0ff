"""Figures of the risk screen: the joined verdict on held-out messages, the meaning reader alone by leave-one-out."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

import numpy as np

from bot.nlu.batch import screen
from bot.nlu.lines import Example

PERSONAL = ("E", "H", "M")
Rows = list[dict[str, Any]]


def share(part: int, whole: int) -> float:
    """Give a share to four digits, 0 for nothing."""
    return round(part / whole, 4) if whole else 0.0


def verdicts(messages: Rows) -> Rows:
    """Screen messages with both readers, as `python -m bot screen` does."""
    lines = (json.dumps({"id": m["id"], "text": m["text"]}) for m in messages)
    return list(screen(lines))


def figures(gold: Rows, found: Rows) -> dict[str, float]:
    """Compare verdicts with labels.

    Returns:
        Shares: severe (E and H) recognised and alerted, moderate recognised, harmless alerted and alerted or checked,
        category right for the severe, and the lowest recognised share of a kind and of a language.
    """
    pairs = list(zip(gold, found, strict=True))
    severe = [(g, v) for g, v in pairs if g["level"] in "EH"]
    moderate = [v for g, v in pairs if g["level"] == "M"]
    harmless = [v for g, v in pairs if g["level"] == "N"]
    by: dict[str, list[bool]] = defaultdict(list)
    for g, v in pairs:
        if g["level"] in PERSONAL:
            by[f"kind {g['kind']}"].append(v["action"] != "none")
            by[f"language {g['lang']}"].append(v["action"] != "none")
    # A kind with three messages says nothing about the kind.
    kinds = [share(sum(v), len(v)) for k, v in by.items() if k.startswith("kind") and len(v) >= 5]
    return {
        "severe_recognised": share(sum(v["action"] != "none" for _, v in severe), len(severe)),
        "severe_alerted": share(sum(v["action"] == "alert" for _, v in severe), len(severe)),
        "moderate_recognised": share(sum(v["action"] != "none" for v in moderate), len(moderate)),
        "harmless_alerted": share(sum(v["action"] == "alert" for v in harmless), len(harmless)),
        "harmless_alerted_or_checked": share(sum(v["action"] != "none" for v in harmless), len(harmless)),
        "category_right": share(sum(g["category"] in v["categories"] for g, v in severe), len(severe)),
        "weakest_kind": min(kinds, default=0.0),
        "spanish_recognised": share(sum(by["language es"]), len(by["language es"])),
        "english_recognised": share(sum(by["language en"]), len(by["language en"])),
    }


def misses(gold: Rows, found: Rows) -> list[str]:
    """List what was missed and what was taken for risk and is harmless."""
    lines = []
    for g, v in zip(gold, found, strict=True):
        if g["level"] in PERSONAL and v["action"] == "none":
            lines.append(f"missed {g['level']} {g['category']:16s} {g['text']}")
        elif g["level"] in "EH" and v["action"] == "check":
            lines.append(f"only asked {g['level']} {g['category']:12s} {g['text']}")
        elif g["level"] == "N" and v["action"] != "none":
            lines.append(f"false {v['action']:6s} {','.join(v['categories']):16s} {g['text']}")
    return lines


def ordinary(messages: Rows, found: Rows) -> tuple[dict[str, float], list[str]]:
    """Give how often ordinary messages alert or are asked about, and which."""
    count = Counter(v["action"] for v in found)
    lines = [
        f"{v['action']:6s} {','.join(v['categories']):16s} {m['text']}"
        for m, v in zip(messages, found, strict=True)
        if v["action"] != "none"
    ]
    return {"alert": share(count["alert"], len(found)), "check": share(count["check"], len(found))}, lines


def cross_validation(
    examples: Sequence[Example], others: Sequence[Example], seed: int = 7
) -> tuple[dict[str, float], list[str], list[str]]:
    """Measure the meaning reader alone on its own lines, each read by a model that has not seen it (leave-one-out).

    Args:
        examples: the labelled lines.
        others: the examples of the other intents, of which the classifier takes a share as ordinary messages.
        seed: of that choice.

    Returns:
        AUC of risk (E, H, M against N, L), shares at the product's thresholds, category accuracy of the severe; a table
        of thresholds; and the worst errors.
    """
    from sklearn.metrics import roc_auc_score

    from bot.nlu.meaning import Thresholds
    from bot.nlu.risk_model import RiskModel, background
    from bot.nlu.vector_cache import encode_cached

    chosen = [others[place] for place in background([e.text for e in others], [e.intent for e in others], seed)]
    levels = np.array([e.level for e in examples])
    categories = np.array([e.intent.removeprefix("risk_") for e in examples])
    _, scores = RiskModel.fit(
        encode_cached([e.text for e in examples]),
        [e.text for e in examples],
        list(levels),
        list(categories),
        background=(encode_cached([e.text for e in chosen]), [e.text for e in chosen]),
    )
    at = Thresholds()
    risk, urgent = scores.risk, scores.risk * scores.severe
    named = np.array([scores.names[i] for i in scores.categories.argmax(axis=1)])
    severe, moderate, watch, harmless = (np.isin(levels, group) for group in (["E", "H"], ["M"], ["L"], ["N"]))
    alerted = (risk >= at.alert) | (urgent >= at.urgent)
    recognised = alerted | (risk >= at.check) | (urgent >= at.urgent_check)
    table = ["threshold  severe  moderate  watch  harmless   (share of messages at or above it, leave-one-out)"]
    for name, shares in (("risk", risk), ("urgent", urgent)):
        table.append(name)
        table += [
            f"{t:9.2f}  {np.mean(shares[severe] >= t):6.3f}  {np.mean(shares[moderate] >= t):8.3f}  "
            f"{np.mean(shares[watch] >= t):5.3f}  {np.mean(shares[harmless] >= t):8.3f}"
            for t in np.arange(0.1, 1.0, 0.1)
        ]
    order = np.argsort(-np.where(severe | moderate, 1 - risk, risk))
    errors = [f"{levels[i]} {categories[i]:16s} {risk[i]:.2f} {examples[i].text}" for i in order[:200]]
    return (
        {
            "auc": round(float(roc_auc_score(severe | moderate, risk)), 4),
            "severe_recognised": round(float(np.mean(recognised[severe])), 4),
            "severe_alerted": round(float(np.mean(alerted[severe])), 4),
            "moderate_recognised": round(float(np.mean(recognised[moderate])), 4),
            "harmless_alerted": round(float(np.mean(alerted[harmless])), 4),
            "harmless_alerted_or_checked": round(float(np.mean(recognised[harmless])), 4),
            "category_right": round(float(np.mean(named[severe] == categories[severe])), 4),
        },
        table,
        errors,
    )
