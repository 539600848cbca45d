"""What watches are filed under. The account stands first: nothing in a key can lead into another account."""


def watched_conference(account_id: str, conference_id: str) -> str:
    """The key of every watch of one conference."""
    return f"ACCOUNT#{account_id}#CONFERENCE#{conference_id}"


def watched_extension(account_id: str, extension_id: str) -> str:
    """The key of every watch of all conferences that one extension hosts."""
    return f"ACCOUNT#{account_id}#EXTENSION#{extension_id}"
