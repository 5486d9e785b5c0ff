"""Reading JSON lines, and naming topics."""

from __future__ import annotations

import json

import pytest

from bot.nlu import batch
from bot.nlu.batch import BadLine, read_lines, topic


def test_reads_lines_in_order_and_skips_blank_ones() -> None:
    lines = ['{"id": 1, "text": "a"}\n', "\n", "   \n", '{"id": "x", "text": "", "more": true}\n']
    assert [(line.id, line.text) for line in read_lines(lines)] == [(1, "a"), ("x", "")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", "JSON"),
        ("[1]", "object"),
        ('"text"', "object"),
        ('{"text": "a"}', "'id'"),
        ('{"id": 1}', "'text'"),
        ('{"id": 1, "text": null}', "string"),
        ('{"id": 1, "text": 5}', "string"),
    ],
)
def test_a_bad_line_is_named_by_its_number(line: str, reason: str) -> None:
    good = json.dumps({"id": 1, "text": "a"})
    with pytest.raises(BadLine, match=reason) as caught:
        list(read_lines([good, "", line]))
    assert caught.value.line_number == 3
    assert str(caught.value).startswith("Line 3: ")


def test_what_stood_before_a_bad_line_is_given_first() -> None:
    chunks = batch._chunks(['{"id": 1, "text": "a"}', '{"id": 2, "text": "b"}', "nonsense"])
    assert [line.id for line in next(chunks)] == [1, 2]
    with pytest.raises(BadLine):
        next(chunks)


@pytest.mark.parametrize(
    ("intent", "name"),
    [
        ("craving_now", "craving"),
        ("risk_child_safety", "risk"),
        ("out_of_scope", "out_of_scope"),
        ("nlu_fallback", "out_of_scope"),
        (None, "out_of_scope"),
    ],
)
def test_the_topic_is_the_first_word_of_an_intent(intent: str | None, name: str) -> None:
    assert topic(intent) == name
