"""Party records have changed: the rosters follow, and whoever watches them is told.

Write first, then push. If the process dies between the two, the records come again: the roster is found as it was
written, and is pushed.
"""

import random
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec

from rollcall.core.errors import DeliveryFailed, RollcallError, RosterConflict, StorageFailed
from rollcall.core.keys import watched_extension
from rollcall.core.messages import encode, roster_message
from rollcall.core.notification import format_time
from rollcall.core.policy import Policy
from rollcall.core.roster import LegChange, Roster, apply
from rollcall.services.ports import Gateway, Outcome, Post, Rosters, Watcher, Watchers
from rollcall.telemetry import count, logger

ATTEMPTS = 10
"""At most ten parties change one conference at once; each attempt lets one of them through."""

BACKOFF_SECONDS = 0.02


NEWCOMER_MS = 20_000
"""How far `since` of a watch may be before it was written: as long as the connections function may run, and what clocks
differ by."""

PUSH_SECONDS = 12.0
"""What is kept of a function's time for pushing what has been written; one more update may begin just before."""


class RecordChanges(msgspec.Struct, frozen=True):
    """What one stream record means. `record_id`: its sequence number in the stream."""

    record_id: str
    changes: list[LegChange]


class _Delivery(msgspec.Struct, frozen=True):
    """A roster on its way to its watchers: connection id → under what it watches, and the posts."""

    roster: Roster
    watched: dict[str, list[str]]
    posts: list[Post]


class RosterUpdates:
    """Applies changes and tells watchers."""

    def __init__(self, rosters: Rosters, watchers: Watchers, gateway: Gateway, policy: Policy) -> None:
        self._rosters = rosters
        self._watchers = watchers
        self._gateway = gateway
        self._policy = policy

    def process(self, records: Sequence[RecordChanges], seconds_left: Callable[[], float]) -> set[str]:
        """Apply the changes of a batch and push every roster concerned. Returns the ids of the records that failed:
        those of the conferences for which something went wrong, or no time was left. The others are done.
        """
        by_conference = defaultdict[tuple[str, str], list[tuple[str, LegChange]]](list)
        for record in records:
            for change in record.changes:
                by_conference[change.account_id, change.conference_id].append((record.record_id, change))

        failed = set[tuple[str, str]]()
        deliveries = dict[tuple[str, str], _Delivery]()
        for conference, changes in by_conference.items():
            if seconds_left() < PUSH_SECONDS:
                failed.add(conference)
                continue
            try:
                known_at = int(time.time() * 1000)
                roster = self._update(*conference, [change for _, change in changes])
                deliveries[conference] = self._prepare(roster, known_at)
            except RollcallError as error:
                logger.exception("roster not updated", conferenceId=conference[1], error=type(error).__name__)
                failed.add(conference)
        failed |= self._deliver(deliveries)
        return {record_id for conference in failed for record_id, _ in by_conference[conference]}

    def _update(self, account_id: str, conference_id: str, changes: Sequence[LegChange]) -> Roster:
        """Apply the changes to the stored roster, again if somebody else wrote it meanwhile."""
        roster = self._rosters.load(account_id, conference_id)
        for attempt in range(ATTEMPTS):
            after = apply(roster, changes, now=int(time.time() * 1000))
            if after is roster:
                return roster
            stored = self._rosters.save(after, over=roster)
            if stored is None:
                count("RosterVersions")
                return after
            count("RosterConflicts")
            roster = stored
            time.sleep(BACKOFF_SECONDS * (attempt + 1) * random.random())  # noqa: S311  # not a secret
        raise RosterConflict(conference_id)

    def _prepare(self, roster: Roster, known_at: int) -> _Delivery:
        """Whom to tell of the roster, which is at least as new as it was at `known_at`, epoch milliseconds."""
        watched = defaultdict[str, list[str]](list)
        of_host = watched_extension(roster.account_id, roster.host_extension_id or "")
        newcomers = list[Watcher]()
        for key in self._policy.keys_of(roster):
            for watcher in self._watchers.watchers(key):
                if key == of_host and watcher.since > known_at - NEWCOMER_MS:
                    newcomers.append(watcher)
                else:
                    watched[watcher.connection_id].append(key)
        if newcomers and self._is_newest(roster):
            for watcher in newcomers:
                watched[watcher.connection_id].append(of_host)
        body = encode(roster_message(roster, sent_at=format_time(datetime.now(UTC))))
        return _Delivery(roster, watched, [Post(connection_id, body) for connection_id in watched])

    def _is_newest(self, roster: Roster) -> bool:
        """Asked before it is told to somebody who has only just begun to watch all that the host has.

        If the conference has ended meanwhile, it was not among those that they were shown, and whoever wrote that may
        have asked for watchers before they were one: told the older version, they would show it as active for ever. A
        newer version they were shown, or are told by whoever wrote it.
        """
        return self._rosters.load(roster.account_id, roster.conference_id).version == roster.version

    def _deliver(self, deliveries: dict[tuple[str, str], _Delivery]) -> set[tuple[str, str]]:
        """Send everything at once. Returns the conferences of which nobody could be reached who is still there."""
        posts = [post for delivery in deliveries.values() for post in delivery.posts]
        outcomes = {outcome.post: outcome for outcome in self._gateway.send(posts)} if posts else {}
        failed = set[tuple[str, str]]()
        for conference, delivery in deliveries.items():
            try:
                self._settle(delivery, [outcomes[post] for post in delivery.posts])
            except DeliveryFailed as error:
                logger.exception("roster not delivered", conferenceId=conference[1], statuses=error.statuses)
                failed.add(conference)
        return failed

    def _settle(self, delivery: _Delivery, outcomes: Sequence[Outcome]) -> None:
        by_result = defaultdict[str, list[Outcome]](list)
        for outcome in outcomes:
            by_result[outcome.result].append(outcome)
        count("MessagesDelivered", len(by_result["delivered"]))
        count("ConnectionsGone", len(by_result["gone"]))
        count("MessagesFailed", len(by_result["failed"]))
        for outcome in by_result["gone"]:
            self._forget(delivery, outcome.post.connection_id)
        if by_result["failed"] and not by_result["delivered"]:
            details = tuple(sorted({outcome.detail for outcome in by_result["failed"]}))
            raise DeliveryFailed(delivery.roster.conference_id, details)

    def _forget(self, delivery: _Delivery, connection_id: str) -> None:
        """Remove the watches of a connection that is gone. What fails here is tried again at the next post to it."""
        for key in delivery.watched[connection_id]:
            try:
                self._watchers.forget_watcher(key, connection_id)
            except StorageFailed as error:
                logger.warning("watch not removed", connectionId=connection_id, cause=error.code)
