"""A ceiling is what is answered when more is offered, not what was offered."""

from __future__ import annotations

import pytest

from bench.figures import FIRST_OFFER, find_ceiling, throughput


@pytest.mark.parametrize("most", [23.0, 59.0, 88.0, 400.0])
def test_the_ceiling_is_found_however_fast_the_machine_is(most: float) -> None:
    assert find_ceiling(lambda offered: min(offered, most)) == most


def test_a_share_that_comes_late_by_chance_is_no_ceiling() -> None:
    assert find_ceiling(lambda offered: 0.95 * offered if offered == FIRST_OFFER else 70.0) == 70.0


def test_throughput_leaves_out_the_beginning_and_what_came_afterwards() -> None:
    finished = [0.5, 1.0, 2.5, 3.0, 7.5, 8.0, 9.0]
    assert throughput(finished, 8.0) == 4 / 6
