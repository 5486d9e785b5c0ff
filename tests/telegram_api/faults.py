"""Faults on demand: what a network and a busy server do to a client."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["error", "slow", "late", "drop", "half", "lost"]


@dataclass
class Fault:
    """One fault and how often it still happens.

    Kinds: ``error`` (answer ``code``, with ``retry_after`` for 429), ``slow`` (wait ``seconds`` before doing anything),
    ``late`` (do it, then wait), ``drop`` (close the connection, nothing done), ``half`` (do it, answer half), ``lost``
    (do it, close the connection without an answer).
    """

    kind: Kind
    times: int | None = 1  # None: until cleared
    method: str | None = None
    chat_id: int | None = None
    code: int = 500
    seconds: float = 1.0


class Faults:
    """The faults that wait for their call."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self.happened = 0

    def add(self, fault: Fault) -> None:
        """Have ``fault`` happen to the next call that it fits."""
        self._waiting.append(fault)

    def clear(self) -> None:
        """Work normally again."""
        self._waiting.clear()

    def take(self, method: str, chat_id: int | None) -> Fault | None:
        """Give the fault that happens to this call, if one does."""
        for fault in self._waiting:
            if fault.method not in (None, method) or fault.chat_id not in (None, chat_id):
                continue
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
            self.happened += 1
            return fault
        return None
