"""``make bench``: every speed figure of the assistant, each beside the same load on Rasa's starter bot.

``BENCH=quick`` takes some minutes, ``BENCH=full`` (the default) some twenty. What is measured how: bench/README.md.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench import flat, rest_load
from bench.figures import Figure, find_ceiling, keep, milliseconds, quantile, show, throughput
from bench.ours import CHATS, Ours, Run, ours
from bench.processes import pss_megabytes
from bench.starter import Starter, train_starter
from bench.telegram_load import Planned
from bench.texts import ordinary, risky
from bot.run.model import train_if_stale
from bot.settings import ROOT

SEED = 20
RATE = 30.0
# As many messages a second as Telegram's 30 a second that go out have room for: 3 of those are kept for
# what is urgent, some answers are two messages, and each risky message brings several.
WITHIN_LIMIT_RATE = 15.0
BEGAN = time.monotonic()
# As supervisord.conf has it for the Rasa server, where the readers run.
RASA_THREADS = dict.fromkeys(
    ("TF_INTRA_OP_PARALLELISM_THREADS", "TF_INTER_OP_PARALLELISM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"),
    "1",
)


@dataclass(frozen=True)
class Lengths:
    """How long each part takes: seconds, and counts."""

    steady: float
    flood: float
    burst: int
    turns: int
    stored: int


FULL = Lengths(steady=60, flood=20, burst=1000, turns=1000, stored=100_000)
QUICK = Lengths(steady=15, flood=8, burst=200, turns=200, stored=20_000)


@dataclass(frozen=True)
class StarterFigures:
    """What the starter bot did."""

    ready: float
    memory: float
    ceiling: float
    median_at_rate: float
    median_at_own: float
    p95_at_own: float


def step(words: str) -> None:
    """Say what is measured now, with the seconds since the beginning."""
    print(f"[{time.monotonic() - BEGAN:5.0f} s] {words}", flush=True)


def measure_starter(lengths: Lengths) -> StarterFigures:
    """Put the same load on the starter bot."""
    with tempfile.TemporaryDirectory(prefix="starter-bench-") as folder:
        bot = Starter(Path(folder))
        bot.start()
        try:
            rest_load.run(bot.url, 10, 3, CHATS, SEED)  # warm
            step("starter bot: its ceiling")
            ceiling = find_ceiling(
                lambda rate: throughput(
                    rest_load.run(bot.url, rate, lengths.flood, CHATS, SEED).finished, lengths.flood
                )
            )
            step(f"starter bot: 90% of its ceiling ({ceiling:.1f} a second), then {RATE:.0f} a second")
            own = rest_load.run(bot.url, 0.9 * ceiling, lengths.steady, CHATS, SEED)
            at_rate = rest_load.run(bot.url, RATE, lengths.flood, CHATS, SEED)  # it falls behind by ever more
            return StarterFigures(
                bot.seconds_to_ready, pss_megabytes(bot.processes()), ceiling, quantile(at_rate.seconds, 0.5),
                quantile(own.seconds, 0.5), quantile(own.seconds, 0.95),
            )  # fmt: skip
        finally:
            bot.stop()


def steady_figures(run: Run, starter: StarterFigures) -> list[Figure]:
    """Judge the minute of 30 messages a second."""
    dangerous = [one for one in run.sent if one.planned.risky]
    alerts = [one.alert_seconds for one in dangerous if one.alert_seconds is not None]
    median, p95 = quantile(run.answered, 0.5), quantile(run.answered, 0.95)
    exact = sum(one.escalations == 1 for one in dangerous)
    p99 = quantile(alerts, 0.99) if len(alerts) == len(dangerous) else float("inf")
    total = sum(run.cpu.values()) / len(run.sent)
    share = run.load_cpu / (run.load_cpu + sum(run.cpu.values()))
    by_part = ", ".join(f"{name} {1000 * used / len(run.sent):.1f}" for name, used in sorted(run.cpu.items()))
    return [
        Figure("30/s: answered", f"{len(run.answered)} of {len(run.sent)}", "", "all",
               len(run.answered) == len(run.sent)),
        Figure("30/s: median", milliseconds(median),
               f"{milliseconds(starter.median_at_own)} (at 30/s {milliseconds(starter.median_at_rate)})",
               "<= the starter's at 90% of its ceiling", median <= starter.median_at_own),
        Figure("30/s: 95th percentile", milliseconds(p95), milliseconds(starter.p95_at_own), "<= 1 s", p95 <= 1),
        Figure("risky: one escalation each", f"{exact} of {len(dangerous)}", "", "all", exact == len(dangerous)),
        Figure("risky: alerted", f"{len(alerts)} of {len(dangerous)}", "", "all", len(alerts) == len(dangerous)),
        Figure("alert: 99th percentile", milliseconds(p99), "", "<= 1 s", p99 <= 1),
        Figure("CPU for a message", f"{1000 * total:.1f} ms ({by_part})"),
        Figure("CPU of the load itself", f"{share:.0%} of all"),
    ]  # fmt: skip


def within_limit(run: Run) -> list[Figure]:
    """Judge what people see while no more than Telegram's 30 messages a second go out."""
    alerts = [one.alert_seconds for one in run.sent if one.planned.risky]
    p99 = quantile([found for found in alerts if found is not None], 0.99) if None not in alerts else float("inf")
    p95 = quantile(run.answered, 0.95)
    name = f"{WITHIN_LIMIT_RATE:.0f}/s within Telegram's limit"
    return [
        Figure(f"{name}: answered", f"{len(run.answered)} of {len(run.sent)}", "", "all",
               len(run.answered) == len(run.sent)),
        Figure(f"{name}: median, 95th", f"{milliseconds(quantile(run.answered, 0.5))}, {milliseconds(p95)}", "",
               "95th <= 1 s", p95 <= 1),
        Figure(f"{name}: alert, 99th", milliseconds(p99), "", "<= 1 s", p99 <= 1),
    ]  # fmt: skip


