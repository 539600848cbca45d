"""What a check reports."""

from typing import NamedTuple


class Finding(NamedTuple):
    """Something that a rule does not accept.

    `where` is a logical id, and for an inline policy of a role the policy's name after it.
    """

    rule: str
    where: str
    message: str
