"""Staff: accounts for the console, passwords, and who a Telegram account is."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Staff

# NIST SP 800-63B (2024 draft 4): length over composition rules.
SHORTEST_PASSWORD = 12

# Argon2id with the library's defaults (RFC 9106, low-memory profile).
_hasher = PasswordHasher()


class WrongPassword(Exception):
    """The user name and the password do not go together, or the account is switched off."""


class WeakPassword(Exception):
    """The new password will not do; the message says why."""


def create_staff(
    session: Session, username: str, first_name: str, role: str, admin: bool, now: datetime
) -> tuple[int, str]:
    """Make an account with a random first password that must be changed at the first login.

    Returns:
        The new row's id, and the password, which is stored nowhere.
    """
    password = secrets.token_urlsafe(12)
    staff = Staff(
        username=username.strip().lower(),
        first_name=first_name,
        role=role,
        password_hash=_hasher.hash(password),
        must_change_password=True,
        password_changed_at=now,
        admin=admin,
        backup=False,
        active=True,
        created_at=now,
    )
    session.add(staff)
    session.flush()
    return staff.id, password


def check_password(session: Session, username: str, password: str) -> Staff:
    """Give the member of staff who may log in with this.

    Raises:
        WrongPassword: without saying which of the two was wrong; an unknown name takes as long as a wrong password.
    """
    query = select(Staff).where(Staff.username == username.strip().lower(), Staff.active.is_(True))
    staff: Staff | None = session.execute(query).scalar_one_or_none()
    stored = staff.password_hash if staff is not None and staff.password_hash else _nobodys_hash()
    try:
        _hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        raise WrongPassword from None
    if staff is None:
        raise WrongPassword
    if _hasher.check_needs_rehash(stored):
        staff.password_hash = _hasher.hash(password)
    return staff


def change_password(session: Session, staff_id: int, password: str, now: datetime) -> None:
    """Set a new password; every older login of this person ends.

    Raises:
        WeakPassword: it is too short, or the user name.
    """
    staff = session.get(Staff, staff_id)
    if len(password) < SHORTEST_PASSWORD:
        raise WeakPassword(f"Use at least {SHORTEST_PASSWORD} characters.")
    if password.lower() == staff.username:
        raise WeakPassword("Use something other than the user name.")
    staff.password_hash = _hasher.hash(password)
    staff.must_change_password = False
    staff.password_changed_at = now


def staff_of_telegram(session: Session, telegram_user_id: int) -> Staff | None:
    """Give the active member of staff with this Telegram account, if there is one."""
    query = select(Staff).where(Staff.telegram_user_id == telegram_user_id, Staff.active.is_(True))
    return session.execute(query).scalar_one_or_none()


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(12))
