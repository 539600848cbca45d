"""RingCentral's errors, each with its status, code and body, in one place.

Codes and statuses are those of RingCentral's documentation (Error codes, and the reference of each call) unless a line
says otherwise. Messages are for people: the documentation asks clients to rely on the code alone.
"""

from collections.abc import Sequence

from local.simulator import choices


class RingCentralError(Exception):
    """An answer other than success.

    `oauth_error` is set for errors of the token endpoint only, whose body follows OAuth 2.0.
    """

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        parameter: str | None = None,
        *,
        oauth_error: str | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status = status
        self.code = code
        self.message = message
        self.parameter = parameter
        self.oauth_error = oauth_error
        self.retry_after = retry_after

    def body(self) -> dict[str, object]:
        """The JSON body: RingCentral's own form, or that of OAuth 2.0 with RingCentral's list of errors added."""
        error = {"errorCode": self.code, "message": self.message}
        detail = error if self.parameter is None else {**error, "parameterName": self.parameter}
        if self.oauth_error is not None:
            return {"error": self.oauth_error, "error_description": self.message, "errors": [detail]}
        return {**error, "errors": [detail]}


class AppPermissionMissing(RingCentralError):
    """The app was not given a permission. Its code stands in the list of errors only (recorded answers)."""

    def __init__(self, permission: str) -> None:
        message = f"In order to call this API endpoint, application needs to have [{permission}] permission"
        super().__init__(403, "CMN-401", message)
        self.permission = permission

    def body(self) -> dict[str, object]:
        """The JSON body, which names the permission."""
        named = {"message": self.message, "permissionName": self.permission}
        return {"errorCode": "InsufficientPermissions", **named, "errors": [{"errorCode": self.code, **named}]}


def authorization_missing() -> RingCentralError:
    """No bearer token."""
    return RingCentralError(401, "OAU-151", "Authorization method is not supported")


def token_unparsable() -> RingCentralError:
    """An empty bearer token."""
    return RingCentralError(401, "OAU-149", "Access token cannot be parsed")


def token_not_found() -> RingCentralError:
    """A token that was never issued, or was revoked (forum)."""
    return RingCentralError(401, "OAU-213", "Token is not found")


def token_expired() -> RingCentralError:
    """A token past its lifetime."""
    return RingCentralError(401, "OAU-128", "Access token is expired")


def client_invalid() -> RingCentralError:
    """A wrong client id or secret at the token endpoint."""
    return RingCentralError(401, "OAU-146", "Client credentials are invalid", oauth_error="invalid_client")


def client_missing() -> RingCentralError:
    """Neither an `Authorization` header nor a `client_id` at the token endpoint (recorded answer)."""
    return RingCentralError(401, "OAU-123", "Client authentication is required", oauth_error="invalid_client")


def grant_not_allowed() -> RingCentralError:
    """A grant type that the app may not use."""
    return RingCentralError(401, "OAU-125", "Grant type is not allowed", oauth_error="unsupported_grant_type")


def credentials_invalid() -> RingCentralError:
    """A wrong JWT or refresh token."""
    return RingCentralError(401, "OAU-140", "Resource owner credentials are invalid", oauth_error="invalid_grant")


def code_invalid() -> RingCentralError:
    """A code that was never given out, or was used."""
    return RingCentralError(403, "OAU-106", "Invalid authorization code", oauth_error="invalid_grant")


def code_expired() -> RingCentralError:
    """A code that was used too late."""
    return RingCentralError(403, "OAU-108", "Authorization code is expired", oauth_error="invalid_grant")


def redirect_uri_mismatch() -> RingCentralError:
    """A page that is not registered, or not the one that the code was sent to (staff statement)."""
    return RingCentralError(403, "OAU-109", "Redirect URIs do not match", oauth_error="invalid_grant")


def code_of_another_app() -> RingCentralError:
    """A code that another app asked for."""
    message = "Authorization code was not issued for this application"
    return RingCentralError(403, "OAU-110", message, oauth_error="invalid_grant")


def verifier_mismatch() -> RingCentralError:
    """A code verifier that does not belong to the challenge."""
    message = "Code verifier does not match the code challenge"
    return RingCentralError(403, choices.VERIFIER_MISMATCH_CODE, message, oauth_error="invalid_grant")


