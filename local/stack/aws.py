"""Asking the AWS on this machine, as its administrator."""

import json

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from local.stack.environments import ACCESS_KEY_ID, REGION, SECRET_ACCESS_KEY
from local.stack.errors import StackError
from local.stack.ports import Ports
from local.stack.sam import STACK_NAME
from local.stack.stack_file import StackInfo


def administrator() -> boto3.Session:
    """A session that may do everything. Its clients need `endpoint_url`."""
    return boto3.Session(aws_access_key_id=ACCESS_KEY_ID, aws_secret_access_key=SECRET_ACCESS_KEY, region_name=REGION)


def describe(session: boto3.Session, ports: Ports) -> StackInfo:
    """What the deployed stack tells of itself. Raises a `StackError` if it does not."""
    try:
        cloudformation = session.client("cloudformation", endpoint_url=ports.aws_url)
        [stack] = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"]
        outputs = {output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]}
        secrets = session.client("secretsmanager", endpoint_url=ports.aws_url)
        secret = secrets.get_secret_value(SecretId=outputs["VerificationSecretArn"])["SecretString"]
        return StackInfo(
            webhook_url=outputs["WebhookUrl"],
            api_url=outputs["ApiUrl"].rstrip("/"),
            web_socket_url=outputs["WebSocketUrl"],
            console_url=outputs["ConsoleUrl"],
            ringcentral_url=ports.simulator_url,
            aws_endpoint_url=ports.aws_url,
            region=REGION,
            stack_name=STACK_NAME,
            verification_token=json.loads(secret)["current"],
            party_table=outputs["PartyTableName"],
        )
    except (BotoCoreError, ClientError, KeyError, ValueError) as error:
        raise StackError(f"the deployed stack can't be read: {type(error).__name__}: {error}") from error
