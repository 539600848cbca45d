"""The console as somebody before it uses it."""

import re
from typing import Any
from urllib.parse import quote

from playwright.sync_api import ConsoleMessage, Error, Locator, Page, expect

from local.stack.stack import Stack
from tests.e2e.actors import Agent

WHERE_REFUSALS_ARE_EXPECTED = re.compile(r"Failed to load resource.*(401|403|404|409|429|50[0-9])")
"""What Chromium says of an answer with such a status; the page shows it in its own words."""


class Screen:
    """One tab. `complaints`: what went wrong in it that nobody expected: errors of scripts, refused resources."""

    def __init__(self, page: Page, stack: Stack) -> None:
        self.page = page
        self.complaints: list[str] = []
        self._stack = stack
        self._hosts = {stack.console_url.split("/")[2], stack.ringcentral_url.split("/")[2]}
        page.on("console", self._heard)
        page.on("pageerror", self._broken)
        page.on("request", lambda request: self._asked(request.url))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and not WHERE_REFUSALS_ARE_EXPECTED.search(message.text):
            self.complaints.append(message.text)

    def _broken(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _asked(self, url: str) -> None:
        """A page that shows who is on the telephone asks nobody else for anything."""
        if url.split("/")[2] not in self._hosts:
            self.complaints.append(f"asked {url}")

    # ---- in and out

    def open(self, conference_id: str | None = None) -> None:
        fragment = f"#{quote(conference_id)}" if conference_id else ""
        self.page.goto(self._stack.console_url + fragment)

    def sign_in(self, agent: Agent, conference_id: str | None = None) -> None:
        self.open(conference_id)
        self.button("Sign in with RingCentral").click()
        self.page.locator(f'button[value="{agent.account_id}/{agent.extension_id}"]').click()
        self.wait_until("open")

    def wait_until(self, state: str, timeout: float = 20_000) -> None:
        """Until the connection is in that state."""
        expect(self.page.locator("#connection")).to_have_attribute("data-connection", state, timeout=timeout)

    # ---- what can be seen

    def region(self, name: str) -> Locator:
        return self.page.get_by_role("region", name=name, exact=True)

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    @property
    def conferences(self) -> Locator:
        return self.region("Conferences").locator("li[data-conference]")

    def conference(self, conference_id: str) -> Locator:
        return self.page.locator(f'li[data-conference="{conference_id}"]')

    def choose(self, conference_id: str) -> None:
        self.conference(conference_id).get_by_role("link").click()

    @property
    def people(self) -> Locator:
        """The rows of those who are in; not of somebody whose leaving is being shown."""
        return self.page.get_by_role("list", name="Participants").locator("li[data-participant]:not([data-leaving])")

    def person(self, name: str) -> Locator:
        return self.people.filter(has=self.page.get_by_text(name, exact=True))

    def expect_people(self, *names: str) -> None:
        """Exactly these, in this order."""
        expect(self.people.locator(".person-name")).to_have_text(list(names))

    def expect_version_of(self, agent: Agent, conference_id: str) -> dict[str, Any]:
        """What is shown is what the server has now."""
        roster: dict[str, Any] = agent.get(f"/conferences/{quote(conference_id)}").json()
        shown = self.region("Roster")
        expect(shown).to_have_attribute("data-version", str(roster["version"]))
        expect(shown).to_have_attribute("data-state", roster["state"])
        self.expect_people(*(person["name"] or person["phoneNumber"] for person in roster["participants"]))
        return roster

    # ---- what can be done

    def remove(self, name: str) -> None:
        self.button(f"Remove {name}").click()
        self.page.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
