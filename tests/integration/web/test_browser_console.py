"""The console in a real browser: live, with what people type kept, and honest when it is not live any more."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.clock import clock
from bot.db.models import Conversation
from tests.integration.web.site import Site
from tests.integration.web.staff_login import Account, make_account
from tests.integration.web.test_browser_chat import CONTRAST
from tests.integration.web.test_console import SECRET, one, say


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A window at the console; a script error fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert not errors


def log_in(page: Page, site: Site, account: Account) -> None:
    page.goto(f"{site.url}/staff")
    page.get_by_label("User name").fill(account.username)
    page.get_by_label("Password").fill(account.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=re.compile("^(Now|Choose your own password)$"))).to_be_visible()


def test_the_first_login_leads_over_a_new_password_to_the_board(page: Page, site: Site) -> None:
    log_in(page, site, make_account("new", "New", "nurse", first=True))
    page.get_by_label("New password", exact=True).fill("a-fine-long-password")
    page.get_by_label("New password, again").fill("a-fine-long-password")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status").filter(has_text="Your password has been changed.")).to_be_visible()
    expect(page.get_by_role("heading", name="Open alerts")).to_be_visible()


def test_an_alert_appears_by_itself_and_is_acknowledged(page: Page, site: Site, account: Account) -> None:
    log_in(page, site, account)
    expect(page.get_by_text("No alert is open.")).to_be_visible()
    site.feed.publish(say(SECRET))
    expect(page.get_by_text(re.compile(r"\d+ min \d\d s left to acknowledge"))).to_be_visible()
    expect(page).to_have_title("(1) Staff console")
    expect(page.locator("#said")).to_contain_text("New alert: Emergency")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("You have it. Thank you.")).to_be_visible()
    expect(page.get_by_text("Acknowledged by Sam (counselor)")).to_be_visible()
    expect(page).to_have_title("Staff console")


def test_an_alert_that_is_announced_by_nobody_is_seen_all_the_same(page: Page, site: Site, account: Account) -> None:
    log_in(page, site, account)
    expect(page.get_by_text("No alert is open.")).to_be_visible()
    say(SECRET)
    expect(page.get_by_role("button", name="Acknowledge")).to_be_visible(timeout=8000)


def test_two_windows_agree_and_nothing_typed_is_lost(
    page: Page, site: Site, account: Account, browser: Browser
) -> None:
    say(SECRET)
    log_in(page, site, account)
    page.goto(f"{site.url}/staff/escalations/1")
    page.get_by_label("Write to the person").fill("I was just writ")
    context = browser.new_context()
    other = context.new_page()
    log_in(other, site, make_account("kim", "Kim", "nurse"))
    other.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Acknowledged by Kim (nurse)")).to_be_visible()
    site.feed.publish(say("one more thing"))
    expect(page.get_by_text("one more thing")).to_be_visible()
    assert page.get_by_label("Write to the person").input_value() == "I was just writ"
    page.get_by_role("button", name="Take chat").click()
    expect(page.get_by_text("You're in the chat. Reply to write.")).to_be_visible()
    expect(page.get_by_label("Write to the person")).to_have_value("I was just writ")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("Sent.", exact=True)).to_be_visible()
    expect(page.get_by_label("Write to the person")).to_have_value("")
    expect(page.locator(".line.staff").last).to_contain_text("I was just writ")
    context.close()


def test_resolving_an_alert(page: Page, site: Site, account: Account) -> None:
    say(SECRET)
    log_in(page, site, account)
    page.get_by_role("link", name="Open", exact=True).click()
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_role("button", name="Resolve").click()
    assert page.evaluate("document.activeElement.id") == "outcome", "the browser asks for the outcome"
    page.get_by_label("What was the outcome?").fill("Talked, safe at home")
    page.get_by_role("button", name="Resolve").click()
    expect(page.get_by_text("Outcome: Talked, safe at home")).to_be_visible()
    page.get_by_role("link", name="Past alerts").click()
    expect(page.get_by_text("Talked, safe at home")).to_be_visible()


def test_a_person_on_the_web_and_staff_talk(page: Page, site: Site, account: Account, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    person = context.new_page()
    person.goto(site.url)
    person.get_by_label("Your message").fill(SECRET)
    person.keyboard.press("Enter")
    expect(person.locator(".bubble.crisis-reply").first).to_be_visible()
    log_in(page, site, account)
    page.get_by_role("link", name="Open", exact=True).click()
    page.get_by_label("Write to the person").fill("I'm here with you.")
    page.get_by_role("button", name="Send").click()
    expect(person.locator(".bubble.staff").last).to_contain_text("Sam (counselor): I'm here with you.")
    person.get_by_label("Your message").fill("thank you")
    person.keyboard.press("Enter")
    expect(page.locator(".line.person").last).to_contain_text("thank you")
    context.close()


def test_a_page_whose_login_ended_says_so_and_leads_to_the_login(
    page: Page, site: Site, account: Account, clock_at: Callable[[datetime], None]
) -> None:
    log_in(page, site, account)
    clock_at(clock.now() + timedelta(minutes=31))
    site.feed.publish_all()
    alarm = page.get_by_role("alert")
    expect(alarm).to_contain_text("You are logged out, and this page does not change any more.", timeout=10000)
    alarm.get_by_role("link", name="Log in again").click()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_lost_connection_is_said_and_mended(page: Page, site: Site, account: Account) -> None:
    log_in(page, site, account)
    expect(page.get_by_text("No alert is open.")).to_be_visible()
    page.route("**/staff/events*", lambda route: route.abort())
    page.route("**/staff/session", lambda route: route.abort())
    site.feed.close()
    expect(page.get_by_role("alert")).to_contain_text("The connection is lost.", timeout=15000)
    page.unroute_all()
    expect(page.get_by_role("alert")).to_be_hidden(timeout=15000)
    say(SECRET)
    expect(page.get_by_role("button", name="Acknowledge")).to_be_visible(timeout=10000)


def test_a_form_without_its_token_is_refused_in_a_sentence(page: Page, site: Site, account: Account) -> None:
    say(SECRET)
    log_in(page, site, account)
    page.evaluate("for (const e of document.querySelectorAll('[name=csrf_token]')) e.value = 'forged'")
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_role("alert").filter(has_text="This page was too old. Please try again.")).to_be_visible()
    expect(page.get_by_role("button", name="Acknowledge")).to_be_visible()


def test_a_table_is_changed_by_an_administrator(browser: Browser, site: Site, admin: Account) -> None:
    # Another window: on its forms sqladmin's own script has an error, which harms nothing, and would fail this fixture.
    context = browser.new_context()
    window = context.new_page()
    log_in(window, site, admin)
    window.get_by_role("link", name="Timetable and tables").click()
    window.get_by_role("link", name="On-call shifts").click()
    window.get_by_role("link", name="+ New On-call shift").click()
    window.locator("[name=staff]").select_option(label="Ada, director")
    window.locator("[name=starts_at]").fill("2026-11-23T18:00")
    window.locator("[name=ends_at]").fill("2026-11-24T06:00")
    window.get_by_role("button", name="Save", exact=True).click()
    expect(window.get_by_text("Mon Nov 23, 6:00 PM")).to_be_visible()
    window.wait_for_load_state()  # the script behind "Delete" stands at the end of the page
    window.get_by_title("Delete").click()
    expect(window.get_by_text("This will permanently delete")).to_be_visible()  # before that its button does nothing
    window.locator("#modal-delete-button").click()
    expect(window.get_by_text("Mon Nov 23, 6:00 PM")).to_be_hidden()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(browser: Browser, site: Site, account: Account, scheme: str) -> None:
    conversation = say(SECRET)
    context = browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 844})  # type: ignore[arg-type]
    page = context.new_page()
    log_in(page, site, account)
    poor = page.evaluate(CONTRAST)
    for path in ("/staff/escalations/1", "/staff/people", "/staff/escalations", "/staff/password"):
        page.goto(site.url + path)
        poor += page.evaluate(CONTRAST)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    context.close()
    assert poor == []
    assert one(Conversation, conversation).state == "bot"
