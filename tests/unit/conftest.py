"""What the tests of several parts share."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from sqlalchemy.orm import Session

from bot.db.models import Staff

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=timezone.utc)


def add_staff(db: Session, username: str, first_name: str, role: str, telegram_user_id: int, *, backup: bool) -> Staff:
    """Store a member of staff with a Telegram of their own."""
    row = Staff(username=username, first_name=first_name, role=role, telegram_user_id=telegram_user_id, active=True,
                admin=False, backup=backup, must_change_password=False, created_at=NOW)  # fmt: skip
    db.add(row)
    db.flush()
    return row


@pytest.fixture
def staff(db: Session) -> Staff:
    return add_staff(db, "demo", "Dana", "counselor", 501, backup=False)
