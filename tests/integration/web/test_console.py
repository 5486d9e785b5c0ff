"""What staff see and do in the console."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from bot.channels.incoming import IncomingMessage
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
    Participant,
    Prospect,
    ReviewLabel,
    Staff,
    Track,
)
from bot.escalation.handoff import request_person
from bot.escalation.service import report, resolve
from bot.inbox.store import accept
from bot.people.participants import add_participant, link
from bot.people.privacy import delete, export
from bot.web.staff.evidence import marked
from tests.integration.web.site import Site
from tests.integration.web.staff_login import Account, logged_in, make_account, send
from tests.integration.web.streams import open_stream

SECRET = "I want to kill myself tonight"


def say(text: str, key: str = "4242", at: datetime | None = None) -> str:
    """Let somebody write on Telegram. Gives the conversation's id."""
    with transaction() as session:
        message = IncomingMessage("telegram", str(uuid.uuid4()), key, "text", text)
        return accept(session, message, at or clock.now()).conversation_id


def one(table: Any, number: Any = None) -> Any:
    with transaction() as session:
        return session.get(table, number) if number is not None else session.execute(select(table)).scalar_one()


@pytest.fixture
def client(site: Site, account: Account) -> Iterator[httpx.Client]:
    """Sam, logged in."""
    with logged_in(site, account) as client:
        yield client


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


# ---- live


def parts(stream: Any, name: str) -> str:
    while True:
        event = stream.next("part").json
        if event["part"] == name:
            return str(event["html"])


def test_an_alert_appears_on_an_open_board(client: httpx.Client, site: Site) -> None:
    client.get("/staff")
    with open_stream(client, "/staff/events?view=board&number=0") as stream:
        assert "No alert is open." in parts(stream, "alerts")
        site.feed.publish(say(SECRET))
        html = parts(stream, "alerts")
        assert "Acknowledge" in html
        assert SECRET not in html


def test_what_another_does_appears_on_an_open_alert(client: httpx.Client, site: Site) -> None:
    say(SECRET)
    other = make_account("kim", "Kim", "nurse")
    with logged_in(site, other) as kim, open_stream(client, "/staff/events?view=escalation&number=1") as stream:
        assert "Acknowledge</button>" in parts(stream, "summary")
        send(kim, "/staff/act/acknowledge/1")
        assert "Acknowledged by Kim (nurse)" in parts(stream, "summary")


def test_a_live_parts_button_works_with_the_pages_token(client: httpx.Client) -> None:
    say(SECRET)
    client.get("/staff")
    with open_stream(client, "/staff/events?view=board") as stream:
        token = re.search(r'name="csrf_token" value="([^"]+)"', parts(stream, "alerts"))[1]  # type: ignore[index]
    assert (
        "You have it"
        in client.post(
            "/staff/act/acknowledge/1", data={"csrf_token": token, "back": "/staff"}, follow_redirects=True
        ).text
    )


def test_an_open_page_is_told_when_the_login_ends(
    client: httpx.Client, site: Site, clock_at: Callable[[datetime], None]
) -> None:
    clock_at(clock.now())
    with open_stream(client, "/staff/events?view=board") as stream:
        parts(stream, "alerts")
        clock.move(timedelta(minutes=31))
        site.feed.publish_all()
        assert stream.next("expired").data == "1"
        assert stream.ended()


@pytest.mark.parametrize(
    "query", ["", "?view=nothing", "?view=board&number=x", "?view=board&number=-1", "?view=chat&number=" + "9" * 30]
)
def test_a_stream_of_nothing_is_no_page(client: httpx.Client, query: str) -> None:
    assert client.get(f"/staff/events{query}").status_code == 404


# ---- people


def test_a_link_code_links_the_participant(client: httpx.Client) -> None:
    conversation = say("hello")
    with transaction() as session:
        add_participant(session, "P-7", "Riley", clock.now())
    page = send(client, "/staff/people/participant-code", "/staff/people", number="1").text
    code = re.search(r"/start ([\w-]+)", page)[1]  # type: ignore[index]

    assert f"https://t.me/demo_iop_bot?start={code}" in page
    assert code not in client.get("/staff/people").text, "it is shown once"
    with transaction() as session:
        assert link(session, session.get(Conversation, conversation), code, clock.now()).first_name == "Riley"


def test_staff_connect_their_own_telegram_and_only_administrators_another_ones(
    client: httpx.Client, site: Site, account: Account, admin: Account
) -> None:
    assert (
        "Link code for Sam"
        in send(client, "/staff/people/staff-code", "/staff/people", number=str(account.staff_id)).text
    )
    refused = send(client, "/staff/people/staff-code", "/staff/people", number=str(admin.staff_id))
    assert refused.status_code == 403
    assert "Only administrators may do this for somebody else." in refused.text
    with logged_in(site, admin) as ada:
        assert (
            "Link code for Sam"
            in send(ada, "/staff/people/staff-code", "/staff/people", number=str(account.staff_id)).text
        )


def test_participants_are_added_once_and_enrolled_once(client: httpx.Client) -> None:
    with transaction() as session:
        session.add(Track(slug="evening", title="Evening track"))
    here = "/staff/people"
    assert (
        "Riley (P-7) has been added."
        in send(client, f"{here}/participant", here, reference=" P-7 ", first_name="Riley").text
    )
    assert (
        "with this number already" in send(client, f"{here}/participant", here, reference="P-7", first_name="Rob").text
    )
    place = {"participant": "1", "track": "1", "starts_on": clock.now().date().isoformat(), "ends_on": ""}
    assert "is enrolled in Evening track" in send(client, f"{here}/enrol", here, **place).text
    assert "at that time already" in send(client, f"{here}/enrol", here, **place).text
    assert "Choose a participant and a track." in send(client, f"{here}/enrol", here, **{**place, "track": "9"}).text
    assert "From: " in send(client, f"{here}/enrol", here, **{**place, "starts_on": "yesterday"}).text
    assert "The end is before" in send(client, f"{here}/enrol", here, **{**place, "ends_on": "2001-01-01"}).text
    page = client.get(here).text
    assert "<td>Evening track</td>" in page
    assert "Riley" in client.get(f"{here}?search=p-7").text
    assert "Nobody found." in client.get(f"{here}?search=%25zz").text


