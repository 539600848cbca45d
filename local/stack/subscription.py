"""The webhook subscription: from it on, RingCentral tells Rollcall about every call of the account.

It is made as anybody makes it, through RingCentral's own API with the service's login.
"""

import httpx

from local.simulator import service_login
from local.stack.errors import StackError

ACCOUNT_FILTER = "/restapi/v1.0/account/~/telephony/sessions"
_JWT_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SECONDS = 15.0


def subscribe(ringcentral_url: str, webhook_url: str, verification_token: str) -> str:
    """Log in as the service and subscribe the webhook.

    Returns the subscription's id. Raises a `StackError` if RingCentral refuses, which it does when the webhook does not
    pass its test.
    """
    with httpx.Client(base_url=ringcentral_url, timeout=_SECONDS, trust_env=False) as client:
        try:
            access_token = _log_in(client)
            return _create(client, access_token, webhook_url, verification_token)
        except httpx.HTTPStatusError as error:
            answer = f"{error.response.status_code} {error.response.text}"
            raise StackError(f"no webhook subscription: {error.request.url.path} answers {answer}") from error
        except httpx.HTTPError as error:
            raise StackError(f"no webhook subscription: {type(error).__name__} from {ringcentral_url}") from error


def _log_in(client: httpx.Client) -> str:
    response = client.post(
        "/restapi/oauth/token",
        auth=(service_login.CLIENT_ID, service_login.CLIENT_SECRET),
        data={"grant_type": _JWT_GRANT, "assertion": service_login.JWT},
    )
    access_token: str = response.raise_for_status().json()["access_token"]
    return access_token


def _create(client: httpx.Client, access_token: str, webhook_url: str, verification_token: str) -> str:
    response = client.post(
        "/restapi/v1.0/subscription",
        headers={"Authorization": f"Bearer {access_token}"},
        json={
            "eventFilters": [ACCOUNT_FILTER],
            "deliveryMode": {
                "transportType": "WebHook",
                "address": webhook_url,
                "verificationToken": verification_token,
            },
        },
    )
    subscription = response.raise_for_status().json()
    if subscription.get("disabledFilters"):
        raise StackError(f"RingCentral does not grant {ACCOUNT_FILTER}")
    identifier: str = subscription["id"]
    return identifier
