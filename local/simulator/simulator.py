"""The simulator: all its parts put together."""

from collections.abc import Sequence

import msgspec

from local.simulator import choices
from local.simulator.authorization import AuthorizationCodes
from local.simulator.call_control import CallControl
from local.simulator.clock import Clock, iso_milliseconds
from local.simulator.conferences import Conferences
from local.simulator.delivery import Delivery
from local.simulator.faults import FaultInjector, Faults
from local.simulator.identifiers import Identifiers
from local.simulator.rate_limits import RateLimits
from local.simulator.replay import Timed
from local.simulator.request_log import RequestLog
from local.simulator.sessions import PartyEvent
from local.simulator.subscriptions import Subscription, Subscriptions
from local.simulator.telephony import Telephony
from local.simulator.tokens import Tokens
from local.simulator.users import Users
from local.simulator.views import Json, event_body, event_uri


class Simulator:
    """Everything that stands for RingCentral, without the HTTP server in front of it."""

    def __init__(self, clock: Clock, identifiers: Identifiers) -> None:
        self.clock = clock
        self.identifiers = identifiers
        self.users = Users(identifiers)
        self.tokens = Tokens(clock, identifiers)
        self.codes = AuthorizationCodes(clock, identifiers)
        self.rate_limits = RateLimits(clock)
        self.telephony = Telephony(clock, identifiers)
        self.conferences = Conferences(self.telephony)
        self.call_control = CallControl(self.telephony, self.conferences)
        self.subscriptions = Subscriptions(clock, identifiers)
        self.faults = FaultInjector()
        self.requests = RequestLog(clock)
        self.delivery = Delivery(self.faults, clock)
        self._looked_at = clock()

    def publish(self, events: Sequence[PartyEvent]) -> None:
        """Hand a notification of each event to the sender, for every subscription that wants it."""
        for event in events:
            for subscription in self.subscriptions.receivers(event):
                owner = event.party.owner
                if owner is None:
                    raise ValueError("a leg that nobody owns has no notifications")
                self._notify(subscription, event_uri(owner.account_id, owner.extension_id), event_body(event))

    def remind(self) -> None:
        """Hand the reminders to the sender that have become due since this was last done."""
        after, self._looked_at = self._looked_at, self.clock()
        for subscription, reminder in self.subscriptions.due_reminders(after, self._looked_at):
            self._notify(subscription, reminder.uri, choices.REMINDER_BODY)

    def replay(self, notifications: Sequence[Timed]) -> int:
        """Hand recorded notifications to the sender, word for word, for every active subscription.

        Answers for how many subscriptions.
        """
        receivers = self.subscriptions.active()
        for subscription in receivers:
            for timed in notifications:
                self.delivery.send(subscription, timed.content, timed.after)
        return len(receivers)

    def expire_subscription(self, subscription: Subscription) -> None:
        """End a subscription's lifetime and drop what is still to be sent for it."""
        self.subscriptions.expire(subscription)
        self.delivery.forget(subscription)

    def forget_subscription(self, subscription: Subscription) -> None:
        """End a subscription and drop what is still to be sent for it."""
        self.subscriptions.delete(subscription)
        self.delivery.forget(subscription)

    def reset(self) -> None:
        """Forget all that control calls brought about; keep the service's login and subscriptions."""
        service = self.users.service.owner
        self.telephony.forget_all()
        self.users.forget_added()
        self.tokens.keep_only(service)
        self.codes.forget_all()
        for subscription in self.subscriptions.others_than(service):
            self.forget_subscription(subscription)
        for subscription in self.subscriptions.every():
            subscription.forget_failures()
        self.faults.replace(Faults())
        self.rate_limits.forget_all()
        self.requests.forget_all()
        self.delivery.drop_pending()

    def _notify(self, subscription: Subscription, event: str, body: Json | None) -> None:
        """Hand a notification to the sender.

        The envelope (recorded event) is flat, with concrete ids in `event`; `ownerId` is the subscriber's.
        """
        notification: Json = {
            "uuid": self.identifiers.notification_uuid(),
            "event": event,
            "timestamp": iso_milliseconds(self.clock()),
            "subscriptionId": subscription.id,
            "ownerId": subscription.holder.user_key.extension_id,
        }
        if body is not None:
            notification["body"] = body
        self.delivery.send(subscription, msgspec.json.encode(notification))
