"""Requests for a call: stored once, told to staff, claimed by one, done."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Conversation, InboxMessage, OutboxMessage, Prospect, Staff
from bot.people import prospects

NOW = datetime(2026, 3, 3, 15, 0, tzinfo=timezone.utc)


@pytest.fixture
def conversation(db: Session) -> Conversation:
    row = Conversation(id="c1", channel="web", external_id="w1", created_at=NOW)
    db.add(row)
    db.flush()
    return row


@pytest.fixture
def message(db: Session, conversation: Conversation) -> InboxMessage:
    row = InboxMessage(
        conversation_id=conversation.id,
        channel="web",
        external_id="m1",
        kind="button",
        text="",
        next_attempt_at=NOW,
        received_at=NOW,
    )
    db.add(row)
    db.flush()
    return row


@pytest.fixture
def staff(db: Session) -> tuple[int, int]:
    rows = [Staff(username=name, first_name=name.title(), role="intake", created_at=NOW) for name in ("ada", "ben")]
    db.add_all(rows)
    db.flush()
    return rows[0].id, rows[1].id


def ask(db: Session, message_id: int | None = None, **changed: str | None) -> int:
    said = {"first_name": "Demo", "contact": "555 010 0142", "best_time": "mornings", "insurance": "", "note": ""}
    return prospects.request_callback(db, "c1" if message_id else None, message_id, **{**said, **changed}, now=NOW)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("555 010 0142", "(555) 010-0142", "phone"),
        ("(555)010-0142", "(555) 010-0142", "phone"),
        ("+1 555.010.0142 thanks", "(555) 010-0142", "phone"),
        ("its 15550100142", "(555) 010-0142", "phone"),
        ("+52 55 1234 567890", "+5255123456789" + "0", "phone"),
        ("me: demo.person+iop@mail.example.com.", "demo.person+iop@mail.example.com", "email"),
        ("demo@example.org or 555 010 0142", "demo@example.org", "email"),
    ],
)
def test_a_way_to_reach_somebody_is_found(text: str, value: str, kind: str) -> None:
    assert prospects.find_contact(text) == prospects.Contact(value, kind)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text", ["", "0142", "010-0142", "call me", "demo@", "@example.com", "demo@example", "12/24/2026", "9 to 5"]
)
def test_what_cannot_be_called_or_written_to_is_not_one(text: str) -> None:
    assert prospects.find_contact(text) is None


@given(st.text(max_size=400))
def test_no_text_breaks_the_search(text: str) -> None:
    found = prospects.find_contact(text)
    assert found is None or len(found.value) <= prospects.CONTACT_LETTERS


def test_a_request_is_stored_and_staff_are_told_once(db: Session, message: InboxMessage) -> None:
    first = ask(db, message.id, insurance="Medicaid", note="no voicemail please")
    again = ask(db, message.id)

    assert first == again
    row = db.execute(select(Prospect)).scalar_one()
    assert (row.first_name, row.contact, row.contact_kind, row.status) == ("Demo", "(555) 010-0142", "phone", "new")
    assert (row.insurance, row.note, row.conversation_id, row.created_at) == (
        "Medicaid",
        "no voicemail please",
        "c1",
        NOW,
    )
    told = db.execute(select(OutboxMessage)).scalars().all()
    assert len(told) == 1
    assert "Demo" in told[0].text
    assert "(555) 010-0142" in told[0].text


def test_what_was_skipped_is_stored_as_nothing(db: Session) -> None:
    ask(db)
    row = db.execute(select(Prospect)).scalar_one()
    assert (row.insurance, row.note) == (None, None)


@pytest.mark.parametrize("changed", [{"contact": "later"}, {"first_name": "  "}, {"best_time": ""}])
def test_a_request_without_a_needed_part_is_refused(db: Session, changed: dict[str, str]) -> None:
    with pytest.raises(prospects.BadRequest):
        ask(db, **changed)
    assert db.execute(select(Prospect)).first() is None


def test_overlong_parts_fit_their_columns(db: Session) -> None:
    ask(db, first_name="n" * 300, best_time="t" * 300, insurance="i" * 300, note="x" * 3000)
    row = db.execute(select(Prospect)).scalar_one()
    assert (len(row.first_name), len(row.best_time), len(row.insurance), len(row.note)) == (80, 120, 120, 500)


def test_one_member_of_staff_claims_it(db: Session, staff: tuple[int, int]) -> None:
    subject = ask(db)
    prospects.claim(db, subject, staff[0], NOW)
    prospects.claim(db, subject, staff[0], NOW + timedelta(minutes=1))

    with pytest.raises(prospects.AlreadyClaimed, match="Ada"):
        prospects.claim(db, subject, staff[1], NOW)
    row = db.get(Prospect, subject)
    assert row is not None
    assert (row.status, row.claimed_by_id, row.claimed_at) == ("claimed", staff[0], NOW)


def test_a_claimed_one_is_done_once(db: Session, staff: tuple[int, int]) -> None:
    subject = ask(db)
    prospects.claim(db, subject, staff[0], NOW)
    prospects.mark_done(db, subject, staff[1], NOW + timedelta(hours=1))

    row = db.get(Prospect, subject)
    assert row is not None
    assert (row.status, row.claimed_by_id, row.done_at) == ("done", staff[0], NOW + timedelta(hours=1))
    with pytest.raises(prospects.AlreadyDone):
        prospects.mark_done(db, subject, staff[0], NOW)
    with pytest.raises(prospects.AlreadyDone):
        prospects.claim(db, subject, staff[1], NOW)


def test_an_unclaimed_one_becomes_theirs_who_did_it(db: Session, staff: tuple[int, int]) -> None:
    subject = ask(db)
    prospects.mark_done(db, subject, staff[1], NOW)
    row = db.get(Prospect, subject)
    assert row is not None
    assert row.claimed_by_id == staff[1]


def test_a_request_that_is_gone(db: Session, staff: tuple[int, int]) -> None:
    for use_case in (prospects.claim, prospects.mark_done):
        with pytest.raises(prospects.ProspectNotFound):
            use_case(db, 999, staff[0], NOW)
