"""What the fields on the wire mean: by type and name, or by the name alone where it means the same everywhere."""

from rollcall.core.identity import TICKET_GOOD_FOR_SECONDS
from rollcall.core.party import MAX_TEXT

_TIME = "ISO 8601 in UTC, with milliseconds."

_MEANINGS = {
    # ---- what clients say and are told
    "conferenceId": "The conference: its telephony session's id at RingCentral.",
    "scope": "All conferences that the user hosts, instead of one.",
    "requestId": "That of the frame, if it had one.",
    "ClientMessage.action": "What is to be done.",
    "ClientMessage.requestId": "Comes back in the answer.",
    "version": "Grows with every change of the roster, and only grows. 0: nobody has been in yet.",
    "state": "`ended` exactly while nobody is in, after somebody was. A conference can become active again.",
    "participants": "Everybody who is in: the host first, then in the order in which they joined.",
    "eventTime": f"When the newest change happened. {_TIME} Null while nobody has been in.",
    "changes": "What led from the version before to this one. Empty in a roster that answers a subscription.",
    "sentAt": f"When the message was sent. {_TIME}",
    "participant": "Who it is. Of somebody who left: as they were shown last.",
    "source": "There if no event told the change, but RingCentral when it was asked.",
    "Left.reason": "RingCentral's word for what became of the call leg.",
    "Error.code": "What is wrong, for programs.",
    "Error.message": "What is wrong, for people.",
    "Error.requestId": "That of the frame, or null if it had none that could be read.",
    "Bye.reason": "Why.",
    "Bye.retry": "When to open another connection, with a new ticket.",
    # ---- participants
    "Participant.id": "The participant's party in the conference. Removal is asked for with it.",
    "role": "The host, or somebody who was brought in.",
    "name": f"As RingCentral gave it, up to {MAX_TEXT} characters; null if it gave none.",
    "phoneNumber": "As RingCentral gave it: E.164, or an extension's number; null if it gave none.",
    "extensionId": "Of a colleague in the same account, and of the host; else null.",
    "direction": "Of the call by which they came: `Outbound` if the user who brought them in made it.",
    "muted": "Whether RingCentral says that the leg is muted.",
    "joinedAt": f"Since when they are in. {_TIME}",
    "leg": "The leg of the direct call by which they came; of the host, the leg in the conference.",
    "telephonySessionId": "The leg's telephony session.",
    "partyId": "The leg's party in that session.",
    # ---- HTTP
    "conferences": "Rosters, newest first.",
    "nextToken": "Asks for the page after this one. Without it this page is the last.",
    "ticket": "Opaque. It is put into the WebSocket's address as `?ticket=`.",
    "expiresIn": f"For how many seconds the ticket is good: {TICKET_GOOD_FOR_SECONDS}.",
    "webSocketUrl": "Where the WebSocket is opened.",
    "Removal.status": "`requested`: RingCentral was asked. `already-left`: there was nobody left to remove.",
    "Problem.status": "The HTTP status.",
    "Problem.code": "What is wrong, for programs.",
    "title": "The HTTP status in words.",
    "detail": "What is wrong, for people.",
    "message": "What is wrong, in API Gateway's words.",
    # ---- RingCentral's notifications, as far as they are read
    "event": "The event filter that it matched.",
    "uuid": "The notification's own id.",
    "timestamp": "When RingCentral sent it.",
    "body": "What happened.",
    "sequence": "Orders the notifications of one telephony session. There are gaps.",
    "parties": "The legs that changed, as a rule one.",
    "accountId": "The account that the leg belongs to.",
    "origin": "What kind of session it is.",
    "SessionBody.telephonySessionId": "The telephony session.",
    "SessionBody.eventTime": "When it happened.",
    "SessionBody.accountId": "The account, where no leg names one.",
    "Party.id": "The leg's party.",
    "Party.status": "What became of the leg.",
    "Subscribed.extensionId": "Whose conferences they are: the user's own. Only with a scope.",
    "Party.extensionId": "The extension that the leg belongs to.",
    "Party.direction": "Who called whom.",
    "to": "Who was called.",
    "from": "Who called.",
    "conferenceRole": "Host or Participant, on a conference's own session.",
    "Status.code": "RingCentral's code: Setup, Proceeding, Answered, Hold, Gone, Disconnected, …",
    "Status.reason": "Why it has this code. With `Gone`, Conference means that the call was brought into one.",
    "peerId": "Where a leg that is `Gone` lives on.",
    "Peer.telephonySessionId": "The session there: the conference.",
    "Peer.sessionId": "The session's older id; in some answers the telephony session's.",
    "Peer.partyId": "The person's party there.",
    "CallerInfo.name": "The person's name.",
    "CallerInfo.phoneNumber": "E.164, an extension's number, or the word conference.",
    "CallerInfo.extensionId": "Of a colleague in the same account.",
    "Origin.type": "Call, Conference, …",
}


def meaning(type_name: str, field: str) -> str:
    """What a field of a type means. Raises `KeyError` if nobody has said so yet."""
    return _MEANINGS.get(f"{type_name}.{field}") or _MEANINGS[field]


def unused(fields: set[tuple[str, str]]) -> set[str]:
    """The meanings that none of these fields, type and name, has."""
    needed = {f"{owner}.{name}" if f"{owner}.{name}" in _MEANINGS else name for owner, name in fields}
    return set(_MEANINGS) - needed
