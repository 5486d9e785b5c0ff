"""The stream of an open chat page: nothing missed, nothing twice."""

from __future__ import annotations

import uuid
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from bot.clock import clock
from bot.db.engine import transaction
from bot.db.models import Conversation, OutboxMessage
from bot.outbox.store import Outgoing, queue_edit, queue_to_person
from bot.web import chat_stream
from bot.web.chat_store import Cursor, mark_taken, news
from tests.integration.web.site import Site
from tests.integration.web.streams import open_stream
from tests.integration.web.test_chat_messages import post


@pytest.fixture
def conversation(visitor: httpx.Client, site: Site) -> str:
    """A conversation with one message and one answer, which no page has taken yet."""
    post(visitor, "hello")
    site.assistant.settle()
    with transaction() as session:
        return str(session.execute(select(Conversation.id)).scalar_one())


def statuses() -> list[str]:
    with transaction() as session:
        return list(session.execute(select(OutboxMessage.status).order_by(OutboxMessage.id)).scalars())


def test_who_has_not_written_has_no_stream(visitor: httpx.Client) -> None:
    with open_stream(visitor, "/chat/events") as stream:
        assert stream.status == 204


def test_what_waits_and_what_comes_arrives_in_order_and_is_marked_as_sent(
    visitor: httpx.Client, site: Site, conversation: str
) -> None:
    with open_stream(visitor, "/chat/events?after=0") as stream:
        first = stream.next("message")
        second_id = site.say(conversation, "and another thing")
        second = stream.next("message")

        assert (first.json["text"], second.json["text"]) == ("You said: hello", "and another thing")
        assert second.id == str(second_id)
        assert second.json["key"] == f"o{second_id}"
        site.say(conversation, "third")
        stream.next("message")
    assert statuses()[:2] == ["sent", "sent"]


def test_a_page_that_comes_back_gets_what_it_missed_and_nothing_twice(
    visitor: httpx.Client, site: Site, conversation: str
) -> None:
    with open_stream(visitor, "/chat/events?after=0") as stream:
        stream.next("message")
        site.say(conversation, "second")  # by the time it comes, the first one is marked as taken
        seen = stream.next("message").id
    site.say(conversation, "while you were away")

    with open_stream(visitor, "/chat/events?after=0", **{"Last-Event-ID": seen}) as stream:
        came = [stream.next("message").json["text"]]
        if came == ["second"]:  # its page went before it was marked, so it is sent again: the page knows it by its key
            came = [stream.next("message").json["text"]]
    assert came == ["while you were away"]


def test_the_same_message_reaches_two_windows(visitor: httpx.Client, site: Site, conversation: str) -> None:
    with open_stream(visitor, "/chat/events") as one, open_stream(visitor, "/chat/events") as two:
        assert one.next("message").json["text"] == two.next("message").json["text"] == "You said: hello"
        site.say(conversation, "both of you")
        assert one.next("message").json["text"] == two.next("message").json["text"] == "both of you"


def test_the_page_is_told_while_the_assistant_is_at_work(visitor: httpx.Client, site: Site, conversation: str) -> None:
    with open_stream(visitor, "/chat/events") as stream:
        stream.next("message")
        site.assistant.held = True
        post(visitor, "a hard question")
        assert stream.next("typing").data == "true"
        site.assistant.release()
        assert stream.next("message").json["text"] == "You said: a hard question"
        assert stream.next("typing").data == "false"


def test_another_visitors_stream_has_nothing_of_it(visitor: httpx.Client, site: Site, conversation: str) -> None:
    with httpx.Client(base_url=site.url) as other:
        other.get("/")
        post(other, "me too")
        site.assistant.settle()
        with open_stream(other, "/chat/events") as stream:
            site.say(conversation, "for the first visitor")
            assert stream.next("message").json["text"] == "You said: me too"
            post(other, "again")
            assert stream.next("message").json["text"] == "You said: again"


def test_staffs_messages_are_shown_as_theirs(visitor: httpx.Client, site: Site, conversation: str) -> None:
    with open_stream(visitor, "/chat/events") as stream:
        stream.next("message")
        site.say(conversation, "Sam (counselor): hi", kind="staff")
        assert stream.next("message").json["who"] == "staff"


def test_a_change_of_a_message_names_the_message_that_it_changes(
    visitor: httpx.Client, site: Site, conversation: str
) -> None:
    with open_stream(visitor, "/chat/events") as stream:
        stream.next("message")
        with transaction() as session:
            original = session.execute(select(OutboxMessage)).scalars().first()
            row = queue_edit(session, original, Outgoing("better words"), clock.now())
            assert row is not None
            row.conversation_id = conversation
            key = f"o{original.id}"
        site.feed.publish(conversation)
        changed = stream.next("message").json
    assert (changed["key"], changed["text"]) == (key, "better words")
    entries = visitor.get("/chat/history").json()["entries"]
    assert [e["text"] for e in entries] == ["hello", "better words"]


def test_open_windows_are_bounded(
    visitor: httpx.Client, site: Site, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chat_stream, "MOST_PAGES", 1)
    with open_stream(visitor, "/chat/events") as first:
        assert first.status == 200
        with open_stream(visitor, "/chat/events") as second:
            assert second.status == 429
    assert chat_stream.BUSY_SECONDS >= 5, "nobody polls the database faster"
    assert chat_stream.IDLE_SECONDS >= 5


def test_streams_end_when_the_site_stops(visitor: httpx.Client, site: Site, conversation: str) -> None:
    with open_stream(visitor, "/chat/events") as stream:
        site.feed.close()
        assert stream.ended()


def test_a_row_that_was_committed_late_is_not_missed(installation: Path) -> None:
    """Two writers number their rows and may commit in the other order: row 1 appears after row 2 was shown."""
    with transaction() as session:
        conversation = Conversation(
            id=str(uuid.uuid4()), channel="web", external_id="x", language="en", state="bot", created_at=clock.now()
        )
        session.add(conversation)
        session.flush()
        early = queue_to_person(session, conversation, Outgoing("early"), kind="reply", now=clock.now())
        late = queue_to_person(session, conversation, Outgoing("late"), kind="reply", now=clock.now())
        assert early is not None
        assert late is not None
        cursor = Cursor(conversation.id, after=0)

        early.status = "failed"  # stands in for "not visible yet"
        session.flush()
        cursor.seen.update(number for number, _ in news(session, cursor).entries)
        assert cursor.seen == {late.id}
        early.status = "waiting"
        session.flush()
        assert [entry.text for _, entry in news(session, cursor).entries] == ["early"]

        # The same for a page that opened in between, and knows row 2 only.
        reopened = Cursor(conversation.id, after=late.id)
        mark_taken(session, [late.id], clock.now())
        session.flush()
        session.expire_all()
        assert [entry.text for _, entry in news(session, reopened).entries] == ["early"]
