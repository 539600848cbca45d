"""Party records in DynamoDB: `pk = SESSION#<telephonySessionId>`, `sk = PARTY#<partyId>`."""

import time
from collections.abc import Mapping
from typing import Any

import msgspec

from rollcall.adapters.attributes import from_item
from rollcall.adapters.dynamodb import Condition, Table
from rollcall.core.party import Leg, PartyRecord

KEPT_FOR_SECONDS = 7 * 86400
"""After a leg's last event. Long enough for any call; DynamoDB removing a record is never taken for a leave."""


_NAMES = {"#sequence": "sequence"}


class PartyTable:
    """Writes party records. Reads none for an event: the stream tells what each write changed."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def put_if_newer(self, record: PartyRecord) -> PartyRecord | None:
        """Write the record unless one with the same or a higher sequence is stored. One call.

        Returns None when it was written, or else the stored record that overtook it.
        """
        newer = Condition("attribute_not_exists(pk) OR #sequence < :sequence", {":sequence": record.sequence}, _NAMES)
        stored = self._table.put(_item(record), newer)
        return _record(stored) if stored is not None else None

    def get(self, leg: Leg) -> PartyRecord | None:
        """The record as it stands."""
        item = self._table.get(_key(leg))
        return _record(item) if item else None

    def correct(self, record: PartyRecord, *, over: PartyRecord | None) -> bool:
        """Write a corrected record, unless the stored one is no longer `over`. Whether it was written."""
        if over is None:
            unchanged = Condition("attribute_not_exists(pk)", {})
        elif over.correction is None:
            same = "#sequence = :sequence AND attribute_type(correction, :null)"
            unchanged = Condition(same, {":sequence": over.sequence, ":null": "NULL"}, _NAMES)
        else:
            same = "#sequence = :sequence AND correction.#number = :number"
            values = {":sequence": over.sequence, ":number": over.correction.number}
            unchanged = Condition(same, values, _NAMES | {"#number": "number"})
        return self._table.put(_item(record), unchanged) is None

    def backdate(self, stored: PartyRecord, joined_at: str) -> bool:
        """Correct the time of joining in a stored record, unless the record has changed meanwhile.

        Returns whether it was corrected.
        """
        corrected = self._table.update(
            _key(stored.leg),
            "SET membership.participant.joinedAt = :joinedAt",
            Condition(
                "#sequence = :sequence AND membership.participant.joinedAt > :joinedAt",
                {":sequence": stored.sequence},
                _NAMES,
            ),
            {":joinedAt": joined_at},
        )
        return corrected is not None


def party_record(image: Mapping[str, Any]) -> PartyRecord:
    """The record in a stream record's image. Raises `msgspec.ValidationError` if it is none."""
    return _record(from_item(image))


def _record(item: Mapping[str, Any]) -> PartyRecord:
    return msgspec.convert(item, PartyRecord)


def _key(leg: Leg) -> dict[str, str]:
    return {"pk": f"SESSION#{leg.telephony_session_id}", "sk": f"PARTY#{leg.party_id}"}


def _item(record: PartyRecord) -> dict[str, Any]:
    """`conferenceId` stands at the top too: the event source mapping's filter passes only records that have one. A
    correction has one also if the leg is out: its conference is to learn of it.
    """
    item: dict[str, Any] = _key(record.leg) | msgspec.to_builtins(record)
    item["expiresAt"] = int(time.time()) + KEPT_FOR_SECONDS
    concerned = record.membership or record.correction
    if concerned:
        item["conferenceId"] = concerned.conference_id
    return item
