"""People who asked intake for a call: the request stored, taken by one member of staff, done."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Prospect
from bot.escalation import notices

# The columns' widths, said once here because the form checks them before it stores.
NAME_LETTERS, CONTACT_LETTERS, TIME_LETTERS, INSURANCE_LETTERS, NOTE_LETTERS = 80, 120, 120, 120, 500

_EMAIL = re.compile(r"(?<![\w.+%-])[\w+%-](?:[\w.+%-]*[\w+%-])?@(?:[\w-]+\.)+[a-z]{2,}(?![\w-])", re.IGNORECASE)
_PHONE = re.compile(r"(?<![\w+])\+?\(?\d(?:[\s().-]{0,2}\d){9,14}(?!\w)")
_US_DIGITS = 10


class ProspectError(Exception):
    """Something about a request cannot be done; the message is one sentence for staff."""


class ProspectNotFound(ProspectError):
    """There is no such request (any more)."""


class AlreadyClaimed(ProspectError):
    """Somebody else has it."""


class AlreadyDone(ProspectError):
    """It was marked as done before."""


class BadRequest(ProspectError):
    """A part that is needed is missing or cannot be read."""


@dataclass(frozen=True)
class Contact:
    """A way to reach somebody, written the same way always."""

    value: str
    kind: Literal["phone", "email"]


def find_contact(text: str) -> Contact | None:
    """Find the first e-mail address or telephone number in ``text``.

    A number has 10 to 15 digits (E.164 allows 15; a US number has 10). One of ten digits, or eleven that start with 1,
    is written ``(555) 010-0123``; any other as ``+`` and its digits.
    """
    email = _EMAIL.search(text)
    if email and len(email[0]) <= CONTACT_LETTERS:
        return Contact(email[0], "email")
    phone = _PHONE.search(text)
    if phone is None:
        return None
    digits = re.sub(r"\D", "", phone[0])
    if len(digits) == _US_DIGITS + 1 and digits.startswith("1"):
        digits = digits[1:]
    if len(digits) == _US_DIGITS:
        return Contact(f"({digits[:3]}) {digits[3:6]}-{digits[6:]}", "phone")
    return Contact(f"+{digits}", "phone")


def request_callback(
    session: Session,
    conversation_id: str | None,
    message_id: int | None,
    *,
    first_name: str,
    contact: str,
    best_time: str,
    insurance: str | None,
    note: str | None,
    now: datetime,
) -> int:
    """Store a request for a call and tell the intake staff; the same message asks once, however often it arrives.

    Args:
        session: an open transaction.
        conversation_id: where it was asked, if that conversation is stored.
        message_id: the inbox row that sent it, or None where there is none.
        first_name: what to call the person; a nickname will do.
        contact: a telephone number or an e-mail address.
        best_time: in the person's words.
        insurance: in the person's words, or None.
        note: in the person's words, or None.
        now: aware UTC.

    Returns:
        The request's id.

    Raises:
        BadRequest: no name, no time, or nothing that can be called or written to.
    """
    if message_id is not None:
        known = session.execute(select(Prospect.id).where(Prospect.inbox_id == message_id)).scalar_one_or_none()
        if known is not None:
            return int(known)
    reach = find_contact(contact)
    if reach is None:
        raise BadRequest("The request has no phone number or email.")
    if not first_name.strip() or not best_time.strip():
        raise BadRequest("The request needs a first name and a time.")
    prospect = Prospect(
        conversation_id=conversation_id,
        inbox_id=message_id,
        first_name=first_name.strip()[:NAME_LETTERS],
        contact=reach.value,
        contact_kind=reach.kind,
        best_time=best_time.strip()[:TIME_LETTERS],
        insurance=(insurance or "").strip()[:INSURANCE_LETTERS] or None,
        note=(note or "").strip()[:NOTE_LETTERS] or None,
        status="new",
        created_at=now,
    )
    session.add(prospect)
    session.flush()
    notices.notify_staff(session, kind="prospect", subject_id=prospect.id, conversation_id=conversation_id, now=now)
    return int(prospect.id)


def claim(session: Session, prospect_id: int, staff_id: int, now: datetime) -> None:
    """Give the request to ``staff_id``; claiming one's own again changes nothing.

    Raises:
        ProspectNotFound: there is no such request.
        AlreadyClaimed: somebody else has it.
        AlreadyDone: it is done.
    """
    prospect = _locked(session, prospect_id)
    if prospect.status == "done":
        raise AlreadyDone("This call is already marked as done.")
    if prospect.status == "claimed":
        if prospect.claimed_by_id == staff_id:
            return
        raise AlreadyClaimed(f"{notices.staff_name(session, prospect.claimed_by_id)} already has this one.")
    prospect.status, prospect.claimed_by_id, prospect.claimed_at = "claimed", staff_id, now
    session.flush()
    notices.refresh_notices(session, "prospect", prospect_id, prospect.conversation_id, now)


def mark_done(session: Session, prospect_id: int, staff_id: int, now: datetime) -> None:
    """Mark the request as done; anybody on the staff may, and it becomes theirs where nobody had claimed it.

    Raises:
        ProspectNotFound: there is no such request.
        AlreadyDone: it was done before.
    """
    prospect = _locked(session, prospect_id)
    if prospect.status == "done":
        raise AlreadyDone("This call is already marked as done.")
    if prospect.claimed_by_id is None:
        prospect.claimed_by_id, prospect.claimed_at = staff_id, now
    prospect.status, prospect.done_at = "done", now
    session.flush()
    notices.refresh_notices(session, "prospect", prospect_id, prospect.conversation_id, now)


def _locked(session: Session, prospect_id: int) -> Prospect:
    # Two members of staff may press at once: the row is locked, and read as it is now.
    query = (
        select(Prospect).where(Prospect.id == prospect_id).with_for_update().execution_options(populate_existing=True)
    )
    prospect = session.execute(query).scalar_one_or_none()
    if prospect is None:
        raise ProspectNotFound("This request is not there any more.")
    return prospect
