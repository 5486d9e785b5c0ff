"""What is counted, for Prometheus. Never a person, a text or an id as a label."""

from __future__ import annotations

from prometheus_client import Counter, Gauge, Histogram

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)

TURN_SECONDS = Histogram(
    "assistant_turn_seconds", "From taking a message on to its reply being queued", buckets=SECONDS
)
MESSAGE_SECONDS = Histogram(
    "assistant_message_seconds", "From storing a person's message to Telegram's yes for an answer", ["kind"],
    buckets=SECONDS,
)  # fmt: skip
DELIVERY_SECONDS = Histogram(
    "assistant_delivery_seconds", "From queueing a message to Telegram's yes", ["kind"], buckets=SECONDS
)
ALERT_SECONDS = Histogram(
    "assistant_alert_seconds", "From a message with risk to Telegram's yes for its first alert", buckets=SECONDS
)
ACKNOWLEDGE_SECONDS = Histogram(
    "assistant_acknowledge_seconds", "From an alert to its acknowledgement", ["level"],
    buckets=(30, 60, 120, 300, 600, 900, 1800, 3600, 14400, 86400),
)  # fmt: skip
ERRORS = Counter("assistant_errors", "Errors by kind", ["kind"])
RETRIES = Counter("assistant_delivery_retries", "Deliveries that were put off", ["reason"])
ANSWER_RETRIES = Counter("assistant_answer_retries", "Messages that were put back because there was no answer")
LATE_STEPS = Counter("assistant_late_steps", "Escalation steps that came more than a minute late")
UNDELIVERED_ALERTS = Counter("assistant_undelivered_alerts", "Escalations of which no alert arrived within a minute")
WAITING = Gauge("assistant_waiting_messages", "Messages waiting", ["queue"])
OLDEST = Gauge("assistant_oldest_waiting_seconds", "Age of the oldest waiting message", ["queue"])
PART_WORKS = Gauge("assistant_part_works", "1 where the part works, else 0", ["part"])
