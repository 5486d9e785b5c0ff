"""What every message costs must not grow with what is stored: no statement of its path reads a whole table."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from bot.channels.incoming import IncomingMessage
from bot.clock import clock
from bot.db.engine import engine, reading, transaction
from bot.dialogue.rasa_client import Turn
from bot.dialogue.turn import begin, end, outgoing
from bot.inbox.store import accept, due_conversations
from bot.outbox.record import delivered
from bot.outbox.waiting import still_waiting, waiting
from tests.conftest import POSTGRESQL

pytestmark = pytest.mark.skipif(POSTGRESQL, reason="PostgreSQL plans by what is in its tables, and these are empty")


@pytest.fixture
def statements(installation: Path) -> Iterator[dict[str, object]]:
    found: dict[str, object] = {}
    made: Engine = engine()

    def note(_connection: object, _cursor: object, statement: str, values: object, *_more: object) -> None:
        if statement.split(maxsplit=1)[0] in ("SELECT", "UPDATE", "DELETE"):
            found[statement] = values

    event.listen(made, "before_cursor_execute", note)
    yield found
    event.remove(made, "before_cursor_execute", note)


def plan(statement: str, values: object) -> list[str]:
    with engine().connect() as connection:
        return [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]


def one_message(number: int) -> None:
    incoming = IncomingMessage(
        channel="telegram", external_id=f"7:{number}", conversation_key="7", kind="text", text="what is iop"
    )
    with transaction() as session:
        conversation_id = accept(session, incoming, clock.now()).conversation_id
    with transaction() as session:
        begun = begin(session, conversation_id, clock.now())
    turn = Turn(replies=[{"text": "A program.", "buttons": []}], snapshot="[]", slots={})
    with transaction() as session:
        assert begun is not None
        assert end(session, begun, outgoing(turn), turn, clock.now())
    with reading() as session:
        waits = [head.id for head in waiting(session, 0, 200)[2]]
        assert still_waiting(session, waits).keys() == set(waits)
        assert due_conversations(session, clock.now()) == []
    for outbox_id in waits:
        with transaction() as session:
            delivered(session, outbox_id, "5", clock.now())


def test_no_statement_of_a_messages_path_reads_a_whole_table(statements: dict[str, object]) -> None:
    one_message(1)
    one_message(2)  # the second time rows are changed that were made the first time
    assert len(statements) > 10
    tables = ("inbox", "outbox", "conversations", "dialogues", "follow_ups")
    # To look at one channel's rows, or at all of one conversation's, is to read a table as well.
    whole = (
        *(f"SCAN {table}" for table in tables),
        "inbox_conversation_id_status_id (conversation_id=?)",
        "(channel=?)",
    )
    plans = {statement: plan(statement, values) for statement, values in dict(statements).items()}
    wrong = {made: steps for made, steps in plans.items() if any(bad in step for step in steps for bad in whole)}
    assert wrong == {}
