"""The console's forms. Each carries a token that only this login's pages know."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    Form,
    IntegerField,
    PasswordField,
    SelectField,
    StringField,
    TextAreaField,
    validators,
)
from wtforms.csrf.session import SessionCSRF

required = validators.DataRequired("Please fill this in.")


def stripped(value: str | None) -> str | None:
    """Drop spaces around what was typed."""
    return value.strip() if isinstance(value, str) else value


def _text(label: str, longest: int, *extra: Any) -> StringField:
    return StringField(label, [required, validators.Length(max=longest), *extra], filters=[stripped])


class LoginForm(Form):
    """User name and password."""

    username = StringField("User name", [required, validators.Length(max=64)])
    password = PasswordField("Password", [required, validators.Length(max=256)])


class PasswordForm(Form):
    """A new password, and the current one where it is not the first."""

    current = PasswordField("Current password", [validators.Length(max=256)])
    password = PasswordField("New password", [required, validators.Length(max=256)])
    again = PasswordField("New password, again", [validators.EqualTo("password", "The two are not the same.")])


class ActionForm(Form):
    """A button. ``back`` is the page to return to."""

    back = StringField("")


class OutcomeForm(ActionForm):
    """Closing an alert: what came of it."""

    outcome = TextAreaField("Outcome", [required, validators.Length(max=255)], filters=[stripped])


class FalseAlarmForm(ActionForm):
    """Closing an alert as no risk; a word on why helps, and is not asked for."""

    outcome = StringField("Why (optional)", [validators.Length(max=255)], filters=[stripped])


class ReplyForm(ActionForm):
    """A message to the person; Telegram's limit with room for the name in front."""

    text = TextAreaField("Your message", [required, validators.Length(max=3800)], filters=[stripped])


class LinkForm(Form):
    """For whom a link code is made."""

    number = IntegerField("", [required])


class ParticipantForm(Form):
    """A new participant, under the program's own number."""

    reference = _text("Program's own number", 64)
    first_name = _text("First name", 80)


class EnrolForm(Form):
    """A participant's place in a track. Choices are set from the database."""

    participant = SelectField("Participant", [required], coerce=int, choices=[])
    track = SelectField("Track", [required], coerce=int, choices=[])
    starts_on = DateField("From", [required])
    ends_on = DateField("Until (leave empty if open)", [validators.Optional()])


class StaffForm(Form):
    """A new member of staff."""

    username = _text(
        "User name",
        64,
        validators.Regexp(r"^[A-Za-z0-9._-]+$", message="Letters, digits, dot, dash and underscore only."),
    )
    first_name = _text("First name (people see it)", 80)
    role = _text("Role (people see it)", 80)
    admin = BooleanField("May change the timetable, people and staff")


class Forms:
    """Makes forms that are bound to a login's session."""

    def __init__(self, key: str) -> None:
        self.key = key.encode()

    def make(self, kind: Callable[..., Form], session: dict[str, Any], data: Any = None, **values: Any) -> Form:
        """Make a form of ``kind``, with its token field."""
        meta = {
            "csrf": True, "csrf_class": SessionCSRF, "csrf_secret": self.key, "csrf_context": session,
            # The session itself ends the token.
            "csrf_time_limit": None,
        }  # fmt: skip
        return kind(data, meta=meta, **values)

    def token(self, session: dict[str, Any]) -> str:
        """Give the token that this login's forms carry."""
        return str(self.make(ActionForm, session)["csrf_token"].current_token)


def first_problem(form: Form) -> str:
    """Say in one sentence what is wrong with a form."""
    for name, problems in form.errors.items():
        if name == "csrf_token":
            return "This page was too old. Please try again."
        if name is not None:
            label = form[name].label.text
            return f"{label}: {problems[0]}" if label else str(problems[0])
    return "Something in the form is missing or wrong."
