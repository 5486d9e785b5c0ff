"""A message is stored once, answered once and in order; buttons work once and for one person."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.channels.incoming import LONGEST_TEXT, IncomingMessage, clean
from bot.db.models import ButtonToken, Conversation, Escalation, InboxMessage, OutboxMessage, Participant
from bot.dialogue.rasa_client import Turn
from bot.dialogue.turn import begin, button_rows, end, fail, outgoing, put_back
from bot.inbox.store import MOST_ATTEMPTS, accept, due_conversations, return_unfinished
from bot.outbox.store import Button, ButtonGone, Outgoing, press, queue_edit, queue_to_person, queue_to_staff
from bot.people.participants import link, make_link_code

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=timezone.utc)


def incoming(text: str = "hello", number: int = 1, kind: str = "text", **payload: object) -> IncomingMessage:
    return IncomingMessage("telegram", f"77:{number}", "77", kind, text, dict(payload))  # type: ignore[arg-type]


def sent(db: Session, kind: str | None = None) -> list[str]:
    query = select(OutboxMessage.text).where(OutboxMessage.recipient == "77").order_by(OutboxMessage.id)
    if kind is not None:
        query = query.where(OutboxMessage.kind == kind)
    return list(db.execute(query).scalars())


def turn(*texts: str) -> Turn:
    return Turn([{"text": text, "buttons": [], "custom": {}} for text in texts], "[]", {"language": "en"})


def test_a_redelivered_message_is_one_message_and_one_alert(db: Session) -> None:
    first = accept(db, incoming("i want to kill myself"), NOW)
    second = accept(db, incoming("i want to kill myself"), NOW)
    assert (first.message_id, second.new) == (second.message_id, False)
    assert db.execute(select(func.count()).select_from(Escalation)).scalar_one() == 1
    assert len(sent(db, "crisis")) >= 1


def test_a_risky_message_gets_crisis_resources_in_the_same_transaction(db: Session) -> None:
    accept(db, incoming("i want to kill myself tonight"), NOW)
    assert any("988" in text for text in sent(db, "crisis"))


def test_the_first_reply_does_not_claim_that_staff_know(db: Session) -> None:
    accept(db, incoming("i want to kill myself tonight"), NOW)
    assert not any("have been alerted" in text or "I have alerted" in text for text in sent(db))


def test_crisis_is_answered_when_it_is_stored_and_not_twice(db: Session) -> None:
    accepted = accept(db, incoming("/crisis", kind="command", name="crisis"), NOW)
    assert len(sent(db, "crisis")) == 1
    assert begin(db, accepted.conversation_id, NOW) is not None
    assert len(sent(db)) == 1


def test_a_later_message_waits_for_an_earlier_one(db: Session) -> None:
    accept(db, incoming("one", 1), NOW)
    accepted = accept(db, incoming("two", 2), NOW)
    first = begin(db, accepted.conversation_id, NOW)
    assert first is not None and first.ask["text"] == "one"
    fail(db, first, "rasa_timeout", NOW)
    assert begin(db, accepted.conversation_id, NOW) is None
    again = begin(db, accepted.conversation_id, NOW + timedelta(seconds=5))
    assert again is not None and again.ask["text"] == "one"
    end(db, again, outgoing(turn("answer")), turn(), NOW)
    second = begin(db, accepted.conversation_id, NOW + timedelta(seconds=5))
    assert second is not None and second.ask["text"] == "two"


def test_an_answer_is_queued_once(db: Session) -> None:
    accepted = accept(db, incoming(), NOW)
    begun = begin(db, accepted.conversation_id, NOW)
    assert end(db, begun, outgoing(turn("answer")), turn(), NOW)
    assert not end(db, begun, outgoing(turn("answer")), turn(), NOW)
    assert sent(db) == ["answer"]


def test_somebody_who_waits_is_told_once_and_staff_hear_when_it_is_given_up(db: Session) -> None:
    accepted = accept(db, incoming(), NOW)
    now = NOW
    for _ in range(MOST_ATTEMPTS):
        begun = begin(db, accepted.conversation_id, now)
        assert begun is not None
        fail(db, begun, "rasa_timeout", now)
        now += timedelta(minutes=2)
    texts = sent(db, "notice")
    assert len(texts) == 2
    assert "having trouble answering" in texts[0]
    assert "couldn't answer" in texts[1]
    staff = db.execute(select(OutboxMessage).where(OutboxMessage.recipient == "-1001")).scalars().all()
    assert any("could not be answered" in row.text for row in staff)
    assert begin(db, accepted.conversation_id, now) is None


def test_what_a_dead_process_worked_on_is_taken_up_again(db: Session) -> None:
    accepted = accept(db, incoming(), NOW)
    begin(db, accepted.conversation_id, NOW)
    assert due_conversations(db, NOW) == []
    assert return_unfinished(db, NOW) == 1
    assert due_conversations(db, NOW) == [accepted.conversation_id]


def test_trouble_outside_rasa_is_counted_too(db: Session) -> None:
    accepted = accept(db, incoming(), NOW)
    for _ in range(MOST_ATTEMPTS):
        put_back(db, accepted.conversation_id, "OperationalError", NOW)
    assert db.get(InboxMessage, accepted.message_id).status == "failed"


@pytest.mark.parametrize(
    ("message", "says"),
    [
        (incoming(""), "empty message"),
        (incoming("   \n "), "empty message"),
        (incoming("", kind="media", type="voice"), "can't listen"),
        (incoming("", kind="media", type="photo"), "can't see pictures"),
        (incoming("", kind="media", type="sticker"), "only understand words"),
        (incoming("", kind="media", type="location"), "can't use locations"),
        (incoming("", kind="media", type="contact"), "don't keep contacts"),
        (incoming("", kind="media", type="poll"), "only read text"),
        (incoming("/nonsense", kind="command", name="nonsense"), "don't know that command"),
        (incoming("/help", kind="command", name="help"), "in your own words"),
        (incoming("/privacy", kind="command", name="privacy"), "42 CFR Part 2"),
        (incoming("/stop", kind="command", name="stop"), "won't write to you first"),
        (incoming("/staff", kind="command", name="staff"), "staff"),
        (incoming("/start", kind="command", name="start"), "an automated assistant, not a person"),
        (incoming("/start", kind="command", name="start", argument="forged"), "doesn't work any more"),
        (incoming("", kind="button", token="forged"), "isn't active"),
    ],
)
def test_what_is_answered_without_rasa(db: Session, message: IncomingMessage, says: str) -> None:
    accepted = accept(db, message, NOW)
    begun = begin(db, accepted.conversation_id, NOW)
    assert begun is not None and begun.ask is None
    assert any(says in text for text in sent(db)), sent(db)


def test_a_caption_is_read_and_the_picture_is_not(db: Session) -> None:
    accepted = accept(db, incoming("when is group", kind="media", type="photo"), NOW)
    begun = begin(db, accepted.conversation_id, NOW)
    assert begun.ask["text"] == "when is group"
    assert "can't see pictures" in begun.replies[0].text


def test_an_edit_is_screened_and_not_answered_again(db: Session) -> None:
    accepted = accept(db, incoming("i want to kill myself", kind="edit", message_id=5), NOW)
    begun = begin(db, accepted.conversation_id, NOW)
    assert begun.ask is None
    assert sent(db, "reply") == []
    assert sent(db, "crisis") != []


def test_a_button_works_once_for_its_person_and_survives_a_failed_try(db: Session) -> None:
    conversation_id = accept(db, incoming(), NOW).conversation_id
    question = Outgoing("?", ((Button("Yes", "/smalltalk_affirm"), Button("No", "/x")),))
    end(db, begin(db, conversation_id, NOW), [question],
        turn(), NOW)  # fmt: skip
    tokens = list(db.execute(select(ButtonToken.token).order_by(ButtonToken.title)).scalars())
    with pytest.raises(ButtonGone):
        press(db, tokens[0], "somebody else", NOW)
    with pytest.raises(ButtonGone):
        press(db, tokens[0], conversation_id, NOW + timedelta(days=3))
    accept(db, incoming("", 2, "button", token=tokens[1]), NOW)
    begun = begin(db, conversation_id, NOW)
    assert begun.ask["intent"] == "/smalltalk_affirm"
    fail(db, begun, "rasa_timeout", NOW)
    again = begin(db, conversation_id, NOW + timedelta(minutes=1))
    assert again.ask["intent"] == "/smalltalk_affirm"
    end(db, again, [], turn(), NOW)
    accept(db, incoming("", 3, "button", token=tokens[0]), NOW)  # the other button of the same message
    assert begin(db, conversation_id, NOW).ask is None
    assert "isn't active" in sent(db)[-1]


def test_what_is_queued_twice_under_one_key_is_sent_once(db: Session) -> None:
    conversation = db.get(Conversation, accept(db, incoming(), NOW).conversation_id)
    assert queue_to_person(db, conversation, Outgoing("a"), kind="reply", now=NOW, dedupe_key="k") is not None
    assert queue_to_person(db, conversation, Outgoing("a"), kind="reply", now=NOW, dedupe_key="k") is None


def test_only_the_newest_change_of_a_message_waits(db: Session) -> None:
    first, other = (queue_to_staff(db, "-1001", Outgoing("card"), kind="alert", now=NOW) for _ in range(2))
    assert first is not None and other is not None
    done = queue_edit(db, first, Outgoing("carried out"), NOW)
    done.status = "sent"
    queue_edit(db, other, Outgoing("another card"), NOW)
    for words in ("one more message", "two more messages", "taken"):
        queue_edit(db, first, Outgoing(words), NOW)
    edits = select(OutboxMessage.text, OutboxMessage.status).where(OutboxMessage.kind == "edit")
    assert dict(db.execute(edits).all()) == {
        "carried out": "sent",
        "another card": "waiting",
        "one more message": "dropped",
        "two more messages": "dropped",
        "taken": "waiting",
    }


def test_a_link_code_works_once(db: Session) -> None:
    participant = Participant(reference="P-1", first_name="Alex", active=True, created_at=NOW)
    db.add(participant)
    db.flush()
    code = make_link_code(db, NOW, participant_id=participant.id)
    accepted = accept(db, incoming("/start", kind="command", name="start", argument=code), NOW)
    begin(db, accepted.conversation_id, NOW)
    conversation = db.get(Conversation, accepted.conversation_id)
    assert conversation.participant_id == participant.id
    assert "Alex" in sent(db)[0]
    other = IncomingMessage("telegram", "88:1", "88", "command", "/start", {"name": "start", "argument": code})
    stranger = accept(db, other, NOW)
    begin(db, stranger.conversation_id, NOW)
    assert db.get(Conversation, stranger.conversation_id).participant_id is None
    with pytest.raises(Exception):  # noqa: B017, PT011 - any refusal
        link(db, conversation, make_link_code(db, NOW - timedelta(days=9), participant_id=participant.id), NOW)


def test_short_titles_share_a_row_and_long_ones_do_not() -> None:
    rows = button_rows([{"title": str(n), "payload": "/x"} for n in range(11)])
    assert [len(row) for row in rows] == [6, 5]
    assert len(button_rows([{"title": "A rather long title", "payload": "/x"}] * 2)) == 2


@given(st.text(max_size=300))
def test_any_text_becomes_storable(text: str) -> None:
    cleaned = clean(text)
    assert "\x00" not in cleaned
    cleaned.encode("utf-8")
    assert len(cleaned) <= LONGEST_TEXT


def test_a_huge_text_is_cut() -> None:
    assert len(clean("a" * 50_000)) == LONGEST_TEXT
