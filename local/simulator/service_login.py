"""The login of the service that is tried against the simulator. Fictional, so it may stand in the open.

The service's user is a user as others are, with a phone and a number, and in addition sees every simulated account
(`choices.sees_every_account`).
"""

CLIENT_ID = "rollcall-local"
CLIENT_SECRET = "rollcall-local-secret"  # noqa: S105 - a fictional secret that opens nothing but the simulator
JWT = "rollcall-local-jwt"
ACCOUNT_ID = "900100001"
EXTENSION_ID = "900200001"
NAME = "Rollcall Service"
PHONE_NUMBER = "+12025550199"
