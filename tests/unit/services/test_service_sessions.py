"""RingCentral's sessions, and what a 404 means."""

import msgspec
import pytest

from rollcall.core.errors import AccountNotVisible, RingCentralFailed, RingCentralNotFound
from rollcall.services.service_sessions import ServiceSessions

OWN, SEEN, UNSEEN = "700100001", "700100002", "700100003"
NOT_FOUND = RingCentralNotFound(404, "CMN-102")


def session_of(*accounts: str) -> bytes:
    """A session with a leg of each account, and one that nobody owns."""
    legs = [{"id": f"p-{number}", "accountId": account} for number, account in enumerate(accounts, start=1)]
    parties = [leg | {"status": {"code": "Answered"}} for leg in [*legs, {"id": "p-9"}]]
    return msgspec.json.encode({"id": "s-1", "parties": parties})


class World:
    """RingCentral's answers by the end of their path, and the notes."""

    def __init__(self) -> None:
        self.answers: dict[str, bytes] = {"~": b'{"id": 5, "account": {"id": %s}}' % OWN.encode()}
        self.visible = {SEEN}
        self.asked: list[str] = []
        self.noted: list[str] = []
        self.sessions = ServiceSessions(self, self)

    def owner_extension_id(self) -> str:
        raise NotImplementedError

    def call(self, group: str, method: str, path: str, body: object = None) -> bytes:
        assert (group, method, body) == ("light", "GET", None)
        self.asked.append(path.rpartition("/")[2])
        if self.asked[-1] not in self.answers:
            raise NOT_FOUND
        return self.answers[self.asked[-1]]

    def is_visible(self, account_id: str) -> bool:
        return account_id in self.visible

    def note_visible(self, account_id: str) -> None:
        self.noted.append(account_id)


def test_a_session_is_shown_with_its_parties_and_its_account_noted_once() -> None:
    world = World()
    world.answers["s-1%2F%23"] = session_of(UNSEEN)
    for _ in range(2):
        answer = world.sessions.session(UNSEEN, "s-1/#")
        assert answer is not None
        assert [party.id for party in answer.parties] == ["p-1", "p-9"]
    assert (world.noted, world.asked) == ([UNSEEN], ["s-1%2F%23"] * 2)
    assert world.sessions.session(UNSEEN, "s-gone") is None


@pytest.mark.parametrize("account_id", [OWN, SEEN])
def test_a_404_about_an_account_that_is_visible_means_that_there_is_none(account_id: str) -> None:
    world = World()
    for _ in range(2):
        assert world.sessions.session(account_id, "s-1") is None
    assert world.asked == ["s-1", "~", "s-1"]


def test_a_404_about_any_other_means_nothing() -> None:
    with pytest.raises(AccountNotVisible):
        World().sessions.session(UNSEEN, "s-1")


def test_an_answer_that_makes_no_sense_is_none() -> None:
    world = World()
    world.answers["s-1"] = b'{"parties": 7}'
    with pytest.raises(RingCentralFailed):
        world.sessions.session(OWN, "s-1")


@pytest.mark.parametrize("accounts", [[], [OWN], [OWN, UNSEEN]])
def test_a_session_is_shown_only_to_an_account_that_has_a_leg_in_it(accounts: list[str]) -> None:
    world = World()
    world.answers["s-1"] = session_of(*accounts)
    for asking in (OWN, SEEN, UNSEEN):
        if asking in accounts:
            assert world.sessions.session(asking, "s-1") is not None
        else:
            with pytest.raises(AccountNotVisible) as refused:
                world.sessions.session(asking, "s-1")
            assert refused.value.nobodys is (accounts == [])
    assert world.noted == [account for account in (OWN, SEEN, UNSEEN) if account in accounts]