def rate_exceeded(retry_after: int) -> RingCentralError:
    """Too many requests of one group."""
    return RingCentralError(429, "CMN-301", "Request rate exceeded", retry_after=retry_after)


def unparsable() -> RingCentralError:
    """A body that is not JSON."""
    return RingCentralError(400, "CMN-103", "JSON cannot be parsed")


def invalid_parameter(parameter: str) -> RingCentralError:
    """A parameter that is missing or has a wrong value."""
    return RingCentralError(400, "CMN-101", f"Parameter [{parameter}] value is invalid", parameter)


def not_found(parameter: str) -> RingCentralError:
    """A path parameter that names nothing the caller may know of."""
    return RingCentralError(404, "CMN-102", f"Resource for parameter [{parameter}] is not found", parameter)


def invalid_uri() -> RingCentralError:
    """A path that the API does not have."""
    return RingCentralError(404, "CMN-120", "Invalid URI")


def permission_required(permission: str) -> RingCentralError:
    """The caller's user may not do this."""
    return RingCentralError(403, "CMN-408", f"[{permission}] permission required")


def operation_not_allowed() -> RingCentralError:
    """The session's state or kind forbids it; a bring-in before the host has joined is answered so (forum)."""
    return RingCentralError(403, "TAS-106", "Operation is not allowed")


def incorrect_state() -> RingCentralError:
    """The leg is not in the state that the operation needs; the text is one that RingCentral's own client looks for."""
    return RingCentralError(409, choices.INCORRECT_STATE_CODE, "Incorrect State")


def subscriptions_limit() -> RingCentralError:
    """The user has as many subscriptions of this app as there may be."""
    return RingCentralError(403, "SUB-505", "Subscriptions limit exceeded")


def subscription_expired(subscription_id: str) -> RingCentralError:
    """A renewal that comes too late."""
    return RingCentralError(404, "SUB-507", f"Subscription [{subscription_id}] is expired", "subscriptionId")


def invalid_filters(filters: Sequence[str]) -> RingCentralError:
    """Not one event filter is usable."""
    return RingCentralError(400, "SUB-508", f"Event filters are invalid: [{', '.join(filters)}]", "eventFilters")


def other_account() -> RingCentralError:
    """Event filters that name other accounts only."""
    return RingCentralError(403, "SUB-406", "Subscribing for events of another account is not allowed")


def only_reminder_filter() -> RingCentralError:
    """A subscription for nothing but reminders of its own end."""
    return RingCentralError(400, "SUB-515", "A subscription with a reminder filter alone is not allowed")


def webhook_unreachable() -> RingCentralError:
    """No answer from the webhook, or none in time (documentation, frequently asked questions)."""
    return invalid_parameter("deliveryMode.address")


def webhook_status(status: int) -> RingCentralError:
    """The webhook answered the handshake with something other than 200."""
    return RingCentralError(400, "SUB-522", f"WebHook responds with incorrect HTTP status [{status}]")


def https_required() -> RingCentralError:
    """A plain http address (test of RingCentral's own SDK)."""
    return RingCentralError(400, "SUB-523", "HTTPS is required")


def webhook_response_invalid() -> RingCentralError:
    """The webhook's answer to the handshake lacks a header or is too large."""
    return RingCentralError(400, "SUB-525", "WebHook server response is invalid")


def error_for_fault(status: int, retry_after: int | None) -> RingCentralError:
    """The error that a fault asked for, with the code that RingCentral gives that status."""
    code, message = _FAULT_CODES.get(status, ("CMN-203" if status >= _SERVER_ERROR else "CMN-101", "Fault"))
    return RingCentralError(status, code, message, retry_after=retry_after)


_SERVER_ERROR = 500
_FAULT_CODES = {
    401: ("OAU-128", "Access token is expired"),
    403: ("CMN-408", "[CallControl] permission required"),
    404: ("CMN-102", "Resource is not found"),
    409: (choices.INCORRECT_STATE_CODE, "Incorrect State"),
    429: ("CMN-301", "Request rate exceeded"),
    500: ("CMN-203", "Internal Server Error"),
    503: ("CMN-201", "Service Temporary Unavailable"),
}
