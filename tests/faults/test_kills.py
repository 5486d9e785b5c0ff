"""Processes die at random points under load; nothing is lost, doubled or out of order."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest

from tests.faults.conftest import LONG, SEED, Scene, until
from tests.faults.load import Load

KILLS = 60 if LONG else 10
PER_SECOND = 5.0
# The bot holds the most state, so it dies most often; Rasa takes long to come back.
SHARES = {"bot": 5, "actions": 3, "rasa": 2}


@pytest.mark.timeout(1800 if LONG else 300)  # sixty kills alone take some four minutes
def test_killed_at_random_points_nothing_is_lost(scene: Scene, capsys) -> None:  # noqa: ANN001 - pytest's
    crowd = scene.crowd(120)
    with Load(crowd, PER_SECOND):
        done = 0
        while done < KILLS:
            time.sleep(scene.rng.uniform(1.0, 5.0))  # the random point is what this test is about
            done += scene.kill(scene.rng.choices(list(SHARES), list(SHARES.values()))[0])
    # The suite's earlier alerts are open too: to take them all changes more cards than a group may be sent in three
    # minutes.
    got = scene.settle(crowd, taken=LONG)
    with capsys.disabled():
        print(f"\n  seed {SEED}, {sum(scene.kills.values())} kills {scene.kills}")
    assert got.wrong == []
    assert got.written == got.stored == got.answered > 0
    assert got.risky > 0


def test_sigterm_drains_within_ten_seconds_and_nothing_is_seen_twice(scene: Scene) -> None:
    crowd = scene.crowd(40)
    with Load(crowd, 8.0):
        time.sleep(2.0)
        pid = scene.pid("bot")
        assert pid is not None
        started = time.monotonic()
        os.kill(pid, signal.SIGTERM)
        until(lambda: not Path(f"/proc/{pid}").exists(), 15, "the bot is still there")
        took = time.monotonic() - started
    kills, scene.kills_of_bot = scene.kills_of_bot, []
    got = scene.settle(crowd)
    scene.kills_of_bot = kills
    assert got.wrong == []
    assert got.duplicates == 0
    assert took < 10, f"the bot took {took:.1f} s to stop"


def test_a_part_that_died_is_started_again_and_make_run_says_so(scene: Scene) -> None:
    before, said = scene.pid("actions"), len(scene.stack.said)
    scene.kill("actions")
    until(lambda: scene.pid("actions") not in (None, before), 60, "the action server did not come back")
    until(lambda: any("A part stopped: actions" in line for line in scene.stack.said[said:]), 20, "nobody said so")
    until(lambda: any("Started again: 'actions'" in line for line in scene.stack.said[said:]), 20, "nobody said so")
