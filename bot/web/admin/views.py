"""Which tables administrators change, and what they see of them. Nothing of a password is in any of them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import structlog
from sqladmin import ModelView
from sqlalchemy.exc import IntegrityError
from starlette.requests import Request
from wtforms.validators import URL, AnyOf, NumberRange, Optional

from bot.clock import clock
from bot.db.models import (
    Closure,
    Enrolment,
    OnCallShift,
    Participant,
    ProgramSession,
    SessionException,
    Staff,
    Track,
)
from bot.escalation.alerts import shown_time
from bot.schedule.kinds import KINDS
from bot.web.admin.fields import GuardedForm, ProgramConverter, after, recurrence

log = structlog.get_logger()


class Refused(Exception):
    """It cannot be stored; the message is one sentence, shown above the form."""


class Table(ModelView):
    """What all our tables share."""

    form_base_class = GuardedForm
    form_converter = ProgramConverter
    can_export = False
    page_size = 50
    page_size_options: ClassVar[list[int]] = [50, 100, 200]

    async def insert_model(self, request: Request, data: dict) -> Any:
        """Store a new row. Raises Refused instead of a database's own words."""
        with _plainly():
            return await super().insert_model(request, data)

    async def update_model(self, request: Request, pk: str, data: dict) -> Any:
        """Change a row. Raises as :meth:`insert_model`."""
        with _plainly():
            return await super().update_model(request, pk, data)


@contextmanager
def _plainly() -> Iterator[None]:
    """Turn what went wrong into one sentence: sqladmin shows an error's own words, which may carry a row's values."""
    try:
        yield
    except Refused:
        raise
    except IntegrityError:
        raise Refused("There is one like this already, or something it needs is missing.") from None
    except Exception as error:  # noqa: BLE001 - shown to a person otherwise
        log.warning("row not stored", error=type(error).__name__)
        raise Refused("This could not be stored. Check what you typed and try again.") from None


class TrackTable(Table, model=Track):
    """Tracks."""

    name, name_plural, icon = "Track", "Tracks", "fa-solid fa-layer-group"
    column_list: ClassVar = [Track.title, Track.slug, Track.description]
    form_columns: ClassVar = [Track.title, Track.slug, Track.description]


class SessionTable(Table, model=ProgramSession):
    """The timetable."""

    name, name_plural, icon = "Session", "Timetable", "fa-solid fa-calendar-days"
    column_list: ClassVar = [
        ProgramSession.title,
        ProgramSession.kind,
        ProgramSession.track,
        ProgramSession.first_date,
        ProgramSession.start_time,
        ProgramSession.minutes,
        ProgramSession.rrule,
        ProgramSession.active,
    ]
    column_searchable_list: ClassVar = [ProgramSession.title, ProgramSession.kind]
    column_details_exclude_list: ClassVar = [ProgramSession.participant_id, ProgramSession.track_id]
    form_columns: ClassVar = [
        ProgramSession.title,
        ProgramSession.kind,
        ProgramSession.track,
        ProgramSession.participant,
        ProgramSession.leader,
        ProgramSession.place,
        ProgramSession.video_link,
        ProgramSession.first_date,
        ProgramSession.start_time,
        ProgramSession.minutes,
        ProgramSession.rrule,
        ProgramSession.public,
        ProgramSession.active,
    ]
    column_labels: ClassVar = {
        "title": "Title",
        "kind": "Kind",
        "track": "Track",
        "participant": "Individual session of",
        "leader": "Leader",
        "place": "Place",
        "video_link": "Video link",
        "first_date": "First date",
        "start_time": "Starts at",
        "minutes": "Minutes",
        "rrule": "Repeats",
        "public": "Shown to everybody",
        "active": "In use",
    }
    form_args: ClassVar = {
        "kind": {
            "validators": [
                AnyOf([kind.slug for kind in KINDS], message="Use one of: " + ", ".join(k.slug for k in KINDS) + ".")
            ],
            "description": ", ".join(kind.slug for kind in KINDS),
        },
        "minutes": {"validators": [NumberRange(5, 600, "Between 5 and 600.")]},
        "video_link": {"validators": [Optional(), URL(message="Use a full address, with https://.")]},
        "start_time": {"description": "The program's wall clock, such as 18:00. It stays when the clocks change."},
        "rrule": {
            "validators": [recurrence],
            "description": "Empty: once. Else a rule such as FREQ=WEEKLY;BYDAY=MO,WE,TH or FREQ=MONTHLY;BYDAY=1WE.",
        },
    }


