"""The README's pictures, taken of the real page on the real stack: python -m local.pictures"""

import base64
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from local import browser
from local.stack.phone import Call, Caller, Phone
from local.stack.places import ROOT, TEST_STATE_DIR
from local.stack.play import AGENT, BOB, CARLA, DAN
from local.stack.stack import Stack, running_stack

FOLDER = ROOT / "docs/pictures"
_COLLEAGUE = {
    "accountId": AGENT["accountId"],
    "extensionId": "700200002",
    "name": "Erin Estate",
    "phoneNumber": "+12055550105",
}
_SCALE = 1.5
_ANIMATED_MS = 800
_STEPS_PAGE = """
    <style>
        body { margin: 0; padding: 16px; display: grid; grid-template-columns: 1fr 1fr; gap: 16px; width: 1120px;
               box-sizing: border-box; background: #e9ecef; font: 16px/1.4 system-ui, sans-serif; color: #1b1f24; }
        figure { margin: 0; background: white; border-radius: 8px; overflow: hidden; }
        figcaption { padding: 10px 14px; font-weight: 600; }
        img { display: block; width: 100%; }
    </style>
"""


def main() -> None:
    """Play a conference on a stack of its own, and take the pictures."""
    FOLDER.mkdir(exist_ok=True)
    with running_stack(TEST_STATE_DIR) as stack, _chromium() as chromium:
        agent, colleague = Phone(stack, AGENT), Phone(stack, _COLLEAGUE)
        conference = agent.open_conference()
        _join(agent, conference, BOB)
        _join(colleague, colleague.open_conference(), Caller("Finn Farmer", "+12055550106"))
        steps = _take_steps(chromium, stack, agent, conference)
        _compose(chromium, steps)
        _join(agent, conference, CARLA)
        for scheme in ("light", "dark"):
            page = _signed_in(chromium, stack, conference, scheme, width=1280, height=800)
            dans_call = _something_happens(page, agent, conference)
            page.screenshot(path=FOLDER / f"console-{scheme}.png")
            agent.other_hangs_up(dans_call)
            page.close()


@contextmanager
def _chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=browser.path(), args=browser.FLAGS)
        yield chromium
        chromium.close()


def _join(phone: Phone, conference: str, person: Caller) -> None:
    phone.bring_in(conference, phone.talk("Outbound", person))


def _signed_in(chromium: Browser, stack: Stack, conference: str, scheme: str, *, width: int, height: int) -> Page:
    """The console, with the agent signed in and their conference chosen."""
    page = chromium.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if scheme == "dark" else "light",
        device_scale_factor=_SCALE,
    )
    page.goto(f"{stack.console_url}#{conference}")
    page.get_by_role("button", name="Sign in with RingCentral").click()
    page.get_by_role("button", name=f"Sign in as {AGENT['name']}").click()
    expect(page.locator("li[data-participant]").first).to_be_visible()
    return page


def _row(page: Page, person: Caller) -> Locator:
    return page.locator("li[data-participant]").filter(has_text=person.name)


def _take_steps(chromium: Browser, stack: Stack, agent: Phone, conference: str) -> list[tuple[str, bytes]]:
    """A join and a removal, step by step. Returns captions and pictures."""
    page = _signed_in(chromium, stack, conference, "light", width=540, height=470)
    steps = []

    def take(caption: str) -> None:
        page.evaluate("document.querySelector('#roster').scrollIntoView()")
        steps.append((caption, page.screenshot()))

    _join(agent, conference, CARLA)
    expect(_row(page, CARLA)).to_be_visible()
    page.wait_for_timeout(_ANIMATED_MS)
    take(f"1. {CARLA.name} has joined")
    page.get_by_role("button", name=f"Remove {CARLA.name}").click()
    take(f"2. {AGENT['name']} wants her out")
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(page.locator("li[data-leaving]")).to_be_visible()
    take("3. RingCentral has ended her call, and said so")
    expect(page.locator("li[data-leaving]")).to_have_count(0)
    take("4. She is out")
    return steps


def _compose(chromium: Browser, steps: list[tuple[str, bytes]]) -> None:
    """One picture of them all."""
    page = chromium.new_page(viewport={"width": 1120, "height": 800})
    figures = "".join(
        f"<figure><figcaption>{caption}</figcaption>"
        f'<img src="data:image/png;base64,{base64.b64encode(picture).decode()}"></figure>'
        for caption, picture in steps
    )
    page.set_content(_STEPS_PAGE + figures)
    page.screenshot(path=FOLDER / "join-and-removal.png", full_page=True)


def _something_happens(page: Page, agent: Phone, conference: str) -> Call:
    """So that there is a delay to plot and a timeline to read. Returns the call of somebody who is in at the end."""
    call = _dan_joins(page, agent, conference)
    for _ in range(2):
        agent.other_hangs_up(call)
        expect(_row(page, DAN)).to_have_count(0)
        call = _dan_joins(page, agent, conference)
    page.wait_for_timeout(_ANIMATED_MS)
    return call


def _dan_joins(page: Page, agent: Phone, conference: str) -> Call:
    call = agent.talk("Inbound", DAN)
    agent.bring_in(conference, call)
    expect(_row(page, DAN)).to_be_visible()
    return call


if __name__ == "__main__":
    main()
