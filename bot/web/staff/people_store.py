"""Participants and staff as the console's page on people needs them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.models import Conversation, Enrolment, Participant, Staff, Track
from bot.people.participants import add_participant, make_link_code
from bot.people.staff import change_password, create_staff

MOST_SHOWN = 200


class Cannot(Exception):
    """It cannot be done; the message is one sentence for staff."""


@dataclass(frozen=True)
class ParticipantRow:
    """A participant in the list."""

    number: int
    reference: str
    first_name: str
    linked: bool
    tracks: str


@dataclass(frozen=True)
class StaffRow:
    """A member of staff in the list."""

    number: int
    username: str
    first_name: str
    role: str
    admin: bool
    active: bool
    on_telegram: bool


@dataclass(frozen=True)
class People:
    """All that the page shows."""

    participants: list[ParticipantRow]
    more: bool
    staff: list[StaffRow]
    tracks: list[tuple[int, str]]


def people(session: Session, search: str, today: date) -> People:
    """Give active participants (whose name or number contains ``search``), staff, and the tracks to enrol in."""
    query = select(Participant).where(Participant.active.is_(True)).order_by(Participant.first_name, Participant.id)
    if search:
        wanted = f"%{search.lower()}%"
        query = query.where(
            func.lower(Participant.first_name).like(wanted) | func.lower(Participant.reference).like(wanted)
        )
    found = list(session.execute(query.limit(MOST_SHOWN + 1)).scalars())
    shown = found[:MOST_SHOWN]
    linked = set(
        session.execute(
            select(Conversation.participant_id).where(Conversation.participant_id.in_([p.id for p in shown]))
        ).scalars()
    )
    tracks = _tracks_of(session, [p.id for p in shown], today)
    return People(
        participants=[
            ParticipantRow(int(p.id), p.reference, p.first_name, p.id in linked, tracks.get(p.id, "")) for p in shown
        ],
        more=len(found) > MOST_SHOWN,
        staff=[
            StaffRow(
                int(s.id),
                s.username,
                s.first_name,
                s.role,
                bool(s.admin),
                bool(s.active),
                s.telegram_user_id is not None,
            )
            for s in session.execute(select(Staff).order_by(Staff.active.desc(), Staff.first_name)).scalars()
        ],
        tracks=[(int(t.id), t.title) for t in session.execute(select(Track).order_by(Track.title)).scalars()],
    )


def _tracks_of(session: Session, ids: list[int], today: date) -> dict[int, str]:
    query = (
        select(Enrolment)
        .where(Enrolment.participant_id.in_(ids), Enrolment.starts_on <= today)
        .where(Enrolment.ends_on.is_(None) | (Enrolment.ends_on >= today))
    )
    tracks: dict[int, list[str]] = {}
    for row in session.execute(query).scalars():
        tracks.setdefault(row.participant_id, []).append(row.track.title)
    return {number: ", ".join(dict.fromkeys(titles)) for number, titles in tracks.items()}


def code_for_participant(session: Session, number: int, now: datetime) -> tuple[str, str]:
    """Make a link code. Gives it, and whom it is for. Raises Cannot."""
    participant = session.get(Participant, number)
    if participant is None or not participant.active:
        raise Cannot("There is no such participant.")
    return make_link_code(session, now, participant_id=number), str(participant)


def code_for_staff(session: Session, number: int, now: datetime) -> tuple[str, str]:
    """Make a link code for a member of staff's own Telegram. Gives it, and whom it is for. Raises Cannot."""
    staff = session.get(Staff, number)
    if staff is None or not staff.active:
        raise Cannot("There is no such member of staff.")
    return make_link_code(session, now, staff_id=number), str(staff)


def new_participant(session: Session, reference: str, first_name: str, now: datetime) -> str:
    """Store a participant. Raises Cannot where the number is taken."""
    if session.scalar(select(Participant.id).where(Participant.reference == reference)):
        raise Cannot("There is a participant with this number already.")
    return str(add_participant(session, reference, first_name, now))


def enrol(session: Session, participant: int, track: int, starts_on: date, ends_on: date | None) -> str:
    """Put a participant into a track from a date on. Raises Cannot."""
    person, group = session.get(Participant, participant), session.get(Track, track)
    if person is None or group is None:
        raise Cannot("Choose a participant and a track.")
    if ends_on is not None and ends_on < starts_on:
        raise Cannot("The end is before the start.")
    query = select(Enrolment.id).where(
        Enrolment.participant_id == participant, Enrolment.track_id == track,
        Enrolment.ends_on.is_(None) | (Enrolment.ends_on >= starts_on),
    )  # fmt: skip
    if ends_on is not None:
        query = query.where(Enrolment.starts_on <= ends_on)
    if session.scalar(query.limit(1)):
        raise Cannot(f"{person} is in {group.title} at that time already.")
    session.add(Enrolment(participant_id=participant, track_id=track, starts_on=starts_on, ends_on=ends_on))
    return f"{person} is enrolled in {group.title} from {starts_on:%b} {starts_on.day}."


def new_staff(
    session: Session, username: str, first_name: str, role: str, admin: bool, now: datetime
) -> tuple[str, str]:
    """Make an account. Gives its user name and first password, which is stored nowhere. Raises Cannot."""
    if session.scalar(select(Staff.id).where(Staff.username == username.lower())):
        raise Cannot("There is an account with this user name already.")
    _, password = create_staff(session, username, first_name, role, admin, now)
    return username.lower(), password


def reset_password(session: Session, number: int, password: str, now: datetime) -> str:
    """Give an account a new first password; every login of it ends. Gives the user name. Raises Cannot."""
    staff = session.get(Staff, number)
    if staff is None:
        raise Cannot("There is no such member of staff.")
    change_password(session, number, password, now)
    staff.must_change_password = True
    return str(staff.username)
