"""Print how well risk and meaning are recognised, and write the misses to `var/eval/`.

    python -m eval.run            all figures; needs a trained model (`make train`)
    python -m eval.run --check    the same, and exit status 1 when a figure is beyond its floor in eval/floors.yml
    python -m eval.run --held-out --check    without cross-validation, which trains ten models more (as in CI)

The figures on our own held-out messages (`eval/own/`) are always there; those on the messages of `../shared/eval` only
where that folder is.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable

import yaml

from bot.nlu.lines import risk_examples, topic_examples
from bot.settings import ROOT, settings
from eval import risk_figures, understanding_figures
from eval.sets import OTHERS, OWN, messages

FLOORS = ROOT / "eval" / "floors.yml"
Figures = dict[str, dict[str, float]]


def _write(name: str, lines: Iterable[str]) -> None:
    folder = settings().var_dir / "eval"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _cross_validation(found: Figures) -> None:
    found["risk_leave_one_out"], table, errors = risk_figures.cross_validation(risk_examples(), topic_examples())
    _write("risk_leave_one_out_errors.txt", errors)
    _write("risk_thresholds.txt", table)
    figures, confusions, errors, curve = understanding_figures.cross_validation(topic_examples())
    found["understanding_cross_validation"] = figures
    _write("intent_confusions.txt", confusions)
    _write("intent_errors.txt", errors)
    _write("understanding_thresholds.txt", curve)
    print("\n".join([*table, *curve]))
    print("most confused intents:", *confusions[:10], sep="\n  ")


def _risk(found: Figures) -> None:
    for name, path in (
        ("risk_own", OWN / "risk.jsonl"),
        ("risk_people", OWN / "people_risk.jsonl"),
        ("risk_hinted", OWN / "hinted_risk.jsonl"),
        ("risk_dev", OTHERS / "risk_dev.jsonl"),
    ):
        gold = messages(path)
        if gold:
            verdicts = risk_figures.verdicts(gold)
            found[name] = risk_figures.figures(gold, verdicts)
            _write(f"{name}_misses.txt", risk_figures.misses(gold, verdicts))
    rows = messages(OTHERS / "ordinary.jsonl")
    if rows:
        found["ordinary"], lines = risk_figures.ordinary(rows, risk_figures.verdicts(rows))
        _write("ordinary_hits.txt", lines)


def _understanding(found: Figures) -> None:
    for name, path in (
        ("topics_own", OWN / "topics.jsonl"),
        ("topics_people", OWN / "people_topics.jsonl"),
        ("topics_dev", OTHERS / "topics_dev.jsonl"),
    ):
        rows = messages(path)
        if rows:
            found[name], lines = understanding_figures.by_topic(rows)
            _write(f"{name}_misses.txt", lines)
    if (OTHERS / "clinc30").is_dir():
        found["clinc30"] = understanding_figures.benchmark(OTHERS / "clinc30")


def beyond(found: Figures, floors: dict[str, dict[str, dict[str, float]]]) -> list[str]:
    """Give a sentence for each figure beyond its floor; figures that were not measured are passed over.

    Args:
        found: set -> figure -> value.
        floors: set -> figure -> {"at_least": value} or {"at_most": value}.
    """
    lines = []
    for group, limits in floors.items():
        for name, limit in limits.items():
            value = found.get(group, {}).get(name)
            if value is None:
                continue
            if value < limit.get("at_least", value):
                lines.append(f"{group} {name} is {value}, at least {limit['at_least']} is wanted")
            if value > limit.get("at_most", value):
                lines.append(f"{group} {name} is {value}, at most {limit['at_most']} is wanted")
    return lines


def main() -> int:
    """Measure, print, and give the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="fail when a figure is beyond its floor")
    parser.add_argument(
        "--held-out", action="store_true", help="only what the trained model makes of held-out messages"
    )
    options = parser.parse_args()
    found: Figures = {}
    if not options.held_out:
        _cross_validation(found)
    _risk(found)
    _understanding(found)
    for group, figures in found.items():
        print(f"\n{group}")
        for name, value in figures.items():
            print(f"  {name:30s} {value}")
    problems = beyond(found, yaml.safe_load(FLOORS.read_text(encoding="utf-8")))
    print("\n" + ("\n".join(f"BELOW THE FLOOR: {p}" for p in problems) or "All figures are within their floors."))
    print(f"Misses and confusions: {settings().var_dir / 'eval'}")
    return 1 if options.check and problems else 0


if __name__ == "__main__":
    sys.exit(main())
