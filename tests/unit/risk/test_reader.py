"""The verdict as a whole: offsets, evidence, speed, robustness, and what is imported for it."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.risk import NONE, Action, Evidence, Level, Verdict, join, screen
from bot.risk.verdict import CATEGORIES


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("Hi. I really want to DIE, ok?", "want to DIE"),
        ("thanks!! 😀 i wanna k.i.l.l m y s e l f now", "k.i.l.l m y s e l f"),
        ("ok \u200bki\u200bll my\u200bself", "ki\u200bll my\u200bself"),
        ("Anoche recaí", "recaí"),
        ("he said: ｋｉｌｌ ｍｙｓｅｌｆ", "ｋｉｌｌ ｍｙｓｅｌｆ"),
    ],
)
def test_offsets_point_into_the_original(text: str, phrase: str) -> None:
    found = [text[e.start : e.end] for e in screen(text).evidence]
    assert phrase in found, found


def test_every_verdict_says_why() -> None:
    verdict = screen("my brother wants to kill himself")
    assert verdict.categories
    for e in verdict.evidence:
        assert e.reader == "patterns"
        assert e.pattern
        assert e.category in CATEGORIES


def test_nothing_found_is_none() -> None:
    assert screen("what time is group on Tuesday?") == NONE
    assert screen("") == NONE


def test_json_round_trip() -> None:
    for text in ("I want to die tonight, took 30 pills", "hello", "I'm not suicidal"):
        verdict = screen(text)
        assert Verdict.from_dict(json.loads(json.dumps(verdict.to_dict()))) == verdict


def test_join_takes_the_higher_level_and_keeps_all() -> None:
    relapse = Verdict(
        Level.M, ("relapse",), Action.check, (Evidence("meaning", "svm", "relapse", Level.M, Action.check),)
    )
    suicide = Verdict(Level.H, ("suicide", "psychosis"), Action.alert, ())
    both = join(relapse, suicide)
    assert (both.level, both.action) == (Level.H, Action.alert)
    assert both.categories[0] == "suicide"
    assert set(both.categories) == {"suicide", "psychosis", "relapse"}
    assert both.evidence == relapse.evidence
    assert join() == NONE
    assert join(NONE, NONE) == NONE
    assert join(relapse, NONE) == relapse


def test_levels_are_ordered() -> None:
    assert [level.value for level in sorted(Level)] == ["N", "L", "M", "H", "E"]
    assert Action.alert > Action.check > Action.none
    assert Level("E") is Level.E
    assert json.dumps(Level.E) == '"E"'


def test_fast_enough() -> None:
    texts = [
        "thanks for the schedule, see you at group on Thursday",
        "I keep thinking about using and my chest feels tight",
        "can I bring my wife to family night next week? she works until six",
        "last night was rough but I called my sponsor and stayed home",
        "I want to die",
    ]
    for text in texts * 3:
        screen(text)
    taken = []
    for text in texts * 40:
        begin = time.perf_counter()
        screen(text)
        taken.append(time.perf_counter() - begin)
    assert statistics.median(taken) < 0.001 * 2  # the target is 1 ms; twice that for a busy machine


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read(text: str) -> None:
    verdict = screen(text)
    for e in verdict.evidence:
        assert 0 <= e.start <= e.end <= len(text)


@pytest.mark.parametrize(
    "text",
    [
        "\x00", "\x00I want\x00 to die\x00", "die " * 2500, "a" * 10_000, "😭" * 10_000, "I" + " " * 9_990 + "die",
        "\ud800", "k i l l " * 1250, "1" * 10_000, "!?.," * 2500, "٣" * 50, "\u202e" * 100, "c*" * 5000, "'" * 500,
    ],
    ids=range(14),
)  # fmt: skip
def test_hostile_text_is_read_in_bounded_time(text: str) -> None:
    begin = time.perf_counter()
    screen(text)
    assert time.perf_counter() - begin < 5


def test_null_characters_hide_nothing() -> None:
    assert screen("I want\x00 to d\x00ie").action is Action.alert


def test_threads_may_share_the_reader() -> None:
    results: list[Verdict] = []
    threads = [threading.Thread(target=lambda: results.append(screen("I want to die"))) for _ in range(8)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert len(results) == 8
    assert len(set(results)) == 1


_PROBE = """
import resource, sys
from bot.risk import screen
assert "spacy" not in sys.modules, "spaCy is loaded only when a message is read"
assert screen("I want to die").action.value == "alert"
heavy = [m for m in ("tensorflow", "torch", "keras") if m in sys.modules]
assert not heavy, heavy
import psutil
print(psutil.Process().memory_info().rss // 2**20)
import importlib.util
assert importlib.util.find_spec("tensorflow") is not None
"""


def test_tensorflow_stays_out_of_the_process() -> None:
    done = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 350  # megabytes; with TensorFlow it is some 500 more


def test_tensorflow_can_be_imported_afterwards() -> None:
    code = (
        "from bot.risk.spacy_light import load_spacy\nload_spacy()\n"
        "import sys\nassert 'tensorflow' not in sys.modules\n"
        "import tensorflow as tf\nassert int(tf.constant(2) + 1) == 3"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=200)
    assert done.returncode == 0, done.stderr[-800:]
