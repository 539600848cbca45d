"""The local stack's own controls: a conference is played from the page alone."""

from playwright.sync_api import expect

from tests.e2e.actors import Agent
from tests.e2e.browser.screen import Screen


def test_a_conference_is_played_from_the_page(screen: Screen, agent: Agent) -> None:
    screen.button("Start a conference").click()
    screen.expect_people(agent.name)
    phone = screen.region("Phone (simulator)")
    names = []
    for _ in range(2):
        names.append(phone.get_by_label("Name").input_value())
        phone.get_by_role("button", name="Call in", exact=True).click()
        screen.expect_people(agent.name, *names)
    phone.get_by_role("button", name=f"Hang up {names[0]}", exact=True).click()
    screen.expect_people(agent.name, names[1])
    phone.get_by_role("button", name="Host leaves", exact=True).click()
    expect(screen.region("Roster")).to_have_attribute("data-state", "ended")
