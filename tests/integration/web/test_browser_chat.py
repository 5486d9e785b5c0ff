"""The chat page in a real browser: on a phone, with a keyboard, offline and back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import func, select

from bot.clock import clock
from bot.db.engine import transaction
from bot.db.models import Conversation, InboxMessage
from bot.outbox.store import Outgoing
from bot.people.privacy import delete
from tests.integration.web.site import Site

# Gives every text on a page whose contrast with what is behind it is below 4.5:1 (WCAG 2.2 AA).
CONTRAST = Path(__file__).with_name("contrast.js").read_text(encoding="utf-8")
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}


@pytest.fixture
def phone(browser: Browser) -> Iterator[BrowserContext]:
    """A phone."""
    context = browser.new_context(**PHONE)  # type: ignore[arg-type]
    yield context
    context.close()


@pytest.fixture
def page(phone: BrowserContext, site: Site) -> Iterator[Page]:
    """The chat page, open on the phone; a script error fails the test."""
    page = phone.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console", lambda message: errors.append(message.text) if "Content Security Policy" in message.text else None
    )
    page.goto(site.url)
    yield page
    assert not errors


def bubbles(page: Page, who: str) -> list[str]:
    return [text.strip() for text in page.locator(f".bubble.{who} .said").all_inner_texts()]


def write(page: Page, text: str) -> None:
    page.get_by_label("Your message").fill(text)
    page.get_by_role("button", name="Send").click()


def stored() -> int:
    with transaction() as session:
        return int(session.scalar(select(func.count()).select_from(InboxMessage)) or 0)


def test_a_conversation_on_a_phone(page: Page, site: Site) -> None:
    greeting = page.locator(".bubble.greeting")
    expect(greeting).to_contain_text("automated assistant, not a person")
    write(page, "what does it cost?")
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: what does it cost?")
    page.get_by_role("button", name="Yes").click()
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: /yes")

    assert bubbles(page, "person") == ["what does it cost?", "Yes"]
    pressed = page.locator(".bubble.assistant").nth(1).get_by_role("button")
    assert [pressed.nth(n).is_disabled() for n in range(2)] == [True, True]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is wider than the phone"


def test_crisis_numbers_stay_in_sight_however_long_the_chat(page: Page, site: Site) -> None:
    site.assistant.answer = lambda _message, text: [Outgoing(f"{text} " * 40)]
    for number in range(4):
        write(page, f"message {number}")
        expect(page.locator(".bubble.assistant")).to_have_count(number + 2)
    for name in ("Call 911", "Call 988", "Text 988", "Text HOME to 741741"):
        expect(page.get_by_role("link", name=name)).to_be_in_viewport()


def test_a_reload_keeps_the_conversation_and_goes_on(page: Page, site: Site) -> None:
    write(page, "hello")
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: hello")
    page.reload()
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: hello")
    write(page, "again")
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: again")
    assert bubbles(page, "person") == ["hello", "again"]
    page.get_by_role("button", name="No").last.click()
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: /no")


def test_everything_can_be_done_with_the_keyboard_alone(browser: Browser, site: Site) -> None:
    context = browser.new_context(viewport={"width": 1000, "height": 800})
    page = context.new_page()
    page.goto(site.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top") >= 0, "it is visible when focused"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"
    page.keyboard.type("first line")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("second line")
    page.keyboard.press("Enter")
    expect(page.locator(".bubble.assistant").last).to_contain_text("second line")
    assert bubbles(page, "person") == ["first line\nsecond line"]
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        if page.evaluate("document.activeElement.textContent") == "Yes":
            break
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid", "one sees where one is"
    page.keyboard.press("Enter")
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: /yes")
    context.close()


def test_a_screen_reader_is_told_who_speaks_and_only_what_is_new(page: Page, site: Site) -> None:
    log = page.get_by_role("log", name="Conversation")
    expect(log).to_have_attribute("aria-live", "polite")
    write(page, "hello")
    expect(log.get_by_role("listitem").nth(2)).to_have_text(re.compile(r"^Assistant: You said: hello"))
    expect(log.get_by_role("listitem").nth(1)).to_have_text(re.compile(r"^You: hello"))
    page.reload()
    expect(log.get_by_role("listitem")).to_have_count(3)
    unnamed = page.evaluate(
        "[...document.querySelectorAll('button,a,input,textarea')]"
        ".filter(e => !(e.textContent.trim() || e.ariaLabel || e.labels?.length)).length"
    )
    assert unnamed == 0


def test_what_is_written_offline_is_sent_once_when_back_also_after_a_reload(
    phone: BrowserContext, page: Page, site: Site
) -> None:
    write(page, "hello")
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: hello")
    phone.set_offline(True)
    write(page, "one")
    write(page, "two")
    expect(page.get_by_role("status")).to_contain_text("You're offline")
    expect(page.get_by_text("Not sent yet. Trying again.")).to_be_visible()
    assert stored() == 1
    phone.set_offline(False)
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: two", timeout=20000)
    expect(page.get_by_text("Not sent yet")).to_have_count(0)
    assert stored() == 3
    assert bubbles(page, "person") == ["hello", "one", "two"]


def test_a_message_whose_confirmation_was_lost_is_stored_once(page: Page, site: Site) -> None:
    lost: list[bool] = []

    def lose_the_first(route: object) -> None:
        if not lost:
            lost.append(True)
            route.fetch()  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route("**/chat/messages", lose_the_first)
    write(page, "just once")
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: just once", timeout=15000)
    assert stored() == 1
    assert bubbles(page, "person") == ["just once"]


def test_an_unsent_message_survives_a_reload(page: Page, site: Site) -> None:
    page.route("**/chat/messages", lambda route: route.abort())
    write(page, "do not lose me")
    expect(page.get_by_text("Not sent yet. Trying again.")).to_be_visible()
    page.unroute("**/chat/messages")
    page.reload()
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: do not lose me", timeout=15000)
    assert stored() == 1


def test_a_refused_message_says_why_and_can_be_changed(page: Page, site: Site) -> None:
    page.evaluate("document.getElementById('text').removeAttribute('maxlength')")
    write(page, "x" * 10001)
    expect(page.locator(".bubble.refused")).to_contain_text("too long for one message")
    assert len(page.get_by_label("Your message").input_value()) == 10001
    assert stored() == 0


def test_crisis_words_come_also_when_the_message_cannot_be_stored(
    page: Page, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sqlalchemy.exc import OperationalError

    def broken(*_args: object) -> None:
        raise OperationalError("INSERT", {}, Exception("disk full"))

    with monkeypatch.context() as patch:
        patch.setattr("bot.web.chat.accept", broken)
        write(page, "I want to kill myself tonight")
        expect(page.locator(".bubble.crisis-reply")).to_contain_text("Call or text 988")
        expect(page.get_by_role("status")).to_contain_text("could not be stored yet")
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: I want to kill", timeout=20000)
    assert stored() == 1
    expect(page.locator(".bubble a[href='tel:988']").first).to_be_visible()


def test_the_page_comes_back_by_itself_when_the_stream_breaks(page: Page, site: Site) -> None:
    write(page, "hello")
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: hello")
    site.feed.close()  # every stream ends, as at a restart
    with transaction() as session:
        conversation = str(session.execute(select(Conversation.id)).scalar_one())
    site.say(conversation, "while the line was down")
    expect(page.locator(".bubble.assistant").last).to_contain_text("while the line was down", timeout=15000)
    assert bubbles(page, "assistant").count("while the line was down") == 1


def test_typing_is_shown_while_the_assistant_works(page: Page, site: Site) -> None:
    site.assistant.held = True
    write(page, "a hard question")
    expect(page.get_by_text("The assistant is writing")).to_be_visible()
    site.assistant.release()
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: a hard question")
    expect(page.get_by_text("The assistant is writing")).to_be_hidden()


def test_forgetting_the_chat_leaves_an_empty_page(page: Page, site: Site) -> None:
    write(page, "hello")
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: hello")
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_role("dialog")).to_contain_text('write "delete my data"')
    page.get_by_role("button", name="Forget this chat").click()
    expect(page.locator(".bubble")).to_have_count(1)
    page.reload()
    expect(page.locator(".bubble")).to_have_count(1)


def test_after_a_deletion_of_ones_data_the_chat_goes_on_as_a_new_one(page: Page, site: Site) -> None:
    write(page, "hello")
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: hello")
    with transaction() as session:
        delete(session, str(session.execute(select(Conversation.id)).scalar_one()), clock.now())
    write(page, "are you still there?")
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said: are you still there?")
    page.reload()
    expect(page.locator(".bubble.person")).to_have_count(1)


def test_a_breathing_rhythm_runs_and_stops(page: Page, site: Site) -> None:
    rhythm = {"phases": [["Breathe in", 1], ["Breathe out", 1]], "rounds": 2}
    site.assistant.answer = lambda _message, _text: [Outgoing("Follow the circle.", extra={"breathing": rhythm})]
    write(page, "breathe with me")
    group = page.get_by_role("group", name="Breathing rhythm")
    expect(group).to_contain_text("Round 1 of 2")
    expect(group).to_contain_text("Breathe out")
    group.get_by_role("button", name="Stop").click()
    expect(group).to_contain_text("Ready when you are")
    group.get_by_role("button", name="Start").click()
    expect(group).to_contain_text("Done.", timeout=10000)
    page.reload()
    expect(group).to_contain_text("Ready when you are")


def test_reduced_motion_has_the_words_without_the_movement(browser: Browser, site: Site) -> None:
    rhythm = {"phases": [["Breathe in", 2], ["Breathe out", 2]], "rounds": 2}
    site.assistant.answer = lambda _message, _text: [Outgoing("Follow.", extra={"breathing": rhythm})]
    context = browser.new_context(reduced_motion="reduce")
    page = context.new_page()
    page.goto(site.url)
    write(page, "breathe")
    expect(page.locator(".breathing")).to_contain_text("Breathe in")
    assert page.evaluate("document.querySelector('.circle').style.transform") == ""
    context.close()


def test_what_a_person_or_the_assistant_writes_is_never_markup(page: Page, site: Site) -> None:
    attack = '<img src=x onerror="document.title=1"><script>document.title=2</script> http://x.example/"onclick=1'
    write(page, attack)
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said:")
    assert bubbles(page, "person") == [attack]
    assert page.locator(".log img, .log script").count() == 0
    assert page.title() == "Support chat"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_has_enough_contrast(browser: Browser, site: Site, scheme: str) -> None:
    """WCAG 2.2 AA: 4.5:1 for every text on the page against what is behind it."""
    context = browser.new_context(color_scheme=scheme, viewport={"width": 390, "height": 844})  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(site.url)
    write(page, "I want to kill myself tonight")
    expect(page.locator(".bubble.assistant").last).to_contain_text("You said")
    page.get_by_role("button", name="Yes").click()
    expect(page.locator(".bubble.assistant").last).to_contain_text("/yes")
    poor = page.evaluate(CONTRAST)
    context.close()
    assert poor == []
