"""``program.yml``: what a program changes without touching code, validated at start."""

from __future__ import annotations

import re
from datetime import time
from functools import cached_property, lru_cache
from pathlib import Path
from string import Template
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from pydantic import BaseModel, Extra, Field, ValidationError, validator

from bot.settings import ConfigurationError, settings

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


class _Strict(BaseModel):
    class Config:
        """A key that we do not know is a typing error, so it is refused."""

        extra = Extra.forbid
        keep_untouched = (cached_property,)


class Hours(_Strict):
    """Opening hours of one day of the week, in the program's time zone."""

    opens: time
    closes: time

    @validator("closes")
    def _after_opening(cls, value: time, values: dict[str, Any]) -> time:  # noqa: N805
        if "opens" in values and value <= values["opens"]:
            raise ValueError("must be later than 'opens'")
        return value


class CrisisLines(_Strict):
    """Numbers people can always reach, whatever happens to us."""

    emergency: str
    crisis: str
    crisis_text: str
    helpline: str
    poison: str
    domestic_violence: str
    child_abuse: str
    never_use_alone: str


class PolicyStep(_Strict):
    """One step of an escalation: after so many minutes without an acknowledgement, do this."""

    after_minutes: float = Field(..., ge=0)
    notify: Literal["staff_chat", "on_call", "backup", "everyone"]


class LevelPolicy(_Strict):
    """How one risk level is escalated.

    ``out_of_hours_steps`` hold for an escalation that opens outside of ``staff_hours`` (absent: ``steps`` hold always).
    The last step is repeated ``repeat_every_minutes`` (absent: ``acknowledge_within_minutes``) until somebody answers.
    """

    acknowledge_within_minutes: float = Field(..., gt=0)
    repeat_every_minutes: float | None = Field(default=None, ge=1)
    steps: list[PolicyStep] = Field(..., min_items=1)
    out_of_hours_steps: list[PolicyStep] | None = Field(default=None, min_items=1)

    @validator("steps", "out_of_hours_steps")
    def _in_order(cls, value: list[PolicyStep] | None) -> list[PolicyStep] | None:  # noqa: N805
        if value is not None and [step.after_minutes for step in value] != sorted(s.after_minutes for s in value):
            raise ValueError("must have 'after_minutes' that grow from step to step")
        return value


class EscalationPolicy(_Strict):
    """Steps per level; the clinical director's decision."""

    message_text_in_telegram: bool = False
    E: LevelPolicy
    H: LevelPolicy
    M: LevelPolicy


class RiskPolicy(_Strict):
    """How long a risk stays in a conversation, and when silence is followed up."""

    state_hours: float = Field(default=24, gt=0)
    follow_up_minutes: float = Field(default=30, gt=0)


class RequestPolicy(_Strict):
    """A request for a person that nobody takes: after so many minutes of office hours staff and the person hear it."""

    remind_staff_minutes: float = Field(default=10, gt=0)
    tell_person_minutes: float = Field(default=25, gt=0)

    @validator("tell_person_minutes")
    def _after_the_reminder(cls, value: float, values: dict[str, Any]) -> float:  # noqa: N805
        if "remind_staff_minutes" in values and value <= values["remind_staff_minutes"]:
            raise ValueError("must be more than 'remind_staff_minutes'")
        return value


class Retention(_Strict):
    """After how many days stored things are removed."""

    messages_days: int = Field(..., ge=1)
    web_conversations_days: int = Field(..., ge=1)
    escalations_days: int = Field(..., ge=30)


