"""POST /conferences/{conferenceId}/participants/{participantId}/remove: somebody is to be thrown out."""

from rollcall.adapters import settings
from rollcall.adapters.appointment_table import AppointmentTable
from rollcall.adapters.aws import INTERACTIVE, AwsService
from rollcall.adapters.dynamodb import Table
from rollcall.adapters.lease_table import LeaseTable
from rollcall.adapters.ringcentral import RingCentral
from rollcall.adapters.roster_table import RosterTable
from rollcall.core.policy import Policy, Who
from rollcall.entry.bodies import Removal
from rollcall.entry.http_api import Answer, Request, for_caller, json_answer
from rollcall.services.guarded import GuardedRingCentral
from rollcall.services.remove import Remove


class _Settings(settings.WebPages, frozen=True):
    party_table: str
    connection_table: str
    ringcentral_server: str
    watch_policy: Who
    remove_policy: Who


def _remove(env: _Settings) -> Remove:
    dynamodb = AwsService("dynamodb", INTERACTIVE)
    penalties = LeaseTable(Table(dynamodb, env.connection_table))
    ringcentral = GuardedRingCentral(RingCentral(env.ringcentral_server), penalties)
    policy = Policy(watch=env.watch_policy, remove=env.remove_policy)
    party_table = Table(dynamodb, env.party_table)
    return Remove(RosterTable(party_table), AppointmentTable(party_table), ringcentral, policy)


_ENV = settings.read(_Settings)
_REMOVE = _remove(_ENV)


@for_caller(_ENV.origins)
def handler(request: Request) -> Answer:
    """202 once RingCentral has been asked, 200 if there is nobody to remove any more, or a problem."""
    conference_id, participant_id = request.path["conferenceId"], request.path["participantId"]
    status = _REMOVE.remove(request.identity, request.access_token, conference_id, participant_id)
    return json_answer(202 if status == "requested" else 200, Removal(status))
