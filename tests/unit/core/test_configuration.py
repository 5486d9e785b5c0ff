"""A broken setting or program.yml is one sentence that names the key and says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from bot.program import describe_hours, load_program
from bot.settings import ROOT, ConfigurationError, settings

GOOD = yaml.safe_load((ROOT / "program.yml").read_text())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"time_zone": "Mars/Base"}, "'time_zone' must be a time zone such as America/New_York"),
        ({"name": ""}, "'name'"),
        ({"surprise": 1}, "'surprise'"),
        ({"staff_hours": {"someday": {"opens": "09:00", "closes": "17:00"}}}, "'someday'"),
        ({"staff_hours": {"monday": {"opens": "19:00", "closes": "17:00"}}}, "later than 'opens'"),
        ({"escalation": {**GOOD["escalation"], "H": {"acknowledge_within_minutes": 5, "steps": []}}},
         "escalation.H.steps"),
        ({"escalation": {**GOOD["escalation"], "E": {"acknowledge_within_minutes": 5,
          "steps": [{"after_minutes": 0, "notify": "the moon"}]}}}, "escalation.E.steps.0.notify"),
        ({"retention": {"messages_days": 0, "web_conversations_days": 1, "escalations_days": 90}},
         "retention.messages_days"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_named(tmp_path: Path, change: dict[str, object], says: str) -> None:
    path = tmp_path / "program.yml"
    path.write_text(yaml.safe_dump({**GOOD, **change}))
    with pytest.raises(ConfigurationError) as caught:
        load_program(path)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [("name: [", "not valid YAML near line"), ("", "is empty"), ("- a\n- b", "is empty")],
)
def test_a_file_that_is_no_program_says_so(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "program.yml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=says):
        load_program(path)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"program.yml is missing"):
        load_program(tmp_path / "program.yml")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("PORT", "eighty", "PORT"),
        ("PORT", "99999", "PORT"),
        ("TELEGRAM_STAFF_CHAT_ID", "our group", "TELEGRAM_STAFF_CHAT_ID"),
        ("TELEGRAM_API_URL", "api", "TELEGRAM_API_URL must be an address"),
        ("TELEGRAM_WEBHOOK_URL", "https://example.org/hook", "TELEGRAM_WEBHOOK_SECRET is needed"),
    ],
)
def test_a_wrong_variable_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, says: str) -> None:
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(ConfigurationError, match=says):
        settings()
    settings.cache_clear()


def test_the_default_database_lies_in_var_dir(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("VAR_DIR", str(tmp_path))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    settings.cache_clear()
    assert settings().database_url == f"sqlite:///{tmp_path}/assistant.sqlite"
    settings.cache_clear()


def test_hours_in_words() -> None:
    program = load_program(ROOT / "program.yml")
    assert describe_hours(program.staff_hours) == "Mon-Thu 9 AM-8:30 PM, Fri 9 AM-5 PM, Sat 9 AM-1 PM"


def test_facts_are_filled_in_and_money_is_left_alone() -> None:
    program = load_program(ROOT / "program.yml")
    assert program.fill("Call $phone, it is $20.") == f"Call {program.phone}, it is $20."
