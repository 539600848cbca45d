"""The users (extensions) whom the simulator knows: the service's own, and those added by control calls."""

from dataclasses import dataclass
from typing import NamedTuple

from local.simulator import service_login
from local.simulator.identifiers import Identifiers
from local.simulator.sessions import Owner, PartyInfo

_FIRST_EXTENSION_NUMBER = 101


@dataclass(frozen=True, slots=True)
class User:
    """One extension of one account."""

    account_id: str
    extension_id: str
    name: str
    phone_number: str
    extension_number: str
    device_id: str
    admin: bool = False
    service: bool = False

    @property
    def owner(self) -> Owner:
        """The user as the owner of a leg."""
        return Owner(self.account_id, self.extension_id)

    def as_caller(self) -> PartyInfo:
        """The user as the `from` of a leg, with the device (recorded event)."""
        return PartyInfo(self.phone_number, self.name, self.extension_id, self.device_id)

    def as_callee(self) -> PartyInfo:
        """The user as the `to` of a leg (recorded event)."""
        return PartyInfo(self.phone_number, self.name, self.extension_id)


class AppUser(NamedTuple):
    """A user with an app: whom tokens, subscriptions and rate limits belong to."""

    user_key: Owner
    client_id: str


class Users:
    """All users, by account and extension."""

    def __init__(self, identifiers: Identifiers) -> None:
        self._identifiers = identifiers
        self._users: dict[Owner, User] = {}
        self.service = self._add_service()

    def put(self, account_id: str, extension_id: str, name: str, phone_number: str, *, admin: bool) -> User:
        """Add a user, or give one that is there already this name, number and role."""
        key = Owner(account_id, extension_id)
        known = self._users.get(key)
        is_service = key == self.service.owner
        user = User(
            account_id,
            extension_id,
            name,
            phone_number,
            known.extension_number if known else str(_FIRST_EXTENSION_NUMBER + len(self._users)),
            known.device_id if known else self._identifiers.device_id(),
            admin=admin or is_service,
            service=is_service,
        )
        self._users[key] = user
        return user

    def find(self, key: Owner) -> User | None:
        """The user of that account and extension, if there is one."""
        return self._users.get(key)

    def added(self) -> list[User]:
        """Everybody but the service, in the order in which they were added."""
        return [user for user in self._users.values() if not user.service]

    def forget_added(self) -> None:
        """Forget everybody but the service."""
        self._users.clear()
        self._users[self.service.owner] = self.service

    def _add_service(self) -> User:
        service = User(
            service_login.ACCOUNT_ID,
            service_login.EXTENSION_ID,
            service_login.NAME,
            service_login.PHONE_NUMBER,
            str(_FIRST_EXTENSION_NUMBER),
            self._identifiers.device_id(),
            admin=True,
            service=True,
        )
        self._users[service.owner] = service
        return service
