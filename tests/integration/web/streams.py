"""Reading server-sent events in tests."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass
class Event:
    """One event of a stream."""

    name: str
    data: str
    id: str

    @property
    def json(self) -> Any:
        return json.loads(self.data)


class Stream:
    """An open stream, read event by event."""

    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self._lines = response.iter_lines()

    def next(self, *names: str) -> Event:
        """Wait for the next event of these names (any but ``alive`` if none is given)."""
        name, data, number = "message", [], ""
        for line in self._lines:
            if line.startswith("event:"):
                name = line[6:].strip()
            elif line.startswith("data:"):
                data.append(line[5:].strip())
            elif line.startswith("id:"):
                number = line[3:].strip()
            elif not line:
                if data and (name in names or (not names and name != "alive")):
                    return Event(name, "\n".join(data), number)
                name, data, number = "message", [], ""
        raise AssertionError("the stream ended")

    def ended(self) -> bool:
        """Read to the end of the stream."""
        for _ in self._lines:
            pass
        return True


@contextmanager
def open_stream(client: httpx.Client, path: str, **headers: str) -> Iterator[Stream]:
    """Open a stream; by then the server listens for what is new."""
    with client.stream("GET", path, headers=headers, timeout=20) as response:
        stream = Stream(response)
        if response.status_code == 200:
            stream.next("alive")
        yield stream
