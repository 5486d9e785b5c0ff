"""Form fields for what the program's tables hold: moments in its own time zone, recurrence rules."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import datetime, timezone
from typing import Any

from sqladmin.forms import ModelConverter, converts
from sqlalchemy.orm import ColumnProperty
from starlette.requests import Request
from wtforms import DateTimeLocalField, Field, Form, IntegerField, ValidationError
from wtforms.meta import DefaultMeta
from wtforms.validators import StopValidation

from bot.program import program
from bot.schedule.rules import InvalidRule, check_rrule
from bot.web.staff.forms import Forms, SessionCSRF

# The request that a form of sqladmin's is made for; sqladmin makes forms without telling them.
asking: ContextVar[tuple[Forms, Request]] = ContextVar("asking")


class ProgramTimeField(DateTimeLocalField):
    """A moment, shown and typed in the program's time zone, stored in UTC."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["format"] = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        kwargs["description"] = f"In the program's time zone ({program().time_zone})."
        super().__init__(*args, **kwargs)

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        stored: Any = self.data
        return stored.astimezone(program().zone).strftime("%Y-%m-%dT%H:%M") if stored else ""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read what was typed."""
        super().process_formdata(valuelist)
        typed: Any = getattr(self, "data", None)
        if isinstance(typed, datetime):
            self.data = typed.replace(tzinfo=program().zone).astimezone(timezone.utc)


class ProgramConverter(ModelConverter):
    """Our column types."""

    @converts("UtcDateTime")
    def conv_moment(self, model: type, prop: ColumnProperty, kwargs: dict[str, Any]) -> Field:  # noqa: ARG002
        """Give a field for a moment."""
        return ProgramTimeField(**kwargs)

    @converts("Variant")
    def conv_large_number(self, model: type, prop: ColumnProperty, kwargs: dict[str, Any]) -> Field:  # noqa: ARG002
        """Give a field for a number whose column type differs between databases (``bot.db.base.BigId``)."""
        return IntegerField(**kwargs)


class _Meta(DefaultMeta):
    csrf = True
    csrf_class = SessionCSRF
    csrf_time_limit = None

    @property
    def csrf_secret(self) -> bytes:
        return asking.get()[0].key

    @property
    def csrf_context(self) -> Any:
        return asking.get()[1].session


class GuardedForm(Form):
    """A form of sqladmin's that carries the login's token, and gives its own fields only."""

    Meta = _Meta

    def __init__(self, formdata: Any = None, *args: Any, **kwargs: Any) -> None:
        # sqladmin gives an empty form data for a new row, which would untick every box that is ticked by default.
        super().__init__(formdata or None, *args, **kwargs)

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        """Check the form; a wrong token is said at the first field, because sqladmin shows no others' errors."""
        valid = super().validate(*args, **kwargs)
        if self._fields["csrf_token"].errors:
            first = next(field for name, field in self._fields.items() if name != "csrf_token")
            first.errors = [*first.errors, "This page was too old. Please try again."]
        return bool(valid)

    @property
    def data(self) -> dict[str, Any]:
        """Give what was typed, without the token: it is no column."""
        return {name: field.data for name, field in self._fields.items() if name != "csrf_token"}


def recurrence(_form: Form, field: Field) -> None:
    """Check a recurrence rule.

    Raises:
        ValidationError: with a sentence that says what is wrong.
    """
    try:
        check_rrule(field.data or "")
    except InvalidRule as wrong:
        raise ValidationError(str(wrong)) from None


def after(name: str, label: str) -> Any:
    """Give a check that a field's value is later than the field ``name``'s."""

    def check(form: Form, field: Field) -> None:
        if field.data and form[name].data and field.data <= form[name].data:
            raise StopValidation(f"This must be after “{label}”.")

    return check
