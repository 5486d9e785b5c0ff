"""Which step of an escalation is due when, and who that reaches. The policy is a snapshot of ``program.yml``."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.models import Escalation, OnCallShift, Staff
from bot.escalation.office import staffed
from bot.program import program
from bot.settings import settings


def snapshot(session: Session, level: str, now: datetime) -> dict[str, Any]:
    """Give the policy of a level at this time of day as plain JSON.

    It is kept on the escalation, so neither a change of the file nor the end of office hours changes what runs.
    """
    policy = getattr(program().escalation, level)
    out_of_hours = policy.out_of_hours_steps is not None and not staffed(session, now)
    steps = policy.out_of_hours_steps if out_of_hours else policy.steps
    return {
        "acknowledge_within_minutes": policy.acknowledge_within_minutes,
        "repeat_every_minutes": policy.repeat_every_minutes or policy.acknowledge_within_minutes,
        "hours": "out" if out_of_hours else "in",
        "steps": [{"after_minutes": step.after_minutes, "notify": step.notify} for step in steps],
    }


def round_of(escalation: Escalation) -> int:
    """Give how often the clock was started: once, and again for each rise and each reopening."""
    return int(escalation.policy.get("round", 1))


def start_clock(session: Session, escalation: Escalation, level: str, now: datetime) -> None:
    """Set an escalation to ``level``'s policy, its first step due now."""
    policy = snapshot(session, level, now)
    policy["round"] = round_of(escalation) + 1 if escalation.policy else 1
    escalation.level = level
    escalation.policy = policy
    escalation.step = 0
    escalation.clock_started_at = now
    escalation.next_step_at = now + timedelta(minutes=policy["steps"][0]["after_minutes"])
    escalation.acknowledge_by = now + timedelta(minutes=policy["acknowledge_within_minutes"])


def advance(escalation: Escalation) -> None:
    """Move to the next step; with none left the last is repeated, because nobody has answered yet."""
    steps = escalation.policy["steps"]
    escalation.step += 1
    if escalation.step < len(steps):
        due = escalation.clock_started_at + timedelta(minutes=steps[escalation.step]["after_minutes"])
    else:
        # Escalations of the first version kept no pause of its own.
        pause = escalation.policy.get("repeat_every_minutes", escalation.policy["acknowledge_within_minutes"])
        due = escalation.next_step_at + timedelta(minutes=pause)
    escalation.next_step_at = due


def step_target(escalation: Escalation) -> str:
    """Give whom the due step reaches: staff_chat, on_call, backup or everyone."""
    steps = escalation.policy["steps"]
    return str(steps[min(escalation.step, len(steps) - 1)]["notify"])


def chats_for(session: Session, target: str, now: datetime) -> list[int]:
    """Give the Telegram chats that a step's target stands for, each once.

    On-call is whoever has a shift now, overrides first. A target that reaches nobody falls back to the staff's chat,
    so that no step is silent.
    """
    chats: list[int] = []
    if target == "on_call":
        chats = _on_call(session, now)
    elif target == "backup":
        chats = _linked_staff(session, backup_only=True)
    elif target == "everyone":
        chats = [*_staff_chat(), *_linked_staff(session, backup_only=False)]
    return list(dict.fromkeys(chats or _staff_chat() or _linked_staff(session, backup_only=False)))


def anybody_reachable(session: Session, now: datetime) -> bool:
    """Tell whether an alert has anywhere to go but the console."""
    return settings().telegram_bot_token is not None and bool(chats_for(session, "everyone", now))


def _staff_chat() -> list[int]:
    chat = settings().telegram_staff_chat_id
    return [chat] if chat is not None else []


def _linked_staff(session: Session, *, backup_only: bool) -> list[int]:
    query = select(Staff.telegram_user_id).where(Staff.active.is_(True), Staff.telegram_user_id.is_not(None))
    if backup_only:
        query = query.where(Staff.backup.is_(True))
    return list(session.execute(query.order_by(Staff.id)).scalars())


def _on_call(session: Session, now: datetime) -> list[int]:
    query = (
        select(Staff.telegram_user_id, OnCallShift.override)
        .join(OnCallShift, OnCallShift.staff_id == Staff.id)
        .where(OnCallShift.starts_at <= now, OnCallShift.ends_at > now)
        .where(Staff.active.is_(True), Staff.telegram_user_id.is_not(None))
        .order_by(OnCallShift.override.desc(), OnCallShift.id.desc())
    )
    rows = session.execute(query).all()
    overriding = [chat for chat, override in rows if override]
    return overriding or [chat for chat, _ in rows]
