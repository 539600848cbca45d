"""What a check reports."""

from typing import NamedTuple


class Finding(NamedTuple):
    """Something that a rule does not accept.

    `where` is a logical id, with the name of the policy for a finding about a role's policy.
    """

    rule: str
    where: str
    message: str
