"""Figures of the intent classifier: our own cross-validation, held-out messages by topic, the public benchmark."""

from __future__ import annotations

import json
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bot.nlu.intent_model import IntentModel
from bot.nlu.lines import Example, risk_class, risk_examples
from eval.sets import messages

Rows = list[dict[str, Any]]


def cross_validation(
    examples: Sequence[Example], folds: int = 5, seed: int = 7
) -> tuple[dict[str, float], list[str], list[str], list[str]]:
    """Predict each example of our own data by a model that has not seen it.

    Returns:
        Weighted F1 and accuracy, by intent and by topic; the confusions, commonest first; each error; the curve that
        the thresholds in config.yml are chosen from.
    """
    from sklearn.metrics import f1_score
    from sklearn.model_selection import StratifiedKFold

    from bot.nlu.vector_cache import encode_cached

    texts = np.array([e.text for e in examples], dtype=object)
    intents = np.array([e.intent for e in examples])
    vectors = encode_cached(list(texts))
    risk = risk_examples()
    risk_vectors = encode_cached([e.text for e in risk])
    names = sorted(set(intents))
    shares = np.zeros((len(examples), len(names)), np.float32)
    for seen, unseen in StratifiedKFold(folds, shuffle=True, random_state=seed).split(vectors, intents):
        model = IntentModel.fit(
            np.vstack([vectors[seen], risk_vectors]),
            [*texts[seen], *(e.text for e in risk)],
            [*intents[seen], *(risk_class(e) for e in risk)],
        )
        shares[unseen] = model.read(vectors[unseen], list(texts[unseen])).shares
    predicted = np.array(names)[shares.argmax(axis=1)]
    wrong = [(g, p, t) for g, p, t in zip(intents, predicted, texts, strict=True) if g != p]
    confusions = Counter((g, p) for g, p, _ in wrong)
    topics = [(_topic(g), _topic(p)) for g, p in zip(intents, predicted, strict=True)]
    return (
        {
            "weighted_f1": round(float(f1_score(intents, predicted, average="weighted", zero_division=0)), 4),
            "accuracy": round(float(np.mean(intents == predicted)), 4),
            "topic_accuracy": round(sum(g == p for g, p in topics) / len(topics), 4),
            "intents": float(len(set(intents))),
            "examples": float(len(examples)),
        },
        [f"{n:3d}  {g} taken for {p}" for (g, p), n in confusions.most_common()],
        [f"{g:32s} taken for {p:32s} {t}" for g, p, t in sorted(wrong)],
        threshold_curve(shares, names, intents),
    )


def threshold_curve(shares: np.ndarray, names: Sequence[str], intents: np.ndarray) -> list[str]:
    """Show what each least share of the likeliest topic would mean.

    Args:
        shares: of each intent, by models that have not seen the message, (n, intents).
        names: the intents, in that order.
        intents: the right ones.
    """
    topics = sorted({_topic(name) for name in names})
    of_topic = np.array([[_topic(name) == topic for topic in topics] for name in names], np.float32)
    summed = shares @ of_topic
    best = np.array(topics)[summed.argmax(axis=1)]
    gold = np.array([_topic(intent) for intent in intents])
    lines = ["least share   answered   right topic among them   asked back though right   out of scope let through"]
    for least in np.arange(0.0, 0.85, 0.05):
        answered = summed.max(axis=1) >= least
        right = best == gold
        outside = gold == "out_of_scope"
        through = np.mean((answered & (best != "out_of_scope"))[outside]) if outside.any() else 0.0
        lines.append(
            f"{least:11.2f} {answered.mean():10.3f} {right[answered].mean() if answered.any() else 1.0:25.3f} "
            f"{np.mean(right & ~answered):25.3f} {through:26.3f}"
        )
    return lines


def _topic(intent: str) -> str:
    return intent if intent == "out_of_scope" else intent.split("_", 1)[0]


def by_topic(rows: Rows) -> tuple[dict[str, float], list[str]]:
    """Run messages through the whole trained pipeline and compare topics.

    Returns:
        Accuracy, the weakest topic's and Spanish accuracy; the misses.
    """
    from bot.nlu.batch import understand

    found = list(understand(json.dumps({"id": m["id"], "text": m["text"]}) for m in rows))
    hits: dict[str, list[bool]] = defaultdict(list)
    lines = []
    for m, f in zip(rows, found, strict=True):
        right = f["topic"] in (m["topic"], *m.get("also", ()))
        hits[m["topic"]].append(right)
        hits[f"language {m['lang']}"].append(right)
        if not right:
            lines.append(f"{m['topic']:12s} taken for {f['intent']} ({f['confidence']:.2f})  {m['text']}")
    shares = {name: sum(v) / len(v) for name, v in hits.items()}
    topics = {name: v for name, v in hits.items() if not name.startswith("language")}
    lines += [f"{name:14s} {shares[name]:.3f} of {len(hits[name])}" for name in sorted(hits)]
    return {
        "accuracy": round(sum(map(sum, topics.values())) / len(rows), 4),
        "weakest_topic": round(min(shares[name] for name in topics), 4),
        "spanish": round(shares.get("language es", 0.0), 4),
    }, lines


def benchmark(folder: Path) -> dict[str, float]:
    """Train our classifier on the public benchmark (CLINC150 cut to 30 intents) and test it.

    Returns:
        Accuracy on the in-scope messages, AUC of telling out-of-scope ones by confidence, seconds of training with
        embedding.
    """
    from sklearn.metrics import roc_auc_score

    from bot.nlu.encoder import encode

    texts, intents = [], []
    # The base loader leaves the intent "yes" a string.
    for block in yaml.load((folder / "nlu.yml").read_text(encoding="utf-8"), Loader=yaml.BaseLoader)["nlu"]:  # noqa: S506
        for line in block["examples"].splitlines():
            texts.append(line[1:].strip())
            intents.append(block["intent"])
    tests = messages(folder / "test.jsonl")
    encode(["warm up"])
    started = time.perf_counter()
    model = IntentModel.fit(encode(texts), texts, intents)
    seconds = time.perf_counter() - started
    questions = [t["text"] for t in tests]
    shares = model.read(encode(questions), questions).shares
    known = np.array([t["intent"] in model.names for t in tests])
    gold = np.array([t["intent"] for t in tests])
    best = np.array([model.names[i] for i in shares.argmax(axis=1)])
    return {
        "accuracy": round(float(np.mean(best[known] == gold[known])), 4),
        "out_of_scope_auc": round(float(roc_auc_score(known, shares.max(axis=1))), 4),
        "training_seconds": round(seconds, 1),
    }
