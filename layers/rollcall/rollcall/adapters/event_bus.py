"""Events to other functions, over EventBridge."""

from rollcall.adapters.aws import AwsService
from rollcall.core.errors import StorageFailed

SOURCE = "rollcall"


class RenewalReminders:
    """RingCentral reminds that a subscription ends soon. A rule takes the event to the subscription function."""

    def __init__(self, events: AwsService, stack: str) -> None:
        """`stack` tells the events of several installations in one account apart."""
        self._events = events
        self._stack = stack

    def remind(self) -> None:
        """Say so. Raises `StorageFailed`."""
        entry = {"Source": SOURCE, "DetailType": "renewal-reminder", "Detail": "{}", "Resources": [self._stack]}
        response = self._events.call("put_events", Entries=[entry])
        if response.get("FailedEntryCount"):
            raise StorageFailed(str(response["Entries"][0].get("ErrorCode")))