class ExceptionTable(Table, model=SessionException):
    """Single dates that are cancelled or moved."""

    name, name_plural, icon = "Cancelled or moved", "Cancelled or moved", "fa-solid fa-calendar-xmark"
    column_list: ClassVar = [
        SessionException.session,
        SessionException.on_date,
        SessionException.kind,
        SessionException.new_date,
        SessionException.new_start_time,
        SessionException.new_place,
        SessionException.note,
    ]
    column_details_exclude_list: ClassVar = [SessionException.session_id]
    form_columns: ClassVar = column_list
    column_labels: ClassVar = {
        "session": "Session",
        "on_date": "Date it would have been",
        "kind": "cancelled or moved",
        "new_date": "New date",
        "new_start_time": "New time",
        "new_place": "New place",
        "note": "Note",
    }
    form_args: ClassVar = {
        "kind": {"validators": [AnyOf(["cancelled", "moved"], message="Use cancelled or moved.")]},
    }


class ClosureTable(Table, model=Closure):
    """Days on which the program is closed."""

    name, name_plural, icon = "Closed day", "Closed days", "fa-solid fa-door-closed"
    column_list: ClassVar = [Closure.on_date, Closure.name]
    form_columns: ClassVar = column_list
    column_labels: ClassVar = {"on_date": "Date", "name": "Why"}


class ParticipantTable(Table, model=Participant):
    """Participants."""

    name, name_plural, icon = "Participant", "Participants", "fa-solid fa-user"
    can_delete = False  # their conversation and enrolment hang on it; "In use" off ends the access
    column_list: ClassVar = [Participant.reference, Participant.first_name, Participant.active]
    column_searchable_list: ClassVar = [Participant.reference, Participant.first_name]
    form_columns: ClassVar = column_list
    column_labels: ClassVar = {"reference": "Program's own number", "first_name": "First name", "active": "In use"}

    async def on_model_change(self, data: dict, model: Any, is_created: bool, request: Request) -> None:  # noqa: ARG002
        """Note when somebody was added."""
        if is_created:
            model.created_at = clock.now()


class EnrolmentTable(Table, model=Enrolment):
    """Who is in which track, from when to when."""

    name, name_plural, icon = "Enrolment", "Enrolments", "fa-solid fa-user-plus"
    column_list: ClassVar = [Enrolment.participant, Enrolment.track, Enrolment.starts_on, Enrolment.ends_on]
    column_details_exclude_list: ClassVar = [Enrolment.participant_id, Enrolment.track_id]
    form_columns: ClassVar = column_list
    column_labels: ClassVar = {
        "participant": "Participant",
        "track": "Track",
        "starts_on": "From",
        "ends_on": "Until (empty: open)",
    }


class StaffTable(Table, model=Staff):
    """Accounts. New ones, and new passwords, are made on the page on people."""

    name, name_plural, icon = "Member of staff", "Staff", "fa-solid fa-id-badge"
    can_create = can_delete = False  # the record of alerts names them; "In use" off ends the access
    column_list: ClassVar = [
        Staff.username,
        Staff.first_name,
        Staff.role,
        Staff.admin,
        Staff.backup,
        Staff.active,
        Staff.telegram_user_id,
    ]
    column_details_list: ClassVar = column_list
    form_columns: ClassVar = [
        Staff.first_name,
        Staff.role,
        Staff.admin,
        Staff.backup,
        Staff.active,
        Staff.telegram_user_id,
    ]
    column_labels: ClassVar = {
        "username": "User name",
        "first_name": "First name",
        "role": "Role",
        "admin": "Administrator",
        "backup": "Backup for alerts",
        "active": "In use",
        "telegram_user_id": "Telegram account",
    }

    async def on_model_change(self, data: dict, model: Any, is_created: bool, request: Request) -> None:  # noqa: ARG002
        """Refuse that administrators lock themselves out. Raises Refused."""
        if model.id == request.state.staff.staff_id and not (data.get("admin") and data.get("active")):
            raise Refused("You cannot take your own access away; ask another administrator.")


def _moment(row: Any, name: Any) -> str:
    return shown_time(getattr(row, str(name)))


class ShiftTable(Table, model=OnCallShift):
    """On-call shifts."""

    name, name_plural, icon = "On-call shift", "On-call shifts", "fa-solid fa-phone-volume"
    column_list: ClassVar = [OnCallShift.staff, OnCallShift.starts_at, OnCallShift.ends_at, OnCallShift.override]
    column_details_exclude_list: ClassVar = [OnCallShift.staff_id]
    form_columns: ClassVar = column_list
    column_labels: ClassVar = {
        "staff": "Who",
        "starts_at": "From",
        "ends_at": "Until",
        "override": "Replaces the others in that time",
    }
    column_formatters: ClassVar = {
        OnCallShift.starts_at: _moment,
        OnCallShift.ends_at: _moment,
    }
    column_formatters_detail: ClassVar = column_formatters
    form_args: ClassVar = {"ends_at": {"validators": [after("starts_at", "From")]}}


TABLES = (
    SessionTable,
    ExceptionTable,
    ClosureTable,
    TrackTable,
    ParticipantTable,
    EnrolmentTable,
    StaffTable,
    ShiftTable,
)