def test_only_administrators_make_accounts_and_passwords(
    client: httpx.Client, site: Site, admin: Account, account: Account
) -> None:
    here = "/staff/people"
    fields = {"username": "New.One", "first_name": "New", "role": "nurse"}
    assert send(client, f"{here}/staff", here, **fields).status_code == 403
    assert send(client, f"{here}/reset", here, number=str(admin.staff_id)).status_code == 403
    with logged_in(site, admin) as ada:
        page = send(ada, f"{here}/staff", here, **fields).text
        password = re.search(r"<code>([^<]+)</code>", page)[1]  # type: ignore[index]
        with logged_in(site, Account(0, "new.one", password)) as new:
            assert new.get("/staff").headers["location"] == "/staff/password"
        assert "user name already" in send(ada, f"{here}/staff", here, **fields).text
        assert "User name: Letters" in send(ada, f"{here}/staff", here, **{**fields, "username": "a b"}).text
        page = send(ada, f"{here}/reset", here, number=str(account.staff_id)).text
        assert re.search(r"<code>([^<]+)</code>", page)
    assert client.get("/staff").status_code == 303, "the old login is over"
    with transaction() as session:
        assert session.get(Staff, account.staff_id).must_change_password


# ---- tables


def test_the_tables_are_for_administrators(client: httpx.Client, site: Site, admin: Account) -> None:
    for path in ("", "staff/list", "staff/edit/1", "enrolment/ajax/lookup?name=x&term=y", "statics/js/main.js"):
        answer = client.get(f"/staff/admin/{path}")
        assert (path, answer.status_code) == (path, 403)
    with logged_in(site, admin) as ada:
        page = ada.get("/staff/admin/staff/details/1")
        assert page.status_code == 200
        for table in (
            "track",
            "program-session",
            "session-exception",
            "closure",
            "participant",
            "enrolment",
            "staff",
            "on-call-shift",
        ):
            listed = ada.get(f"/staff/admin/{table}/list")
            assert listed.status_code == 200
            assert "argon2" not in listed.text + page.text
            assert "script-src 'self';" in listed.headers["content-security-policy"]
        assert ada.get("/staff/admin/login").status_code == 404
        assert ada.get("/staff/admin/staff/create").status_code == 403


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, None),
        ({"rrule": "FREQ=SOMETIMES"}, "FREQ must be"),
        ({"rrule": "every monday"}, "FREQ"),
        ({"kind": "party"}, "Use one of"),
        ({"minutes": "0"}, "Between 5 and 600."),
        ({"start_time": "25:00"}, "valid time"),
        ({"first_date": "soon"}, "valid date"),
        ({"video_link": "javascript:alert(1)"}, "full address"),
        ({"csrf_token": "made-up"}, "This page was too old."),
    ],
)
def test_a_session_is_stored_only_if_it_makes_sense(
    site: Site, admin: Account, changed: dict[str, str], problem: str | None
) -> None:
    path = "/staff/admin/program-session/create"
    with logged_in(site, admin) as ada:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', ada.get(path).text)[1]  # type: ignore[index]
        fields = {
            "csrf_token": token,
            "title": "Evening group",
            "kind": "cbt",
            "first_date": "2026-11-23",
            "start_time": "18:00",
            "minutes": "90",
            "rrule": "FREQ=WEEKLY;BYDAY=MO",
            "active": "y",
            "save": "Save",
            "track": "__None",
            "participant": "__None",
            **changed,
        }
        answer = ada.post(path, data=fields)
        assert answer.status_code == (302 if problem is None else 400)
        if problem:
            assert problem in answer.text


def test_a_database_refusal_is_one_sentence(site: Site, admin: Account, capsys: pytest.CaptureFixture[str]) -> None:
    with transaction() as session:
        session.add(Participant(reference="P-7", first_name="Riley", created_at=clock.now()))
    path = "/staff/admin/participant/create"
    with logged_in(site, admin) as ada:
        token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', ada.get(path).text)[1]  # type: ignore[index]
        answer = ada.post(path, data={"csrf_token": token, "reference": "P-7", "first_name": "Robin", "save": "Save"})
    assert answer.status_code == 400
    assert "There is one like this already" in answer.text
    logged = capsys.readouterr()
    assert "Robin" not in logged.out + logged.err


# ---- export


def test_a_person_fetches_their_data_once(site: Site) -> None:
    conversation = say("my own words")
    with transaction() as session:
        token = export(session, conversation, clock.now())
    shown = httpx.get(f"{site.url}/export/{token}")
    assert "my own words" not in shown.text, "opening a link, as messengers do, uses nothing up"
    got = httpx.post(f"{site.url}/export/{token}")
    assert got.headers["content-disposition"] == 'attachment; filename="my-data.json"'
    assert got.json()["messages"][0]["text"] == "my own words"
    again = httpx.post(f"{site.url}/export/{token}")
    assert again.status_code == 404
    assert "does not work any more" in again.text


@pytest.mark.parametrize("token", ["x", "%00", "x" * 5000, "..%2f..", "é"])
def test_a_made_up_export_link_gives_nothing(site: Site, token: str) -> None:
    assert httpx.post(f"{site.url}/export/{token}").status_code == 404


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