class Program(_Strict):
    """The whole file."""

    name: str = Field(..., min_length=1)
    bot_name: str = Field(..., min_length=1)
    time_zone: str
    phone: str
    intake_phone: str
    email: str
    website: str
    address: str
    location_short: str
    languages: list[str] = Field(..., min_items=1)
    insurance: list[str]
    staff_hours: dict[str, Hours]
    intake_hours: str
    check_in_hours: str
    quiet_hours: Hours | None = None
    crisis_lines: CrisisLines
    escalation: EscalationPolicy
    risk: RiskPolicy = RiskPolicy()
    person_request: RequestPolicy = RequestPolicy()
    handover_timeout_minutes: float = Field(default=120, gt=0)
    retention: Retention

    @validator("time_zone")
    def _known_zone(cls, value: str) -> str:  # noqa: N805
        try:
            ZoneInfo(value)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be a time zone such as America/New_York") from None
        return value

    @validator("staff_hours")
    def _known_days(cls, value: dict[str, Hours]) -> dict[str, Hours]:  # noqa: N805
        for day in value:
            if day not in DAYS:
                raise ValueError(f"has the day '{day}'; it expects {', '.join(DAYS)}")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """Give the program's time zone; used only where a time is shown or read."""
        return ZoneInfo(self.time_zone)

    @cached_property
    def facts(self) -> dict[str, str]:
        """Give the facts that response texts name as ``$name`` placeholders."""
        return {
            "program_name": self.name,
            "bot_name": self.bot_name,
            "phone": self.phone,
            "intake_phone": self.intake_phone,
            "email": self.email,
            "website": self.website,
            "address": self.address,
            "location_short": self.location_short,
            "languages": " and ".join(self.languages),
            "insurance": ", ".join(self.insurance),
            "staff_hours": describe_hours(self.staff_hours),
            "hours": describe_hours(self.staff_hours),
            "intake_hours": self.intake_hours,
            "check_in_hours": self.check_in_hours,
            "emergency_number": self.crisis_lines.emergency,
            "crisis_line": self.crisis_lines.crisis,
            "crisis_text": self.crisis_lines.crisis_text,
            "helpline": self.crisis_lines.helpline,
            "poison_line": self.crisis_lines.poison,
            "domestic_violence_line": self.crisis_lines.domestic_violence,
            "child_abuse_line": self.crisis_lines.child_abuse,
            "never_use_alone_line": self.crisis_lines.never_use_alone,
        }

    def fill(self, text: str) -> str:
        """Put the program's facts in place of ``$name`` placeholders; a sum such as $20 stays as it is."""
        return Template(text).safe_substitute(self.facts)


def describe_hours(hours: dict[str, Hours]) -> str:
    """Say opening hours in words, days with the same hours together: ``Mon-Fri 9 AM-8 PM, Sat 10 AM-2 PM``."""
    runs: list[tuple[int, int, Hours]] = []
    for index, day in enumerate(DAYS):
        if day not in hours:
            continue
        if runs and runs[-1][1] == index - 1 and runs[-1][2] == hours[day]:
            runs[-1] = (runs[-1][0], index, hours[day])
        else:
            runs.append((index, index, hours[day]))
    return ", ".join(
        f"{_days_in_words(first, last)} {_clock_in_words(open_.opens)}-{_clock_in_words(open_.closes)}"
        for first, last, open_ in runs
    )


def _days_in_words(first: int, last: int) -> str:
    start, end = DAYS[first][:3].capitalize(), DAYS[last][:3].capitalize()
    return start if first == last else f"{start}-{end}"


def _clock_in_words(moment: time) -> str:
    return re.sub(r"^0", "", moment.strftime("%I:%M %p")).replace(":00", "")


def load_program(path: Path) -> Program:
    """Read and check a program file.

    Raises:
        ConfigurationError: it is missing or wrong; the sentence names the key and what it expects.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ConfigurationError(f"{path.name} is missing; copy it back from the repository.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        line = getattr(getattr(error, "problem_mark", None), "line", None)
        where = f" near line {line + 1}" if line is not None else ""
        raise ConfigurationError(
            f"{path.name} is not valid YAML{where}; check the indentation and quotes there."
        ) from None
    if not isinstance(raw, dict):
        raise ConfigurationError(f"{path.name} is empty; copy it back from the repository.")
    try:
        return Program(**raw)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigurationError(f"{path.name}: '{key}' {first['msg']}.") from None


@lru_cache(maxsize=1)
def program() -> Program:
    """Give the program's file, read once.

    Raises:
        ConfigurationError: as :func:`load_program`.
    """
    return load_program(settings().program_file)
