"""Who may do what to a session."""

import pytest

from local.simulator.errors import RingCentralError
from local.simulator.sessions import Code, Party, Session
from local.simulator.simulator import Simulator
from local.simulator.telephony import Remote
from local.simulator.users import User
from tests.simulator.harness import ACCOUNT


class Stage:
    """A conference of Alice's with Bob, who has an extension, as its one participant; and everybody else's view."""

    def __init__(self, simulator: Simulator, alice: User, bob: User) -> None:
        put = simulator.users.put
        self.control = simulator.call_control
        self.users = {
            "alice": alice,
            "bob": bob,
            "colleague": put(ACCOUNT, "700200003", "Cora Colleague", "+12055550104", admin=False),
            "admin": put(ACCOUNT, "700200004", "Ada Admin", "+12055550105", admin=True),
            "stranger": put("700100002", "700200005", "Sam Stranger", "+12055550106", admin=True),
            "service": simulator.users.service,
        }
        placed = simulator.telephony.place_call(alice, "Outbound", Remote(bob.name, "102", bob.extension_id))
        self.call: Session = simulator.telephony.session(placed.telephony_session_id)
        self.conference: Session = simulator.conferences.create(alice.owner)
        simulator.conferences.host_join(self.conference, alice)
        guest, _ = self.control.bring_in(alice, self.conference.id, self.call.id, placed.party_id)
        self.legs: dict[str, tuple[Session, Party]] = {
            "own": (self.call, self.call.parties[placed.party_id]),
            "far": (self.call, self.call.parties[placed.party_id[:-1] + "2"]),
            "guest": (self.conference, guest),
            "host": (self.conference, self.conference.parties[guest.id[:-1] + "1"]),
        }

    def delete(self, user: str, leg: str, *, keep: bool = False) -> int:
        """Delete a leg as a user, and answer the HTTP status."""
        session, party = self.legs[leg]
        try:
            self.control.delete_party(self.users[user], session.id, party.id, keep_conference_alive=keep)
        except RingCentralError as error:
            return error.status
        return 204


@pytest.fixture
def stage(simulator: Simulator, alice: User, bob: User) -> Stage:
    return Stage(simulator, alice, bob)


@pytest.mark.parametrize(
    ("user", "leg", "status"),
    [
        ("alice", "own", 204),
        ("alice", "far", 403),
        ("alice", "guest", 204),
        ("alice", "host", 204),
        ("bob", "own", 403),
        ("bob", "far", 204),
        ("bob", "guest", 403),
        ("bob", "host", 403),
        ("colleague", "own", 403),
        ("colleague", "guest", 403),
        ("admin", "far", 204),
        ("admin", "guest", 204),
        ("admin", "host", 204),
        ("stranger", "own", 404),
        ("stranger", "guest", 404),
        ("service", "own", 204),
        ("service", "guest", 204),
    ],
)
def test_who_may_delete_which_leg(stage: Stage, user: str, leg: str, status: int) -> None:
    assert stage.delete(user, leg) == status
    session, party = stage.legs[leg]
    assert session.parties[party.id].connected is (status != 204), "a refusal changes nothing"


@pytest.mark.parametrize("leg", ["own", "guest", "host"])
def test_a_leg_that_is_gone_for_good_is_not_found(stage: Stage, leg: str) -> None:
    assert stage.delete("alice", leg) == 204
    assert stage.delete("alice", leg) == 404


def test_both_ways_of_removing_end_the_same_legs(stage: Stage) -> None:
    assert stage.delete("alice", "guest") == 204
    assert stage.delete("alice", "own") == 404


def test_deleting_the_host_leg_can_keep_the_conference_alive(stage: Stage) -> None:
    assert stage.delete("alice", "host", keep=True) == 204
    assert stage.call.parties[stage.legs["own"][1].id].status.code is Code.GONE
    assert stage.delete("alice", "guest") == 204, "it is still her conference"


def test_deleting_the_host_leg_ends_the_conference(stage: Stage) -> None:
    assert stage.delete("alice", "host") == 204
    assert stage.conference.ended
    assert stage.call.ended


@pytest.mark.parametrize(
    ("user", "status"),
    [("alice", 200), ("bob", 200), ("admin", 200), ("service", 200), ("colleague", 403), ("stranger", 404)],
)
def test_who_may_read_a_call(stage: Stage, user: str, status: int) -> None:
    if status == 200:
        assert stage.control.read_session(stage.users[user], stage.call.id) is stage.call
        return
    with pytest.raises(RingCentralError) as caught:
        stage.control.read_session(stage.users[user], stage.call.id)
    assert caught.value.status == status


@pytest.mark.parametrize("user", ["alice", "admin"])
def test_a_conference_without_its_host_yet_can_be_read_and_ended(stage: Stage, user: str) -> None:
    conference = stage.control.create_conference(stage.users["alice"])
    assert stage.control.read_session(stage.users[user], conference.id) is conference
    assert stage.control.delete_session(stage.users[user], conference.id) == []
    with pytest.raises(RingCentralError) as caught:
        stage.control.read_session(stage.users[user], conference.id)
    assert caught.value.status == 404


def test_deleting_a_call_ends_it_once(stage: Stage) -> None:
    alice = stage.users["alice"]
    assert stage.control.delete_session(alice, stage.call.id)
    with pytest.raises(RingCentralError) as caught:
        stage.control.delete_session(alice, stage.call.id)
    assert caught.value.status == 404


def test_deleting_a_conference_ends_its_calls(stage: Stage) -> None:
    stage.control.delete_session(stage.users["alice"], stage.conference.id)
    assert stage.call.ended
    with pytest.raises(RingCentralError) as caught:
        stage.control.bring_in(stage.users["alice"], stage.conference.id, stage.call.id, stage.legs["own"][1].id)
    assert caught.value.status == 404


@pytest.mark.parametrize(("user", "status"), [("admin", 403), ("bob", 403), ("stranger", 404)])
def test_only_the_host_brings_people_in(stage: Stage, user: str, status: int) -> None:
    with pytest.raises(RingCentralError) as caught:
        stage.control.bring_in(stage.users[user], stage.conference.id, stage.call.id, stage.legs["own"][1].id)
    assert caught.value.status == status


def test_people_are_brought_into_conferences_only(stage: Stage) -> None:
    with pytest.raises(RingCentralError) as caught:
        stage.control.bring_in(stage.users["alice"], stage.call.id, stage.call.id, stage.legs["own"][1].id)
    assert (caught.value.status, caught.value.code) == (403, "TAS-106")


def test_a_party_is_looked_for_in_its_own_session(stage: Stage) -> None:
    with pytest.raises(RingCentralError) as caught:
        stage.control.read_party(stage.users["alice"], stage.call.id, stage.legs["guest"][1].id)
    assert (caught.value.status, caught.value.parameter) == (404, "partyId")
