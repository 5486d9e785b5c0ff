"""What staff see of alerts, requests and call backs in the console, and what they do there."""

from __future__ import annotations

import re
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select

from bot.clock import clock
from bot.db.engine import transaction
from bot.db.models import (
    Absence,
    Conversation,
    Escalation,
    EscalationEvent,
    Handover,
    InboxMessage,
    OutboxMessage,
    Prospect,
    ReviewLabel,
)
from bot.escalation.requests import request_person
from bot.escalation.service import report, resolve
from bot.people.participants import add_participant
from bot.people.privacy import delete
from bot.web.staff.evidence import marked
from tests.integration.web.rows import one, say
from tests.integration.web.site import Site
from tests.integration.web.staff_login import Account, logged_in, make_account, send

SECRET = "I want to kill myself tonight"


def test_an_empty_board_says_so(client: httpx.Client) -> None:
    page = client.get("/staff").text
    for words in (
        "No alert is open.",
        "Nobody is waiting for a person.",
        "No call back is open.",
        "Nobody has said so today.",
    ):
        assert words in page


def test_the_board_shows_what_waits_the_most_urgent_first(client: httpx.Client) -> None:
    say("hello", "1")
    conversation = say(SECRET, "2")
    with transaction() as session:
        now = clock.now()
        moderate = {"level": "M", "categories": ["relapse"], "action": "alert", "evidence": []}
        report(session, 1, moderate, reader="dialogue", now=now - timedelta(hours=1))
        person = add_participant(session, "P-7", "Riley", now)
        session.get(Conversation, conversation).participant_id = person.id
        request_person(session, conversation, None, now)
        session.add(
            Prospect(
                first_name="Jordan",
                contact="(555) 010-0199",
                contact_kind="phone",
                best_time="mornings",
                status="new",
                created_at=now,
            )
        )
        session.add(Absence(conversation_id=conversation, kind="late", reported_at=now))
        session.add(Absence(conversation_id=conversation, kind="absent", reported_at=now - timedelta(days=2)))

    page = client.get("/staff").text

    assert page.index("Emergency") < page.index("Moderate")
    assert "Riley (P-7) on Telegram" in page
    assert 'href="tel:5550100199"' in page
    assert "will be late" in page
    assert "can&#39;t come" not in page, "that was the day before yesterday"
    assert SECRET not in page, "the text is on the alert's own page only"


def test_messages_that_wait_too_long_are_shown(client: httpx.Client) -> None:
    say("hello?", "1", clock.now() - timedelta(minutes=3))
    with transaction() as session:
        session.execute(select(InboxMessage)).scalar_one().status = "waiting"
    assert "is still waiting for an answer" in client.get("/staff").text


def test_acknowledging_stops_the_clock_is_recorded_and_the_person_hears_of_it(client: httpx.Client, site: Site) -> None:
    say(SECRET)
    done = send(client, "/staff/act/acknowledge/1")

    assert "You have it. Thank you." in done.text
    assert "Acknowledged by Sam (counselor)" in done.text
    assert "data-deadline" not in done.text
    row = one(Escalation)
    assert (row.status, row.next_step_at) == ("acknowledged", None)
    with transaction() as session:
        kinds = list(session.execute(select(EscalationEvent.kind).order_by(EscalationEvent.id)).scalars())
        told = [text for text in session.execute(select(OutboxMessage.text)).scalars() if "Sam (counselor)" in text]
    assert kinds[-1] == "acknowledged"
    assert any("is looking into it" in text for text in told)
    assert site.queued, "delivery was woken"


def test_a_page_of_an_alert_shows_the_conversation_the_evidence_and_the_record(client: httpx.Client) -> None:
    for number in range(30):
        say(f"small talk {number}")
    say(SECRET)
    say("what is for lunch <b>now</b>")

    page = client.get("/staff/escalations/1").text

    assert "small talk 29" in page
    assert "small talk 3<" not in page
    assert "Earlier messages are not shown." in page
    said = re.search(r'<p class="said">(.*?)</p>', page[page.index("disclosure") :], re.DOTALL)
    assert said
    shown = re.sub(r"<[^>]+>", "", said[1])
    assert shown == SECRET
    assert "<mark" in page
    assert "Found: suicide" in page
    assert "what is for lunch &lt;b&gt;now&lt;/b&gt;" in page
    assert "Opened at level E" in page
    assert "Alerted the staff chat" in page


