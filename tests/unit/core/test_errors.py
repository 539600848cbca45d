"""Every error carries its data and says it when it is printed."""

import inspect

import pytest

from rollcall.core import errors


@pytest.mark.parametrize(
    ("error", "data"),
    [
        (errors.InvalidRequest("why"), {"detail": "why"}),
        (errors.UnknownConference("s-1"), {"conference_id": "s-1"}),
        (errors.UnknownParticipant("s-1", "p-1"), {"conference_id": "s-1", "participant_id": "p-1"}),
        (errors.HostNotRemovable("s-1"), {"conference_id": "s-1"}),
        (errors.RingCentralFailed(500, "TAS-101"), {"status": 500, "error_code": "TAS-101"}),
        (errors.CredentialsMissing(), {"status": None, "error_code": "no-credentials"}),
        (errors.RingCentralRateLimited(30), {"status": 429, "retry_after": 30, "error_code": None}),
        (errors.RingCentralUnavailable(None, 5), {"status": None, "retry_after": 5}),
        (errors.StorageFailed("Throttled"), {"code": "Throttled"}),
        (errors.MethodNotAllowed(("GET", "POST")), {"allowed": ("GET", "POST")}),
        (errors.AccountNotVisible("700100001"), {"account_id": "700100001"}),
        (errors.ConnectionOver("expired"), {"reason": "expired"}),
        (errors.RosterConflict("s-1"), {"conference_id": "s-1"}),
        (errors.SubscriptionBusy(20), {"seconds": 20}),
        (errors.DeliveryFailed("s-1", ("500", "timeout")), {"conference_id": "s-1", "statuses": ("500", "timeout")}),
    ],
)
def test_an_error_carries_its_data(error: errors.RollcallError, data: dict[str, object]) -> None:
    assert {name: getattr(error, name) for name in data} == data
    assert str(error)


def test_the_drawing_at_the_top_names_every_error() -> None:
    classes = [name for name, value in vars(errors).items() if inspect.isclass(value) and issubclass(value, Exception)]
    assert len(classes) > 10
    assert [name for name in classes if name not in (errors.__doc__ or "")] == []
