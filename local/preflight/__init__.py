"""What AWS would refuse about the template, found without an AWS account: `python -m local.preflight`."""
