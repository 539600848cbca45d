"""Who may watch and who may remove."""

import pytest

from rollcall.core.keys import watched_by_host, watched_conference, watched_extension
from rollcall.core.policy import Policy, Who
from rollcall.core.roster import Roster

HOSTED = Roster("1", "s-1", version=1, host_extension_id="20")
NOBODYS = Roster("1", "s-1", version=1)


@pytest.mark.parametrize(
    ("who", "roster", "extension_id", "may"),
    [
        ("account", HOSTED, "20", True),
        ("account", HOSTED, "21", True),
        ("account", NOBODYS, "21", True),
        ("host", HOSTED, "20", True),
        ("host", HOSTED, "21", False),
        ("host", NOBODYS, "21", False),
    ],
)
def test_everybody_of_the_account_or_only_the_host(who: Who, roster: Roster, extension_id: str, may: bool) -> None:
    assert Policy(watch=who).may_watch(extension_id, roster) is may
    assert Policy(remove=who).may_remove(extension_id, roster) is may
    assert Policy(watch=who, remove="account").may_remove(extension_id, roster)
    assert Policy(watch="account", remove=who).may_watch(extension_id, roster)


@pytest.mark.parametrize("who", ["account", "host"])
def test_a_watch_is_told_exactly_if_its_owner_may_watch(who: Who) -> None:
    policy = Policy(watch=who)
    for extension_id in ("20", "21"):
        told = policy.watched("1", extension_id, "s-1") in policy.keys_of(HOSTED)
        assert told is policy.may_watch(extension_id, HOSTED)
        assert (policy.watched("1", extension_id, None) in policy.keys_of(HOSTED)) is (extension_id == "20")
        assert policy.watched("2", extension_id, "s-1") not in policy.keys_of(HOSTED)


def test_the_keys_of_each_policy() -> None:
    assert Policy().keys_of(HOSTED) == [watched_conference("1", "s-1"), watched_extension("1", "20")]
    assert Policy(watch="host").keys_of(HOSTED) == [watched_extension("1", "20"), watched_by_host("1", "20", "s-1")]
    assert Policy().keys_of(NOBODYS) == [watched_conference("1", "s-1")]
    assert Policy(watch="host").keys_of(NOBODYS) == []
