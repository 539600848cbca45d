"""The environment that Lambda gives a function, with credentials that open nothing."""

import os

os.environ |= {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_SESSION_TOKEN": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_REGION": "us-east-1",
    "POWERTOOLS_SERVICE_NAME": "rollcall",
    "POWERTOOLS_METRICS_NAMESPACE": "Rollcall",
}
