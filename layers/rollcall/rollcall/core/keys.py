"""What watches are filed under. The account stands first, what a client chose stands last: nothing in a conference's id
can lead into another account, or to another host.
"""


def watched_conference(account_id: str, conference_id: str) -> str:
    """The key of every watch of one conference."""
    return f"ACCOUNT#{account_id}#CONFERENCE#{conference_id}"


def watched_extension(account_id: str, extension_id: str) -> str:
    """The key of every watch of all conferences that one extension hosts."""
    return f"ACCOUNT#{account_id}#EXTENSION#{extension_id}"


def watched_by_host(account_id: str, extension_id: str, conference_id: str) -> str:
    """The key of one extension's watches of one conference, where only hosts may watch."""
    return f"ACCOUNT#{account_id}#HOST#{extension_id}#CONFERENCE#{conference_id}"
