"""The limiter, against every sequence that Hypothesis thinks of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.limiter import Window

MOST, SECONDS, RESERVED = 4, 10.0, 2


class Time:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


asked = st.lists(st.tuples(st.floats(0, 6, allow_nan=False), st.booleans()), max_size=60)


@given(asked)
def test_never_more_than_the_limit_in_any_stretch_and_never_a_needless_wait(steps: list[tuple[float, bool]]) -> None:
    time = Time()
    window = Window(MOST, SECONDS, RESERVED, clock=time)
    sent: list[float] = []
    for seconds, urgent in steps:
        time.now += seconds
        recent = [at for at in sent if at > time.now - SECONDS]
        allowed = len(recent) < (MOST if urgent else MOST - RESERVED)
        assert window.take(urgent=urgent) is allowed
        if allowed:
            sent.append(time.now)
    for at in sent:
        assert sum(at - SECONDS < other <= at for other in sent) <= MOST


@given(asked, st.booleans())
def test_the_wait_that_it_names_is_enough_and_not_too_long(steps: list[tuple[float, bool]], urgent: bool) -> None:
    time = Time()
    window = Window(MOST, SECONDS, RESERVED, clock=time)
    for seconds, each in steps:
        time.now += seconds
        window.take(urgent=each)
    wait = window.wait(urgent=urgent)
    if wait > 0.001:
        time.now += wait - 0.001
        assert not window.take(urgent=urgent)
        time.now += 0.002
    assert window.take(urgent=urgent)


@given(st.integers(0, 30))
def test_ordinary_messages_leave_the_reserved_places_to_urgent_ones(ordinary: int) -> None:
    window = Window(MOST, SECONDS, RESERVED, clock=Time())
    for _ in range(ordinary):
        window.take()
    assert [window.take(urgent=True) for _ in range(RESERVED)] == [True] * RESERVED


@given(st.floats(0.1, 100), st.floats(0.1, 100))
def test_what_the_other_side_says_is_honoured_also_for_urgent_ones(first: float, second: float) -> None:
    time = Time()
    window = Window(MOST, SECONDS, RESERVED, clock=time)
    window.hold(first)
    window.hold(second)
    assert not window.take(urgent=True)
    assert window.held == pytest.approx(max(first, second))
    time.now += max(first, second) + 0.001
    assert window.take(urgent=True)
