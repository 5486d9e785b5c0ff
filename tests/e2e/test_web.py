"""Every topic on the chat page, and risk to acknowledgement in the console, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.e2e.stack import Stack
from tests.e2e.test_telegram import QUESTIONS

CHROMIUM = "/usr/bin/chromium"
PASSWORD = "a long demo passphrase"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield started
        started.close()


def ask(page: Page, text: str) -> str:
    """Write on the chat page and give the answer's first bubble."""
    before = page.locator("#log .bubble.assistant").count()
    page.get_by_label("Your message").fill(text)
    page.keyboard.press("Enter")
    answer = page.locator("#log .bubble.assistant").nth(before)
    expect(answer).to_be_visible(timeout=20_000)
    return answer.inner_text()


@pytest.mark.parametrize(("topic", "question", "says"), QUESTIONS, ids=[row[0] for row in QUESTIONS])
def test_each_topic_is_answered_on_the_page(
    stack: Stack, browser: Browser, topic: str, question: str, says: str
) -> None:
    page = browser.new_page()
    page.goto(stack.url)
    expect(page.get_by_text("automated assistant").first).to_be_visible()
    assert "having trouble" not in ask(page, question)
    expect(page.locator("#log")).to_contain_text(re.compile(says), timeout=20_000)
    page.reload()
    expect(page.locator("#log")).to_contain_text(question)
    page.close()


def test_from_a_disclosure_on_the_page_to_the_console(stack: Stack, browser: Browser) -> None:
    staff = browser.new_context().new_page()
    staff.goto(f"{stack.url}/staff")
    first = next(line for line in stack.said if "first login" in line)
    name, password = re.search(r"first login: (\S+) / (\S+)", first).groups()  # type: ignore[union-attr]
    staff.get_by_label("User name").fill(name)
    staff.get_by_label("Password", exact=True).fill(password)
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/staff/password*")
    for field in staff.locator("input[type=password]").all():
        label = field.get_attribute("autocomplete")
        field.fill(password if label == "current-password" else PASSWORD)
    staff.keyboard.press("Enter")
    staff.wait_for_url("**/staff")
    person = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    person.goto(stack.url)
    assert re.search("988|911", ask(person, "i dont want to be alive anymore, i am going to hang myself"))
    row = staff.locator(".alert-row", has_text=re.compile("web", re.IGNORECASE)).filter(has_text="suicide")
    expect(row).to_have_count(1, timeout=15_000)  # without a reload; those from Telegram are of other people
    row.get_by_role("link", name="suicide").click()
    expect(staff.get_by_text("hang myself").first).to_be_visible()
    staff.get_by_role("button", name="Acknowledge").first.click()
    expect(person.get_by_text("Demo Admin (program coordinator) has seen this")).to_be_visible(timeout=15_000)
    staff.context.close()
    person.context.close()


def test_strangers_see_nothing_of_the_console(stack: Stack) -> None:
    for path in ("/staff", "/staff/escalations/1", "/staff/people", "/staff/admin/", "/staff/events"):
        answer = httpx.get(f"{stack.url}{path}", follow_redirects=False)
        assert answer.status_code in (302, 303, 307, 401, 403), path
    assert httpx.get(f"{stack.rasa_url}/webhooks/assistant/turn").status_code in (401, 404, 405)
    forged = httpx.post(f"{stack.rasa_url}/webhooks/assistant/turn", json={}, headers={"Authorization": "Bearer no"})
    assert forged.status_code == 401
