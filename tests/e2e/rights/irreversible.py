"""Actions that have no harmless request, or (streams) whose resource the local AWS does not tell IAM. IAM is asked how
it would decide, and nothing is sent.
"""

TABLES = ("PartyTable", "ConnectionTable")
QUEUES = ("DeferredQueue", "DeferredDeadLetters", "StreamFailures", "ReconcileFailures", "SubscriptionFailures")
SECRETS = ("VerificationSecret", "RingCentralSecret", "ServiceTokenSecret")
BUCKETS = ("QuarantineBucket", "RecordingBucket")
FUNCTIONS = ("IngestFunction", "ReconcileFunction", "SubscriptionFunction")
RULES = ("ReconcileFunctionEvery", "SubscriptionFunctionEvery", "SubscriptionFunctionReminder")

_OF_SECRETS = (
    "secretsmanager:PutSecretValue secretsmanager:UpdateSecret secretsmanager:DeleteSecret secretsmanager:RotateSecret "
    "secretsmanager:PutResourcePolicy"
)
_OF_NOTHING_IN_PARTICULAR = (
    "iam:CreateUser iam:CreateAccessKey cloudformation:UpdateStack cloudformation:DeleteStack lambda:CreateFunction "
    "lambda:CreateEventSourceMapping dynamodb:CreateTable dynamodb:ListStreams kms:Decrypt"
)

IRREVERSIBLE: dict[str, str] = {
    **dict.fromkeys(TABLES, "dynamodb:DeleteTable dynamodb:UpdateTimeToLive dynamodb:CreateBackup"),
    "PartyTable/stream/*": "dynamodb:DescribeStream dynamodb:GetRecords dynamodb:GetShardIterator",
    **dict.fromkeys(QUEUES, "sqs:PurgeQueue sqs:DeleteQueue sqs:AddPermission"),
    **dict.fromkeys(SECRETS, _OF_SECRETS),
    **dict.fromkeys(FUNCTIONS, "lambda:UpdateFunctionConfiguration lambda:DeleteFunction lambda:AddPermission"),
    **dict.fromkeys(BUCKETS, "s3:DeleteBucket s3:PutBucketPolicy s3:PutLifecycleConfiguration"),
    **dict.fromkeys((f"{bucket}/*" for bucket in BUCKETS), "s3:PutObjectAcl"),
    "IngestLog": "logs:DeleteLogGroup logs:PutRetentionPolicy logs:DeleteLogStream",
    **dict.fromkeys(RULES, "events:PutRule events:PutTargets events:DisableRule events:DeleteRule"),
    "IngestFunctionRole": "iam:PassRole iam:AttachRolePolicy iam:DeleteRolePolicy iam:UpdateAssumeRolePolicy",
    "*": _OF_NOTHING_IN_PARTICULAR,
}
"""Actions by resource, named as in table.py. Of those on secrets PutSecretValue alone is allowed, to
the functions that log in.
"""