def test_nothing_of_a_person_is_in_titles_and_addresses(client: httpx.Client) -> None:
    conversation = say(SECRET)
    with transaction() as session:
        session.get(Conversation, conversation).participant_id = add_participant(
            session, "P-7", "Riley", clock.now()
        ).id
        request_person(session, conversation, None, clock.now())
    for path in ("/staff", "/staff/escalations/1", "/staff/chats/1", "/staff/escalations", "/staff/people"):
        page = client.get(path)
        title = re.search(r"<title>(.*?)</title>", page.text)[1]  # type: ignore[index]
        assert "Riley" not in title
        assert "P-7" not in title
        assert conversation not in page.text


def test_resolving_asks_for_an_outcome(client: httpx.Client) -> None:
    say(SECRET)
    here = "/staff/escalations/1"
    refused = send(client, f"{here}/resolve", here, outcome="   ")
    assert "Outcome: Please fill this in." in refused.text
    assert one(Escalation).status == "open"

    done = send(client, f"{here}/resolve", here, outcome="Called them, with family now")
    assert "Resolved." in done.text
    assert "Outcome: Called them, with family now" in done.text
    assert "Close this alert" not in done.text
    again = client.post(f"{here}/resolve", data={"csrf_token": "", "back": here})
    assert again.status_code == 303


def test_a_false_alarm_is_kept_for_review(client: httpx.Client) -> None:
    say(SECRET)
    done = send(client, "/staff/escalations/1/false_alarm", "/staff/escalations/1", outcome="")
    assert "Marked as a false alarm." in done.text
    assert one(ReviewLabel).label == "false_alarm"


def test_what_is_closed_cannot_be_acknowledged(client: httpx.Client, account: Account) -> None:
    say(SECRET)
    with transaction() as session:
        resolve(session, 1, account.staff_id, clock.now(), "done")
    assert "This alert was closed already." in send(client, "/staff/act/acknowledge/1").text


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/staff/act/acknowledge/999", "There is no alert with this number."),
        ("/staff/act/take/999", "This request is over."),
        ("/staff/act/end/999", "This chat has ended already."),
        ("/staff/escalations/999/resolve", "There is no alert with this number."),
        ("/staff/escalations/999/join", "There is no alert with this number."),
        ("/staff/reply/escalations/999", "There is no alert with this number."),
        ("/staff/reply/chats/999", "There is no chat with this number."),
    ],
)
def test_what_is_not_there_is_said_in_a_sentence(client: httpx.Client, path: str, words: str) -> None:
    assert words in send(client, path, outcome="x", text="x").text


@pytest.mark.parametrize(
    "path",
    [
        "/staff/act/explode/1",
        "/staff/escalations/1/explode",
        "/staff/reply/people/1",
        "/staff/act/acknowledge/" + "9" * 40,
    ],
)
def test_what_no_button_says_is_no_page(client: httpx.Client, path: str) -> None:
    assert send(client, path).status_code == 404


