"""What the tests of several parts share."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from sqlalchemy.orm import Session

from bot.db.models import Staff

NOW = datetime(2026, 11, 23, 23, 0, tzinfo=timezone.utc)


@pytest.fixture
def staff(db: Session) -> Staff:
    row = Staff(username="demo", first_name="Dana", role="counselor", telegram_user_id=501, active=True, admin=False,
                backup=False, must_change_password=False, created_at=NOW)  # fmt: skip
    db.add(row)
    db.flush()
    return row
