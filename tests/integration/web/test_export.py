"""A person fetches what is stored about them."""

from __future__ import annotations

import httpx
import pytest

from bot.clock import clock
from bot.db.engine import transaction
from bot.people.privacy import export
from tests.integration.web.rows import say
from tests.integration.web.site import Site


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