@pytest.mark.parametrize(
    "path", ["/staff/escalations/7", "/staff/chats/7", "/staff/escalations/" + "9" * 30, "/staff/chats/x"]
)
def test_a_page_that_is_not_there(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "There is no such page." in answer.text


def test_a_reply_reaches_the_person_as_from_staff_and_takes_the_chat(client: httpx.Client) -> None:
    conversation = say(SECRET)
    here = "/staff/escalations/1"
    done = send(client, "/staff/reply/escalations/1", here, text="  I'm here. Can I call you?  ")

    assert "Sent." in done.text
    assert "You are in the chat." in re.sub(r"\s+", " ", done.text)
    assert one(Conversation, conversation).state == "staff"
    with transaction() as session:
        texts = list(session.execute(select(OutboxMessage.text).where(OutboxMessage.kind == "staff")).scalars())
    assert "Sam (counselor): I'm here. Can I call you?" in texts
    assert "Your message: Please fill this in." in send(client, "/staff/reply/escalations/1", here, text=" ").text

    ended = send(client, "/staff/act/end/1", here)
    assert "The chat has ended." in ended.text
    assert one(Conversation, conversation).state == "bot"


def test_somebody_elses_chat_is_not_written_into(client: httpx.Client, site: Site) -> None:
    say(SECRET)
    other = make_account("kim", "Kim", "nurse")
    with logged_in(site, other) as kim:
        assert "You&#39;re in the chat" in send(kim, "/staff/escalations/1/join", "/staff/escalations/1").text
        assert "Somebody else is in this chat." in send(client, "/staff/reply/escalations/1", text="hello").text
        assert "Somebody else has taken this already." in send(client, "/staff/escalations/1/join").text


def test_a_request_for_a_person_is_taken_talked_in_and_ended(client: httpx.Client) -> None:
    conversation = say("can I talk to somebody")
    with transaction() as session:
        request_person(session, conversation, None, clock.now())

    assert "Waiting" in client.get("/staff/chats/1").text
    taken = send(client, "/staff/act/take/1", "/staff/chats/1")
    assert "You&#39;re in the chat" in taken.text
    assert "Sent." in send(client, "/staff/reply/chats/1", "/staff/chats/1", text="Hi, it's Sam").text
    assert "The chat has ended." in send(client, "/staff/act/end/1", "/staff/chats/1").text
    assert one(Handover).status == "ended"


def test_call_backs_are_claimed_and_done(client: httpx.Client) -> None:
    with transaction() as session:
        session.add(
            Prospect(
                first_name="Jordan",
                contact="j@x.example",
                contact_kind="email",
                best_time="any",
                status="new",
                created_at=clock.now(),
            )
        )
    page = client.get("/staff").text
    assert 'href="mailto:j@x.example"' in page
    assert "Sam (counselor) has it" in send(client, "/staff/act/claim/1").text
    assert "No call back is open." in send(client, "/staff/act/done/1").text


def test_after_a_person_deleted_their_data_the_record_stays_and_says_so(client: httpx.Client) -> None:
    conversation = say(SECRET)
    with transaction() as session:
        delete(session, conversation, clock.now())
    page = client.get("/staff/escalations/1").text
    assert SECRET not in page
    assert "Somebody whose data was deleted" in page
    assert "Opened at level E" in page
    assert "no way to write to them" in send(client, "/staff/reply/escalations/1", text="x").text


def test_past_alerts_are_paged_and_filtered(client: httpx.Client, account: Account) -> None:
    with transaction() as session:
        for number in range(30):
            session.add(
                Escalation(
                    level="M" if number % 3 else "E",
                    categories=["relapse"],
                    status="resolved",
                    policy={},
                    opened_at=clock.now(),
                    clock_started_at=clock.now(),
                    acknowledge_by=clock.now(),
                    closed_at=clock.now(),
                    closed_by_id=account.staff_id,
                    outcome=f"outcome {number}",
                )
            )

    def numbers(query: str) -> list[int]:
        return [
            int(n)
            for n in re.findall(r'href="/staff/escalations/(\d+)"', client.get(f"/staff/escalations{query}").text)
        ]

    assert numbers("") == list(range(30, 5, -1))
    assert numbers("?page=2") == list(range(5, 0, -1))
    assert len(numbers("?level=E")) == 10
    assert numbers("?status=false_alarm") == []
    for odd in ("?page=0", "?page=-1", "?page=x", "?page=" + "9" * 30, "?page=٣", "?level=Z", "?status='"):
        assert client.get(f"/staff/escalations{odd}").status_code == 200


@pytest.mark.parametrize(
    ("text", "spans", "pieces"),
    [
        ("abc", [], [("abc", "")]),
        ("", [], []),
        ("say it now", [(4, 6, "p")], [("say ", ""), ("it", "c: p"), (" now", "")]),
        ("abcdef", [(0, 4, "p"), (2, 6, "q")], [("ab", "c: p"), ("cd", "c: p, c: q"), ("ef", "c: q")]),
        ("abc", [(0, 99, "p")], [("abc", "c: p")]),
        ("abc", [(5, 9, "p"), (2, 1, "q"), (-3, 2, "r"), (0, 0, "s")], [("abc", "")]),
    ],
)
def test_evidence_is_marked_where_it_is(
    text: str, spans: list[tuple[int, int, str]], pieces: list[tuple[str, str]]
) -> None:
    verdict = {
        "evidence": [
            {"reader": "patterns", "category": "c", "pattern": p, "level": "H", "start": a, "end": b}
            for a, b, p in spans
        ]
    }
    assert [(part.text, part.why) for part in marked(text, verdict)] == pieces
    assert "".join(part.text for part in marked(text, verdict)) == text


def test_counts(site: Site) -> None:
    """Two alerts for one message would be a defect: the console shows one."""
    say(SECRET)
    with transaction() as session:
        assert session.scalar(select(func.count()).select_from(Escalation)) == 1
