"""What staff said of verdicts, for the training data, and what alerts came to, by category and week."""

from __future__ import annotations

import json
import sys
from collections import Counter, defaultdict
from datetime import datetime
from statistics import median
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.engine import reading
from bot.db.models import Conversation, Escalation, InboxMessage, ReviewLabel


def mark_missed(session: Session, message_id: int, staff_id: int, now: datetime) -> bool:
    """Keep a message that should have raised an alert and did not. Gives False if it was marked before."""
    query = select(ReviewLabel.id).where(ReviewLabel.inbox_id == message_id, ReviewLabel.label == "missed")
    if session.execute(query).first() is not None:
        return False
    session.add(ReviewLabel(inbox_id=message_id, label="missed", staff_id=staff_id, created_at=now))
    return True


def labels(session: Session) -> list[dict[str, Any]]:
    """Give every labelled message: {"id", "text", "label", "level", "categories", "at"}, oldest first."""
    query = (
        select(ReviewLabel, InboxMessage)
        .join(InboxMessage, InboxMessage.id == ReviewLabel.inbox_id)
        .order_by(ReviewLabel.id)
    )
    return [
        {
            "id": message.id,
            "text": message.text,
            "label": label.label,
            "level": (message.verdict or {}).get("level", "N"),
            "categories": (message.verdict or {}).get("categories", []),
            "at": label.created_at.isoformat(),
        }
        for label, message in session.execute(query)
    ]


def report(session: Session) -> list[dict[str, Any]]:
    """Count alerts, checks, false alarms and acknowledgement times by ISO week and category, oldest week first.

    Returns:
        Rows {"week", "category", "alerts", "checks", "false_alarms", "median_acknowledge_seconds" (None: nobody has)}.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = defaultdict(
        lambda: {"alerts": 0, "checks": 0, "false_alarms": 0, "times": []}
    )
    for escalation in session.execute(select(Escalation)).scalars():
        row = rows[_week(escalation.opened_at), (escalation.categories or ["none"])[0]]
        row["alerts"] += 1
        row["false_alarms"] += escalation.status == "false_alarm"
        if escalation.acknowledged_at is not None:
            row["times"].append((escalation.acknowledged_at - escalation.opened_at).total_seconds())
    query = select(InboxMessage.received_at, InboxMessage.verdict).join(
        Conversation, Conversation.id == InboxMessage.conversation_id
    )
    for received_at, verdict in session.execute(query.where(InboxMessage.verdict.is_not(None))):
        if verdict and verdict.get("action") == "check":
            rows[_week(received_at), (verdict.get("categories") or ["none"])[0]]["checks"] += 1
    return [
        {
            "week": week,
            "category": category,
            "alerts": row["alerts"],
            "checks": row["checks"],
            "false_alarms": row["false_alarms"],
            "median_acknowledge_seconds": round(median(row["times"])) if row["times"] else None,
        }
        for (week, category), row in sorted(rows.items())
    ]


def _week(moment: datetime) -> str:
    year, week, _ = moment.isocalendar()
    return f"{year}-W{week:02d}"


def print_labels(*, export: bool) -> None:
    """Print the labelled messages: as JSON lines for the training data, or counted."""
    with reading() as session:
        found = labels(session)
    if export:
        for line in found:
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
        return
    if not found:
        sys.stdout.write("Staff have not labelled any message yet.\n")
        return
    for (label, level), count in sorted(Counter((line["label"], line["level"]) for line in found).items()):
        sys.stdout.write(f"{label:12s} level {level}: {count}\n")
    sys.stdout.write("`python -m bot review --export` gives the messages as JSON lines.\n")


def print_report() -> None:
    """Print the report as a table."""
    with reading() as session:
        rows = report(session)
    sys.stdout.write(f"{'week':10s} {'category':18s} {'alerts':>7s} {'checks':>7s} {'false':>6s} {'ack. (s)':>9s}\n")
    for row in rows:
        seconds = row["median_acknowledge_seconds"]
        sys.stdout.write(
            f"{row['week']:10s} {row['category']:18s} {row['alerts']:7d} {row['checks']:7d} {row['false_alarms']:6d} "
            f"{seconds if seconds is not None else '-':>9}\n"
        )
