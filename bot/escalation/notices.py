"""Things that staff are told and that are no alarm: a request for a person, an absence, a call back, late messages."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Absence, Conversation, Handover, OutboxMessage, ProgramSession, Prospect, Staff
from bot.escalation.alerts import how_to_reach, shown_time, who
from bot.escalation.policy import chats_for
from bot.outbox.store import Button, Outgoing, queue_edit, queue_to_staff


def notify_staff(
    session: Session, *, kind: str, subject_id: int, conversation_id: str | None, now: datetime
) -> list[OutboxMessage]:
    """Tell the staff's chat about something, once for each subject.

    Args:
        session: an open transaction.
        kind: handover, absence, prospect, unanswered or unread.
        subject_id: the row it is about (for ``unanswered`` and ``unread`` the inbox row).
        conversation_id: who it came from.
        now: aware UTC.

    Returns:
        The queued messages; none where the program has no staff chat and no linked staff (the console shows all).
    """
    message = render(session, kind, subject_id, conversation_id)
    return _queue(session, message, conversation_id, now, key=f"notice:{kind}:{subject_id}")


def remind_staff(session: Session, handover: Handover, now: datetime) -> list[OutboxMessage]:
    """Tell the staff's chat again of a request for a person that nobody has taken; for each of its steps once."""
    notice = render(session, "handover", handover.id, handover.conversation_id)
    message = Outgoing(f"⏰ Still waiting. {notice.text}", notice.buttons)
    key = f"notice:handover:{handover.id}:{now:%Y%m%d%H%M%S}"
    return _queue(session, message, handover.conversation_id, now, key=key)


def _queue(
    session: Session, message: Outgoing, conversation_id: str | None, now: datetime, *, key: str
) -> list[OutboxMessage]:
    rows = [
        queue_to_staff(session, chat, message, kind="staff", now=now, dedupe_key=f"{key}:{chat}")
        for chat in chats_for(session, "staff_chat", now)
    ]
    sent = [row for row in rows if row is not None]
    for row in sent:
        row.conversation_id = None
        row.extra = {**row.extra, "about": conversation_id} if conversation_id else row.extra
    return sent


def refresh_notices(session: Session, kind: str, subject_id: int, conversation_id: str | None, now: datetime) -> None:
    """Change the notices of a subject that staff have in their chats to what is true now."""
    message = render(session, kind, subject_id, conversation_id)
    query = select(OutboxMessage).where(OutboxMessage.dedupe_key.like(f"notice:{kind}:{subject_id}:%"))
    for row in session.execute(query).scalars():
        queue_edit(session, row, message, now)


def render(session: Session, kind: str, subject_id: int, conversation_id: str | None) -> Outgoing:
    """Write a notice. Raises KeyError for a kind that does not exist."""
    conversation = session.get(Conversation, conversation_id) if conversation_id else None
    kinds = {
        "handover": _handover, "absence": _absence, "prospect": _prospect, "unanswered": _unanswered, "unread": _unread,
    }  # fmt: skip
    return kinds[kind](session, subject_id, conversation)


def _handover(session: Session, subject_id: int, conversation: Conversation | None) -> Outgoing:
    handover = session.get(Handover, subject_id)
    lines = [
        "🙋 Asked for a person",
        who(session, conversation),
        f"At {shown_time(handover.requested_at)}. {how_to_reach(conversation)}",
    ]
    buttons: tuple[tuple[Button, ...], ...] = ((Button("I'll take it", f"staff:take:{handover.id}"),),)
    if handover.status == "taken":
        lines.append(f"✅ {staff_name(session, handover.staff_id)} took it, {shown_time(handover.taken_at)}")
        buttons = ((Button("End the chat", f"staff:end:{handover.id}"),),)
    elif handover.status == "ended":
        lines.append(f"☑️ Ended, {shown_time(handover.ended_at)}")
        buttons = ()
    elif handover.person_told_at is not None:
        lines.append(
            f"⌛ Nobody took it. They were told so, {shown_time(handover.person_told_at)}; it can still be taken."
        )
        buttons = (*buttons, (Button("Take it off the list", f"staff:end:{handover.id}"),))
    return Outgoing("\n".join(lines), buttons)


def _absence(session: Session, subject_id: int, conversation: Conversation | None) -> Outgoing:
    absence = session.get(Absence, subject_id)
    # One message may be about several sessions ("I am out all week"): they share conversation and moment.
    query = (
        select(Absence)
        .where(Absence.conversation_id == absence.conversation_id, Absence.reported_at == absence.reported_at)
        .order_by(Absence.id)
    )
    rows = session.execute(query).scalars().all() or [absence]
    # "coming" is a report that was taken back (bot.schedule.absences.withdraw_absence).
    what = {"late": "will be late", "coming": "can come after all"}.get(absence.kind, "can't come")
    return Outgoing(f"📅 {who(session, conversation)} {what}: {'; '.join(_missed(session, row) for row in rows)}")


def _missed(session: Session, absence: Absence) -> str:
    row = session.get(ProgramSession, absence.session_id) if absence.session_id else None
    title = row.title if row is not None else "a session (they did not say which)"
    return f"{title}, {shown_time(absence.occurrence_at)}" if absence.occurrence_at else title


def _prospect(session: Session, subject_id: int, conversation: Conversation | None) -> Outgoing:  # noqa: ARG001
    prospect = session.get(Prospect, subject_id)
    lines = [
        f"📞 Call back for {prospect.first_name}",
        f"{prospect.contact_kind}: {prospect.contact}",
        f"Best time: {prospect.best_time}",
        *([f"Insurance: {prospect.insurance}"] if prospect.insurance else []),
        *([f"Note: {prospect.note}"] if prospect.note else []),
    ]
    buttons: tuple[tuple[Button, ...], ...] = ((Button("Claimed", f"staff:claim:{prospect.id}"),),)
    if prospect.status == "claimed":
        lines.append(f"✅ {staff_name(session, prospect.claimed_by_id)} has it, {shown_time(prospect.claimed_at)}")
        buttons = ((Button("Done", f"staff:done:{prospect.id}"),),)
    elif prospect.status == "done":
        lines.append(f"☑️ Done, {shown_time(prospect.done_at)}")
        buttons = ()
    return Outgoing("\n".join(lines), buttons)


def _unanswered(session: Session, subject_id: int, conversation: Conversation | None) -> Outgoing:  # noqa: ARG001
    return Outgoing(
        f"⚠️ A message could not be answered by the assistant. {who(session, conversation)}. "
        f"Read it in the console. {how_to_reach(conversation)}"
    )


def _unread(session: Session, subject_id: int, conversation: Conversation | None) -> Outgoing:  # noqa: ARG001
    return Outgoing(
        f"⚠️ {who(session, conversation)} changed a message, and only the first of the two risk readers could read it. "
        "Please read it in the console."
    )


def staff_name(session: Session, staff_id: int | None) -> str:
    """Give a member of staff's first name, or "Staff" for somebody who is not there any more."""
    staff = session.get(Staff, staff_id) if staff_id is not None else None
    return str(staff.first_name) if staff is not None else "Staff"
