"""Events to other functions, over EventBridge."""

from rollcall.adapters.aws import JsonService
from rollcall.core.errors import StorageFailed

SOURCE = "rollcall"


class RenewalReminders:
    """RingCentral reminds that a subscription ends soon. A rule takes the event to the subscription function."""

    def __init__(self, service: JsonService, stack: str) -> None:
        """`stack` tells the events of several installations in one account apart."""
        self._service = service
        self._stack = stack

    def remind(self) -> None:
        """Say so. Raises `StorageFailed`."""
        entry = {"Source": SOURCE, "DetailType": "renewal-reminder", "Detail": "{}", "Resources": [self._stack]}
        answer = self._service.call("PutEvents", {"Entries": [entry]})
        if answer.get("FailedEntryCount"):
            raise StorageFailed(str(answer["Entries"][0].get("ErrorCode")))
