"""CPU and memory of processes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

import psutil


def cpu_seconds(pids: Iterable[int]) -> dict[int, float]:
    """Give the CPU time (user and system) that each process has used."""
    used = {}
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            times = psutil.Process(pid).cpu_times()
            used[pid] = times.user + times.system
    return used


def names(pids: Iterable[int]) -> dict[int, str]:
    """Give a short name for each process of the stack."""
    found = {}
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            line = " ".join(psutil.Process(pid).cmdline())
            found[pid] = next(
                (name for word, name in (("rasa_sdk", "actions"), ("rasa run", "rasa"), ("bot serve", "bot"),
                                         ("supervisord", "supervisor"), ("bot up", "make run")) if word in line),
                "other",
            )  # fmt: skip
    return found


def pss_megabytes(pids: Iterable[int]) -> float:
    """Give the processes' memory together (PSS: what they share is counted once)."""
    total = 0
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            total += psutil.Process(pid).memory_full_info().pss
    return total / 1e6
