"""Event filters: what is one, and what it lets through."""

import pytest

from local.simulator.filters import DisabledFilter, ReminderFilter, TelephonyFilter, read_filter
from local.simulator.identifiers import Identifiers
from local.simulator.sessions import PartyEvent
from local.simulator.simulator import Simulator
from local.simulator.telephony import Remote, Telephony
from local.simulator.users import User
from tests.simulator.harness import ACCOUNT_FILTER, ManualClock

EXTENSION_FILTER = "/restapi/v1.0/account/~/extension/~/telephony/sessions"


class TestFilters:
    @pytest.fixture
    def events(self, simulator: Simulator, alice: User) -> list[PartyEvent]:
        """Alice calls Bob: her leg is Outbound, his is Inbound."""
        return simulator.telephony.place_call(alice, "Outbound", Remote("Bob Bailey", "102", "700200002")).events

    @staticmethod
    def seen(text: str, user: User, events: list[PartyEvent]) -> list[int]:
        read = read_filter(text, user, 600)
        assert isinstance(read, TelephonyFilter)
        return [event.sequence for event in events if read.lets_through(event)]

    def test_an_extension_filter_yields_its_own_leg(self, alice: User, bob: User, events: list[PartyEvent]) -> None:
        assert self.seen(EXTENSION_FILTER, alice, events) == [2, 4]
        assert self.seen(EXTENSION_FILTER, bob, events) == [3, 5, 6]

    def test_an_account_filter_yields_an_ordinary_user_no_more(self, alice: User, events: list[PartyEvent]) -> None:
        assert self.seen(ACCOUNT_FILTER, alice, events) == [2, 4]

    def test_an_account_filter_yields_an_admin_the_account(
        self, simulator: Simulator, events: list[PartyEvent]
    ) -> None:
        put = simulator.users.put
        admin = put("700100001", "700200004", "Ada Admin", "+12055550105", admin=True)
        stranger = put("700100002", "700200005", "Sam Stranger", "+12055550106", admin=True)
        assert self.seen(ACCOUNT_FILTER, admin, events) == [2, 3, 4, 5, 6]
        assert self.seen(ACCOUNT_FILTER, stranger, events) == []

    def test_an_account_filter_yields_the_service_every_account(
        self, simulator: Simulator, events: list[PartyEvent]
    ) -> None:
        assert self.seen(ACCOUNT_FILTER, simulator.users.service, events) == [2, 3, 4, 5, 6]

    def test_a_leg_of_the_account_alone_is_for_account_filters_of_admins(
        self, simulator: Simulator, alice: User, clock: ManualClock
    ) -> None:
        telephony = Telephony(clock, Identifiers(), pstn_legs_have_account=True)
        events = telephony.place_call(alice, "Outbound", Remote("Carla Customer", "+12055550103")).events
        assert self.seen(ACCOUNT_FILTER, simulator.users.service, events) == [2, 3, 4, 5, 6]
        assert self.seen(ACCOUNT_FILTER, alice, events) == [2, 4, 6]

    @pytest.mark.parametrize(
        ("query", "sequences"),
        [
            ("direction=Inbound", [3, 5, 6]),
            ("statusCode=Answered", [4, 6]),
            ("direction=Outbound&statusCode=Answered", [4]),
            ("phoneNumber=102", [2, 3, 4, 5, 6]),
            ("phoneNumber=103", []),
            ("missedCall=true", []),
            ("sipData=true", [2, 3, 4, 5, 6]),
        ],
    )
    def test_conditions_narrow_a_filter(
        self, simulator: Simulator, events: list[PartyEvent], query: str, sequences: list[int]
    ) -> None:
        assert self.seen(f"{ACCOUNT_FILTER}?{query}", simulator.users.service, events) == sequences

    def test_concrete_ids_take_the_place_of_the_tildes(self, alice: User) -> None:
        read = read_filter(f"{EXTENSION_FILTER}?statusCode=Gone", alice, 600)
        assert read.uri == "/restapi/v1.0/account/700100001/extension/700200001/telephony/sessions?statusCode=Gone"

    @pytest.mark.parametrize(("threshold", "interval"), [(60, 15), (300, 150), (2, 1)])
    def test_a_reminder_filter_is_kept_as_it_is(self, alice: User, threshold: int, interval: int) -> None:
        text = f"/restapi/v1.0/subscription/~?threshold={threshold}&interval={interval}"
        assert read_filter(text, alice, 600) == ReminderFilter(text, threshold, interval)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("/restapi/v1.0/account/~/presence", "SUB-508"),
            (f"{ACCOUNT_FILTER}?direction=Sideways", "SUB-508"),
            (f"{ACCOUNT_FILTER}?statusCode=Answering", "SUB-508"),
            (f"{ACCOUNT_FILTER}?color=red", "SUB-508"),
            ("/restapi/v1.0/subscription/~?threshold=60", "SUB-508"),
            ("/restapi/v1.0/subscription/~?threshold=soon&interval=15", "SUB-508"),
            ("/restapi/v1.0/subscription/~?threshold=301&interval=15", "SUB-508"),
            ("/restapi/v1.0/subscription/~?threshold=60&interval=31", "SUB-508"),
            ("/restapi/v1.0/subscription/~?threshold=60&interval=0", "SUB-508"),
            ("/restapi/v1.0/account/700100002/telephony/sessions", "SUB-406"),
            ("/restapi/v1.0/account/~/extension/700200002/telephony/sessions", "CMN-408"),
        ],
    )
    def test_bad_filters_are_refused_with_a_reason(self, alice: User, text: str, reason: str) -> None:
        read = read_filter(text, alice, 600)
        assert isinstance(read, DisabledFilter)
        assert read.reason == reason
