"""Somebody new who signs in: what the form suggests, and how it is read."""

import re
from collections.abc import Mapping, Sequence

import msgspec

from local.simulator.control_bodies import NewUser
from local.simulator.users import User

LABELS = {
    "name": "Name",
    "phoneNumber": "Phone number",
    "accountId": "Account id",
    "extensionId": "Extension id",
}
"""The fields of the form, named as in the control call that adds a user, and what the page calls them."""

_TEXT, _ID = "1 to 256 characters", "1 to 64 letters, digits, hyphens or underscores"
_RULES = {"name": _TEXT, "phoneNumber": _TEXT, "accountId": _ID, "extensionId": _ID}
_PEOPLE = (
    ("Alice Agent", "+12055550101"),
    ("Greta Green", "+12055550111"),
    ("Henry Hill", "+12055550112"),
    ("Irene Ives", "+12055550113"),
)
_ACCOUNT = "700100001"
_FIRST_EXTENSION = 700200001


class Problem(Exception):
    """The form can't be taken; `field` is to blame, if it is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


def suggestion(users: Sequence[User]) -> dict[str, str]:
    """What the form is filled in with: a colleague of whoever was added first, with an extension that is free."""
    name, phone_number = _PEOPLE[len(users) % len(_PEOPLE)]
    taken = {user.extension_id for user in users}
    extension_id = next(str(number) for number in range(_FIRST_EXTENSION, 10**10) if str(number) not in taken)
    account_id = users[0].account_id if users else _ACCOUNT
    return {"name": name, "phoneNumber": phone_number, "accountId": account_id, "extensionId": extension_id}


def read_newcomer(form: Mapping[str, str]) -> NewUser:
    """Read the form. Raises a Problem."""
    try:
        return msgspec.convert({name: form.get(name, "").strip() for name in LABELS}, NewUser)
    except msgspec.ValidationError as error:
        [field] = re.findall(r"\$\.(\w+)", str(error))
        raise Problem(f"{LABELS[field]}: {_RULES[field]}", field) from error