def offer(stack: Ours, rate: float, seconds: float, rng: random.Random) -> float:
    """Give how many messages a second are answered while ``rate`` are offered."""
    run = stack.steady(rate, seconds, rng, 0.0)
    first = min(one.written for one in run.sent)
    return throughput([min(one.answers) - first for one in run.sent if one.answers], seconds)


def burst(stack: Ours, count: int, rng: random.Random) -> list[Figure]:
    """Have ``count`` messages come at one moment, every fiftieth of them risky."""
    chats = max(1, count // 4)
    first = stack.new_users(chats)
    texts = [(first + index % chats, index % 50 == 0 and index < chats) for index in range(count)]
    plan = [Planned(0.0, user, risky(rng) if grave else ordinary(rng), grave) for user, grave in texts]
    run = stack.run(plan)
    by_user: dict[int, list[float]] = {}
    for one in run.sent:
        by_user.setdefault(one.planned.user, []).append(min(one.answers, default=float("inf")))
    in_order = sum(times == sorted(times) for times in by_user.values())
    crisis = max((one.seconds or 0.0 for one in run.sent if one.planned.risky), default=0.0)
    others = quantile([one.seconds or 0.0 for one in run.sent if not one.planned.risky], 0.5)
    return [
        Figure(f"burst of {count}: answered", f"{len(run.answered)} in {max(run.answered, default=0):.0f} s", "", "all",
               len(run.answered) == count),
        Figure("burst: chats in order", f"{in_order} of {len(by_user)}", "", "all", in_order == len(by_user)),
        Figure("burst: last crisis reply", f"{crisis:.1f} s", "", f"before the others' median ({others:.1f} s)",
               crisis < others),
    ]  # fmt: skip


def flat_figures(stack: Ours, lengths: Lengths, rng: random.Random) -> list[Figure]:
    """Compare early with late turns, and an empty with a full database."""
    step("assistant: cost at turn 10")
    early = flat.measure(stack, flat.chats_with_turns(stack, 10, rng))
    step(f"assistant: cost at turn {lengths.turns}")
    late = flat.measure(stack, flat.chats_with_turns(stack, lengths.turns, rng))
    step(f"assistant: cost with {lengths.stored:,} messages stored")
    flat.store_messages(stack, lengths.stored)
    full = flat.measure(stack, flat.chats_with_turns(stack, 10, rng))

    def line(name: str, one: flat.Cost, other: flat.Cost) -> Figure:
        times = f"{milliseconds(one.median)} and {milliseconds(other.median)}"
        shown = f"{1000 * one.cpu:.1f} and {1000 * other.cpu:.1f} ms CPU, {times}"
        return Figure(name, shown, "", "CPU within 20%", abs(other.cpu / one.cpu - 1) <= 0.2)

    return [
        line(f"turn 10 and turn {lengths.turns}", early, late),
        line(f"few and {lengths.stored:,} stored", early, full),
    ]


def readers() -> dict[str, float]:
    """Time the risk readers in a process of their own."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.readers"],
        cwd=ROOT, env={**os.environ, **RASA_THREADS}, check=True, capture_output=True, text=True,
    )  # fmt: skip
    times: dict[str, float] = json.loads(done.stdout)
    return times


def main() -> None:
    """Measure everything, print the table, keep it under ``var/bench``."""
    quick = os.environ.get("BENCH", "full") == "quick"
    lengths = QUICK if quick else FULL
    load = os.getloadavg()
    print(f"{'Quick' if quick else 'Full'} run, seed {SEED}, {os.cpu_count()} cores, load before it {load[0]:.1f}.")
    if load[0] > 0.5:
        print("The machine is not quiet: other work makes every figure here worse.")
    train_if_stale()
    train_starter()
    starter = measure_starter(lengths)
    rng = random.Random(SEED)
    figures: list[Figure] = []
    # What the assistant itself can do: Telegram's limit of 30 a second is lifted (it can be, for a fee).
    with ours(TELEGRAM_MESSAGES_PER_SECOND="1000") as stack:
        stack.stack.stop()
        stack.start()  # the second start: database and demo data are there
        ready = stack.seconds_to_ready
        stack.steady(10, 5, rng, 0.0)
        step(f"assistant: {RATE:.0f} a second")
        figures += steady_figures(stack.steady(RATE, lengths.steady, rng), starter)
        show(figures)  # the rest takes a while, and may fail
        memory = pss_megabytes(stack.stack.processes())
        step("assistant: its ceiling")
        most = find_ceiling(lambda rate: offer(stack, rate, lengths.flood, rng))
        figures.append(Figure("ceiling", f"{most:.1f}/s", f"{starter.ceiling:.1f}/s", ">= 1.3 times, aim 2",
                              most >= 1.3 * starter.ceiling))  # fmt: skip
        figures += flat_figures(stack, lengths, rng)
    with ours() as stack:
        stack.steady(10, 5, rng, 0.0)
        step(f"assistant within Telegram's 30 a second: {WITHIN_LIMIT_RATE:.0f} a second")
        figures += within_limit(stack.steady(WITHIN_LIMIT_RATE, lengths.steady, rng))
        step(f"assistant within Telegram's 30 a second: a burst of {lengths.burst}")
        figures += burst(stack, lengths.burst, rng)
    step("readers")
    times = readers()
    figures += [
        Figure("pattern screen, median", f"{1000 * times['screen']:.2f} ms", "", "<= 1 ms", times["screen"] <= 0.001),
        Figure("both readers, median", f"{1000 * times['verdict']:.1f} ms", "", "<= 12 ms", times["verdict"] <= 0.012),
        Figure("memory of all processes (PSS)", f"{memory:.0f} MB", f"{starter.memory:.0f} MB", "<= starter + 150",
               memory <= starter.memory + 150),
        Figure("start to ready", f"{ready:.1f} s", f"{starter.ready:.1f} s", "<= starter", ready <= starter.ready),
    ]  # fmt: skip
    show(figures)
    after = os.getloadavg()
    conditions: dict[str, object] = {
        "mode": "quick" if quick else "full",
        "seed": SEED,
        "cores": os.cpu_count(),
        "load_before": load[0],
        "load_after": after[0],
    }
    keep(figures, conditions, ROOT / "var" / "bench" / "result.json")
    print(f"Took {(time.monotonic() - BEGAN) / 60:.0f} minutes. Kept in var/bench/result.json.")


if __name__ == "__main__":
    main()
